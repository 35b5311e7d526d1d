"""`--load`: what is proven on a busy machine, what counts as what, and that the load ends with the run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from course_lib.grading import engine, exercise, sources
from course_lib.paths import root
from course_lib.server import Server

from . import throttle
from .stage import NotJudged, Stage

pytestmark = pytest.mark.slow

# One busy neighbour is enough here: other tests run beside this one.
PYTEST = """\
import sys, pytest
from pathlib import Path
from tests.grading import neighbours, throttle
neighbours.BUSY, neighbours.MOST, throttle.CONTROLLER = 1, 2**20, Path("/nowhere")
sys.exit(pytest.main([*"-c /dev/null -p no:nbval -p no:cacheprovider -p tests.grading.load".split(), *sys.argv[1:]]))
"""
PROOFS = """\
import pytest
from tests.grading.stage import NotJudged

@pytest.mark.parametrize("answer", [f"1.1-{{number}}" for number in range({right})])
def test_right_answer_passes(answer):
    if answer in {busy}:
        raise NotJudged("This computer was too busy: nothing came.")

@pytest.mark.parametrize("answer", ["1.1-a", "1.1-b", "1.2-a", "1.1-c", "1.1-d"])
def test_wrong_answer_fails_for_its_reason(answer):
    assert answer not in {passes}

def test_stub_is_unattempted():
    pass
"""


def run(folder: Path, *words: str, right: int = 16, busy: tuple[str, ...] = (), passes: tuple[str, ...] = ()) -> str:
    """Run the plugin on proofs that do nothing, and return what pytest printed, with its exit code in front."""
    file = folder / "test_proofs.py"
    file.write_text(PROOFS.format(right=right, busy=busy, passes=passes), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PYTEST, f"--rootdir={folder}", *words, str(file)],
        cwd=root(), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return f"{done.returncode}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_right_answers_and_three_wrong_ones_of_each_exercise_are_counted(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    printed = run(tmp_path, "--load", *words)
    assert printed.startswith("0:"), printed
    assert "answers passed: 16, wrong answers turned down: 4, not judged: 0, wrong verdicts: 0" in printed
    assert "1 busy processes and one with 0.0 GB of memory had" in printed


def test_one_proof_in_twenty_may_be_too_busy_and_no_more(tmp_path: Path) -> None:
    printed = run(tmp_path, "--load", "-rs", busy=("1.1-7",))
    assert printed.startswith("0:"), printed
    assert "answers passed: 15, wrong answers turned down: 4, not judged: 1, wrong verdicts: 0" in printed
    assert "not judged: This computer was too busy: nothing came." in printed
    printed = run(tmp_path, "--load", busy=("1.1-7", "1.1-8"))
    assert printed.startswith("1:"), printed
    assert "10% could not be carried out, at most 5% may" in printed


def test_a_wrong_verdict_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROOF_SEED", "one")  # one by which 1.1-b is among the chosen
    printed = run(tmp_path, "--load", passes=("1.1-b",))
    assert printed.startswith("1:"), printed
    assert "wrong answers turned down: 3, not judged: 0, wrong verdicts: 1" in printed


def test_without_the_option_nothing_is_left_out_and_too_busy_is_a_failure(tmp_path: Path) -> None:
    printed = run(tmp_path, busy=("1.1-7",))
    assert printed.startswith("1:"), printed
    assert "1 failed, 21 passed" in printed


async def test_a_check_that_was_too_busy_has_judged_nothing(
    course_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LIMIT", 0.01)
    stage = Stage(exercise("0.1"), course_server, tmp_path)
    with pytest.raises(NotJudged, match="too busy"):
        await stage.grade(sources.exercise_cells(exercise("0.1"), "solution"))


STARTS = """\
from tests.grading.neighbours import Neighbours
print(*Neighbours(2).pids, flush=True)
input()
"""


def test_the_neighbours_compete_until_the_one_who_started_them_is_killed() -> None:
    nobody = {name: value for name, value in os.environ.items() if name != "COURSE_TEST_RUN"}
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTS], cwd=root(), env=nobody, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout is not None
        started = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
        try:
            assert len(started) == 3
            deadline = time.monotonic() + 60
            while any(process.cpu_times().user < 0.2 for process in started):
                assert time.monotonic() < deadline, [process.cpu_times() for process in started]
                time.sleep(0.05)
            if sys.platform == "linux":
                assert [process.nice() - psutil.Process().nice() for process in started] == [0, 1, 0]
            starter.kill()
            _, alive = psutil.wait_procs(started, timeout=30)
            assert not alive
        finally:
            for process in started:
                if process.is_running():
                    process.kill()


BURNS = """\
import subprocess, sys, time
from tests.grading.throttle import throttled
burn = "import time; end = time.monotonic() + 2\\nwhile time.monotonic() < end: pass\\nprint(time.process_time())"
with throttled(0.2) as group:
    burnt = subprocess.run([sys.executable, "-c", burn], capture_output=True, text=True, check=True).stdout
    left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(burnt, group.exists(), left.poll())
left.kill()
"""


def test_a_throttled_run_has_its_share_and_no_more() -> None:
    try:
        throttle.own_group()
    except throttle.NotPossible as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [sys.executable, "-c", BURNS], cwd=root(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    burnt, exists, left = done.stdout.split()
    assert float(burnt) < 0.2 * 2 + 0.2, "twice the share of two seconds, at the most"
    assert (exists, left) == ("False", "None"), "the group goes, who is still in it lives on"


@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_where_a_run_cannot_be_throttled_nothing_is_proven_and_it_says_why(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    printed = run(tmp_path, "--throttled", "-rs", *words)
    assert "20 skipped" in printed, printed
    assert "passed: 0, wrong answers turned down: 0, not judged: 0, wrong verdicts: 0" in printed
    assert "this machine cannot throttle the run: no cpu controller of cgroup version 1 in /nowhere" in printed
