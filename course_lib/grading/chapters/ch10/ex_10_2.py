"""Exercise 10.2: five jobs under the learner's policies, each due three times while its first run is held."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    WorkflowExecutionStatus,
)

from course_lib.grading.chapters.ch10 import schedules
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench

_FIXTURES = Path(__file__).with_name("graded_job.py")
_DUE = 3
_ENDS = (
    (WorkflowExecutionStatus.COMPLETED, "finished"),
    (WorkflowExecutionStatus.CANCELED, "cancelled"),
    (WorkflowExecutionStatus.TERMINATED, "terminated"),
)


class _Job:
    """One job: its schedule, and what was seen of it."""

    def __init__(self, bench: "Bench", story: str, policy: int) -> None:
        self.bench, self.story, self.policy = bench, story, ScheduleOverlapPolicy(policy)
        self.name = bench.unique(story)
        self.at_once = 0
        self._told: set[str] = set()

    async def create(self) -> None:
        action = ScheduleActionStartWorkflow("GradedJob", id=self.name, task_queue=self.bench.task_queue)
        schedule = Schedule(action=action, spec=ScheduleSpec(), policy=SchedulePolicy(overlap=self.policy))
        await self.bench.client.create_schedule(self.name, schedule)

    async def delete(self) -> None:
        await self.bench.client.get_schedule_handle(self.name).delete()

    async def trigger(self, number: int) -> None:
        """Let it be due, and wait until the schedule has decided what becomes of it."""
        handle = self.bench.client.get_schedule_handle(self.name)
        await handle.trigger()

        async def decided() -> bool:
            described = await handle.describe()
            info, raw = described.info, described.raw_description.info
            return info.num_actions + info.num_actions_skipped_overlap + raw.buffer_size >= number and await there()

        async def there() -> bool:
            # A run that makes room is waited for: it has ended when the next one is there.
            found = await schedules.runs(self.bench.client, self.name)
            makes_room = self.policy in (ScheduleOverlapPolicy.CANCEL_OTHER, ScheduleOverlapPolicy.TERMINATE_OTHER)
            return len(found) >= (number if makes_room else 1)

        await schedules.until(self.bench, self.name, decided)

    async def finish(self) -> None:
        """Let its runs end well, one after the other as they come, until the schedule has nothing more to do."""
        found = await schedules.runs(self.bench.client, self.name)
        self.at_once = sum(run.status is WorkflowExecutionStatus.RUNNING for run in found)
        handle = self.bench.client.get_schedule_handle(self.name)

        async def over() -> bool:
            waits = (await handle.describe()).raw_description.info.buffer_size
            found = await schedules.runs(self.bench.client, self.name)
            for run in found:
                if run.status is WorkflowExecutionStatus.RUNNING:
                    await schedules.finish(self.bench.client, run, self._told)
            return not waits and all(run.status is not WorkflowExecutionStatus.RUNNING for run in found)

        await schedules.until(self.bench, self.name, over)

    async def seen(self) -> dict[str, int]:
        """Return how many runs there were, how they ended, and how many at once."""
        found = await schedules.runs(self.bench.client, self.name)
        ends = {word: sum(run.status is status for run in found) for status, word in _ENDS}
        return {"started": len(found), **ends, "at once": self.at_once}


_WANTED = {
    "count": ({"started": 1, "finished": 1, "at once": 1}, "the count under way is finished, late ones are dropped"),
    "index": ({"started": 2, "finished": 2, "at once": 1}, "one more rebuild follows the one under way"),
    "invoices": ({"started": 3, "finished": 3, "at once": 1}, "each due time has a run, one after another"),
    "rates": ({"started": 3, "finished": 1, "cancelled": 2}, "the newest run is finished, older ones may tidy up"),
    "exports": ({"started": 3, "finished": 3, "at once": 3}, "each due time has a run, and none waits"),
}


async def check_policies(bench: "Bench", *policies: object) -> None:
    """Trigger five schedules three times each, and read what became of their runs."""
    jobs = []
    for story, policy in zip(_WANTED, policies, strict=True):
        known = type(policy) is int and policy in list(ScheduleOverlapPolicy)
        if known and isinstance(policy, int):
            jobs.append(_Job(bench, story, policy))
        elif policy is not ...:
            bench.expect(
                False,
                f"{story} is an overlap policy",
                expected="for example `Overlap.SKIP`",
                seen=repr(policy),
                next_step=f"set {story} to one of the six policies, such as `Overlap.SKIP`.",
            )
    async with bench.worker(extra=(_FIXTURES,)):
        await asyncio.gather(*(job.create() for job in jobs))
        try:
            for number in range(1, _DUE + 1):
                await asyncio.gather(*(job.trigger(number) for job in jobs))
                # A trigger is due *now*, to the second, and two runs of one second would share their workflow ID. All
                # have been decided about, however long it took: the next ones come in another second.
                await asyncio.sleep(1.05 - datetime.now(UTC).microsecond / 1e6)
            bench.did("each job was due three times while its first run was held; then the runs were let go")
            await asyncio.gather(*(job.finish() for job in jobs))
            for job in jobs:
                _told(bench, job, await job.seen())
        finally:
            await asyncio.gather(*(job.delete() for job in jobs))


def _told(bench: "Bench", job: _Job, seen: dict[str, int]) -> None:
    wanted, label = _WANTED[job.story]
    bench.expect(
        all(seen[what] == count for what, count in wanted.items()),
        f"{job.story}: {label}",
        expected=_words(wanted),
        seen=f"{job.policy.name}: {_words(seen)}",
        next_step=_step(job.story, seen, wanted),
    )


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _step(story: str, seen: dict[str, int], wanted: dict[str, int]) -> str:
    if seen["terminated"]:
        return f"{story}: take a policy under which the older run is asked to stop, or goes on: it could not tidy up."
    if seen["cancelled"] and "cancelled" not in wanted:
        return f"{story}: take a policy under which a run that is under way goes on to its end."
    if seen["started"] < wanted["started"]:
        return f"{story}: take a policy that drops less: a due time was lost."
    if seen["started"] > wanted["started"]:
        return f"{story}: take a policy that drops more: these runs were not needed."
    if "cancelled" in wanted:
        return f"{story}: take a policy under which the older run makes room for the newer one."
    if seen["at once"] > wanted["at once"]:
        return f"{story}: take a policy under which a due time waits for the run before."
    return f"{story}: take a policy under which no due time waits."


EXERCISE = Exercise(answers=tuple(_WANTED), check=check_policies, early=False)
