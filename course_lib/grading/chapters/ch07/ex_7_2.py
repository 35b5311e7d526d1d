"""Exercise 7.2: waiting that the server does, and that a replay does not do again."""

import ast
from functools import partial
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import lengths, started

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code
    from course_lib.grading.evidence import Handle

_SECOND, _SLACK = 1.0, 0.05
_TOO_LONG = 1.5
"""Seconds of timers: more than one that the exercise asks for, and less than two."""


async def check_reminders(bench: "Bench", remind: "Code") -> None:
    """Run it; the history must hold a timer of a second, and the mail after it."""
    order = bench.unique("order")
    async with bench.worker(remind):
        handle = await bench.start(remind, order)
        if too_long := await bench.until(partial(_too_long, bench, handle), handle):
            await handle.terminate("nobody waits for a week, or for a loop without an end")
        run = await bench.finish(handle)
    if not too_long:
        completed(bench, run)
    timers = started(run.events)
    bench.require(
        bool(timers),
        "the server does the waiting",
        expected="a TimerStarted event",
        seen="no timer in the history",
        events=run.last_event,
        next_step="use `await workflow.sleep(1)` in the workflow: a durable timer, which holds no worker, no thread "
        "and no activity's slot while it runs.",
    )
    whole = [event for event, length in timers.items() if abs(length - _SECOND) <= _SLACK]
    bench.require(
        bool(whole) and sum(timers.values()) <= _TOO_LONG,
        "one timer runs for a second",
        expected="1 s",
        seen=", ".join(f"{length:g} s" for length in timers.values()),
        events=tuple(timers),
        next_step="`await workflow.sleep(1)`, once: the number is seconds.",
    )
    asked = run.ids("ActivityTaskScheduled", "remind") or run.ids("MarkerRecorded")  # of a local activity
    mails = list(bench.shop.table("mails")["order_id"])
    bench.require(
        mails == [order],
        "one mail about the order is sent",
        expected=f"one mail about {order}",
        seen=f"{len(mails)} mails" if len(mails) != 1 else f"a mail about {mails[0]}",
        events=asked or run.last_event,
        next_step=_mail_step(mails, asked),
    )
    fired = run.events[(run.events["type"] == "TimerFired") & run.events["links"].isin(whole)]["event_id"]
    bench.expect(
        any(event < asked[0] for event in fired),
        "the mail goes out after the wait",
        expected="TimerFired, then `remind`",
        seen="the mail was asked for first" if len(fired) else "the timer of a second did not fire",
        events=(*fired, *asked),
        next_step="wait first, with `await`, then ask for the mail.",
    )
    waits = _activity_that_waits(remind.source)
    bench.expect(
        not waits,
        "no activity waits",
        expected="an activity that only sends the mail",
        seen=waits,
        events=asked,
        next_step="take the wait out of the activity: the timer has done the waiting, and held no slot.",
    )
    await replays_alike(bench, remind, run, advice="wait with `await workflow.sleep(1)`.")


def _mail_step(mails: list[str], asked: tuple[int, ...]) -> str:
    if not asked:
        return "when the second is over, ask for the mail: `await workflow.execute_activity(remind, …)`."
    if not mails:
        return "write `await` in front of the call of `remind`: the run ended before the mail was sent."
    if len(mails) > 1:
        return "ask for `remind` once."
    return "hand `order_id` on, to `remind` and by it to `send_mail`: the mail is about this order."


async def _too_long(bench: "Bench", handle: "Handle") -> bool:
    return sum(lengths(await bench.events(handle))) > _TOO_LONG


def _activity_that_waits(source: str) -> str:
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            "activity" in ast.unparse(decorator) for decorator in function.decorator_list
        ):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("sleep"):
                    return f"`{ast.unparse(call)}` in `{function.name}` (line {call.lineno + 1})"
    return ""


EXERCISE = Exercise(answers=("Remind",), check=check_reminders)
