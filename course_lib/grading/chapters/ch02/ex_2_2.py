"""Exercise 2.2: a worker is killed in the middle of an import; the next attempt must go on, not begin again.

A page hangs at the shop, so nothing is imported meanwhile, until the server has missed the attempt's heartbeats.
Whatever was reported has arrived by then, although the worker holds heartbeats back for up to 80 % of the timeout
(temporalio 1.35; ``max_heartbeat_throttle_interval`` makes that a twentieth of a second). Then the worker is killed, so
the next attempt knows nothing but what the server holds. Attempts that a busy machine loses on the way change nothing.
"""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle
    from course_lib.grading.attempts import Asked, Tried
    from course_lib.workers import WorkerProcess

TOTAL = 10_000
_PAGE = 500
_DONE = (5, 6, 7)  # pages; not the notebook's own
_KEY = "make the key of the job and the offset: each page of each job needs one of its own."
_COMPLETES = "the workflow completes after the kill"
_LONGEST_SILENCE = 2.0
_SHORTEST_SILENCE = 0.5  # a page of the notebook's takes 0.4 s
_THROTTLE = timedelta(seconds=0.05)
_STARTS = 3
_KILLED = 60.0  # seconds for milliseconds: the limit of a wait that always ends


async def check_resume(bench: "Bench", workflow: "Code") -> None:
    """Import until a page hangs and the attempt is lost; kill the worker, start another; read the imports table."""
    # Without a cache of workflows no task waits for the dead worker's own queue.
    async with bench.worker(workflow, max_heartbeat_throttle_interval=_THROTTLE, max_cached_workflows=0) as worker:
        handle = await _hanging(bench, workflow, worker)
        known = await _lost(bench, handle)
        _require_details(bench, known, bench.ids(await bench.events(handle), "ActivityTaskScheduled"))
        worker.kill()
        await worker.wait_exit(_KILLED)  # whose client is gone, that request does nothing when it is released
        before = bench.shop.table("imports")
        bench.did(f"the next page hangs; kill -9 after {len(before)} pages, and a new worker; a later page fails once")
        bench.shop.faults.release("warehouse", operation="record_import")
        # One more attempt: each goes on from the heartbeat, not the second alone, and no page may be passed over.
        bench.shop.faults.next_calls("warehouse", ["ok", "ok", "ok", "outage"], operation="record_import")
        seen = len(bench.shop.table("requests"))
        await worker.start()
        run = await bench.finish(handle)
        after = bench.shop.table("imports")
        keys = set(bench.shop.table("requests")["idempotency_key"].iloc[seen:].dropna())
        bench.require_completed(run, _read_step(run.reason), label=_COMPLETES)
        bench.expect(
            set(after["job"]) == {handle.id},
            "the pages are recorded for the job",
            expected=handle.id,
            seen=", ".join(map(repr, after["job"].unique())),
            next_step="hand the activity the `job` that the workflow gets, and the shop `job=job`.",
        )
        _went_on(bench, before, after, keys, run.ids("ActivityTaskStarted"), known.details)
        bench.expect(
            run.result == TOTAL,
            "the result is the number of rows",
            expected=TOTAL,
            seen=run.result,
            events=run.last_event,
            next_step="return the offset that the import has reached: that of the last page, or a count of this "
            "attempt's own rows, is less.",
        )
        if all(part.ok for part in bench.parts):
            other = await bench.run(workflow, bench.unique("import"))
            step = _KEY if "was used for another" in other.reason else CORRECT
            bench.require_completed(other, step, label="another job is imported after it")


async def _hanging(bench: "Bench", workflow: "Code", worker: "WorkerProcess") -> "Handle":
    """Start an import and return when one of its pages hangs.

    An attempt that a slow machine has lost before goes on importing beside the next one: then all begins anew.
    """
    done = secrets.choice(_DONE)
    for _ in range(_STARTS):
        bench.shop.reset()
        bench.shop.faults.hold("warehouse", after=done, operation="record_import")
        await worker.start()
        job = bench.unique("import")
        handle = await bench.start(workflow, job, id=job)
        plan = await attempts.require_asked(bench, handle, CORRECT)
        hangs, now = await _hangs(bench, handle)
        if now.mistake or now.attempt == 1 or not hangs:
            break
        worker.kill()
        await worker.wait_exit(_KILLED)
        await handle.terminate()
    _require_timeout(bench, plan)
    bench.require(
        hangs and not now.mistake,
        "the import gets under way",
        expected=f"{done} pages, and a request to record the next",
        seen=f"an attempt failed: {bench.explain(now.error)}"
        if now.mistake and now.error
        else f"{len(bench.shop.table('imports'))} pages, and no more come",
        events=(plan.event,),
        next_step="begin at 0 when there is no heartbeat yet: in the first attempt `heartbeat_details` is empty."
        if now.failure == "IndexError"
        else _KEY
        if now.error and "was used for another" in bench.explain(now.error)
        else CORRECT,
    )
    return handle


async def _hangs(bench: "Bench", handle: "Handle") -> "tuple[bool, Tried]":
    """Wait until a page hangs, and return whether one does, and how far the import is."""
    return await attempts.until(bench, handle, lambda now: now.mistake or "record_import" in bench.shop.waiting(None))


def _require_timeout(bench: "Bench", plan: "Asked") -> None:
    longest = plan.heartbeat == plan.one_try
    bench.require(
        not plan.scarce,
        "there is time for another attempt, and for one more",
        expected="no limit, or at least 3 attempts and 60 s for all of them together",
        seen=" and ".join(plan.limits) or "no limit",
        events=(plan.event,),
        next_step="leave `start_to_close_timeout`, which is for one attempt: after the kill hardly anything is left of "
        "a limit for all of them together, and another attempt may fail.",
    )
    bench.require(
        not plan.heartbeat or plan.heartbeat >= _SHORTEST_SILENCE,
        "a page has time to be reported",
        expected=f"a heartbeat timeout of at least {_SHORTEST_SILENCE:g} s",
        seen=f"a heartbeat timeout of {plan.heartbeat:g} s",
        events=(plan.event,),
        next_step="choose a longer `heartbeat_timeout`: a page takes 0.4 s, and until it is reported nothing is heard.",
    )
    bench.require(
        0 < plan.heartbeat <= _LONGEST_SILENCE,
        "the server notices a dead worker within two seconds",
        expected=f"a heartbeat timeout of at most {_LONGEST_SILENCE:g} s",
        seen=f"a heartbeat timeout of {plan.heartbeat:g} s"
        + (", the most that the server takes: its whole start_to_close_timeout" if longest else "")
        if plan.heartbeat
        else "no heartbeat timeout",
        events=(plan.event,),
        next_step=(
            "choose a shorter `heartbeat_timeout`: two seconds are long for an activity that reports every few "
            "milliseconds."
            if plan.heartbeat
            else "give `execute_activity` a `heartbeat_timeout=timedelta(seconds=2)`: without it nobody misses the "
            f"heartbeats, and the server waits the whole {plan.one_try:g} s of the other timeout."
        ),
    )


async def _lost(bench: "Bench", handle: "Handle") -> "Tried":
    """Wait until the server has missed the heartbeats of the attempt that hangs, and return what it knows."""
    hanging = (await attempts.tried(handle)).attempt
    given_up, _ = await attempts.until(bench, handle, lambda now: now.attempt > hanging)
    if not given_up:
        run = await bench.finish(handle)
        if (step := _read_step(run.reason)) != CORRECT:
            bench.require_completed(run, step, label=_COMPLETES)
        bench.require(
            False,
            "the next attempt comes",
            expected="another attempt after the one that hung",
            seen=run.reason or f"completed with {run.result!r}",
            events=run.last_event,
            next_step="`await` the call of `record_import`: the activity ended while that page was not recorded."
            if run.completed
            else "send no heartbeats while nothing is done: they say that the import goes on.",
        )
    return await attempts.tried(handle)


def _require_details(bench: "Bench", now: "Tried", asked: tuple[int, ...]) -> None:
    bench.require(
        bool(now.details),
        "the server knows how far the import is",
        expected="heartbeat details",
        seen="heartbeats without a value" if now.beat else "no heartbeat",
        events=asked,
        next_step=(
            "pass your progress: `activity.heartbeat(offset)`. A heartbeat without a value says that you live, not "
            "where you are."
            if now.beat
            else "keep the loop in one activity: an attempt finds the heartbeats of its own activity alone."
            if len(asked) > 1
            else "call `activity.heartbeat(offset)` after each page."
        ),
    )


def _read_step(reason: str) -> str:
    if "'offset' must be" not in reason:
        return CORRECT
    if "'[" in reason or "'(" in reason:
        return (
            "take the first of the values: `activity.info().heartbeat_details[0]`. It is a sequence, since a heartbeat "
            "may have several values."
        )
    return "read back what you report: the heartbeat's value comes as it was given to `activity.heartbeat(…)`."


def _went_on(
    bench: "Bench",
    before: "pd.DataFrame",
    after: "pd.DataFrame",
    keys: set[str],
    started: tuple[int, ...],
    details: tuple[Any, ...],
) -> None:
    resumed = after.iloc[len(before) :]
    # With a key per page a second import leaves no row, but its requests.
    from_zero = bool((resumed["offset"] == 0).any()) or before["idempotency_key"].iloc[0] in keys
    bench.require(
        not from_zero,
        "the next attempt does not begin from zero again",
        expected=f"it goes on near offset {_end(before)}",
        seen="after the kill it imports from offset 0 on",
        events=started,
        next_step="call `activity.heartbeat(offset)` after each page: all that the server knows is 0."
        if details == (0,)
        else "begin at the last heartbeat's value in *every* attempt that finds one, not in the second alone."
        if _first(resumed) == _end(before)
        else "begin at the last heartbeat's value, which `activity.info().heartbeat_details` holds (empty in the "
        "first attempt).",
    )
    missing = sorted(set(range(TOTAL)) - _rows(after))
    bench.expect(
        not missing,
        "every row is imported",
        expected=f"rows 0 to {TOTAL - 1}",
        seen=f"{len(missing)} rows are missing, from {missing[0]} on" if missing else "all rows",
        events=started,
        next_step="add to `offset` only the rows that you have recorded: already the first attempt left some out."
        if len(_rows(before)) < _end(before)
        else "go on until a page is empty: the last rows were never asked for."
        if missing == list(range(_end(after), TOTAL))
        else "report a page only when it is recorded, and report where the *next* page begins: whoever reads the "
        "heartbeat must begin exactly there.",
    )
    again = len(_rows(before) & _rows(resumed)) // _PAGE
    bench.expect(
        again == 0,
        "a page that was reported is not imported again",
        expected=f"it goes on at offset {_end(before)}",
        seen=f"it goes on at offset {_first(resumed)}: {again} page(s) for a second time",
        events=started,
        next_step=f"report the offset itself, and go on there: the server was told {details[0]!r}."
        if details[0] not in (_end(before), _end(before) - _PAGE)
        else f"begin exactly where the heartbeat says, at {details[0]}."
        if details[0] == _end(before)
        else "report the offset after `offset += len(rows)`: the heartbeat says where the next page begins, not "
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


EXERCISE = Exercise(answers=("ImportCatalogue",), check=check_resume, early=False)
