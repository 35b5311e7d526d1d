"""A workflow that continued as new, read as one list: the histories, the table, the picture."""

import secrets

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib import history
from course_lib.widgets.event_table import EventTable
from course_lib.widgets.timeline import timeline_view
from tests.history.feed_flows import Down


@pytest.fixture
async def handle(client: Client) -> WorkflowHandle[Down, str]:
    queue = secrets.token_hex(4)
    async with Worker(client, task_queue=queue, workflows=[Down]):
        handle = await client.start_workflow(Down.run, 2, id=queue, task_queue=queue)
        assert await handle.result() == "landed"
    return handle


async def test_a_chain_begins_with_the_first_run_whoever_asks(
    client: Client, handle: WorkflowHandle[Down, str]
) -> None:
    runs = await history.fetch_chain(handle)
    again = await history.fetch_chain(client.get_workflow_handle(handle.id))
    assert [run.run_id for run in again] == [run.run_id for run in runs]
    assert (len(runs), runs[0].run_id) == (3, handle.first_execution_run_id)
    frame = history.chain_frame(runs)
    assert list(frame["run"].unique()) == [1, 2, 3]
    ends = frame.groupby("run")["type"].last().tolist()
    assert ends == ["WorkflowExecutionContinuedAsNew"] * 2 + ["WorkflowExecutionCompleted"]
    assert frame.loc[frame["event_id"] == 1, "payload"].tolist() == [2, 1, 0]


async def test_a_handle_of_one_run_stands_for_that_run(client: Client, handle: WorkflowHandle[Down, str]) -> None:
    one = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    (run,) = await history.fetch_chain(one)
    assert run.run_id == handle.first_execution_run_id


async def test_a_chain_is_one_picture_and_one_table(handle: WorkflowHandle[Down, str]) -> None:
    runs = await history.fetch_chain(handle)
    text = timeline_view(runs, title=handle.id).text
    first, *_ = text.splitlines()
    assert "✓ completed" in first
    assert "3 runs" in first
    assert [text.count(f"#{run}:1–") for run in (1, 2, 3)] == [1, 1, 1]
    assert text.count("↻ continued as new") == 2
    assert repr(EventTable(runs)).count(f"{handle.id}: ") == 3
