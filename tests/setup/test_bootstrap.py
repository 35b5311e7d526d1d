"""tools/bootstrap.sh chooses an interpreter. Interpreters are shell scripts here: only the choice is at test."""

import pytest

from .checkout import Checkout


def only_sentence(said: str) -> str:
    """Return what was said, which must be one line with a fix in it."""
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    return lines[0]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_newest_that_runs_is_chosen(tiny: Checkout, shell: str) -> None:
    for minor in (11, 12, 14):
        tiny.fake(f"python3.{minor}", f"3.{minor}")
    tiny.broken("python3.13")
    done = tiny.run(shell="/bin/" + shell)
    assert done.returncode == 0, done.stderr
    assert tiny.used() == ["bin/python3.14"]


def test_a_shim_that_fails_hides_nothing_behind_it(tiny: Checkout) -> None:
    tiny.broken("python3.13", folder="shims")
    tiny.broken("python3.12", folder="shims")
    tiny.fake("python3.12", "3.12", folder="system")
    assert tiny.run(folders="shims system").returncode == 0
    assert tiny.used() == ["system/python3.12"]


def test_of_one_version_the_first_on_path_is_chosen(tiny: Checkout) -> None:
    tiny.fake("python3.12", "3.12", folder="mine")
    tiny.fake("python3.12", "3.12", folder="system")
    tiny.run(folders="mine system")
    assert tiny.used() == ["mine/python3.12"]


def test_a_plain_python3_counts_by_its_version(tiny: Checkout) -> None:
    tiny.fake("python3.11", "3.11", folder="old")
    tiny.fake("python3", "3.13", folder="new")
    tiny.run(folders="old new")
    assert tiny.used() == ["new/python3"]


def test_a_version_newer_than_the_lock_knows_is_not_taken(tiny: Checkout) -> None:
    tiny.fake("python3", "3.15")
    done = tiny.run()
    assert done.returncode == 1
    assert "3.11 to 3.14" in only_sentence(done.stderr)
    assert tiny.used() == []


@pytest.mark.parametrize(("answer", "reason"), [(3, "a locked package has no wheel"), (4, "no venv module")])
def test_the_next_older_one_is_tried_and_said(tiny: Checkout, answer: int, reason: str) -> None:
    tiny.fake("python3.14", "3.14", answer)
    tiny.fake("python3.13", "3.13", answer)
    tiny.fake("python3.12", "3.12")
    done = tiny.run()
    assert done.returncode == 0, reason
    assert tiny.used() == ["bin/python3.14", "bin/python3.13", "bin/python3.12"]
    assert "python3.14 cannot" in done.stderr
    assert "Trying" in done.stderr


def test_when_none_is_left_the_last_reason_stands(tiny: Checkout) -> None:
    tiny.fake("python3.12", "3.12", 3)
    tiny.fake("python3.11", "3.11", 4)
    done = tiny.run()
    assert done.returncode == 4
    assert done.stderr.strip().endswith("python3.11 cannot")


def test_other_failures_end_at_once(tiny: Checkout) -> None:
    tiny.fake("python3.13", "3.13", 1)
    tiny.fake("python3.12", "3.12")
    assert tiny.run().returncode == 1
    assert tiny.used() == ["bin/python3.13"]


def test_too_old(tiny: Checkout) -> None:
    tiny.fake("python3", "3.9")
    tiny.fake("python", "2.7")
    done = tiny.run()
    assert done.returncode == 1
    sentence = only_sentence(done.stderr)
    assert "Python 3.9" in sentence
    assert "PYTHON=" in sentence
    assert "apt-get install" in sentence


def test_no_python_at_all(tiny: Checkout) -> None:
    tiny.broken("python3")
    done = tiny.run()
    assert done.returncode == 1
    assert "none that runs is on PATH" in only_sentence(done.stderr)


def test_python_names_the_interpreter(tiny: Checkout) -> None:
    tiny.fake("python3.14", "3.14")
    tiny.fake("python3.11", "3.11")
    assert tiny.run(PYTHON="python3.11").returncode == 0
    assert tiny.used() == ["bin/python3.11"]


def test_a_named_interpreter_has_no_stand_in(tiny: Checkout) -> None:
    tiny.fake("python3.14", "3.14", 3)
    tiny.fake("python3.11", "3.11")
    assert tiny.run(PYTHON="python3.14").returncode == 3
    assert tiny.used() == ["bin/python3.14"]


@pytest.mark.parametrize(
    ("name", "words"), [("python9", "names no program"), ("python3.13", "does not run"), ("python3.9", "Python 3.9")]
)
def test_a_named_interpreter_that_will_not_do(tiny: Checkout, name: str, words: str) -> None:
    tiny.broken("python3.13")
    tiny.fake("python3.9", "3.9")
    tiny.fake("python3.12", "3.12")
    done = tiny.run(PYTHON=name)
    assert done.returncode == 1
    assert words in only_sentence(done.stderr)
    assert tiny.used() == []
