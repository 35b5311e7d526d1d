"""tools/setup_venv.py builds .venv with the interpreter that runs these tests, from a package index on disk."""

import ast
import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from course_lib.paths import root

from .checkout import Checkout, make

SOURCE = root() / "tools" / "setup_venv.py"
PARTS = [SOURCE, SOURCE.with_name("setup_pip.py")]


@pytest.fixture
def tool(tmp_path: Path) -> Any:
    """The tool as a module of its own, looking at a folder of its own."""
    spec = importlib.util.spec_from_file_location("setup_venv_at_test", SOURCE)
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.VENV = str(tmp_path), str(tmp_path / ".venv")
    module.STAMP = str(tmp_path / ".venv" / "course-setup.json")
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".venv").mkdir()
    return module


@pytest.mark.slow
@pytest.mark.timeout(400)  # a venv and seven runs of pip, on a machine that other tests keep busy
def test_the_life_of_a_venv(tmp_path: Path) -> None:
    """One story in order, because each venv takes seconds to make."""
    tiny = make(tmp_path)
    tiny.real("python3")
    log = tiny.folder / ".venv" / "setup.log"

    first = tiny.run()
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Ready" in first.stdout
    assert tiny.ask("import tiny; print(tiny.version)") == "1.0"
    assert tiny.ask("import importlib.metadata as m; print(m.version('tiny-course'))") == "1.0"

    pip_runs = log.read_text().count("$ ")
    second = tiny.run()
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert log.read_text().count("$ ") == pip_runs, "the second start ran pip"

    tiny.lock("2.0", tiny.wheel("2.0"))
    (tiny.folder / ".venv" / "kept").touch()
    assert tiny.run().returncode == 0
    assert tiny.ask("import tiny; print(tiny.version)") == "2.0"
    assert (tiny.folder / ".venv" / "kept").exists(), "an update of the lock made .venv anew"

    tiny.wheel("2.5")
    tiny.lock("2.5", "0" * 64)
    forged = tiny.run()
    assert forged.returncode == 1
    assert "is not the one that the lock names" in forged.stderr.strip().splitlines()[-1]

    tiny.lock("3.0", tiny.wheel("3.0", "cp27-cp27m-win32"))
    no_wheel = tiny.run()
    assert no_wheel.returncode == 3
    assert "no ready-made package for tiny==3.0" in no_wheel.stderr

    tiny.lock("2.5", tiny.wheel("2.5"))
    tiny.environment |= {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0"}
    offline = tiny.run(PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert offline.returncode == 1
    assert offline.stderr.startswith("No network"), offline.stderr
    assert (tiny.folder / ".venv" / "kept").exists(), "a failed download threw .venv away"
    assert tiny.ask("import tiny; print(tiny.version)") == "2.0"


@pytest.mark.parametrize(("sound", "made_anew"), [(True, False), (False, True)])
def test_a_crash_while_unpacking_costs_the_venv(
    tool: Any, monkeypatch: pytest.MonkeyPatch, sound: bool, made_anew: bool
) -> None:
    """And a crash before that, while downloading, does not."""
    made = []
    monkeypatch.setattr(tool, "make_venv", lambda: made.append(True))
    monkeypatch.setattr(tool, "run_pip", lambda arguments, progress=None: None)
    monkeypatch.setattr(tool, "compile_packages", lambda: None)
    monkeypatch.setattr(tool, "venv_python", lambda: sys.executable)
    tool.write_stamp(tool.wanted(False) | {"run": "an older lock", "sound": sound})
    tool.install(False)
    assert bool(made) is made_anew
    assert tool.ready(False)


def test_unpacking_marks_the_venv_as_unsound(tool: Any) -> None:
    """From pip's first line about it until the set-up's end."""
    tool.write_stamp(tool.wanted(False))
    progress = tool.Progress(lambda: tool.write_stamp({"sound": False}))
    progress.line("Collecting tiny==1.0")
    assert tool.ready(False)
    progress.line("Installing collected packages: tiny")
    assert not tool.ready(False)


def test_a_foreign_venv_is_left_alone(tiny: Checkout) -> None:
    tiny.real("python3")
    (tiny.folder / ".venv").mkdir()
    (tiny.folder / ".venv" / "precious").touch()
    done = tiny.run()
    assert done.returncode == 1
    assert "was not made by this course" in done.stderr
    assert (tiny.folder / ".venv" / "precious").exists()


def test_a_read_only_folder_is_said(tiny: Checkout) -> None:
    tiny.real("python3")
    (tiny.folder / ".course").write_text("a file where a folder should be")  # root ignores permission bits
    done = tiny.run()
    assert done.returncode == 1
    assert "writable" in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("change", ["requirements.txt", "pyproject.toml", "root", "home", "sound"])
def test_what_makes_a_venv_stale(tool: Any, change: str, tmp_path: Path) -> None:
    tool.write_stamp(tool.wanted(False))
    assert tool.ready(False)
    if change.endswith((".txt", ".toml")):
        (tmp_path / change).write_text("changed")
    else:
        tool.write_stamp(tool.wanted(False) | {change: "other"})
    assert not tool.ready(False)


def test_the_tools_of_make_test_are_extra(tool: Any) -> None:
    tool.write_stamp(tool.wanted(False))
    assert not tool.ready(True)
    tool.write_stamp(tool.wanted(True))
    assert tool.ready(True)
    assert tool.ready(False), "`make lab` after `make test` would install again"


def test_another_interpreter_by_name_makes_it_stale(tool: Any) -> None:
    tool.write_stamp(tool.wanted(False))
    assert tool.ready(False, tool.home_of_this_python())
    assert not tool.ready(False, "3.12 /opt/other")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"sound": true}'])
def test_a_stamp_that_cannot_be_read_is_no_stamp(tool: Any, text: str) -> None:
    Path(tool.STAMP).write_text(text)
    assert not tool.ready(False)


def test_stamp_holds_no_more_than_it_needs(tool: Any) -> None:
    tool.write_stamp(tool.wanted(True))
    assert set(json.loads(Path(tool.STAMP).read_text())) == {"sound", "root", "home", "run", "dev", "project"}


RETRY = (
    "WARNING: Retrying after NewConnectionError('Failed to establish a new connection: [Errno -3] name resolution')\n"
)
PROXY = "WARNING: Retrying after ProxyError('Cannot connect to proxy.')\n"
CERTIFICATE = "WARNING: Retrying after SSLError(CERTIFICATE_VERIFY_FAILED)\n"
NONE = "ERROR: Could not satisfy a==3 (from versions: none)\nERROR: No matching distribution found for a==3"
SOME = NONE.replace("none", "1.0, 2.0")
CASES = {
    "offline": (RETRY + NONE, 1, "No network"),
    "proxy": (PROXY + NONE, 1, "No network"),
    "no wheel of this version": (SOME, 3, "no ready-made package for a==3"),
    "no wheel at all": (NONE, 3, "no ready-made package for a==3"),
    "no wheel, after a retry that helped": (RETRY + SOME, 3, "no ready-made package for a==3"),
    "certificate": (CERTIFICATE + NONE, 1, "PIP_CERT"),
    "disk": ("ERROR: Could not install: [Errno 28] No space left on device", 1, "disk is full"),
    "anything": ("line\nERROR: something new", 1, "something new"),
}


@pytest.mark.parametrize("case", CASES)
def test_pip_is_read_right(tool: Any, case: str) -> None:
    output, code, words = CASES[case]
    failure = tool.explain(output, "/course", "/course/log")
    assert failure.code == code
    assert words in str(failure)
    assert "\n" not in str(failure)


def test_an_old_python_gets_a_sentence(tool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "sys", SimpleNamespace(version_info=(3, 9, 2), executable="/usr/bin/python3"))
    with pytest.raises(tool.Failed, match=r"needs Python 3\.11 or newer and this is Python 3\.9"):
        tool.check_interpreter()


MISSING = [("ensurepip", "-venv`"), ("venv", "-venv`"), ("sqlite3", "without sqlite3")]


@pytest.mark.parametrize(("module", "words"), MISSING)
def test_a_python_with_a_part_missing(tool: Any, monkeypatch: pytest.MonkeyPatch, module: str, words: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(tool.Failed, match=words) as raised:
        tool.check_interpreter()
    assert raised.value.code == 4


@pytest.mark.parametrize("part", PARTS, ids=lambda path: path.name)
def test_it_parses_on_old_pythons(part: Path) -> None:
    """No syntax newer than Python 2.7: f-strings, annotations, walrus, starred names, match, async."""
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef, ast.Starred)
    nodes = [node for node in ast.walk(ast.parse(part.read_text())) if isinstance(node, newer)]
    assert [f"{type(node).__name__} in line {getattr(node, 'lineno', '?')}" for node in nodes] == []
    assert not [node for node in ast.walk(ast.parse(part.read_text())) if isinstance(node, ast.arg) and node.annotation]
