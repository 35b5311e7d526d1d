"""Exercise 5.4: eleven orders on their way through two levels, with yes, no, silence, late and doubled answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_lib.grading.model import Exercise
from course_lib.grading.talking import signal

if TYPE_CHECKING:
    import pandas as pd
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_LONG = 60.0
# Time enough to answer at the second level on a busy machine. The silent order's is well above one second, which every
# timer takes at least, so that a level that is given no time shows.
_ESCALATED, _SILENT = 3.0, 2.0
_TIMER_ENDS = ("TimerFired", "TimerCanceled")
_ENDS = ("WorkflowExecutionCompleted", "WorkflowExecutionFailed")
_BOTH = ("lead", "finance")
_ONCE = "mail each level once, `lead` and then `finance`, when it is its turn."
_WHOLE = "give each level the whole `order.deadline_seconds`: a deadline of its own, begun when it is asked."


@dataclass(frozen=True)
class _Case:
    """One order: what is said to it, and what must come of it.

    Args:
        label: What holds when it ends as it should.
        outcome: How it should end.
        step: What to do when it does not.
        answers: Level, person and decision. Each is sent as soon as its level waits; ``finance:lead`` waits for
            finance and speaks for the lead, and ``lead:finance`` the other way round. ``mailed:lead`` waits for no
            more than the first mail in the shop.
        levels: Who should be asked.
        deadline: In seconds.
    """

    label: str
    outcome: str
    step: "Callable[[Run, int, list[str]], str]"
    answers: tuple[tuple[str, str, bool], ...] = ()
    levels: tuple[str, ...] = _BOTH
    deadline: float = _LONG


async def check_levels(bench: "Bench", workflow: "Code") -> None:
    """Send all orders through the levels at once, then read results, payments and who was asked."""
    async with bench.worker(workflow) as worker:
        runs = [await _start(bench, workflow, case.deadline, slow_mail=case is _PROMPT) for case in _CASES]
        bench.ran[:] = [
            "eleven orders through two levels, with yes, no, silence, early, late and doubled answers, and one person "
            "for both"
        ]
        doubled = await _start(bench, workflow, _LONG)
        bench.ran.pop()
        await asyncio.gather(*(_say(bench, run, case.answers) for run, case in zip(runs, _CASES, strict=True)))
        # All at once: an answer that waits for nothing would otherwise cost its limit once for each order.
        ended = await asyncio.gather(*(bench.finish(run) for run in runs))
        for run, case in zip(ended, _CASES, strict=True):
            _judge(bench, run, case)
        # A worker's death takes seconds, so it is for answers that are right so far.
        if not all(part.ok for part in bench.parts):
            return
        # Two decisions that come while no worker is there reach the signal before the run method: no luck is involved.
        # Only now, for a kill would take the other orders' activities along.
        await _until_asked(bench, doubled, "lead")
        worker.kill()
        for by, approved in (("ada", False), ("bob", True)):
            await signal(doubled, "decide", {"by": by, "approved": approved, "level": "lead"})
        await worker.start()
        _judge(bench, await bench.finish(doubled), _DOUBLED)


async def _start(
    bench: "Bench", workflow: "Code", seconds: float, *, slow_mail: bool = False
) -> "WorkflowHandle[Any, Any]":
    order = bench.unique("order")
    if slow_mail:  # the first mail is delivered at once, and its activity completes with the second attempt
        bench.shop.faults.accept_then_time_out("mailer", order_id=order)
    return await bench.start(workflow, {"id": order, "amount_cents": 250_000, "deadline_seconds": seconds}, id=order)


async def _say(bench: "Bench", handle: "WorkflowHandle[Any, Any]", answers: tuple[tuple[str, str, bool], ...]) -> None:
    for where, by, approved in answers:
        waits, _, speaks_for = where.partition(":")
        await (_until_mailed(bench, handle) if waits == "mailed" else _until_asked(bench, handle, waits))
        await signal(handle, "decide", {"by": by, "approved": approved, "level": speaks_for or waits})


async def _until_asked(bench: "Bench", handle: "WorkflowHandle[Any, Any]", level: str) -> None:
    """Wait until a level was asked and a deadline runs, the run ended, or neither will come."""
    for _ in range(45):
        events = await bench.events(handle)
        types = events["type"]
        # The last one: who has mailed everybody at once waits for the lead all the same.
        asked = level in [name for _, name in _mails(events)][-1:]
        # Not "a timer after the mail": a deadline may as well begin with the mail, `async with asyncio.timeout(…)`.
        mailed = (types == "ActivityTaskScheduled").sum() == (types == "ActivityTaskCompleted").sum()
        runs = (types == "TimerStarted").sum() > types.isin(_TIMER_ENDS).sum()
        if (asked and mailed and runs) or types.iloc[-1] in _ENDS:
            return
        await asyncio.sleep(0.1)


async def _until_mailed(bench: "Bench", handle: "WorkflowHandle[Any, Any]") -> None:
    """Wait until the shop has delivered a mail, or none will come."""
    for _ in range(90):
        if len(bench.shop.table("mails", order_id=handle.id)):
            return
        await asyncio.sleep(0.1)


def _mails(events: "pd.DataFrame") -> list[tuple[int, str]]:
    """Return every mail that was ordered: the event's id and to whom. The shop's table would hide a repeated one."""
    mails = events[(events["type"] == "ActivityTaskScheduled") & (events["name"] == "mail")]
    return [(int(event), str(to).strip('"')) for event, to in zip(mails["event_id"], mails["payload"], strict=True)]


def _judge(bench: "Bench", run: "Run", case: _Case) -> None:
    if "again and again" in run.reason:
        bench.require(
            False,
            "the workflow runs",
            expected="no failing workflow task",
            seen=run.reason,
            events=run.last_event,
            next_step="correct the line that is named, then check again.",
        )
    charges = len(bench.shop.table("payments", order_id=run.handle.id))
    asked = [to for _, to in _mails(run.events)]
    due = int(case.outcome == "approved")
    right = run.result == case.outcome and charges == due and asked == list(case.levels)
    result = repr(run.result) if run.completed else run.reason
    bench.expect(
        run.completed and right,
        case.label,
        expected=f"result {case.outcome!r}, {due} charge(s), mails to {' and '.join(case.levels)}",
        seen=f"result {result}, {charges} charge(s), mails to {' and '.join(asked[:4]) or 'nobody'}",
        events=[*run.ids("WorkflowExecutionSignaled"), *run.ids("TimerFired")],
        next_step=case.step(run, charges, asked),
    )
    if right and case.step is _silent_step:
        _whole_time(bench, run, case.deadline)
    elif right and case.step is _up_step:
        _whole_time(bench, run, case.deadline, lead=True)


def _whole_time(bench: "Bench", run: "Run", deadline: float, *, lead: bool = False) -> None:
    """Compare how long a silent level was waited for; the orders' deadlines differ, so a fixed one shows, too."""
    fired = run.events[run.events["type"] == "TimerFired"]["time"]
    asked = run.events[run.events["type"] == "ActivityTaskScheduled"]["time"]
    begin, end = (asked.iloc[0], fired.iloc[0]) if lead else (fired.iloc[0], fired.iloc[-1])
    begins = "the lead's mail to the lead's deadline" if lead else "the lead's deadline to finance's"
    gap = (end - begin).total_seconds()
    polls = len(fired) > (1 if lead else 2)
    bench.expect(
        gap >= 0.9 * deadline,
        "the lead has the whole deadline" if lead else "finance has the whole deadline, too",
        expected=f"{deadline:g} s from {begins}",
        seen=f"{gap:.1f} s",
        events=run.ids("TimerFired"),
        next_step="let one `wait_condition` with its timeout wait for each level: a loop that sleeps and looks again "
        "writes a timer and a workflow task each time."
        if polls
        else _WHOLE,
    )


def _both_step(run: "Run", charges: int, asked: list[str]) -> str:
    if asked == ["lead"]:
        return 'one yes is not enough: after the lead\'s, mail `"finance"` and wait for a decision of that level.'
    if charges and run.result == "approved":
        return _ONCE
    return 'when both have said yes, run `charge_card` and return `"approved"`.'


def _half_step(run: "Run", charges: int, asked: list[str]) -> str:
    if charges and run.result == "rejected":
        return "charge last: the card is not touched before every level that is asked has said yes."
    if run.result != "approved":
        return _no_step(run, charges, asked)
    return (
        "look at finance's own decision: forget the lead's, `self.decision = None`, when finance's turn comes, and "
        "look at `approved` there, too."
    )


def _no_step(run: "Run", charges: int, asked: list[str]) -> str:
    if "finance" in asked:
        return 'a no is final: return `"rejected"` at once, at whichever level it is said.'
    return 'look at `decision.approved`, and return `"rejected"` for a no.'


def _up_step(run: "Run", charges: int, asked: list[str]) -> str:
    if "finance" not in asked and asked.count("lead") + len(run.ids("TimerFired")) > 2:
        return "escalate: when the lead's deadline passes, ask the *next* level instead of the lead once more."
    if "finance" not in asked:
        return "escalate: `except TimeoutError` means that it is the next level's turn, not that the order is over."
    if asked.count("finance") > 1:
        return _ONCE
    # Still running: a deadline that is not the order's own, such as a fixed one, was too long.
    if not run.completed or (run.result == "expired" and len(run.ids("TimerFired")) > 1):
        return _WHOLE
    return "let finance decide alone when the lead was silent: its yes is enough then."


def _same_step(run: "Run", charges: int, asked: list[str]) -> str:
    return "remember who approved as the lead, and let that person's second decision change nothing: `decision.by`."


def _late_step(run: "Run", charges: int, asked: list[str]) -> str:
    return "take a decision only when `decision.level` is the level that is asked now: the lead's time was over."


def _early_step(run: "Run", charges: int, asked: list[str]) -> str:
    if not run.completed:
        return (
            "turn away only the person who *approved* as the lead: who spoke too early may still decide when the level "
            "is asked."
        )
    if run.result != "approved":
        return _no_step(run, charges, asked)
    return (
        "forget what finance said before it was asked: take a decision only when `decision.level` is the level that is "
        "asked now."
    )


def _prompt_step(run: "Run", charges: int, asked: list[str]) -> str:
    if run.completed:
        return _both_step(run, charges, asked)
    return (
        "set the level, and forget the old decision, *before* you run `mail`: who has the mail may answer before the "
        "activity has completed."
    )


def _alone_step(run: "Run", charges: int, asked: list[str]) -> str:
    if charges or run.result == "approved":
        return (
            "the lead's yes is not finance's: charge only what finance itself has approved; when its deadline fires, "
            'return `"expired"`.'
        )
    if not run.completed:
        return _WHOLE
    return 'silence is no no: when finance is silent, return `"expired"`, whatever the lead has said.'


def _doubled_step(run: "Run", charges: int, asked: list[str]) -> str:
    if run.result == "rejected":
        return _no_step(run, charges, asked)
    return "let only the first decision of a level count: `if self.decision is None` in the signal."


def _silent_step(run: "Run", charges: int, asked: list[str]) -> str:
    if charges or run.result == "approved":
        return 'silence is no approval: charge only when finance has said yes; else return `"expired"`.'
    return 'when the last level is silent, too, return `"expired"`.'


# The first mail's activity is answered late, so a decision that comes at once finds the run method still at the mail.
_PROMPT = _Case(
    "a decision counts from the level's mail on",
    "approved",
    _prompt_step,
    (("mailed:lead", "ada", True), ("finance", "eve", True)),
)
_CASES = (
    _Case(
        "two people, one of each level, approve: the order is charged, once",
        "approved",
        _both_step,
        (("lead", "ada", True), ("finance", "eve", True)),
    ),
    _Case("a no of the lead ends it: finance is not asked", "rejected", _no_step, (("lead", "ada", False),), ("lead",)),
    _Case(
        "the lead's yes alone approves nothing: finance may still say no",
        "rejected",
        _half_step,
        (("lead", "ada", True), ("finance", "eve", False)),
    ),
    _Case(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "approved",
        _up_step,
        (("finance", "eve", True),),
        deadline=_ESCALATED,
    ),
    # Ada's word for finance does not count, so Eve's yes does. (The other way round, an order that is rejected because
    # the lead has spoken twice would look right.)
    _Case(
        "who has approved as the lead does not count for finance",
        "approved",
        _same_step,
        (("lead", "ada", True), ("finance", "ada", False), ("finance", "eve", True)),
    ),
    # When finance is asked, the lead's yes comes too late; so Eve's no counts.
    _Case(
        "an answer for a level that is no longer asked changes nothing",
        "rejected",
        _late_step,
        (("finance:lead", "ada", True), ("finance", "eve", False)),
        deadline=_ESCALATED,
    ),
    # While the lead is asked, a yes for finance comes too early; so Eve's no counts, when she is asked.
    _Case(
        "an answer for a level that is not asked yet changes nothing",
        "rejected",
        _early_step,
        (("lead:finance", "eve", True), ("lead", "ada", True), ("finance", "eve", False)),
    ),
    _PROMPT,
    _Case("when both levels are silent the order expires, uncharged", "expired", _silent_step, deadline=_SILENT),
    _Case(
        "the lead's yes alone approves nothing: when finance is silent the order expires",
        "expired",
        _alone_step,
        (("lead", "ada", True),),
        deadline=_ESCALATED,
    ),
)
_DOUBLED = _Case(
    "only a level's first decision counts: a yes that follows a no changes nothing",
    "rejected",
    _doubled_step,
    levels=("lead",),
)

EXERCISE = Exercise(
    id="5.4",
    title="Two levels, and up",
    minutes=12,
    difficulty=3,
    answers=("TwoLevels",),
    hints=(
        "At every moment one level is asked. Which three things must be forgotten, kept or begun anew when the next "
        "level's turn comes?",
        "A loop over the two levels: clear the decision, mail, wait with the deadline. `TimeoutError`: `continue`. A "
        "no: return. A yes: remember who. The signal takes a decision only for `self.level`, only the first, and not "
        "from the person who was remembered. After the loop, a decision that is still `None` is silence.",
        '```python\nfor self.level in ("lead", "finance"):\n    self.decision = None\n    await …mail…\n    try:\n'
        "        await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)\n"
        "    except TimeoutError:\n        continue\n    if not self.decision.approved:\n"
        '        return "rejected"\n    self.lead = self.decision.by\n```',
    ),
    why=(
        "The loop is the process as one would tell it: ask, wait, go on. Each pass begins a timer of its own, so each "
        "level has the whole deadline, and a deadline that fires leads up, not out. The signal is the door: it lets in "
        "one decision, for the level that is asked, from somebody who has not decided before. Whatever is late, "
        "doubled or early finds it closed, and stays in the history without an effect."
    ),
    check=check_levels,
)
