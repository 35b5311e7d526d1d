"""Exercise 8.1: six customers sign up; accounts, mails and the hours of the history tell how it ended for each."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch08.clocks import ENDS, HOUR, Step, due, in_words, jump, steps
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import Reply, require_handler, update

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run

EARLY = "a click activates the account at once, and nothing follows"
SILENT = "who never clicks is reminded when half of the time is over, and deleted when all is"
DOWN = "two hours without a mailer, twice, move neither the reminder nor the deadline"
LAST = "a click in the last minutes counts"
TWICE = "a second click is answered like the first, and changes nothing"
LATE = "a click after the deadline is told so, and brings nothing back"

_SLACK = 0.04  # of the hours: what a busy machine adds, and far less than what the mailer's outage does
# What each letter meets: two attempts that fail, an hour apart, then it goes out.
_DOWN = ["outage", "outage", "ok"] * 2
_LEFT = "count both waits from the sign-up: keep `start = workflow.now()` and give each wait what is left until then."
_UNTIL = (
    "wait with one `wait_condition` until half of the time, and with another until all of it: `signup.hours` says how "
)
_UNTIL += "long that is, in hours."
_AT_ONCE = "go on as soon as somebody has clicked: `wait_condition` with a `timeout` ends with either, and cancels its "
_AT_ONCE += "timer."
_ANSWER = "let `click` return the account's state as it will be."


@dataclass
class _Story:
    """One customer.

    Attributes:
        label: What must hold.
        hours: How long they have to click.
        run: The run.
        answers: What their clicks were told.
        found: Its history when it was looked at in between, and what is wrong with it then, if anything.
    """

    label: str
    hours: float
    run: "Handle"
    answers: list[Reply] = field(default_factory=list)
    timers: list[tuple["pd.DataFrame", tuple[float, ...]]] = field(default_factory=list)


async def check_registration(bench: "Bench", registration: "Code") -> None:
    """Let six customers sign up, and click or not."""
    plan = ((EARLY, 30.0), (SILENT, 60.0), (DOWN, 24.0), (LAST, 10.0), (TWICE, 24.0), (LATE, 8.0))
    async with bench.worker(registration):
        stories = [await _start(bench, registration, label, hours) for label, hours in plan]
        early, silent, down, last, twice, late = stories
        first = await bench.rest(silent.run)
        await bench.skip(silent.run, 1)  # a server that cannot skip is an error, not a verdict
        _timers(bench, silent, first, (0.5, 1.0))
        await bench.rest(early.run)
        await require_handler(bench, early.run, "update", "click")
        early.answers.append(await update(bench, early.run, "click", None))
        _judge(bench, early, await bench.finish(early.run, alone=True), "active", ("confirm",), "activate", _AT_ONCE)
        runs = await asyncio.gather(
            _silent(bench, silent), _silent(bench, down), _last(bench, last), _twice(bench, twice), _late(bench, late)
        )
        both = ("confirm", "remind")
        for story, run, state, step in zip(
            (silent, down, last, twice, late),
            runs,
            ("deleted", "deleted", "active", "active", "deleted"),
            (_UNTIL, _LEFT, _AT_ONCE, _ANSWER, _ANSWER),
            strict=True,
        ):
            for seen, parts in story.timers:
                _timers(bench, story, seen, parts)
            _judge(bench, story, run, state, both, "activate" if state == "active" else "delete", step)


async def _start(bench: "Bench", registration: "Code", label: str, hours: float) -> _Story:
    address = f"{bench.unique('customer')}@shop.example"
    if label == DOWN:
        bench.shop.faults.next_calls("mailer", _DOWN, order_id=address)
    elif label == TWICE:
        bench.shop.faults.hold("identity", operation="activate_account", order_id=address)
    elif label == LATE:
        bench.shop.faults.hold("identity", operation="delete_account", order_id=address)
    given = {"email": address, "name": "Kim", "hours": hours}
    run = await bench.start(registration, given, id=address, quiet=True)
    bench.did(f"a sign-up with {hours:g} hours: {label.split(',')[0]}")
    return _Story(label, hours, run)


async def _silent(bench: "Bench", story: _Story) -> "Run":
    """Let all the time pass, in two parts."""
    if story.label == DOWN:
        story.timers.append((await jump(bench, story.run, 2.5), (0.5, 1.0)))
    if not _wrong(story):
        # The reminder, too, goes out two hours late.
        late = 3.0 if story.label == DOWN else 0.0
        story.timers.append((await jump(bench, story.run, story.hours * (0.5 + _SLACK) + late), (1.0,)))
    if not _wrong(story):
        await jump(bench, story.run, story.hours * (1 + _SLACK))
    return await bench.finish(story.run, alone=True)


async def _last(bench: "Bench", story: _Story) -> "Run":
    await jump(bench, story.run, story.hours - 3 / 60)
    story.answers.append(await update(bench, story.run, "click", None))
    return await bench.finish(story.run, alone=True)


async def _twice(bench: "Bench", story: _Story) -> "Run":
    """Click twice while the activation is on its way, so that each click that activates shows."""
    await jump(bench, story.run, story.hours * 13 / 24)
    clicks: list[asyncio.Future[Reply]] = []

    async def heard() -> bool:
        """Whether the run has the last click: an answer, or an event that it was accepted."""
        accepted = bench.ids(await bench.events(story.run), "WorkflowExecutionUpdateAccepted")
        return clicks[-1].done() or len(accepted) == len(clicks)

    for _ in range(2):
        clicks.append(asyncio.ensure_future(update(bench, story.run, "click", None)))
        await bench.until(partial(_held, bench, story, "activate_account"), story.run)
        await bench.until(heard, story.run)
    bench.shop.faults.release("identity", operation="activate_account", order_id=story.run.id)
    story.answers += await asyncio.gather(*clicks)
    return await bench.finish(story.run, alone=True)


async def _late(bench: "Bench", story: _Story) -> "Run":
    """Click while the account is being deleted."""
    await jump(bench, story.run, story.hours * (0.5 + _SLACK))
    # Its clock stands still while the account is being deleted, so this ends only after that.
    passing = asyncio.ensure_future(bench.skip(story.run, story.hours * (0.5 + _SLACK) * HOUR))
    await bench.until(partial(_held, bench, story, "delete_account"), story.run)
    click = asyncio.ensure_future(update(bench, story.run, "click", None))
    await bench.until(click.done, story.run)
    bench.shop.faults.release("identity", operation="delete_account", order_id=story.run.id)
    story.answers.append(await click)
    await passing
    return await bench.finish(story.run, alone=True)


def _held(bench: "Bench", story: _Story, operation: str) -> bool:
    return operation in bench.shop.waiting(story.run.id)


def _wrong(story: _Story) -> bool:
    """Whether a timer is due at an hour of its own: then nothing is to be learnt from more jumps."""
    seen, parts = story.timers[-1] if story.timers else (None, ())
    return seen is not None and bool(_odd(due(seen), story.hours, parts))


def _odd(found: list[float], hours: float, parts: tuple[float, ...]) -> list[float]:
    return [each for each in found if all(abs(each - part * hours) > _SLACK * hours for part in parts)]


def _timers(bench: "Bench", story: _Story, events: "pd.DataFrame", parts: tuple[float, ...]) -> None:
    """Look at the timers of somebody who has not clicked: one for the next of the hours that count, none of another."""
    if events["type"].iloc[-1] in ENDS:
        return  # it has ended: that is judged
    found = due(events)
    next_due = any(abs(each - parts[0] * story.hours) <= _SLACK * story.hours for each in found)
    if next_due and not _odd(found, story.hours, parts):
        return  # how it ended is what is told
    bench.require(
        False,
        story.label,
        expected=" or ".join(f"a timer that is due in hour {part * story.hours:g}" for part in parts),
        seen=in_words(found),
        events=bench.ids(events, "TimerStarted"),
        next_step=_LEFT if story.label == DOWN and found else _UNTIL,
    )


def _judge(bench: "Bench", story: _Story, run: "Run", state: str, mails: tuple[str, ...], last: str, step: str) -> None:
    asked = steps(run.events)
    account = list(bench.shop.table("accounts", email=story.run.id)["state"])
    sent = list(bench.shop.table("mails", order_id=story.run.id)["subject"])
    told = [each.text for each in story.answers]
    well = (
        run.completed
        and run.result == state
        and account == [state]
        and sent == list(mails)
        and all(each.value == state for each in story.answers)
        and [each.name for each in asked if each.name != "mail"] == ["create_account", last]
        and [each.about for each in asked if each.name == "mail"] == list(mails)
        and not _off(asked, story, state)
    )
    words = f"mails {', '.join(mails)}; account {state!r}; result {state!r}"
    clicked = f"; clicks answered {', '.join(told)}" if told else ""
    bench.require(
        well,
        story.label,
        expected=f"{words}; clicks answered {state!r}" if told else words,
        seen=f"mails {', '.join(sent) or 'none'}; account {', '.join(map(repr, account)) or 'none'}; "
        f"result {run.result if run.completed else run.reason!r}{clicked}; steps "
        + ", ".join(f"{each.name} {each.about}".strip() + f" in hour {each.hour:.3g}" for each in asked[-3:]),
        events=tuple(each.event for each in asked[-3:]) + run.last_event,
        next_step=_next(story, run, state, mails, asked, account, step),
    )


def _off(asked: list[Step], story: _Story, state: str) -> list[Step]:
    """Return the steps that came at another hour than they should."""
    when = {"remind": 0.5 * story.hours}
    if state == "deleted":
        when["delete"] = story.hours
    return [
        each
        for each in asked
        for hour in [when.get(each.about or each.name)]
        if hour is not None and abs(each.hour - hour) > _SLACK * story.hours
    ]


def _next(
    story: _Story, run: "Run", state: str, mails: tuple[str, ...], asked: list[Step], account: list[str], step: str
) -> str:
    names = [each.name for each in asked if each.name != "mail"]
    subjects = [each.about for each in asked if each.name == "mail"]
    wrong_answer = next((each for each in story.answers if each.value != state), None)
    if not run.completed and run.reason and "WorkflowExecutionFailed" in set(run.events["type"]):
        return (
            "let nothing that is to be expected fail the run: `TimeoutError` is caught, and a mailer that is down is "
            "retried, as `**STEP` says."
        )
    if subjects[: len(mails)] != list(mails)[: len(subjects)] or len(subjects) < len(mails):
        return 'mail `"confirm"` first, and `"remind"` once when half of the time is over and nobody has clicked.'
    if len(subjects) > len(mails):
        return "look at the state before each mail: who has clicked gets no more of them, and nobody gets one twice."
    if names.count("create_account") != 1:
        return "create the account in one place, before the first mail."
    if state == "deleted" and "delete" not in names and run.completed:
        return "`delete` whoever has not clicked, when all of the time is over: the workflow's state is no account."
    if names.count("activate") > 1:
        return "activate in one place: the first click changes the state, and a second one finds it changed."
    if "activate" in names and "delete" in names:
        return "end each registration in one of two ways: who is active is not deleted, and who is deleted stays so."
    if wrong_answer is not None:
        return (
            'let `click` set the state while it is `"pending"`, and return it: `"active"`. Set `"deleted"` when the '
            "deadline is over, *before* the account is deleted: a click meanwhile gets an answer, too."
        )
    if _off(asked, story, state):
        return _LEFT if story.label == DOWN else _UNTIL
    if not run.completed:
        return step
    if run.result != state and account == [state]:
        return f'return the state of the account as the task spells it: here `"{state}"`.'
    if account != [state] and names[-1:] != ["create_account"]:
        return "`await` the last step before you return: what is under way when the run ends is lost to it."
    return step


EXERCISE = Exercise(answers=("Registration",), check=check_registration)
