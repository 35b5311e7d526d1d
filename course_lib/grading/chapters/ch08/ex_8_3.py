"""Exercise 8.3: the calendar is asked for every day of two years in three zones, then kept while clocks change."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from course_lib.grading.chapters.ch08.clocks import due, in_words, steps
from course_lib.grading.chapters.ch08.ex_8_3_child import next_monday
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run

AWARE = "the answer is a time in UTC, and says so"
MAILS = "six mails go out, one for each Monday"
KEPT = "each goes out on the next Monday, at 9:00 local time, across the change of the clocks"
_ZONES = ("Asia/Kolkata", "Europe/Berlin", "America/New_York")
_SLACK = timedelta(minutes=10)  # what a busy machine adds to a week
_ASK = "course_lib.grading.chapters.ch08.ex_8_3_child:ask"
_SLEEP = (
    "sleep until the next Monday: `next_monday(workflow.now(), plan.zone) - workflow.now()`, both in UTC, computed "
)
_SLEEP += "anew before each sleep."


def right(zone: str) -> str:
    """Return the label of the part that is about one zone."""
    city = zone.partition("/")[2].replace("_", " ")
    return f"in {city} it is the first Monday, 9:00, that is later: any day of two years"


async def check_mondays(bench: "Bench", calendar: "Code", weekly: "Code") -> None:
    """Ask the calendar, then let the workflow keep it in two zones."""
    called = await bench.call(calendar, list(_ZONES), quiet=True, through=_ASK)
    bench.require(
        called.ok,
        AWARE,
        expected="a time for each moment",
        seen=called.reason or "so it is",
        next_step="correct the line that is named, then check again.",
    )
    bench.did(f"{calendar.name}(…) for {sum(each['asked'] for each in called.value):,} moments in {len(_ZONES)} zones")
    for found in called.value:
        _aware(bench, found)
    for zone, found in zip(_ZONES, called.value, strict=True):
        _right(bench, zone, found)
    async with bench.worker(weekly):
        handles = await asyncio.gather(*(_start(bench, weekly, zone) for zone in _ZONES[1:]))
        begun = [
            _begun(bench, zone, await bench.rest(handle)) for zone, handle in zip(_ZONES[1:], handles, strict=True)
        ]
        runs = await asyncio.gather(*(_finish(bench, handle) for handle in handles))
    for run in runs:
        _mailed(bench, run)
    bench.expect(True, MAILS, expected="six", seen="so it is", next_step=_SLEEP)
    for zone, run, began in zip(_ZONES[1:], runs, begun, strict=True):
        _kept(bench, zone, run.events, began)


def _aware(bench: "Bench", found: dict[str, Any]) -> None:
    if not found["odd"]:
        return
    [[at, text]] = found["odd"]
    raised = text.startswith("!")
    bench.require(
        False,
        AWARE,
        expected="such as 2027-03-29T07:00:00+00:00",
        seen=f"{text.lstrip('!')}, for {at}",
        next_step="return the moment: a `datetime`."
        if text.startswith("!returned")
        else "a time with a zone and one without do not go together: give each its zone, as `time(9)` gets it in "
        "`datetime.combine(day, time(9), ZoneInfo(zone))`."
        if raised and "naive" in text
        else "correct what raises here."
        if raised
        else "turn the local time into UTC at the end, `.astimezone(UTC)`: a difference to it is then time that passes."
        if "+" in text[10:] or "-" in text[10:]
        else "give the time its zone: one that names none is read as the machine's own.",
    )


def _right(bench: "Bench", zone: str, found: dict[str, Any]) -> None:
    at, text = found["wrong"][0] if found["wrong"] else (datetime.now(UTC).isoformat(), "")
    wanted = next_monday(datetime.fromisoformat(at), zone)
    here, wanted = ((datetime.fromisoformat(text) if text else wanted).astimezone(ZoneInfo(zone)), wanted)
    bench.require(
        not found["wrong"],
        right(zone),
        expected=f"{wanted.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M} for {at}",
        seen=f"{here:%A %d %B %Y, %H:%M}, and {found['count']} of {found['asked']} are wrong" if text else "so it is",
        next_step="put 9:00 on the date in the zone, and only then look for the offset from UTC: "
        "`datetime.combine(day, time(9), ZoneInfo(zone))`."
        if here.hour != 9 or here.minute
        else "count the days to Monday on the date in the zone: `weekday()` is 0 on a Monday."
        if here.weekday()
        else "it has to be later than the moment, and the first that is: on a Monday look at the hour, too.",
    )


def _change(zone: str, after: datetime) -> datetime:
    """Return noon, UTC, of the day before the next change of the clocks."""
    days = [after + timedelta(days=day) for day in range(5, 370)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return next(day for day, a, b in zip(days, offsets, offsets[1:], strict=False) if a != b)


async def _start(bench: "Bench", weekly: "Code", zone: str) -> "Handle":
    """Start the workflow two weeks and some days before a change, by a start delay that is skipped."""
    now = datetime.now(UTC)
    delay = max(_change(zone, now + timedelta(days=16)) - timedelta(days=16) - now, timedelta(seconds=1))
    to = f"{bench.unique('reader')}@shop.example"
    handle = await bench.start(weekly, {"to": to, "zone": zone}, id=to, quiet=True, start_delay=delay)
    bench.did(f"Weekly({zone}), two weeks before the clocks change")
    await bench.skip(handle, delay.total_seconds() + 1)
    return handle


async def _finish(bench: "Bench", handle: "Handle") -> "Run":
    await bench.skip(handle, 50 * 24 * 3600)
    return await bench.finish(handle, alone=True)


def _begun(bench: "Bench", zone: str, events: "pd.DataFrame") -> datetime:
    """Return when a run really began, by its own clock; end the check when its first timer is another one."""
    task = events["time"].iloc[int((events["type"] == "WorkflowTaskStarted").argmax())]
    began: datetime = task.floor("us").to_pydatetime()
    found = due(events)
    wanted = (next_monday(began, zone) - events["time"].iloc[0].floor("us").to_pydatetime()) / timedelta(hours=1)
    if len(found) != 1 or abs(found[0] - wanted) > _SLACK / timedelta(hours=1):
        bench.require(
            False,
            KEPT,
            expected=f"one timer, until {next_monday(began, zone):%d %B, %H:%M} UTC",
            seen=in_words(found) + f"; Monday, 9:00 is in hour {wanted:.4g}",
            events=bench.ids(events, "TimerStarted"),
            next_step=_SLEEP,
        )
    return began


def _mailed(bench: "Bench", run: "Run") -> None:
    mails = [step for step in steps(run.events) if step.name == "mail"]
    wanted = [f"offers {number}" for number in range(1, 7)]
    if run.completed and [step.about for step in mails] == wanted:
        return
    bench.require(
        False,
        MAILS,
        expected=", ".join(wanted),
        seen=(", ".join(step.about for step in mails) or "no mail") + ("" if run.completed else f"; {run.reason}"),
        events=tuple(step.event for step in mails),
        next_step="one mail after each of the six sleeps, numbered from 1 to 6.",
    )


def _kept(bench: "Bench", zone: str, events: "pd.DataFrame", began: datetime) -> None:
    start: datetime = events["time"].iloc[0].floor("us").to_pydatetime()
    mails = [step for step in steps(events) if step.name == "mail"]
    mondays = [next_monday(began, zone)]
    while len(mondays) < len(mails):
        mondays.append(next_monday(mondays[-1], zone))
    times = [start + timedelta(hours=step.hour) for step in mails]
    off = [number for number in range(len(mails)) if abs(times[number] - mondays[number]) > _SLACK]
    first = (off or [0])[0]
    seen, expected = (each.astimezone(ZoneInfo(zone)) for each in (times[first], mondays[first]))
    bench.require(
        not off,
        KEPT,
        expected=f"mail {first + 1} on {expected:%A %d %B, %H:%M} in {zone}",
        seen=f"on {seen:%A %d %B, %H:%M}",
        events=tuple(step.event for step in mails),
        next_step=_SLEEP,
    )


EXERCISE = Exercise(answers=("next_monday", "Weekly"), check=check_mondays)
