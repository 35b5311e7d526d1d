"""Exercise 2.2: a worker is killed in the middle of an import; the next attempt must go on, not begin again.

The kill is timed so that the verdict does not depend on the machine: page 9 hangs at the shop, so nothing is imported
meanwhile, and the worker has time to send the heartbeat that it held back. It sends at most one per 80 % of the
heartbeat timeout (temporalio 1.35); ``max_heartbeat_throttle_interval`` makes it quicker here, which saves the check a
second and a half. What had still not been sent at the kill is forgiven.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from course_lib import history
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    import pandas as pd
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench

TOTAL = 10_000
_PAGE = 500
_DONE = 8
_LONGEST_SILENCE = 2.0
_THROTTLE = 0.2


async def check_resume(bench: "Bench", workflow: "Code") -> None:
    """Import, kill the worker while page 9 hangs, start it again; read the imports table, page by page."""
    bench.shop.faults.next_calls("warehouse", ["ok"] * _DONE + ["latency:30"], operation="record_import")
    job = bench.unique("import")
    # Without a cache of workflows no task waits for the dead worker's own queue.
    async with bench.worker(workflow, max_heartbeat_throttle_interval=_THROTTLE, max_cached_workflows=0) as worker:
        handle = await bench.start(workflow, job)
        await bench.wait_until(
            handle,
            lambda _: len(bench.shop.table("imports")) >= _DONE,
            "the import gets under way",
            next_step="read what is said above: on its first attempt an activity has no heartbeat details yet.",
        )
        await _require_timeout(bench, handle)
        # Twice the interval: the heartbeat of page 8 is on its way when its row is seen.
        await asyncio.sleep(2 * _THROTTLE)
        sent = await _sent(handle)
        _require_details(bench, sent)
        before = bench.shop.table("imports")
        asked_before = len(bench.shop.table("requests", operation="catalogue_page"))
        worker.kill()
        bench.did(f"kill -9 after {len(before)} pages, and a new worker")
        await worker.start()
        run = await bench.finish(handle)
    after = bench.shop.table("imports")
    asked = len(bench.shop.table("requests", operation="catalogue_page")) - asked_before
    bench.require(
        run.completed,
        "the workflow completes after the kill",
        expected="WorkflowExecutionCompleted as the last event",
        seen=run.reason or "it completed",
        events=run.last_event,
        next_step="correct the line that is named, run the cell again, then check again.",
    )
    _went_on(bench, before, after, sent, asked, run.ids("ActivityTaskStarted"))
    bench.expect(
        run.result == TOTAL,
        "the result is the number of rows",
        expected=TOTAL,
        seen=run.result,
        events=run.last_event,
        next_step="return the offset that the import has reached: a count of this attempt's own rows misses those of "
        "the attempt before.",
    )


@dataclass(frozen=True)
class _Sent:
    """What the server holds of the running attempt's heartbeats."""

    at: datetime | None
    details: bool


async def _sent(handle: "WorkflowHandle[Any, Any]") -> _Sent:
    pending = (await handle.describe()).raw_description.pending_activities
    if not pending or not pending[0].HasField("last_heartbeat_time"):
        return _Sent(None, bool(pending and pending[0].heartbeat_details.payloads))
    at = pending[0].last_heartbeat_time.ToDatetime(tzinfo=UTC)
    return _Sent(at, bool(pending[0].heartbeat_details.payloads))


async def _require_timeout(bench: "Bench", handle: "WorkflowHandle[Any, Any]") -> None:
    events = [e for e in (await history.fetch(handle)).events if e.HasField("activity_task_scheduled_event_attributes")]
    attributes = events[-1].activity_task_scheduled_event_attributes
    silence = float(attributes.heartbeat_timeout.ToTimedelta() / timedelta(seconds=1))
    limit = float(attributes.start_to_close_timeout.ToTimedelta() / timedelta(seconds=1))
    bench.require(
        0 < silence <= _LONGEST_SILENCE,
        "the server notices a dead worker within two seconds",
        expected=f"a heartbeat timeout of at most {_LONGEST_SILENCE:g} s",
        seen=f"a heartbeat timeout of {silence:g} s" if silence else "no heartbeat timeout",
        events=(events[-1].event_id,),
        next_step=(
            "choose a shorter `heartbeat_timeout`: two seconds are long for an activity that reports every few "
            "milliseconds."
            if silence
            else "give `execute_activity` a `heartbeat_timeout=timedelta(seconds=2)`: without it nobody misses the "
            f"heartbeats, and the server waits the whole {limit:g} s of the other timeout."
        ),
    )


def _require_details(bench: "Bench", sent: _Sent) -> None:
    bench.require(
        sent.details,
        "the server knows how far the import is",
        expected="heartbeat details of the running attempt",
        seen="heartbeats without a value" if sent.at is not None else "no heartbeat",
        next_step=(
            "pass your progress: `activity.heartbeat(offset)`. A heartbeat without a value says that you live, not "
            "where you are."
            if sent.at is not None
            else "call `activity.heartbeat(offset)` after each page."
        ),
    )


def _went_on(
    bench: "Bench",
    before: "pd.DataFrame",
    after: "pd.DataFrame",
    sent: _Sent,
    asked: int,
    started: tuple[int, ...],
) -> None:
    resumed = after.iloc[len(before) :]
    # With a key per page a second import leaves no row, but the supplier was asked for everything again.
    from_zero = bool((resumed["offset"] == 0).any()) or asked >= TOTAL // _PAGE
    bench.require(
        not from_zero,
        "the next attempt does not begin from zero again",
        expected=f"it goes on near offset {_end(before)}",
        seen=f"after the kill the supplier was asked for {asked} pages, from offset {_first(resumed)}",
        events=started,
        next_step="begin at the last heartbeat's value, which `activity.info().heartbeat_details` holds (empty in the "
        "first attempt).",
    )
    missing = sorted(set(range(TOTAL)) - _rows(after))
    bench.expect(
        not missing,
        "every row is imported",
        expected=f"rows 0 to {TOTAL - 1}",
        seen=f"{len(missing)} rows are missing, from {missing[0]} on" if missing else "all rows",
        events=started,
        next_step="report a page only when it is recorded, and report where the *next* page begins: whoever reads the "
        "heartbeat must begin exactly there.",
    )
    # Recorded after the last heartbeat that reached the server: nobody could have known.
    at = sent.at
    unknown = 0 if at is None else int((before["created_at"] > at).sum())
    again = len(_rows(before) & _rows(resumed)) // _PAGE
    bench.expect(
        again <= unknown,
        "a page that was reported is not imported again",
        expected=f"it goes on at offset {_end(before)}",
        seen=f"it goes on at offset {_first(resumed)}: {again} page(s) for a second time",
        events=started,
        next_step="report the offset after `offset += len(rows)`: the heartbeat says where the next page begins, not "
        "where the last one began.",
    )


def _rows(imports: "pd.DataFrame") -> set[int]:
    return {
        row
        for first, count in zip(imports["offset"], imports["rows"], strict=True)
        for row in range(first, first + count)
    }


def _end(imports: "pd.DataFrame") -> int:
    return int((imports["offset"] + imports["rows"]).max())


def _first(imports: "pd.DataFrame") -> int | str:
    return int(imports["offset"].iloc[0]) if len(imports) else "none"


EXERCISE = Exercise(
    id="2.2",
    title="Resume the import",
    minutes=12,
    difficulty=2,
    answers=("ImportCatalogue",),
    hints=(
        "The process that knew the offset is dead. Who else could know it, and how often would you have to tell?",
        "Three lines. In the loop, after a page is recorded: `activity.heartbeat(…)`. At the top: read "
        "`activity.info().heartbeat_details`, a sequence that is empty in the first attempt. In the workflow: "
        "`heartbeat_timeout=…`.",
        "```python\noffset = next(iter(activity.info().heartbeat_details), 0)\n…\noffset += len(rows)\n"
        "activity.heartbeat(offset)\n…\nheartbeat_timeout=timedelta(seconds=2)\n```",
    ),
    why=(
        "`heartbeat_timeout` makes the server miss a dead worker after two seconds instead of ten. The value of the "
        "last heartbeat that reached the server is handed to the next attempt, so the import goes on there. It is "
        "reported after the page is recorded: in the worst case a page is done again, never left out. For that worst "
        "case (heartbeats are throttled) give `record_import` an idempotency key of job and offset."
    ),
    check=check_resume,
    early=False,
)
