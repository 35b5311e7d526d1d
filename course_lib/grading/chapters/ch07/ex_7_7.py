"""Exercise 7.7: three workflows without labels; running and replaying them says which is which."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch07.replaying import ELSEWHERE, HERE
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run
    from course_lib.replay import Replayed

# In `ELSEWHERE` the hashes of two are even that are odd in `HERE`, or the other way round, and a set has another order.
_SKUS = ["mug", "tea", "pot", "lamp"]
_FATES = {"Ada": "fine", "Grace": "breaks", "Edsger": "lies"}
_MEANS = {
    "fine": "every replay asks for the same",
    "stopped": "the sandbox refuses it",
    "breaks": "a replay asks for other commands",
    "lies": "a replay asks for the same commands with other values",
}


@dataclass(frozen=True)
class _Shown:
    """What running and replaying a workflow showed: its fate, and the line of the command that differs (0: none)."""

    fate: str
    line: int
    evidence: str
    events: tuple[int, ...] = ()


async def check_riddles(bench: "Bench", ada: "Code", grace: "Code", edsger: "Code", verdicts: Any) -> None:
    """Run the three, replay each in two new processes, and compare with what the learner says."""
    async with bench.worker(ada, env=HERE):
        handles = {code.name: await bench.start(code, _SKUS) for code in (ada, grace, edsger)}
        runs = {name: await bench.finish(handle) for name, handle in handles.items()}
    bench.did("each history is replayed in a new process")
    whole = {name: run for name, run in runs.items() if run.completed}
    replays = dict(zip(whole, await bench.replay(ada, *whole.values(), env=ELSEWHERE), strict=True)) if whole else {}
    given = verdicts if isinstance(verdicts, dict) else {}
    fates = {name: _shown(run, replays.get(name)) for name, run in runs.items()}
    changed = next((name for name, shown in fates.items() if shown.fate != _FATES[name]), "")
    # Who cures the three would have three that are fine, and nothing to tell apart.
    bench.require(
        not changed,
        "the three workflows are as they were",
        expected="only `VERDICTS` is edited",
        seen=f"{changed} does something else now: {fates[changed].evidence}" if changed else "they are",
        events=fates[changed].events if changed else (),
        next_step="put the three classes back as the course has them; only `VERDICTS` is yours here.",
    )
    for code in (ada, grace, edsger):
        shown = fates[code.name]
        fate, line = _said(given.get(code.name))
        right = fate == shown.fate
        bench.expect(
            right,
            f"{code.name}: what becomes of it",
            expected="what running and replaying it shows",
            seen=f"{given.get(code.name)!r}",
            events=shown.events,
            next_step=_next(code.name, given, fate, shown),
        )
        if right:
            bench.expect(
                line == shown.line,
                f"{code.name}: the line",
                expected="the line whose command is not the recorded one" if shown.line else "0: there is none",
                seen=repr(line),
                events=shown.events,
                next_step="write the line as a number, without quotes."
                if isinstance(line, str)
                else "write the number of the line that asks for the command, as time travel does, not of the "
                "line that makes the value; the line of `%%module` is 1."
                if shown.line
                else "write 0: in a replay each command is the recorded one, so there is no line to name.",
            )


def _shown(run: "Run", replayed: "Replayed | None") -> _Shown:
    if replayed is None:
        return _Shown("stopped", 0, run.reason, run.last_event)
    if (parted := replayed.divergence) is not None:
        text = parted.what
        return _Shown("breaks", parted.line or 0, text, (parted.event_id,))
    if note := replayed.other_values:
        number = note.removeprefix("Line ").split()[0]
        return _Shown("lies", int(number) if number.isdigit() else 0, note)
    return _Shown("fine", 0, "every command was the recorded one", run.last_event)


def _said(answer: Any) -> tuple[str, Any]:
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return str(answer[0]), answer[1]
    return "", None


def _next(name: str, given: dict[str, Any], fate: str, shown: _Shown) -> str:
    if name not in given:
        return f'write an entry `"{name}": (word, line)`: the key is the class\'s name.'
    if fate.lower() in _MEANS and fate not in _MEANS:
        return f'write the word in small letters: "{fate.lower()}".'
    if fate not in _MEANS:
        words = ", ".join(f'"{word}"' for word in _MEANS)
        return f'write `"{name}": (word, line)`; the word is one of {words}, the line is 0 for "fine".'
    if shown.fate == "fine":
        return (
            f"“{fate}” would mean that {_MEANS[fate]}. In a new process {shown.evidence}. Is the value that you "
            "suspect drawn, or calculated?"
        )
    evidence = re.sub(r"\bLine \d+", "a line", shown.evidence)  # which one is the other half of the answer
    return f"“{fate}” would mean that {_MEANS[fate]}. In a new process {evidence}"


EXERCISE = Exercise(answers=("Ada", "Grace", "Edsger", "VERDICTS"), check=check_riddles, early=False)
