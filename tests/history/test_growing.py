import asyncio
import contextlib
from itertools import chain

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHistory

from course_lib.history import spans
from course_lib.history.growing import DUE, GrowingSpans
from course_lib.history.pending import Pending
from course_lib.history.span import Span

from .conftest import Start


def _flat(growing: GrowingSpans) -> list[Span]:
    return list(chain.from_iterable(growing.items[number] for number in sorted(growing.items)))


@pytest.mark.parametrize("way", ["everything", "broken", "timeout", "bad child"])
async def test_after_every_event_it_is_what_a_full_reading_says(start: Start, way: str) -> None:
    handle = await start(way)
    if way == "everything":
        await handle.signal("approve", args=["ada", 1])
        await handle.execute_update("set_note", "thanks")
    with contextlib.nullcontext() if way == "everything" else pytest.raises(WorkflowFailureError):
        await handle.result()
    recorded = await handle.fetch_history()
    growing, taken = GrowingSpans(), []
    for event in recorded.events:
        taken.append(event)
        before = dict(growing.items)
        changed = growing.update(taken)
        assert sorted(_flat(growing)) == sorted(spans(WorkflowHistory(handle.id, taken)))
        assert changed == {n for n in before.keys() | growing.items.keys() if before.get(n) != growing.items.get(n)}
        assert growing.update(taken) == set()


async def test_another_list_is_read_anew_and_what_is_gone_is_told(start: Start) -> None:
    handle = await start("done")
    await handle.result()
    events = list((await handle.fetch_history()).events)
    growing = GrowingSpans()
    growing.update(events)
    gone = growing.update(events[:2])
    assert gone
    assert set(growing.items) == {1, 2}
    assert growing.update(events) == gone


async def test_what_describe_says_changes_open_items_and_only_those(start: Start) -> None:
    handle = await start("retry")
    growing = GrowingSpans()
    async with asyncio.timeout(120):
        while True:
            described = await handle.describe()
            if any(activity.attempt >= 2 for activity in described.raw_description.pending_activities):
                break
    events = list((await handle.fetch_history()).events)
    growing.update(events)
    pending = Pending.of(described)
    changed = growing.update(events, pending)
    assert len(changed - {DUE}) == 1
    assert sorted(_flat(growing)) == sorted(spans(WorkflowHistory(handle.id, events), pending))
    (number,) = changed - {DUE}
    assert [span.attempt for span in growing.items[number]][-1] == 2
    await handle.terminate()
