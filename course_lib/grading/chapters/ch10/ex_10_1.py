"""Exercise 10.1: a nightly report, its due times over two years, and a server that is killed over one of them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from temporalio.client import (
    ScheduleCalendarSpec,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowExecutionStatus,
)

from course_lib.grading.bench import CLIENT
from course_lib.grading.chapters.ch10 import schedules
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from temporalio.client import ScheduleDescription, WorkflowExecution

    from course_lib.grading import Bench, Code
    from course_lib.server.crashing import CrashServer

_BERLIN = ZoneInfo("Europe/Berlin")
_OUTAGE = timedelta(hours=6)
_DAYS = 731  # two years: both changes of the clocks twice, two Christmas Eves, and no date that is written down
_SHORT = 12.0  # seconds, of a lead that a busy machine may need to kill a server before something is due


async def check_nights(bench: "Bench", schedule_report: "Code") -> None:
    """Create the schedule on a server of its own, read its due times, and kill the server over one."""
    name = bench.unique("nightly")
    async with bench.crash_server() as (there, server):
        called = await there.call(schedule_report, CLIENT, name, there.task_queue)
        found = await schedules.described(there.client, name) if called.ok else None
        bench.require(
            found is not None,
            "the schedule is created under the name that it is given",
            expected="a schedule of this name",
            seen="no schedule of this name" if called.ok else called.reason,
            next_step="await `client.create_schedule(name, …)` with the client and the name that are passed in.",
        )
        assert found is not None
        tomorrow = datetime.now(_BERLIN).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        last = (tomorrow + timedelta(days=_DAYS)).replace(hour=0)
        times = await schedules.due_times(there.client, name, tomorrow.astimezone(UTC), last.astimezone(UTC))
        _nights(bench, times, [tomorrow.date() + timedelta(days=day) for day in range(_DAYS)])
        _rules(bench, found)
        if all(part.ok for part in bench.parts):
            await _outage(bench, there, server, name, schedule_report)


# Berlin's 02:30 of October is due once on server 1.32, though the API says twice: see tests/chapters/test_schedules.py.
def _nights(bench: "Bench", times: list[datetime], days: list[date]) -> None:
    bench.did(f"the server was asked for all due times of the {len(days):,} days from {days[0]} on")
    if len(times) >= schedules.MOST:  # the rest is cut off: more than one a day
        days = [day for day in days if day < times[-1].astimezone(_BERLIN).date()]
    at: dict[date, list[str]] = {}
    for time in times:
        local = time.astimezone(_BERLIN)
        at.setdefault(local.date(), []).append(f"{local:%H:%M:%S}".removesuffix(":00"))
    christmas = [day for day in days if (day.month, day.day) == (12, 24)]
    gaps = [day for day in days if not _exists(day)]
    usual = [day for day in days if day not in christmas and day not in gaps]
    lacking = [day for day in usual if "02:30" not in at.get(day, [])]
    hours = Counter(hour for day in usual for hour in at.get(day, []))
    zone = hours["02:30"] <= sum(hours.values()) / 2
    bench.require(
        not lacking,
        "it is due at 02:30 in Berlin every night",
        expected=f"02:30 on each of {len(usual)} nights",
        seen=_seen(at, lacking),
        next_step='name the zone, `time_zone_name="Europe/Berlin"`, and let the calendar say 2:30 and no more.'
        if zone
        else "let the calendar for 02:30 have no other limit than the hour and the minute: no year, no start, no end.",
    )
    twice = [day for day in usual if len(at[day]) > 1]
    bench.expect(
        not twice,
        "it is never due twice in one night",
        expected="one due time a night",
        seen=_seen(at, twice),
        next_step="let the second calendar match the night without a 02:30 alone: a Sunday (0) *and* a day from 25 to "
        "31 *and* March.",
    )
    wrong = [day for day in gaps if at.get(day, []) != ["03:30"]]
    bench.expect(
        not wrong,
        "in the night that has no 02:30 it is due once, at 03:30",
        expected="03:30 on " + " and ".join(map(str, gaps)),
        seen=_seen(at, wrong),
        next_step="add a calendar for 03:30 on the last Sunday of March, in every year: `month`, `day_of_month` from "
        "25 to 31, `day_of_week` 0.",
    )
    wrong = [day for day in christmas if day in at]
    bench.expect(
        not wrong,
        "it is not due on 24 December",
        expected="nothing on " + " and ".join(map(str, christmas)),
        seen=_seen(at, wrong),
        next_step="let `skip` match the due time itself: month 12, day 24, *hour 2, minute 30*. What a calendar does "
        "not name is 0.",
    )


def _exists(day: date) -> bool:
    """Tell whether Berlin has a 02:30 on this day."""
    local = datetime(day.year, day.month, day.day, 2, 30, tzinfo=_BERLIN)
    return local.astimezone(UTC).astimezone(_BERLIN).replace(tzinfo=None) == local.replace(tzinfo=None)


def _seen(at: dict[date, list[str]], days: list[date]) -> str:
    shown = [f"{day:%a %Y-%m-%d}: {', '.join(at.get(day, [])[:3]) or 'nothing'}" for day in days[:3]]
    more = f"; and {len(days) - 3} more" if len(days) > 3 else ""
    return "; ".join(shown) + more or "all as expected"


def _rules(bench: "Bench", found: "ScheduleDescription") -> None:
    policy, state = found.schedule.policy, found.schedule.state
    window = policy.catchup_window or timedelta()
    bench.expect(
        window >= _OUTAGE,
        "what falls due while the server is down for 6 h is made up for",
        expected="a catch-up window of 6 h or more",
        seen=f"a catch-up window of {window}",
        next_step="make `catchup_window` longer than the outage; without one it is a year.",
    )
    bench.expect(
        not policy.pause_on_failure,
        "a failed report does not stop later ones",
        expected="pause_on_failure=False",
        seen=f"pause_on_failure={policy.pause_on_failure}",
        next_step="leave `pause_on_failure` off: with it, one failed night pauses the schedule.",
    )
    limits = [
        *(["it is paused"] if state.paused else []),
        *([f"only {state.remaining_actions} actions are left"] if state.limited_actions else []),
    ]
    bench.expect(
        not limits,
        "it acts every night, without a limit",
        expected="neither paused nor limited",
        seen=", ".join(limits) or "neither",
        next_step="leave out the `state`: a new schedule acts at once and without a limit.",
    )


async def _outage(bench: "Bench", there: "Bench", server: "CrashServer", name: str, report: "Code") -> None:
    """Let the learner's schedule be due while its server is down: only its times are moved."""
    lead = 4.0
    while True:
        when = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=lead)
        await there.client.get_schedule_handle(name).update(_at(when))
        await schedules.until(there, name, partial(_is_due, there, name, when))
        await server.kill()
        if datetime.now(UTC) < when or lead > _SHORT:
            break
        lead *= 2
        await server.start()
    bench.did(f"kill -9 of that server; the schedule is due at {when:%H:%M:%S} UTC; then the server is started again")
    # This is the outage itself, not a wait for something: the server is down until the time has passed.
    await asyncio.sleep(max(0.0, (when - datetime.now(UTC)).total_seconds()) + 0.2)
    await server.start()

    async def sent() -> bool:
        return any(run.status is WorkflowExecutionStatus.COMPLETED for run in await made_up())

    async def made_up() -> "list[WorkflowExecution]":
        return [run for run in await schedules.runs(there.client, name) if schedules.due(run) == when]

    async with there.worker(report):
        await schedules.until(there, name, sent)
        started = await made_up()
    mails = bench.shop.table("mails", order_id=started[0].id if started else "none")
    bench.expect(
        len(started) == 1 and len(mails) == 1,
        "after an outage, the report that was due is sent once",
        expected="one run with the old due time, one mail",
        seen=f"{len(started)} runs with it, {len(mails)} mails",
        next_step="let the action start `NightlyReport` on the task queue that is passed in.",
    )


async def _is_due(there: "Bench", name: str, when: datetime) -> bool:
    """Tell whether the schedule has taken the new time: of what passes before, it does not know that it was due."""
    found = await schedules.described(there.client, name)
    return found is not None and found.info.next_action_times[:1] == [when]


def _at(when: datetime) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    calendar = ScheduleCalendarSpec(
        year=[ScheduleRange(when.year)],
        month=[ScheduleRange(when.month)],
        day_of_month=[ScheduleRange(when.day)],
        hour=[ScheduleRange(when.hour)],
        minute=[ScheduleRange(when.minute)],
        second=[ScheduleRange(when.second)],
    )

    def change(seen: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = seen.description.schedule
        schedule.spec = ScheduleSpec(calendars=[calendar])
        return ScheduleUpdate(schedule=schedule)

    return change


EXERCISE = Exercise(answers=("schedule_report",), check=check_nights, early=False)
