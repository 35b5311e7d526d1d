"""Exercise 5.4: twelve orders on their way through two levels, with yes, no, silence, late and doubled answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch05 import deadlines
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import heard, require_handler, signal
from course_lib.grading.timers import lengths
from course_lib.waits.until import closed

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run
    from course_lib.workers import WorkerProcess

    _Step = Callable[[Run, int, list[str]], str]

_Answer = tuple[str, str, bool | None]  # level, person, decision

_HOUR = 3600.0
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
        answers: Level, person and decision. Each is sent when the one before has had its effect. ``finance:lead`` is
            for when finance is asked, and speaks for the lead; ``mailed:lead`` comes while the mail to the lead is on
            its way. None: the level is silent until its deadline has passed; the person, if one is named, approves in
            between for the level that is not asked.
        levels: Who should be asked.
        doubled: Two more answers, which come to the run with one workflow task; Dan's no for finance follows.
        early: An answer that comes with the start, before anybody is asked.
        cents: What the order costs.
        also: What the same order shows, too: what holds, what to do when it does not, and whether it is this, and not
            what the label says, that does not hold.
    """

    label: str
    outcome: str
    step: "_Step"
    answers: tuple[_Answer, ...] = ()
    levels: tuple[str, ...] = _BOTH
    doubled: tuple[_Answer, ...] = ()
    early: "_Answer | None" = None
    cents: int = 250_000
    also: "tuple[str, _Step, Callable[[Run, list[str]], bool]] | None" = None


async def check_levels(bench: "Bench", workflow: "Code") -> None:
    """Send the orders through the levels, a few at once, and read results, payments and who was asked.

    An answer with a mistake need not pay for the orders after those that show it.
    """
    # No two orders have the same deadline, so one that the answer brings along shows.
    seconds = {case: hours * _HOUR for hours, case in enumerate((*_ANSWERED, *_CAREFUL, *_SILENCES, *_DOUBLED), 5)}
    async with bench.worker(workflow) as worker:
        silent = await _start(bench, workflow, _SILENT, seconds)
        await _first(bench, silent, seconds[_SILENT])
        await require_handler(bench, silent, "signal", "decide")
        quiet: asyncio.Future[None] | None = None
        try:
            for words, cases in _SCENES.items():
                runs = {case: await _start(bench, workflow, case, seconds) for case in cases if case is not _SILENT}
                bench.did(words)
                if quiet is None and cases is not _ANSWERED:  # a jump of its time takes a second, and this one has two
                    quiet = asyncio.ensure_future(_tell(bench, {_SILENT: silent}, seconds))
                await _tell(bench, runs, seconds)
                if quiet is not None and cases is _SILENCES:
                    await quiet
                    await _second(bench, silent, seconds[_SILENT])
                if cases is _DOUBLED:
                    for run in runs.values():  # Dan's no comes while the card is being charged
                        bench.shop.faults.hold("payments", order_id=run.id)
                    await _at_once(bench, worker, {runs[case]: case.doubled for case in cases})
                    for run in runs.values():
                        await bench.until(partial(_call_waits, bench, run), run)
                        if await _decide(run, ("finance", "dan", False)):
                            await bench.until(partial(heard, bench, run), run)
                        bench.shop.faults.release("payments", order_id=run.id)
                for case in cases:
                    run = runs.get(case, silent)
                    ended = await bench.finish(run, alone=not await closed(run))
                    if not _judge(bench, ended, case, seconds[case]):
                        return
        finally:
            if quiet is not None:
                quiet.cancel()


async def _start(bench: "Bench", workflow: "Code", case: _Case, seconds: "dict[_Case, float]") -> "Handle":
    order = bench.unique("order")
    if case.answers and case.answers[0][0].startswith("mailed"):
        bench.shop.faults.hold("mailer", order_id=order)
    given = {"id": order, "amount_cents": case.cents, "deadline_seconds": seconds[case]}
    early: dict[str, Any] = (
        {"start_signal": "decide", "start_signal_args": [_decision(case.early)]} if case.early is not None else {}
    )
    return await bench.start(workflow, given, id=order, quiet=True, **early)


async def _first(bench: "Bench", handle: "Handle", deadline: float) -> None:
    """Look at one order as soon as it rests: with another deadline than its own, the rest need not be run."""
    events = await bench.rest(handle)
    if "WorkflowTaskCompleted" not in set(events["type"]):
        _require_runs(bench, await bench.finish(handle))
    fired = min((*bench.ids(events, "TimerFired"), int(events["event_id"].iloc[-1]) + 1))
    started = bench.ids(events, "TimerStarted")
    asked = [to for event, to in _mails(events) if event < fired]
    bench.require(
        not started or asked == ["lead"],
        "the lead is asked first, and alone",
        expected="a mail to lead, and then a timer",
        seen=f"mails to {' and '.join(asked) or 'nobody'}, and a timer",
        events=started,
        next_step='mail `"lead"` first, and nobody else, and then wait: finance is mailed when it is its turn.',
    )
    _after_mail(bench, events, "lead", "the lead's deadline begins when the mail is sent")
    _whole_time(bench, events, "lead", deadline)


def _after_mail(bench: "Bench", events: "pd.DataFrame", level: str, label: str) -> None:
    mail = next((event for event, to in _mails(events) if to == level), 0)
    # With the mail, in one workflow task, a timer may be ordered before it.
    begins = max((0, *(event for event in bench.ids(events, "WorkflowTaskCompleted") if event < mail)))
    started = [event for event in bench.ids(events, "TimerStarted") if event > begins]
    sent = next((event for event in bench.ids(events, "ActivityTaskCompleted") if event > mail), 0)
    bench.require(
        not started or 0 < sent < started[0],
        label,
        expected="a timer after the mail has ended",
        seen=f"the timer is event {min(started, default=0)}, and the mail has ended with event {sent}",
        events=[mail, *started[:1]],
        next_step="`await` the mail, and wait for the decision then: the time that a mail needs is not the level's.",
    )


async def _second(bench: "Bench", handle: "Handle", deadline: float) -> None:
    """The same for finance, once its turn has come: with too little time its answers count only with luck."""
    events = await bench.events(handle)
    if [to for _, to in _mails(events)] == list(_BOTH) and not bench.ids(
        events, "ActivityTaskScheduled", "charge_card"
    ):
        _after_mail(bench, events, "finance", "finance's deadline begins when its mail is sent, too")
        _whole_time(bench, events, "finance", deadline)


async def _tell(bench: "Bench", runs: "dict[_Case, Handle]", seconds: "dict[_Case, float]") -> None:
    """Say to these orders what they are for, the first answer to each, then the second, and wait until they rest."""
    for turn, answers in enumerate(zip_longest(*(case.answers for case in runs))):
        due = {case: answer for case, answer in zip(runs, answers, strict=True) if answer}
        await _all(
            bench,
            {
                runs[case]: partial(_call_waits, bench, runs[case])
                if answer[0].startswith("mailed")
                else partial(bench.rests, runs[case])
                for case, answer in due.items()
            },
        )
        for case, run in runs.items():
            if [where for where, _, _ in case.answers[turn + 1 : turn + 2] if where.startswith("mailed")]:
                bench.shop.faults.hold("mailer", order_id=run.id)
        await asyncio.gather(*(_say(bench, runs[case], answer, seconds[case]) for case, answer in due.items()))
    await _all(bench, {run: partial(bench.rests, run) for run in runs.values()})


async def _all(bench: "Bench", ready: "dict[Handle, Callable[[], Awaitable[bool]]]") -> None:
    """Wait for several runs, each until it is ready or stands still for good.

    To ask for one after the other is a fourth of the work of as many waits side by side.
    """
    left = list(ready.values())

    async def so() -> bool:
        while left and await left[-1]():
            left.pop()
        return not left

    if not await bench.until(so, *ready):  # one of them does something else
        await asyncio.gather(*(bench.until(condition, run) for run, condition in ready.items()))


async def _say(bench: "Bench", handle: "Handle", answer: _Answer, deadline: float) -> None:
    where, by, approved = answer
    asked, _, speaks_for = where.partition(":")
    if approved is None:
        await _silence(bench, handle, asked, by, deadline)
    elif await _decide(handle, (speaks_for or asked, by, approved)) and asked == "mailed":
        await bench.until(partial(heard, bench, handle), handle)
        bench.shop.faults.release("mailer", order_id=handle.id)


async def _decide(handle: "Handle", answer: _Answer) -> bool:
    return await signal(handle, "decide", _decision(answer))


def _decision(answer: _Answer) -> dict[str, Any]:
    level, by, approved = answer
    return {"by": by, "approved": approved, "level": level}


async def _silence(bench: "Bench", handle: "Handle", level: str, other: str, deadline: float) -> None:
    """Let the deadline of the level that is asked pass; in between, somebody speaks for the other one."""
    events = await bench.events(handle)
    if _time_of(events, level) < deadline / 2:
        return  # it is short, or the level is not asked: time would only hide that
    if not other:
        await deadlines.passes(bench, handle, deadline)
        return
    await deadlines.passes(bench, handle, 0.6 * deadline)
    await _decide(handle, (_BOTH[1 - _BOTH.index(level)], other, True))
    await bench.rest(handle)
    await deadlines.passes(bench, handle, 0.4 * deadline)


async def _call_waits(bench: "Bench", handle: "Handle") -> bool:
    return bool(bench.shop.waiting(handle.id)) or await bench.rests(handle)


async def _at_once(bench: "Bench", worker: "WorkerProcess", runs: "dict[Handle, tuple[_Answer, ...]]") -> None:
    """Send each of these runs two answers that reach it with one workflow task: no luck is involved.

    A run whose worker has a task of it gets what comes meanwhile with the next one, all at once. So the worker stands
    still, and a signal that no handler takes makes that task.
    """
    worker.freeze()
    try:
        for handle, answers in runs.items():
            await signal(handle, "knock")
            await bench.until(partial(_taken, bench, handle), handle)
            for answer in answers:
                await _decide(handle, answer)
    finally:
        worker.thaw()


async def _taken(bench: "Bench", handle: "Handle") -> bool:
    types = list((await bench.events(handle))["type"])
    return types[-1] == "WorkflowTaskStarted" or types[-1] in deadlines.ENDS


def _mails(events: "pd.DataFrame") -> list[tuple[int, str]]:
    """Return every mail that was ordered: the event's id and to whom. The shop's table would hide a repeated one."""
    mails = events[(events["type"] == "ActivityTaskScheduled") & (events["name"] == "mail")]
    return [(int(event), str(to).strip('"')) for event, to in zip(mails["event_id"], mails["payload"], strict=True)]


def _time_of(events: "pd.DataFrame", level: str) -> float:
    """Return the longest timer of a level's turn, in seconds; 0 without one, or when it was not asked.

    A level's turn begins with the workflow task that orders its mail: a deadline may begin before it or after it.
    """
    turns: dict[str, int] = {}
    begins = 0
    for event, type, name, to in zip(
        events["event_id"], events["type"], events["name"], events["payload"], strict=True
    ):
        if type == "WorkflowTaskCompleted":
            begins = int(event)
        elif type == "ActivityTaskScheduled" and name == "mail":
            turns.setdefault(str(to).strip('"'), begins)
    if level not in turns:
        return 0.0
    ends = min((begins for begins in turns.values() if begins > turns[level]), default=int(events["event_id"].iloc[-1]))
    within = events[(events["event_id"] > turns[level]) & (events["event_id"] <= ends)]
    return max(lengths(within), default=0.0)


def _judge(bench: "Bench", run: "Run", case: _Case, deadline: float) -> bool:
    _require_runs(bench, run)
    charges = len(bench.shop.table("payments", order_id=run.handle.id))
    asked = [to for _, to in _mails(run.events)]
    due = int(case.outcome == "approved")
    limits = deadlines.limits(run.history.events, deadline)
    right = run.completed and run.result == case.outcome and charges == due and asked == list(case.levels)
    right = right and not limits
    result = repr(run.result) if run.completed else run.reason
    claims = [(case.label, case.step, right)]
    if case.also is not None:
        label, step, is_it = case.also
        first = right or is_it(run, asked)
        claims = [(case.label, case.step, first), *([(label, step, right)] if first else [])]
    for label, step, ok in claims:
        bench.expect(
            ok,
            label,
            expected=f"result {case.outcome!r}, {due} charge(s), mails to {' and '.join(case.levels)}",
            seen=", ".join(
                [f"result {result}", f"{charges} charge(s)", f"mails to {' and '.join(asked[:4]) or 'nobody'}", *limits]
            ),
            events=[*run.ids("WorkflowExecutionSignaled"), *run.ids("TimerFired")],
            next_step=_general_step(run, asked, limits) or step(run, charges, asked),
        )
    return right


def _require_runs(bench: "Bench", run: "Run") -> None:
    if "again and again" in run.reason:
        bench.require(
            False,
            "the workflow runs",
            expected="no failing workflow task",
            seen=run.reason,
            events=run.last_event,
            next_step="correct the line that is named, then check again.",
        )


def _whole_time(bench: "Bench", events: "pd.DataFrame", level: str, deadline: float) -> None:
    """Compare the deadline of a level that is silent, as the history has it, with the order's."""
    timers = lengths(events)
    bench.require(
        deadlines.whole(_time_of(events, level), deadline),
        "the lead has the whole deadline" if level == "lead" else "finance has the whole deadline, too",
        expected=f"a timer of {deadline:g} s when {'the lead' if level == 'lead' else level} is asked",
        seen=deadlines.in_words(timers),
        events=bench.ids(events, "TimerStarted"),
        next_step=_WHOLE
        + " Wait with one `wait_condition` and its timeout: a loop that sleeps and looks again writes a "
        "timer and a workflow task each time.",
    )


def _general_step(run: "Run", asked: list[str], limits: list[str]) -> str:
    """Return what to do about a mistake that may show in any of the orders, if it is one."""
    if "WorkflowExecutionFailed" in set(run.events["type"]) and "`raise " in run.reason:
        return "let a decision that does not count pass without effect: what a signal's handler raises fails the run."
    if limits:
        return "leave the time of the charge to `start_to_close_timeout=SOON` and its retries."
    if set(asked) > set(_BOTH):
        return "ask `lead` and `finance`, and nobody else."
    return _ONCE if len(asked) > 2 and set(asked) == set(_BOTH) else ""


def _both_step(run: "Run", charges: int, asked: list[str]) -> str:
    if asked == ["lead"] and not run.completed:
        return "let the signal take the lead's decision, the first one for the level that is asked: it was not taken."
    answers, charged = run.ids("WorkflowExecutionSignaled"), run.ids("ActivityTaskScheduled", "charge_card")
    if asked == ["lead"] and charged and len(answers) > 1 and answers[1] < charged[0]:
        return 'mail `"finance"`, too, when its turn comes: nobody has told it.'
    if asked == ["lead"]:
        return 'one yes is not enough: after the lead\'s, mail `"finance"` and wait for a decision of that level.'
    if charges and run.result == "approved":
        return _ONCE
    if charged and run.result == "approved":
        return "`await` the charge: what is under way when the run ends is lost to it."
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
    if "finance" not in asked and len(asked) > 1:
        return "escalate: when the lead's deadline passes, ask the *next* level instead of the lead once more."
    if "finance" not in asked:
        return "escalate: `except TimeoutError` means that it is the next level's turn, not that the order is over."
    if asked.count("finance") > 1:
        return _ONCE
    return "let finance decide alone when the lead was silent: its yes is enough then."


def _same_step(run: "Run", charges: int, asked: list[str]) -> str:
    return "remember who approved as the lead, and let that person's second decision change nothing: `decision.by`."


def _late_step(run: "Run", charges: int, asked: list[str]) -> str:
    if not run.completed:
        return "turn away only who approved as the lead *in time*: a late yes changes nothing, for nobody."
    return "take a decision only when `decision.level` is the level that is asked now: the lead's time was over."


def _early_step(run: "Run", charges: int, asked: list[str]) -> str:
    if asked == ["lead"] and run.result == "rejected":
        return "let no decision count before its level is asked: not even the lead's before its own mail."
    if not run.completed:
        return (
            "turn away only the person who *approved* as the lead: who spoke too early may still decide when the level "
            "is asked."
        )
    if run.result != "approved":
        return _no_step(run, charges, asked)
    return (
        "forget what finance said before it was asked: take a decision only when `decision.level` is the level that is "
        "asked now, and let `run` change the level, right before the mail."
    )


def _prompt(run: "Run", asked: list[str]) -> bool:
    """Return whether the first answer had brought finance's mail when the second answer came."""
    return asked == list(_BOTH) and (_mails(run.events)[1][0],) < run.ids("WorkflowExecutionSignaled")[1:2]


def _prompt_step(run: "Run", charges: int, asked: list[str]) -> str:
    if run.completed and (asked != list(_BOTH) or _prompt(run, asked)):
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
    return "let only the first decision of a level count: `if self.decision is None` in the signal."


def _silent_step(run: "Run", charges: int, asked: list[str]) -> str:
    if charges or run.result == "approved":
        return 'silence is no approval: charge only when finance has said yes; else return `"expired"`.'
    if not run.completed:
        return (
            "let a signal that changes nothing leave the deadline as it is: it began when the level was asked. Wait "
            "for the decision that counts with *one* `wait_condition`, and not for the next signal."
        )
    return 'when the last level is silent, too, return `"expired"`.'


# The first mail is on its way, so a decision that comes at once finds the run method still at the mail. Kim's word for
# finance does not count, whoever says yes for the lead meanwhile, so Eve's yes does. (The other way round, an order
# that is rejected because the lead has spoken twice would look right.)
_PROMPT = _Case(
    "a decision counts from the level's mail on",
    "approved",
    _prompt_step,
    (("mailed:lead", "kim", True), ("finance:lead", "bob", True), ("finance", "kim", False), ("finance", "eve", True)),
    also=(
        "who has approved as the lead does not count for finance",
        _same_step,
        _prompt,
    ),
)
_SILENT = _Case(
    "when both levels are silent the order expires, uncharged",
    "expired",
    _silent_step,
    (("lead", "eve", None), ("finance", "ada", None)),
)
_ANSWERED = (
    _Case(
        "two people, one of each level, approve: the order is charged, once",
        "approved",
        _both_step,
        (("lead", "ada", True), ("finance", "eve", True)),
        cents=4_200,
    ),
    _Case("a no of the lead ends it: finance is not asked", "rejected", _no_step, (("lead", "ada", False),), ("lead",)),
    _Case(
        "the lead's yes alone approves nothing: finance may still say no",
        "rejected",
        _half_step,
        (("lead", "ada", True), ("finance", "eve", False)),
    ),
)
_CAREFUL = (
    # Bob's no comes before the lead is asked.
    # While the lead is asked, a yes for finance comes too early; so Eve's no counts, when she is asked.
    _Case(
        "an answer for a level that is not asked yet changes nothing",
        "rejected",
        _early_step,
        (("lead:finance", "eve", True), ("lead", "ada", True), ("finance", "eve", False)),
        early=("lead", "bob", False),
    ),
    _PROMPT,
    _Case(
        "a decision counts from finance's mail on, too",
        "approved",
        _prompt_step,
        (("lead", "eve", True), ("mailed:finance", "ada", True)),
    ),
)
_SILENCES = (
    # When finance is asked, Ada's no and yes for the lead come too late; so she has not approved as the lead, and her
    # yes for finance counts. (The other one's yes, early and late, is said where both are silent.)
    _Case(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "approved",
        _up_step,
        (("lead", "", None), ("finance:lead", "ada", False), ("finance:lead", "ada", True), ("finance", "ada", True)),
        also=(
            "an answer for a level that is no longer asked changes nothing",
            _late_step,
            lambda run, asked: run.result in ("rejected", None) and asked == list(_BOTH),
        ),
    ),
    _SILENT,
    _Case(
        "the lead's yes alone approves nothing: when finance is silent the order expires",
        "expired",
        _alone_step,
        (("lead", "ada", True), ("finance", "", None)),
    ),
)
_DOUBLED = (
    _Case(
        "only a level's first decision counts: a yes that follows a no changes nothing",
        "rejected",
        _doubled_step,
        levels=("lead",),
        doubled=(("lead", "ada", False), ("lead", "ada", True)),
    ),
    _Case(
        "the same holds for finance: a no that follows a yes changes nothing",
        "approved",
        _doubled_step,
        (("lead", "ada", True),),
        doubled=(("finance", "eve", True), ("finance", "bob", False)),
    ),
    _Case(
        "what is said for finance together with the lead's yes comes too early, too",
        "rejected",
        _early_step,
        doubled=(("lead", "ada", True), ("finance", "eve", True)),
    ),
)
_SCENES = {
    "orders that are approved, and rejected by each level": _ANSWERED,
    "an early answer, one before the mail has arrived, one person for both levels": _CAREFUL,
    "silence and late answers": _SILENCES,
    "doubled answers": _DOUBLED,
}

EXERCISE = Exercise(answers=("TwoLevels",), check=check_levels)
