"""Runs every check of `make test`, one stage after the other, and ends with one line in pytest's own words.

    make test                      every stage
    make test ARGS="lint unit"     only these
    make test ARGS="--list"        what there is

A stage that fails fails the whole, but the later ones still run: one run shows everything that is wrong. The quick
stages come first. Then the unit tests, which compute, share the machine with the notebooks and the tests in a browser,
which mostly wait; what those print is shown when they end.
"""

import argparse
import codecs
import json
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import processes

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# A stage may take as long as it works. One that hangs, however, is killed: it has printed nothing for so many seconds
# and used less than so many seconds of processor time in them (five servers that wait use 2 s, a JupyterLab and a
# browser 5 s; who works gets more than that on a busy machine, too).
QUIET = 180.0
IDLE = 9.0
LOOK = 5.0  # seconds between two looks at it
# In CI several runs share one last line: the file in which each adds up what was counted. Not for a stage's own tests.
TALLY = os.environ.pop("COURSE_TALLY", "")
# Some thousand processes import the same modules: a machine that forbids to keep them compiled would pay each time.
SETTINGS = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}

# pytest's closing line, for example: "== 1 failed, 34 passed, 2 skipped in 12.34s (0:00:12) =="
CLOSING = re.compile(r"(?:^=+ |^)((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$")
COUNT = re.compile(r"(\d+) ([a-z]+)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ORDER = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "errors")


@dataclass(frozen=True)
class Stage:
    """One command of `make test`."""

    name: str
    what: str
    command: tuple[str, ...]
    pytest: bool = False
    beside: bool = False
    """Whether it runs beside the unit tests, one such stage after the other."""


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a program of .venv."""
    return (str(BIN / name), *arguments)


def pytest_stage(name: str, what: str, *arguments: str, beside: bool) -> Stage:
    """Return a stage that runs pytest from .venv.

    Args:
        name: The stage's name.
        what: What it checks.
        arguments: pytest's.
        beside: Whether it runs beside the unit tests.
    """
    colour = ("--color=yes",) if sys.stdout.isatty() else ()
    # No cache: two stages run at once.
    return Stage(
        name, what, (sys.executable, "-m", "pytest", *colour, "-p", "no:cacheprovider", *arguments), True, beside
    )


UNIT = ("-p", "no:nbval", "-n", "6", "--dist", "loadfile", "tests", "--ignore=tests/browser")
"""pytest's arguments for all tests that need no browser; they wait for a server or a process half of the time."""

STAGES = (
    Stage("lint", "ruff: mistakes and style, Python files and notebooks", tool("ruff", "check", ".")),
    Stage("format", "ruff: layout (`make format` puts it right)", tool("ruff", "format", "--check", ".")),
    Stage("types", "mypy", tool("mypy"), beside=True),
    Stage("imports", "import-linter: a room imports only from rooms below it", tool("lint-imports")),
    Stage("sync", "notebooks/ is what solutions/ builds", tool("course", "build", "--check")),
    pytest_stage(
        "unit",
        "pytest: the library, content, set-up, a choice of exercise proofs",
        *UNIT,
        *("-m", "not slow"),
        beside=False,
    ),
    pytest_stage(
        "notebooks",
        "nbval: notebooks/ unsolved, solutions/ strict",
        *("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "1000"),
        *("-n", "3", "--dist", "loadfile", "notebooks", "solutions"),
        beside=True,
    ),
    pytest_stage(
        "browser",
        "pytest: what each widget is for, and chapter 00's Run All, in a real JupyterLab",
        *("-p", "no:nbval", "tests/browser", "-m", "core"),
        beside=True,
    ),
)


def counts_of(line: str) -> Counter[str]:
    """Return what pytest's closing line counts, empty for any other line.

    Args:
        line: One line of output, with or without colour.
    """
    match = CLOSING.match(COLOUR.sub("", line).strip())
    found: Counter[str] = Counter()
    for number, word in COUNT.findall(match.group(1)) if match else ():
        found[{"error": "errors", "warning": "warnings"}.get(word, word)] += int(number)
    return found


running: set[str] = set()
"""The marks of the stages that run; see processes.py."""
speaking = threading.Lock()


class Watch(threading.Thread):
    """Kills a stage that hangs, and at the end of every stage what it has left running.

    Args:
        process: The stage's first process.
        mark: The mark that it bears.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", mark: str) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._mark = mark
        self.heard = time.monotonic()
        """When the stage last printed something."""
        self.complaint = ""
        """Why it was killed, if it was."""

    def run(self) -> None:
        """Watch until the stage has ended."""
        meter = processes.Meter(self._mark)
        since, before = time.monotonic(), 0.0
        while self._runs():
            now, used = time.monotonic(), meter.seconds()
            if self.heard > since or used - before > IDLE:
                since, before = now, used
            elif now - since >= QUIET:
                self.complaint = (
                    f"was stopped: for {now - since:.0f} s it had printed nothing, and all its processes together had "
                    f"used {used - before:.1f} s of processor time."
                )
                break
        # Whoever still runs may hold the other end of the pipe, and reading it would never end.
        processes.end(self._mark)

    def _runs(self) -> bool:
        try:
            self._process.wait(LOOK)
        except subprocess.TimeoutExpired:
            return True
        return False


def run(stage: Stage, *, streams: bool = True) -> Counter[str]:
    """Run one stage and return its counts in pytest's words.

    Args:
        stage: The stage.
        streams: Whether its output is shown as it comes, or in one piece at its end.
    """
    said = [f"\n---- {stage.name}: {stage.what}\n"]

    def say(line: str) -> None:
        said.append(line)
        if streams:
            flush()

    def flush() -> None:
        with speaking:
            sys.stdout.write("".join(said))
            sys.stdout.flush()
        said.clear()

    say("")
    began = time.monotonic()
    counts: Counter[str] = Counter()
    mark = processes.new_mark()
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        process = subprocess.Popen(
            stage.command,
            cwd=ROOT,
            env=processes.marked(mark, os.environ | SETTINGS | {"PATH": path}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        say(f"{stage.command[0]} cannot be started: {error.strerror}\n---- {stage.name}: FAILED\n")
        flush()
        return Counter(errors=1)
    running.add(mark)
    watch = Watch(process, mark)
    watch.start()
    try:
        assert process.stdout is not None
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        text = ""
        # Not line by line: pytest's dots are signs of life, too. Nor to the end of the pipe, come what may: somebody
        # may hold it who bears no mark.
        while (ready := select.select([process.stdout], [], [], LOOK)[0]) or watch.is_alive():
            if ready and not (data := os.read(process.stdout.fileno(), 65536)):
                break
            if ready:
                watch.heard = time.monotonic()
                say(new := decode(data))
                text += new
        watch.join()
        code = process.wait() or bool(watch.complaint)
    finally:
        processes.end(mark)
        running.discard(mark)
        process.stdout.close()
    seconds = time.monotonic() - began
    if watch.complaint:
        say(f"{stage.name} {watch.complaint}\n")
    for line in text.splitlines():
        counts = counts_of(line) or counts
    if not stage.pytest:
        counts = Counter({"passed": 1} if code == 0 else {"failed": 1})
    elif code and not counts["failed"] and not counts["errors"]:
        counts["errors"] += 1  # pytest itself could not run: no tests, a broken conftest, killed
    say(f"---- {stage.name}: {'ok' if code == 0 else 'FAILED'}, {seconds:.0f} s\n")
    flush()
    return counts


def run_all(stages: Sequence[Stage]) -> dict[str, Counter[str]]:
    """Run stages, those that run beside the others in a thread of their own, and return their counts by name."""
    found: dict[str, Counter[str]] = {}
    quick = [stage for stage in stages if not stage.beside and not stage.pytest]
    others = [stage for stage in stages if not stage.beside and stage.pytest]
    beside = [stage for stage in stages if stage.beside]

    def lane(chosen: Sequence[Stage], *, streams: bool) -> None:
        for stage in chosen:
            found[stage.name] = run(stage, streams=streams)

    for stage in stages:
        found[stage.name] = Counter(errors=1)  # until it has run: a stage that could not even start is no success
    lane(quick, streams=True)
    second = threading.Thread(target=lane, args=(beside,), kwargs={"streams": not others}, daemon=True)
    try:
        second.start()
        lane(others, streams=True)
        second.join()
    finally:
        for mark in list(running):
            processes.end(mark)
    return found


def closing_line(counts: Counter[str], seconds: float) -> str:
    """Return the last line of the run, in the words of pytest's own.

    Args:
        counts: Sum over all stages; a stage that is no pytest run counts as one test.
        seconds: Duration of the whole run.
    """
    one = {"errors": "error", "warnings": "warning"}
    parts = [f"{counts[w]} {one.get(w, w) if counts[w] == 1 else w}" for w in ORDER if counts[w]]
    text = f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s "
    return f"{text:=^100}"


def main(arguments: Sequence[str]) -> int:
    """Run the stages that the command line names, or all of them, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make test", description="Run the checks that CI runs.")
    names = [stage.name for stage in STAGES]
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"only these: {', '.join(names)}")
    parser.add_argument("--list", action="store_true", help="show the stages and end")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.stages) - set(names)):
        parser.error(f"no stage is called {', '.join(unknown)}; there are: {', '.join(names)}")
    if options.list:
        for stage in STAGES:
            print(f"{stage.name:10}{stage.what}")
        return 0
    return judge([stage for stage in STAGES if not options.stages or stage.name in options.stages], "make test")


def judge(stages: Sequence[Stage], again: str = "") -> int:
    """Run stages, end with the closing line, and return the exit code.

    Args:
        stages: The stages.
        again: The command that takes names of stages; empty when there is none.
    """
    began = time.monotonic()
    counts = run_all(stages)
    failed = [stage.name for stage in stages if counts[stage.name] & Counter(failed=1, errors=1)]
    print()
    if failed:
        print(
            f"Failed: {', '.join(failed)}."
            + (f' Again, these alone: {again} ARGS="{" ".join(failed)}"' if again else "")
        )
    print(closing_line(*so_far(sum(counts.values(), Counter()), time.monotonic() - began)))
    return 1 if failed else 0


def so_far(counts: Counter[str], seconds: float) -> tuple[Counter[str], float]:
    """Return counts and duration of this run and of those before it that share its last line."""
    if not TALLY:
        return counts, seconds
    before = json.loads(Path(TALLY).read_text(encoding="utf-8") or "{}")
    seconds += before.pop("seconds", 0.0)
    counts = counts + Counter(before)
    Path(TALLY).write_text(json.dumps({**counts, "seconds": seconds}), encoding="utf-8")
    return counts, seconds


def command(main: Callable[[Sequence[str]], int]) -> int:
    """Run as a program, which leaves nothing running when it is killed either, and return the exit code."""
    processes.guard()
    try:
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(command(main))
