"""What cannot be replayed is said, with a fix, and never hangs; what misbehaves does not harm the replay."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory

from course_lib import replay
from course_lib.cells import Modules
from course_lib.errors import CourseError
from tests.conftest import no_revisions
from tests.replay import flows, hostile
from tests.replay.conftest import Histories
from tests.replay.runs import fresh


@pytest.fixture
def modules(tmp_path: Path) -> Iterator[Modules]:
    """Module cells in a folder of their own."""
    with no_revisions():
        yield Modules(tmp_path)


async def refused(history: WorkflowHistory, cls: type, patience: float = 20.0) -> CourseError:
    with pytest.raises(CourseError) as caught:
        await replay.journey(history, cls, patience=patience)
    assert caught.value.fix
    return caught.value


async def test_a_run_without_a_workflow_task(histories: Histories) -> None:
    error = await refused(histories["delayed"], flows.Buy)
    assert error.what == "Nothing of this run can be replayed yet: it has no workflow task, so none of its code ran."


async def test_a_run_that_ended_before_its_first_workflow_task(client: Client) -> None:
    handle = await client.start_workflow(flows.Buy.run, flows.Order("o-1", 1), id=fresh(), task_queue=fresh())
    await handle.terminate()
    error = await refused(await handle.fetch_history(), flows.Buy)
    assert error.what == "Nothing of this run can be replayed: it ended before a Worker completed a workflow task."


async def test_the_wrong_class(histories: Histories) -> None:
    error = await refused(histories["bought"], flows.Mail)
    assert error.what == "This is the history of a Buy, and Mail is the workflow Mail."
    error = await refused(histories["bought"], flows.Order)
    assert error.what == "Order is not a workflow class."
    error = await refused(histories["bought"], flows.Buy())  # type: ignore[arg-type]
    assert "is not a workflow class" in error.what


async def test_a_class_of_a_plain_cell(histories: Histories) -> None:
    plain: dict[str, Any] = {"__name__": "__main__"}
    exec(CELL.format(second="reserve"), plain)
    error = await refused(histories["bought"], plain["Buy"])
    assert error.what == "Buy is defined in a plain cell, and the workflow sandbox can only import real modules."
    assert "%%module" in error.fix


async def test_a_history_with_holes(histories: Histories) -> None:
    events = list(histories["bought"].events)
    error = await refused(WorkflowHistory("x", events[1:]), flows.Buy)
    assert error.what == "This is not a whole history: it does not begin with WorkflowExecutionStarted."
    error = await refused(WorkflowHistory("x", [*events[:4], *events[5:]]), flows.Buy)
    assert error.what == "This is not a whole history: event 5 is missing or out of order."
    error = await refused(WorkflowHistory("x", []), flows.Buy)
    assert error.what == "The history has no events."


@pytest.mark.parametrize("length", range(2, 23))
async def test_every_beginning_of_a_history_can_be_replayed(histories: Histories, length: int) -> None:
    events = list(histories["bought"].events)[:length]
    journey = await replay.journey(WorkflowHistory("x", events), flows.Buy)
    assert journey.steps
    assert journey.divergence is None


@pytest.mark.parametrize("kind", ["mended", "stuck", "reset", "task timed out"])
async def test_every_beginning_with_a_failed_workflow_task_can_be_replayed(histories: Histories, kind: str) -> None:
    cls = {"stuck": flows.Fails, "reset": flows.Approve}.get(kind, flows.Buy)
    events = list(histories[kind].events)
    for length in range(2, len(events)):
        journey = await replay.journey(WorkflowHistory("x", events[:length]), cls, patience=10)
        assert journey.steps
        assert journey.divergence is None


async def test_payloads_of_another_converter(histories: Histories) -> None:
    events = [type(event).FromString(event.SerializeToString()) for event in histories["bought"].events]
    payload = events[0].workflow_execution_started_event_attributes.input.payloads[0]
    payload.metadata["encoding"] = b"binary/encrypted"
    error = await refused(WorkflowHistory("x", events), flows.Buy)
    assert "encoded as “binary/encrypted”, which the data converter at hand cannot read" in error.what
    assert "converter=client.data_converter" in error.fix


async def test_code_that_never_awaits(histories: Histories) -> None:
    error = await refused(histories["bought"], hostile.BuySpins)
    assert error.what == "The workflow's code blocks: it ran for more than 2 seconds without reaching an `await`."
    assert error.tried[0].endswith(": while True:")


@pytest.mark.slow
async def test_code_that_cannot_be_interrupted_is_left_behind(histories: Histories) -> None:
    error = await refused(histories["bought"], hostile.BuyWaitsForThread)
    assert error.what.startswith("The workflow's code blocks")
    assert error.tried[0].endswith(": threading.Event().wait(12)")


@pytest.mark.slow
async def test_code_that_cannot_be_put_away(histories: Histories) -> None:
    journey = await replay.journey(histories["bought"], hostile.BuyClings)
    assert journey.divergence is None
    assert len(journey.steps) == 4
    assert "the replay was left behind" in journey.notes[-1]
    # What was left behind is pushed until it ends, and keeps no core busy.
    for _ in range(200):
        if not any(thread.name == "course-replay-end" for thread in threading.enumerate()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError([thread.name for thread in threading.enumerate()])


async def test_a_replay_that_is_cancelled_lets_go(histories: Histories) -> None:
    task = asyncio.create_task(replay.journey(histories["bought"], hostile.BuySpins))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 120)


async def test_the_loop_stays_free_meanwhile(histories: Histories) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await refused(histories["bought"], hostile.BuySpins)
    ticking.cancel()
    assert ticks > 10  # a hundred, on a machine that does nothing else


async def test_values_that_fight_back(histories: Histories) -> None:
    journey = await replay.journey(histories["bought"], hostile.BuyRepr)
    assert journey.divergence is None
    first, paid = journey.steps[:2]
    assert first.state["self.ghost"] == "Ghost(inside=7)"
    assert first.state["self.shouting"] == "Shouting({'a': 1})"
    assert first.state["self.itself"] == "[[[[…]]]]"
    assert first.state["self.number"] == "<an integer of 33,220 bits>"
    assert first.state["self.long"].endswith("… (280,000 characters)")
    assert paid.changed["self.many"][1] == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …, 99999, -1 (100,001 items)]"
    assert max(map(len, first.state.values())) <= 400


async def test_queries_that_change_the_workflow(histories: Histories) -> None:
    journey = await replay.journey(histories["approved"], hostile.NosyApprove)
    assert journey.divergence is None
    last = journey.steps[-1]
    assert last.state["self.approved_by"] == "['ada', 'bob']"
    assert last.state["self.asked"] == "0"
    assert last.answers["approvals"] == "['ada', 'bob']"
    assert last.answers["approves"] == "failed: it changes the workflow's variables, which a query must not do"
    assert last.answers["commands"].startswith("failed: ReadOnlyContextError")
    assert journey.notes == (
        "The query approves is not shown: it changes the workflow's variables, which a query must not do.",
    )


@pytest.mark.slow
async def test_a_query_that_never_answers(histories: Histories) -> None:
    journey = await replay.journey(histories["approved"], hostile.SpinningQuery)
    assert journey.divergence is None
    answers = journey.steps[-1].answers
    assert list(answers) == ["approvals", "spins"]
    assert answers["approvals"] == "['ada', 'bob']"
    assert answers["spins"] == "failed: it did not answer within 1 s"


CELL = """
from datetime import timedelta
from typing import Any

from temporalio import workflow


@workflow.defn
class Buy:
    @workflow.run
    async def run(self, order: dict[str, Any]) -> str:
        receipt = await workflow.execute_activity("charge", order, start_to_close_timeout=timedelta(seconds=10))
        await workflow.sleep(0.05)
        shelf = await workflow.execute_activity("{second}", order, start_to_close_timeout=timedelta(seconds=10))
        return f"{{receipt}} {{shelf}}"
"""


async def test_revisions_of_a_module_cell(histories: Histories, modules: Modules) -> None:
    names: dict[str, object] = {}
    modules.run("shop_orders", CELL.format(second="reserve"), names)
    old = names["Buy"]
    modules.run("shop_orders", CELL.format(second="pack"), names)
    new = names["Buy"]
    assert isinstance(old, type)
    assert isinstance(new, type)
    parted = (await replay.journey(histories["bought"], new)).divergence
    assert parted is not None
    # Lines count as in the cell, the magic line being the first.
    assert (parted.line, parted.issued, parted.expected) == (15, "activity `pack`", "activity `reserve` was asked for")
    assert parted.source.startswith('shelf = await workflow.execute_activity("pack"')
    journey = await replay.journey(histories["bought"], old)
    assert journey.divergence is None
    assert journey.source.startswith("# %%module shop_orders\n")
    assert journey.steps[1].waits[0].source == "await workflow.sleep(0.05)"


async def test_a_module_that_the_sandbox_cannot_import(histories: Histories, modules: Modules) -> None:
    head = "import sys\nfrom temporalio import workflow\nif workflow.unsafe.in_sandbox():\n    {bad}\n"
    names: dict[str, object] = {}
    modules.run("shop_broken", head.format(bad="raise ImportError('no such library')") + CELL, names)
    cls = names["Buy"]
    assert isinstance(cls, type)
    error = await refused(histories["bought"], cls)
    assert error.what == ("The sandbox cannot import Buy: ImportError: no such library.")
    assert error.tried == ("in shop_broken, line 5: raise ImportError('no such library')",)


async def test_a_module_whose_import_never_ends(histories: Histories, modules: Modules) -> None:
    head = "from temporalio import workflow\nwhile workflow.unsafe.in_sandbox():\n    pass\n"
    names: dict[str, object] = {}
    modules.run("shop_endless", head + CELL, names)
    cls = names["Buy"]
    assert isinstance(cls, type)
    began = time.monotonic()
    error = await refused(histories["bought"], cls, patience=1.5)
    assert error.what == "The replay of Buy did not end."
    assert "shop_endless, line" in error.tried[0]
    assert time.monotonic() - began < 60  # it came back at all; how fast is not this test's question
