"""Where `lab.step_through` gets its history and its class from, and what it says when there is none."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Worker

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.lab import travel
from course_lib.widgets.stepper.payload import payload
from course_lib.widgets.stepper.transcript import static
from tests.widgets import stepper_runs
from tests.widgets.stepper_flows import Again, Order


def _find(name: str) -> type | None:
    return {"Order": Order}.get(name)


def _say(_: str) -> None:
    pass


def _look(call: Coroutine[Any, Any, list[WorkflowHistory]]) -> list[WorkflowHistory]:
    return loops.background().run(call, 30)


@pytest.fixture
async def history(client: Client) -> WorkflowHistory:
    return await stepper_runs.order(client)


async def test_a_handle_a_history_and_a_file_lead_to_the_same(
    client: Client, history: WorkflowHistory, tmp_path: Path
) -> None:
    file = tmp_path / "orders.json"
    file.write_text(history.to_json())
    handle = client.get_workflow_handle(history.workflow_id)
    first = travel.journey(history, None, _find, _say, _look)
    assert len(first.steps) == 5
    assert travel.journey(handle, None, _find, _say, _look).steps == first.steps
    assert travel.journey(str(file), Order, _find, _say, _look).steps == first.steps
    assert travel.journey(file, None, _find, _say, _look).workflow_id == history.workflow_id


async def test_no_class_no_run_and_no_file_are_said_with_the_fix(
    client: Client, history: WorkflowHistory, tmp_path: Path
) -> None:
    with pytest.raises(CourseError, match="no class for the workflow type 'Order'") as error:
        travel.journey(history, None, lambda _: None, _say, _look)
    assert "%%module" in error.value.fix
    with pytest.raises(CourseError, match="no history of nobody"):
        travel.journey(client.get_workflow_handle("nobody"), None, _find, _say, _look)
    with pytest.raises(CourseError, match="no file"):
        travel.journey(tmp_path / "nothing.json", None, _find, _say, _look)


async def test_a_chain_of_runs_is_one_walk(client: Client) -> None:
    queue = stepper_runs.name("q")
    async with Worker(client, task_queue=queue, workflows=[Again]):
        handle = await client.start_workflow(Again.run, 1, id=queue, task_queue=queue)
        assert await handle.result() == 0
    first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    one = travel.journey(first, Again, _find, _say, _look)
    assert (one.runs, {step.run for step in one.steps}) == (1, {1})
    both = travel.journey(handle, Again, _find, _say, _look)
    assert (both.runs, [step.run for step in both.steps]) == (
        2,
        [1] * len(one.steps) + [2] * (len(both.steps) - len(one.steps)),
    )
    assert [step.number for step in both.steps] == list(range(len(both.steps)))
    assert both.outcome == "completed"
    assert [row.step for row in both.events] == sorted(row.step for row in both.events)
    shown = payload(both)
    labels = [row[0] for row in shown["events"]]
    assert labels == [f"{run}:{event}" for run in (1, 2) for event in range(1, len(labels) // 2 + 1)]
    assert {step["last"] for step in shown["steps"]} <= set(labels)
    assert "run 2 begins" in static(both).text
    assert static(both).text.startswith(f"Time travel through Again {handle.id}: 2 runs, {len(both.steps)} steps")
