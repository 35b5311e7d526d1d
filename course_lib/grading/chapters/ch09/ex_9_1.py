"""Exercise 9.1: a sync that continues as new, while worker and server are killed and the source changes.

The tenth page of the first run is held. There the `resize` comes and is taken, the supplier changes rows that are read
and rows that are not, and worker and server are killed at once. When both are back, the run has that page left before
it switches.
"""

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from course_lib import history
from course_lib.errors import CourseError
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code
    from course_lib.grading.evidence import Handle, Run

_MOST, _SIZE = 10, 200
# With this size one page has the last of the old rows and just one that was changed: to stop there is too soon.
_NEW_SIZE = 421
_READ, _UNREAD, _BAD = ("SKU-00017", "SKU-00018", "SKU-01234"), "SKU-09321", "SKU-07777"
_POISONED = "SKU-04711"
_HELD = _MOST - 1  # pages that go through first
_COPIED = 10_000 + 3 - 2  # three rows are read in both of their versions, two are set aside


@dataclass(frozen=True)
class _Asked:
    after: int
    limit: int


async def check_sync(bench: "Bench", sync: "Code") -> None:
    """Sync 10,000 rows through a kill of worker and server; read the chain of runs and both tables."""
    async with contextlib.AsyncExitStack() as stack:
        there: Bench = bench
        server = None
        with contextlib.suppress(CourseError):  # one who works with a server far away need not have one to kill
            there, server = await stack.enter_async_context(bench.crash_server())
        worker = await stack.enter_async_context(there.worker(sync))
        faults = bench.shop.faults
        faults.hold("warehouse", after=_HELD, operation="supplier_changes")
        job = bench.unique("sync")
        handle = await there.start(sync, {"job": job, "page_rows": _SIZE}, id=job)
        held = await there.until(lambda: "supplier_changes" in bench.shop.waiting(None), handle)
        if not held:
            run = await there.finish(handle, alone=True)
            bench.require_completed(run, _completed_step(run), label="the sync gets as far as the tenth page")
        bench.require(
            held,
            "the sync reads page after page",
            expected=f"at least {_HELD + 1} pages of {_SIZE} rows",
            seen=f"it completed after {len(_asked(bench))} pages",
            next_step="go on until a page is empty.",
        )
        before = _asked(bench)
        await handle.signal("resize", _NEW_SIZE)
        await there.until(partial(_taken, handle), handle)  # with a page under way
        for sku in (*_READ, _UNREAD, _BAD):
            bench.shop.change_article(sku, "ask us" if sku == _BAD else 4321)
        worker.kill()
        if server is not None:
            await server.kill()
        bench.did(
            "kill -9 of worker and server in the tenth page, a resize, three changed rows; a slow page, an outage"
        )
        if server is not None:
            await server.start()
        faults.release("warehouse", operation="supplier_changes")
        faults.next_calls("warehouse", ["ok", "latency:0.5", "outage", "timeout"], operation="supplier_changes")
        await worker.start()
        run = await there.finish(handle)
        runs = await history.fetch_chain(handle)
    bench.require_completed(run, _completed_step(run), label="the sync completes")
    _same(bench, run)
    _chain(bench, history.chain_frame(runs))
    _pages(bench, before, _asked(bench)[len(before) :])
    bench.expect(
        run.result == _COPIED,
        "the result is the number of rows copied, in all runs",
        expected=_COPIED,
        seen=run.result,
        events=run.last_event,
        next_step="add what each page returned to `copied`, and hand `copied` on to the next run.",
    )


def _completed_step(run: "Run") -> str:
    if "BadRequest" in run.reason or "must be a whole number" in run.reason:
        return (
            "a page with a bad row fails with `BadRequest`, which no further attempt fixes: name it in "
            "`non_retryable_error_types`, catch `ActivityError`, and run `sort_page` for this page."
        )
    return "let every failure but `BadRequest` be retried, and hand everything on that the next run needs."


def _asked(bench: "Bench") -> list[_Asked]:
    """Return the pages that were asked for, in the order in which the requests were written down."""
    paths = bench.shop.table("requests", operation="supplier_changes")["path"]
    return [_Asked(*(int(part) for part in path.split("/")[-2:])) for path in paths]


def _same(bench: "Bench", run: "Run") -> None:
    """Compare target and source."""
    source = bench.shop.supplier.set_index("sku")
    target, aside = bench.shop.articles.set_index("sku"), bench.shop.table("set_aside")
    bad = sorted({_POISONED, _BAD})
    missing = sorted(set(source.index) - set(target.index) - set(bad))
    bench.expect(
        not missing,
        "every good row of the source is in the target",
        expected=f"{len(source) - len(bad):,} rows",
        seen=f"{len(missing)} are missing, from {missing[0]} on" if missing else "all",
        events=run.last_event,
        next_step="go on until a page is empty, and set the cursor to what the page returned: no page may be passed "
        "over, and one with a bad row has good rows, too, which `sort_page` saves.",
    )
    both = target.index.intersection(source.index.difference(bad))
    old = both[target.loc[both, "version"].to_numpy() != source.loc[both, "version"].to_numpy()]
    bench.expect(
        not len(old),
        "what changed meanwhile is in the target as it is now",
        expected="the newest version of every row",
        seen=f"{', '.join(old[:3])} as before the change" if len(old) else "that",
        events=run.last_event,
        next_step="go on until a page is empty: a row that changes moves to the end of the feed.",
    )
    bench.expect(
        sorted(set(aside["sku"])) == bad,
        "bad rows are set aside, and only those",
        expected=" and ".join(bad),
        seen=", ".join(sorted(set(aside["sku"]))[:4]) or "no row is set aside",
        events=run.last_event,
        next_step="when `copy_page` fails for good, run `sort_page` for the same page.",
    )


def _chain(bench: "Bench", events: pd.DataFrame) -> None:
    """Look at the runs: how many pages each has, and whether one was under way when it ended."""
    # A page that is copied, and one that is sorted after it was refused, completes once; a local activity is a marker.
    pages = events[events["type"].isin(["ActivityTaskCompleted", "MarkerRecorded"])].groupby("run").size()
    most = int(pages.max()) if len(pages) else 0
    runs = int(events["run"].max())
    bench.expect(
        most <= _MOST,
        "no run copies more than ten pages",
        expected=f"at most {_MOST} in each run",
        seen=f"{most} in one of {runs} run{'s' if runs > 1 else ''}",
        next_step="count the pages of this run, and after ten call `workflow.continue_as_new(…)`.",
    )
    open_pages = 0
    for _, run in events.groupby("run"):
        ended = run["type"].isin(["ActivityTaskCompleted", "ActivityTaskFailed"]).sum()
        open_pages += int((run["type"] == "ActivityTaskScheduled").sum() - ended)
    bench.expect(
        open_pages == 0,
        "no run ends in the middle of a page",
        expected="every page has ended before its run does",
        seen=f"{open_pages} page{'s' if open_pages > 1 else ''} under way when a run ended",
        next_step="call `continue_as_new` in the run method, between two pages: in a handler it ends the run at once.",
    )


async def _taken(handle: "Handle") -> bool:
    """Return whether the run has taken the signal, or ended by it."""
    events = history.events_frame(await history.fetch(handle))
    signals = events.loc[events["type"] == "WorkflowExecutionSignaled", "event_id"]
    if not len(signals):
        return bool(events["event_id"].iloc[-1] > 2)  # a new run, which has begun
    done = events.loc[events["type"] == "WorkflowTaskCompleted", "event_id"]
    return bool(len(done) and done.iloc[-1] > signals.iloc[-1])


def _pages(bench: "Bench", before: list[_Asked], later: list[_Asked]) -> None:
    """Look at the pages that were asked for after the kill: none from before, and all in the new size."""
    answered = {page.after for page in before}
    again = [page for page in later if page.after in answered]
    bench.expect(
        not again,
        "after the kill it goes on where it was",
        expected=f"pages from version {_HELD * _SIZE} on",
        seen=f"{len(again)} page{'s' if len(again) > 1 else ''} from before, the first after version {again[0].after}"
        if again
        else "no page from before",
        next_step="keep the cursor in the workflow, and hand it to the activity and to the next run: a variable of a "
        "module dies with its process.",
    )
    small = [page for page in later if page.after > _HELD * _SIZE and page.limit != _NEW_SIZE]
    bench.expect(
        not small,
        "after `resize` every new page has that size, in all later runs",
        expected=f"pages of {_NEW_SIZE} rows",
        seen=f"{len(small)} of {len(later)} pages of {small[0].limit} rows" if small else f"pages of {_NEW_SIZE} rows",
        next_step="hand on the page size as it is now, `self.sync.page_rows`: the input still has the old one.",
    )


EXERCISE = Exercise(answers=("SyncCatalogue",), check=check_sync, early=False)
