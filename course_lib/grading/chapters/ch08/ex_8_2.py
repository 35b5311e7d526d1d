"""Exercise 8.2: trials whose end is moved later, earlier and into the past; the history tells when they ended."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch08.clocks import ENDS, due, in_words, jump, steps
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import require_handler, signal

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run

STAYS = "a trial that is not moved ends when its hours are over"
FIRST = "of two moves before the account is there the last one counts"
LATER = "a trial can be moved later, again and again"
EARLIER = "a trial can be moved back to an earlier hour"
PAST = "a move to an hour that is past ends the trial at once"
ONE = "one timer runs at a time, and none without need"

_SLACK = 0.5  # hours: what a busy machine adds
_LOOP = (
    "compute what is left anew after each move: a loop around one `wait_condition`, whose `timeout` is what is left "
)
_LOOP += "until `start + self.hours * HOUR`."
_WAKE = "let `move` wake the wait, as a change of the state that its condition looks at."


@dataclass(frozen=True)
class _Story:
    label: str
    hours: float
    moves: tuple[tuple[float, float], ...]
    end: float
    step: str = _LOOP


_STORIES = (
    _Story(STAYS, 20, (), 20, "wait as long as `signup.hours` says, counted from the start."),
    _Story(EARLIER, 30, ((4, 50), (7, 11)), 11),
    _Story(LATER, 24, ((5, 50), (30, 60)), 60),
    _Story(
        PAST, 24, ((10, 6),), 10, "end the loop when nothing is left: a time that is past leaves less than nothing."
    ),
    _Story(
        FIRST,
        12,
        ((0, 36), (0, 9)),
        9,
        "set up the state in `__init__` only: a move may come before the first line of `run`.",
    ),
)


async def check_trial(bench: "Bench", trial: "Code") -> None:
    """Move five trials, each in its own way, and let their time pass."""
    # What comes before a worker is there comes with its first workflow task.
    handles = [await _start(bench, trial, story) for story in _STORIES]
    async with bench.worker(trial):
        events = await bench.rest(handles[0])
        await bench.skip(handles[0], 1)  # a server that cannot skip is an error, not a verdict
        await require_handler(bench, handles[0], "signal", "move")
        found = due(events)
        if len(found) != 1 or abs(found[0] - _STORIES[0].hours) > _SLACK:
            bench.require(
                False,
                STAYS,
                expected=f"one timer, due in hour {_STORIES[0].hours:g}",
                seen=in_words(found),
                events=bench.ids(events, "TimerStarted"),
                next_step=_STORIES[0].step,
            )
        runs = await asyncio.gather(*(_live(bench, *each) for each in zip(_STORIES, handles, strict=True)))
        for story, run in zip(_STORIES, runs, strict=True):
            _judge(bench, story, run)
        _one(bench, list(zip(_STORIES, runs, strict=True)))


async def _start(bench: "Bench", trial: "Code", story: _Story) -> "Handle":
    address = f"{bench.unique('trial')}@shop.example"
    given = {"email": address, "name": "Kim", "hours": story.hours}
    bench.did(f"a trial of {story.hours:g} hours" + "".join(f", in hour {at:g} move({to:g})" for at, to in story.moves))
    handle = await bench.start(trial, given, id=address, quiet=True)
    for _, to in story.moves if story.label == FIRST else ():
        await signal(handle, "move", to)
    return handle


async def _live(bench: "Bench", story: _Story, handle: "Handle") -> "Run":
    """Move the end when it is time to, and let the time pass."""
    await bench.rest(handle)
    for number, (at, to) in enumerate(story.moves if story.label != FIRST else ()):
        events = await jump(bench, handle, at)
        if events["type"].iloc[-1] in ENDS or len(bench.ids(events, "TimerStarted")) > number + 1:
            break  # over before its time, or one timer after the other: no more is to be learnt
        await signal(handle, "move", to)
        await bench.rest(handle)
    else:
        await jump(bench, handle, story.end + 2 * _SLACK)
    return await bench.finish(handle, alone=True)


def _judge(bench: "Bench", story: _Story, run: "Run") -> None:
    asked = steps(run.events)
    ended = [step.hour for step in asked if step.name == "delete"]
    account = list(bench.shop.table("accounts", email=run.handle.id)["state"])
    on_time = len(ended) == 1 and abs(ended[0] - story.end) <= _SLACK
    bench.require(
        run.completed and run.result == "deleted" and account == ["deleted"] and on_time,
        story.label,
        expected=f"`delete` in hour {story.end:g}, account and result 'deleted'",
        seen=f"`delete` {in_words(ended).replace('no timer', 'never')}, account {', '.join(account) or 'none'}, "
        + (f"result {run.result!r}" if run.completed else run.reason),
        events=run.ids("WorkflowExecutionSignaled")
        + run.ids("TimerStarted")
        + run.ids("ActivityTaskScheduled", "delete"),
        next_step=_next(story, run, ended, on_time),
    )


def _next(story: _Story, run: "Run", ended: list[float], on_time: bool) -> str:
    if not run.completed and "WorkflowExecutionFailed" in set(run.events["type"]):
        return "catch the `TimeoutError` of `wait_condition`: when the time is up, the trial ends as planned."
    if run.completed and not ended:
        return "`delete` the account when the trial is over."
    if on_time and run.completed and run.result != "deleted":
        return 'return `"deleted"`.'
    if on_time and not run.completed:
        return "end the run when the account is deleted."
    instead = ended or due(run.events)  # when it ended, or would
    if story.label in (EARLIER, LATER) and instead and abs(instead[0] - story.hours) <= _SLACK:
        return _WAKE
    if story.label == EARLIER and instead and abs(instead[0] - sum(story.moves[1])) <= _SLACK:
        return "the number that `move` gets counts from the sign-up, as `start + self.hours * HOUR` does."
    return story.step


def _one(bench: "Bench", lived: "list[tuple[_Story, Run]]") -> None:
    """Look at the timers: of all trials, those of the one with the most of them too many."""
    counts = [(_at_a_time(run.events), len(run.ids("TimerStarted")) - len(story.moves) - 1) for story, run in lived]
    worst = max(range(len(lived)), key=lambda number: (counts[number][0] > 1, counts[number][1]))
    (most, spare), (story, run) = counts[worst], lived[worst]
    bench.require(
        most <= 1 and spare <= 0,
        ONE,
        expected=f"at most 1 timer at a time, and {len(story.moves) + 1} in all for {len(story.moves)} move(s)",
        seen=f"{most} at a time, {len(run.ids('TimerStarted'))} in all",
        events=run.ids("TimerStarted"),
        next_step="cancel the timer that a move has made useless, before the next one starts: `wait_condition` with a "
        "`timeout` does so by itself."
        if most > 1
        else "wait for the move itself, with `wait_condition`: a loop that wakes up to look writes events all day.",
    )


def _at_a_time(events: "pd.DataFrame") -> int:
    """Return how many timers ran at a time, between two workflow tasks: within one the order does not count."""
    now = most = 0
    for kind in events["type"]:
        if kind == "WorkflowTaskScheduled":
            most = max(most, now)
        now += {"TimerStarted": 1, "TimerFired": -1, "TimerCanceled": -1}.get(kind, 0)
    return max(most, now)


EXERCISE = Exercise(answers=("Trial",), check=check_trial, early=False)
