"""From answers to a verdict: never raises for a learner, never blames an answer for a machine that was too slow."""

import asyncio
import contextlib
import inspect
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from temporalio.service import RPCError

from course_lib import server as servers
from course_lib import shop as shops
from course_lib.cells import Modules
from course_lib.errors import CourseError
from course_lib.grading import answers as handed_in
from course_lib.grading import mistakes
from course_lib.grading.answers import AnswerProblem, Code
from course_lib.grading.bench import Bench, Stopped
from course_lib.grading.evidence import short_text
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import Outcome, Part, Verdict
from course_lib.pitfalls import advice
from course_lib.server import Server
from course_lib.unique import unique
from course_lib.waits import TooBusy

Say = Callable[[str], None]

# Seconds, and last resorts: what takes longer has no verdict. Each wait within a check ends by itself, see `waits`.
_OPEN_LIMIT = 60.0
_LIMIT = 900.0
_CLOSE_LIMIT = 5.0


async def grade(
    exercise: Exercise, answers: Sequence[Any], *, server: Server, modules: Modules, say: Say | None = None
) -> Verdict:
    """Grade an exercise on evidence: run the answers in child processes, read the history and the shop's tables.

    Args:
        exercise: The exercise.
        answers: One for each name in ``exercise.answers``: classes or functions of module cells,
            plain values, workflow handles. ``None`` stands for one that is missing.
        server: A running server.
        modules: The chapter's module cells.
        say: Shows one line of progress; a later one replaces it, ``""`` clears it.

    Returns:
        The verdict. Only a cancellation (the learner's interrupt) is passed on instead.
    """
    begun = time.monotonic()
    parts: list[Part] = []
    ticking = asyncio.create_task(_tick(exercise, parts, say)) if say else None
    try:
        verdict = await _verdict(exercise, answers, server, modules, parts)
    except TooBusy as error:
        verdict = _error(exercise, f"{error.what} Your answer was not judged.", error.fix)
    except CourseError as error:
        verdict = _error(exercise, str(error))
    except RPCError as error:
        verdict = _error(exercise, f"The Temporal server did not answer as it should: {short_text(str(error))}")
        step = advice(str(error)) or "run `course server status` in a terminal, then check again."
        verdict = replace(verdict, next_step=step)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {short_text(str(error))} ({where.name}, line {where.lineno})"
        verdict = _error(exercise, f"The check itself broke, which is the course's fault, not yours: {what}")
    finally:
        if ticking:
            ticking.cancel()
    if say:
        say("")
    return replace(verdict, seconds=round(time.monotonic() - begun, 2))


async def _verdict(
    exercise: Exercise, answers: Sequence[Any], server: Server, modules: Modules, parts: list[Part]
) -> Verdict:
    if len(answers) != len(exercise.answers):
        call = ", ".join([f'"{exercise.id}"', *exercise.answers])
        return _error(exercise, f"This check wants {len(exercise.answers)} answers, not {len(answers)}.",
                      f"run `await lab.check({call})`.")  # fmt: skip
    read, problems = _read(exercise, answers, modules)
    for cell in dict.fromkeys(code.cell for code in _sources(read)):
        if modules.failed(cell):  # the notebook's name still stands for the version before, which nobody sees
            return _error(exercise, f"Nothing was checked: the cell `%%module {cell}` ended in an error.",
                          "fix what the message below that cell names, run it, then check again.")  # fmt: skip
    if all(handed_in.missing(answer) for answer in answers) or (
        not problems and handed_in.untouched(exercise, read, modules)
    ):
        step = f"edit the cell of exercise {exercise.id}, run it, then run the check again."
        return Verdict(exercise.id, Outcome.UNATTEMPTED, "", (), step, 0.0, title=exercise.title)
    parts += problems
    for name, answer in zip(exercise.answers, answers, strict=True):
        if answer is ...:
            parts.append(Part(False, f"{name} is answered", "a value", "...", (), f"replace the `...` of {name}."))
    look = partial(mistakes.find, first_line=2, beside={name: modules.source(name) for name in modules.names()})
    for code in _sources(read):
        parts += look(code.source, cell=code.cell)
    ran: list[str] = []
    if not problems:
        await _run(exercise, read, server, modules, parts, ran)
    if not all(part.ok for part in parts):  # then what is doubtful is the likely cause
        for code in _sources(read):
            parts[:0] = look(code.source, cell=code.cell, doubtful=True)
    return _conclude(exercise, parts, ran)


def _read(exercise: Exercise, answers: Sequence[Any], modules: Modules) -> tuple[list[Any], list[Part]]:
    read: list[Any] = []
    problems: list[Part] = []
    _, *wanted = (str(parameter.annotation) for parameter in inspect.signature(exercise.check).parameters.values())
    kinds = dict(zip(exercise.answers, wanted, strict=False))
    for name, answer in zip(exercise.answers, answers, strict=True):
        try:
            read.append(handed_in.read(name, answer, modules, kinds.get(name, "")))
        except AnswerProblem as problem:
            problems.append(problem.part)
    return read, problems


def _sources(read: Sequence[Any]) -> list[Code]:
    return list({answer.module: answer for answer in read if isinstance(answer, Code)}.values())


async def _run(
    exercise: Exercise, read: Sequence[Any], server: Server, modules: Modules, parts: list[Part], ran: list[str]
) -> None:
    bench: Bench | None = None
    try:
        with _last_resort("the check could not begin"):
            async with asyncio.timeout(_OPEN_LIMIT):
                bench = await _open(exercise, server, modules, parts)
        codes = [answer for answer in read if isinstance(answer, Code)]
        if exercise.early and any(code.kind in ("workflow", "activity", "class") for code in codes):
            bench.start_early(*codes)
        with _last_resort("the check did not come to an end"):
            async with asyncio.timeout(_LIMIT):
                await exercise.check(bench, *(handed_in.rebind(answer, bench.client) for answer in read))
    except Stopped:
        pass
    except AnswerProblem as problem:
        parts.append(problem.part)
    finally:
        if bench is not None:
            ran.extend(bench.ran)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_LIMIT):
                    await bench.close()


@contextlib.contextmanager
def _last_resort(what: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise TooBusy(what) from error


async def _open(exercise: Exercise, server: Server, modules: Modules, parts: list[Part]) -> Bench:
    name = unique("grading", exercise.id.replace(".", "-"))
    client, shop = await asyncio.gather(servers.connect(server), asyncio.to_thread(shops.open_shop, name))
    return Bench(exercise, client, server, modules, shop, parts)


def _conclude(exercise: Exercise, parts: Sequence[Part], ran: Sequence[str]) -> Verdict:
    if not parts:
        return _error(exercise, "The check looked at nothing, which is the course's fault, not yours.")
    failed = [part for part in parts if not part.ok]
    outcome = Outcome.FAILED if failed else Outcome.PASSED
    steps = [step for part in failed if (step := _step(part))]
    step = (steps[0] if steps else "read the first ✗ above.") if failed else ""
    what = "; ".join(ran[:6]) + ("; …" if len(ran) > 6 else "")
    return Verdict(exercise.id, outcome, what, tuple(parts), step, 0.0, title=exercise.title)


def _step(part: Part) -> str:
    """Return what to do: what is known of a slip; of other errors, too, if the check says no more than "correct"."""
    if not part.next_step.startswith("correct the line that is named,"):
        return advice(part.seen, slips=True) or part.next_step
    named = part.next_step if "line " in part.seen else part.next_step.replace("the line that is named", "what it says")
    return advice(part.seen) or named


def _error(exercise: Exercise, what: str, step: str = "") -> Verdict:
    return Verdict(exercise.id, Outcome.ERROR, "", (), step, 0.0, error=what, title=exercise.title)


async def _tick(exercise: Exercise, parts: Sequence[Part], say: Say) -> None:
    begun = time.monotonic()
    while True:
        judged = "".join(f"\n  {'✓' if part.ok else '✗'} {part.label}" for part in parts)
        say(f"Checking {exercise.id} … {time.monotonic() - begun:.0f} s{judged}")
        await asyncio.sleep(1.0)
