"""Exercise 10.3: a stretch of nights of which some ran, some failed, one is running and some are lacking."""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleBackfill,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    WorkflowExecutionStatus,
)

from course_lib.grading.bench import CLIENT
from course_lib.grading.chapters.ch10 import schedules
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from temporalio.client import WorkflowExecution

    from course_lib.grading import Bench, Code

_FIXTURES = Path(__file__).with_name("graded_job.py")
_BERLIN = ZoneInfo("Europe/Berlin")
_RUNNING = WorkflowExecutionStatus.RUNNING
# The nights from 23 March 2026 on, at 02:30 in Berlin; 29 March has no 02:30. The stretch is 24 March to 1 April.
_NIGHTS = {
    23: "outside",
    24: "lacking",  # the first of the stretch
    25: "completed",
    26: "failed",
    27: "running",
    28: "completed after a failure",
    30: "terminated",
    31: "completed",
    32: "lacking",  # the last of the stretch
    33: "outside",
}
_CALL = f"{__package__}.ex_10_3_child:repair"
_GAPS = ("lacking", "failed", "terminated")
_HELD = 3  # looks at a run before it is let go, so that others could start beside it


def _night(day: int) -> datetime:
    return datetime(2026, 3, 1, 2, 30, tzinfo=_BERLIN) + timedelta(days=day - 1)


class _Stretch:
    """The schedule and its runs."""

    def __init__(self, bench: "Bench") -> None:
        self.bench, self.client = bench, bench.client
        self.name, self.other = bench.unique("nightly"), bench.unique("weekly")
        self.told: set[str] = set()
        self.looks: Counter[str] = Counter()
        self.held: set[str] = set()
        self.returned = False

    async def create(self) -> None:
        """Make the schedule, and another one with the same due times of which every night has completed."""
        calendar = ScheduleCalendarSpec(hour=[ScheduleRange(2)], minute=[ScheduleRange(30)])
        spec = ScheduleSpec(calendars=[calendar], time_zone_name="Europe/Berlin")
        state = ScheduleState(paused=True, note="stocktaking")
        for name in (self.name, self.other):
            action = ScheduleActionStartWorkflow("GradedJob", id=name, task_queue=self.bench.task_queue)
            await self.client.create_schedule(name, Schedule(action=action, spec=spec, state=state))
        days = [day for day, story in _NIGHTS.items() if story not in ("lacking", "outside")]
        await asyncio.gather(
            self._run(self.other, {day: "well" for day in _NIGHTS}),
            self._run(self.name, {day: "well" if _NIGHTS[day] == "completed" else "badly" for day in days}),
        )
        await self._run(self.name, {day: "well" for day in days if _NIGHTS[day] == "completed after a failure"})

    async def _run(self, name: str, ends: dict[int, str]) -> None:
        """Let nights run, and end as it says; what is to be terminated is, and what is to run goes on."""
        times = {_night(day): day for day in ends}
        before = len(await schedules.runs(self.client, name))
        fills = [ScheduleBackfill(time, time, ScheduleOverlapPolicy.ALLOW_ALL) for time in times]
        await self.client.get_schedule_handle(name).backfill(*fills)

        async def ended() -> bool:
            found = await schedules.runs(self.client, name)
            left = 0
            for run in found:
                day = times.get(schedules.due(run).astimezone(_BERLIN))
                story = _NIGHTS[day] if day is not None and name == self.name else ""
                if run.status is not _RUNNING or day is None or story == "running":
                    continue
                left += 1
                if story == "terminated":
                    with contextlib.suppress(Exception):
                        await self.client.get_workflow_handle(run.id, run_id=run.run_id).terminate("by hand")
                else:
                    await schedules.finish(self.client, run, self.told, ends[day])
            return not left and len(found) == before + len(ends)

        await schedules.until(self.bench, name, ended)

    async def runs(self) -> "list[WorkflowExecution]":
        return await schedules.runs(self.client, self.name)

    async def since(self, before: "list[WorkflowExecution]") -> "list[WorkflowExecution]":
        """Return the runs that were started since then."""
        known = {run.run_id for run in before}
        return [run for run in await self.runs() if run.run_id not in known]

    async def let_go(self) -> None:
        """Let runs end well, again and again; each is looked at for a while first.

        The night that is running goes on until `repair` has returned, or something waits for it: by then `repair` has
        seen what there is.
        """
        handle = self.client.get_schedule_handle(self.name)
        while True:
            waited_for = self.returned or (await handle.describe()).raw_description.info.buffer_size > 0
            for run in await self.runs():
                if run.status is not _RUNNING or (run.run_id in self.held and not waited_for):
                    continue
                self.looks[run.run_id] += 1
                if self.looks[run.run_id] > _HELD:
                    await schedules.finish(self.client, run, self.told)
            await asyncio.sleep(0.1)

    async def over(self) -> bool:
        """Tell whether nothing runs, nothing waits, and all that was started is in the list."""
        described = await self.client.get_schedule_handle(self.name).describe()
        info, found = described.info, await self.runs()
        waits = described.raw_description.info.buffer_size or info.running_actions or len(found) < info.num_actions
        return not waits and all(run.status is not _RUNNING for run in found)

    async def settings(self) -> str:
        """Return what the schedule says of itself, as text to compare."""
        schedule = (await self.client.get_schedule_handle(self.name).describe()).schedule
        return f"{schedule.spec}\n{schedule.policy}\n{schedule.state}"


async def check_repair(bench: "Bench", repair: "Code") -> None:
    """Make the stretch, repair it, let all runs end, and repair it again."""
    stretch = _Stretch(bench)
    async with bench.worker(extra=(_FIXTURES,)):
        await stretch.create()
        try:
            await _repaired(bench, repair, stretch)
        finally:
            for name in (stretch.name, stretch.other):
                await bench.client.get_schedule_handle(name).delete()
            for run in await stretch.runs():
                if run.status is _RUNNING:
                    with contextlib.suppress(Exception):
                        await bench.client.get_workflow_handle(run.id, run_id=run.run_id).terminate("the check ended")


async def _repaired(bench: "Bench", repair: "Code", stretch: _Stretch) -> None:
    before, settings = await stretch.runs(), await stretch.settings()
    arguments = (CLIENT, stretch.name, _night(24).isoformat(), _night(32).isoformat())
    stretch.held = {run.run_id for run in before if run.status is _RUNNING}
    letting_go = asyncio.create_task(stretch.let_go())
    try:
        called = await bench.call(repair, *arguments, through=_CALL)
        stretch.returned = True
        bench.require(
            called.ok,
            "`repair` returns",
            expected="it returns",
            seen=called.reason or "it returned",
            next_step="correct the line that is named; `repair` need not wait for the runs.",
        )
        await schedules.until(bench, stretch.name, stretch.over)
        new = await stretch.since(before)
        _counted(bench, new)
        _apart(bench, new)
        if all(part.ok for part in bench.parts):
            await _again(bench, repair, stretch, arguments)
    finally:
        letting_go.cancel()
    now = await stretch.settings()
    bench.expect(
        now == settings,
        "the schedule stays as it is",
        expected="paused, with its note, its times and its policy",
        seen="as it was" if now == settings else "changed: " + ", ".join(_changed(settings, now)),
        next_step="leave it paused: a backfill runs on a paused schedule, too.",
    )


async def _again(bench: "Bench", repair: "Code", stretch: _Stretch, arguments: tuple[Any, ...]) -> None:
    before = await stretch.runs()
    called = await bench.call(repair, *arguments, through=_CALL, quiet=True)
    await schedules.until(bench, stretch.name, stretch.over)
    more = _days(Counter(schedules.due(run).astimezone(_BERLIN) for run in await stretch.since(before)))
    bench.expect(
        called.ok and more == "none",
        "a second repair finds nothing to do",
        expected="it returns, and no run is started",
        seen=f"new runs: {more}" if called.ok else called.reason,
        next_step="compare with the runs that there are *now*, and call `backfill` only when there is a gap: with none "
        "it raises.",
    )


def _changed(before: str, now: str) -> list[str]:
    return [line for line, old in zip(now.split("\n"), before.split("\n"), strict=False) if line != old]


def _counted(bench: "Bench", new: "list[WorkflowExecution]") -> None:
    made = Counter(schedules.due(run).astimezone(_BERLIN) for run in new)
    stories = {_night(day): story for day, story in _NIGHTS.items()}
    gaps = {time for time, story in stories.items() if story in _GAPS}
    wrong = {time: made[time] for time in gaps if made[time] != 1}
    bench.expect(
        not wrong,
        "each due time that lacks a run, or whose runs have all failed, runs once",
        expected="one new run for each: lacking, failed, terminated, the first and the last of the stretch",
        seen="; ".join(f"{time:%d %B} ({stories[time]}): {made[time]} runs" for time in sorted(wrong)) or "one each",
        next_step=_gap_step({stories[time] for time in wrong}, made),
    )
    repeated = {time: count for time, count in made.items() if time in stories and time not in gaps}
    inside = {time: count for time, count in repeated.items() if stories[time] != "outside"}
    bench.expect(
        not inside,
        "what has completed or is under way is not run again",
        expected="no new run for these nights",
        seen="; ".join(f"{time:%d %B} ({stories[time]}): {count} more" for time, count in sorted(inside.items())),
        next_step="leave out every due time of which a run is `Completed` or `Running`; compare due times, "
        "`typed_search_attributes[DUE]`.",
    )
    beyond = {time: count for time, count in made.items() if stories.get(time, "outside") == "outside"}
    bench.expect(
        not beyond,
        "nothing runs outside of the stretch",
        expected="runs for due times from first to last",
        seen=_days(Counter(beyond)),
        next_step="backfill single due times, from `first` to `last`; a trigger is due now, and repairs nothing.",
    )


def _gap_step(stories: set[str], made: "Counter[datetime]") -> str:
    if made and max(made) > _night(max(_NIGHTS)):
        return "backfill single due times, from `first` to `last`: a trigger is due now, and repairs nothing."
    if sum(made.values()) == 1:
        return "give the backfill an overlap policy: all gaps come at once, and under `SKIP` only the first runs."
    if stories <= {"failed", "terminated"}:
        return "count a run only when it is `Completed` or `Running`: a failed night is a gap."
    return (
        "take all due times of `due_times`, the first and the last, too, and look at the runs of this schedule alone."
    )


def _apart(bench: "Bench", new: "list[WorkflowExecution]") -> None:
    ordered = sorted(new, key=lambda run: run.start_time)
    pairs = [(one, two) for one, two in pairwise(ordered) if one.close_time is None or two.start_time < one.close_time]
    bench.expect(
        not pairs,
        "the repairs run one after another",
        expected="each starts when the one before has ended",
        seen="; ".join(f"{schedules.due(two):%d %B} began during {schedules.due(one):%d %B}" for one, two in pairs[:2])
        or "one after another",
        next_step="`ScheduleOverlapPolicy.BUFFER_ALL` lets each wait for the one before, and drops none.",
    )


def _days(made: "Counter[datetime]") -> str:
    return "; ".join(f"{time:%d %B %Y %H:%M}: {count}" for time, count in sorted(made.items())[:4]) or "none"


EXERCISE = Exercise(answers=("repair",), check=check_repair, early=False)
