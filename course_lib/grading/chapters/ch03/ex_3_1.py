"""Exercise 3.1: a policy within a budget. The plan is read from the history; only a right one is carried out."""

import asyncio
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.attempts import Asked
from course_lib.grading.bench import Stopped
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import limits

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run

_TRIES = 4
_PAUSES = [1.0, 2.0, 2.0]
_ONE_TRY = 10.0  # seconds, as in the exercise: an attempt may take all of it
_CORRECT = "correct the line that is named, or the policy: its pauses are `timedelta`s, and the rest are numbers."
_NO_OTHER = "no other timeout may end the activity before its fourth attempt, which may be slow."
_NO_LOOP = "leave the trying to the policy: one call of `execute_activity`, no loop."


async def check_budget(bench: "Bench", workflow: "Code") -> None:
    """Run two orders at once: one meets an outage without an end, the other one that is over after three attempts."""
    down, back = bench.unique("order"), bench.unique("order")
    bench.shop.faults.outage("warehouse", order_id=down)
    bench.shop.faults.next_calls("warehouse", ["outage"] * (_TRIES - 1), order_id=back)
    async with bench.worker(workflow):
        handles = [await bench.start(workflow, {"id": order}) for order in (down, back)]
        bench.did("the warehouse is down for good for the first, for three attempts for the second")
        plan = await attempts.require_asked(bench, handles[0], _CORRECT)
        # Only whoever tries once in a loop of its own is over at once.
        looped = plan.tries == 1 and await bench.until(lambda: _requests(bench, down) > 1, handles[0])
        _planned(bench, plan, looped, "retry_policy" in workflow.source)
        run, other = await asyncio.gather(*(bench.finish(handle) for handle in handles))
        last = (await attempts.tried(handles[0])).attempt
    _tried(bench, run, last, _requests(bench, down), plan)
    _ends(bench, run, other, back)


def _planned(bench: "Bench", plan: Asked, looped: bool, given: bool) -> None:
    pauses = plan.pauses(3)
    short = 0 < plan.everything < _TRIES * min(plan.one_try, _ONE_TRY) + sum(_PAUSES)
    shown = f"planned: {', '.join(f'{pause:g}' for pause in pauses)} s"
    sound = [
        bench.expect(
            plan.tries == _TRIES and not short,
            "four attempts are allowed",
            expected="at most 4",
            seen=f"at most {plan.tries}"
            + (" at a time, in a loop" if looped else "")
            + (f", all within {plan.everything:g} s" if short else "")
            if plan.tries
            else "no limit",
            events=(plan.event,),
            next_step=_tries_step(plan, looped) if given else "give the policy to the call: `retry_policy=POLICY`.",
        ),
        bench.expect(
            pauses[0] == _PAUSES[0],
            "the first pause is one second",
            expected="1 s",
            seen=shown,
            events=(plan.event,),
            next_step="set `initial_interval=timedelta(seconds=1)`."
            + (" The server would make about a second of it anyway: say what you mean." if pauses[0] < 1 else ""),
        ),
        bench.expect(
            plan.first > 0 and pauses[1] == 2 * pauses[0],
            "the second pause is twice as long as the first",
            expected="2 s",
            seen=shown,
            events=(plan.event,),
            next_step="let the pauses grow: `backoff_coefficient=2` doubles each, `maximum_interval` must not cut it "
            "off.",
        ),
        bench.expect(
            pauses[2] <= _PAUSES[2],
            "no pause is longer than two seconds",
            expected="2 s at most",
            seen=shown,
            events=(plan.event,),
            next_step=f"cap the pauses with `maximum_interval=timedelta(seconds=2)`: the third is {pauses[2]:g} s.",
        ),
    ]
    if not all(sound):
        raise Stopped("what is planned is not what is asked for")


def _tries_step(plan: Asked, looped: bool) -> str:
    if looped:
        return _NO_LOOP
    if plan.tries == _TRIES:
        return _NO_OTHER
    if plan.tries == 0:
        limit = " A timeout counts seconds, not attempts." if plan.everything else ""
        return f"limit the attempts with `maximum_attempts=4`: 0 means without end.{limit}"
    made = f"{plan.tries} make{'s' if plan.tries == 1 else ''} {_counted(plan.tries)}"
    return f"`maximum_attempts` counts all attempts, the first one too: {made}."


def _tried(bench: "Bench", run: "Run", last: int, requests: int, plan: Asked) -> None:
    calls = len(run.ids("ActivityTaskScheduled"))
    if calls > 1:
        step = _NO_LOOP
    elif not requests:
        step = "give `reserve` the workflow's own `order`."
    elif plan.final:
        step = f"let an outage be retried: take {', '.join(plan.final)} out of `non_retryable_error_types`."
    else:
        step = _NO_OTHER
    bench.require(
        calls == 1 and last == _TRIES and requests > 0 and not limits(run.events),
        "after four attempts it is over",
        expected="attempt 4 of one activity as the last",
        seen=f"{calls} activit{'y' if calls == 1 else 'ies'}, the last attempt was number {last}; {_counted(requests)} "
        f"at the warehouse{f'; {run.reason}' if run.reason and not requests else ''}"
        + "".join(f"; {limit}" for limit in limits(run.events)),
        events=run.ids("ActivityTaskStarted"),
        next_step=step,
    )


def _ends(bench: "Bench", run: "Run", other: "Run", back: str) -> None:
    bench.expect(
        bool(run.ids("WorkflowExecutionFailed")),
        "when no attempt is left, the workflow fails",
        expected="WorkflowExecutionFailed",
        seen=f"completed with {run.result!r}" if run.completed else run.reason,
        events=run.last_event,
        next_step="do not catch the `ActivityError`: a workflow without a reservation must not look completed."
        if run.completed
        else "let the `ActivityError` through.",
    )
    reserved = set(bench.shop.table("reservations", order_id=back)["id"])
    bench.expect(
        other.completed and other.result in reserved,
        "an order whose warehouse comes back in time is reserved",
        expected="the reservation's id, from the fourth attempt",
        seen=repr(other.result) if other.completed else other.reason,
        events=other.last_event,
        next_step="return what `execute_activity` returns: the reservation's id."
        if other.completed
        else "allow four attempts: this order's fourth one succeeds.",
    )


def _requests(bench: "Bench", order: str) -> int:
    return len(bench.shop.table("requests", order_id=order))


def _counted(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'}"


EXERCISE = Exercise(answers=("ReserveInBudget",), check=check_budget)
