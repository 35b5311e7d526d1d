"""What chapters say of Temporal and no cell shows, seen on the server and SDK that the course pins."""

import asyncio
import logging
import secrets
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentVersion as WireVersion
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflow.v1 import VersioningOverride, WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateStage,
)
from temporalio.common import RetryPolicy, VersioningBehavior, WorkerDeploymentVersion
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker, WorkerDeploymentConfig

from tests.chapters import facts
from tests.chapters.facts import Raises, TimesOut, hang, timed_out
from tests.until import until

LIMIT = 120.0


@asynccontextmanager
async def working(client: Client, *workflows: type, cached: int = 100) -> AsyncIterator[str]:
    """Run a Worker with these workflows and all activities, on a queue of its own, whose name it yields."""
    queue = secrets.token_hex(5)
    calls = [hang, facts.answer, facts.large]
    async with Worker(
        client, task_queue=queue, workflows=list(workflows), activities=calls, max_cached_workflows=cached
    ):
        yield queue


async def events(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """Return the types of a run's events."""
    history = await handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def failed_task(handle: WorkflowHandle[Any, Any]) -> str:
    """Wait for a failed workflow task and return its message."""
    async with asyncio.timeout(LIMIT):
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.HasField("workflow_task_failed_event_attributes"):
                return event.workflow_task_failed_event_attributes.failure.message
    raise AssertionError("the run ended")


@pytest.mark.slow
@pytest.mark.parametrize(("which", "said"), [("start_to_close", "StartToClose"), ("heartbeat", "Heartbeat")])
async def test_03_an_async_call_that_hangs_is_cancelled_after_its_timeout(
    client: Client, which: str, said: str
) -> None:
    queue = secrets.token_hex(5)
    async with Worker(client, task_queue=queue, workflows=[TimesOut], activities=[hang]):
        assert said in await client.execute_workflow(TimesOut.run, which, id=queue, task_queue=queue)
        async with asyncio.timeout(LIMIT):
            while which not in timed_out:  # noqa: ASYNC110 - when the Worker ends it would be cancelled, too
                await asyncio.sleep(0.1)
    assert timed_out[which]


async def test_03_a_timeout_error_fails_the_workflow_and_not_its_task(client: Client) -> None:
    queue = secrets.token_hex(5)
    async with Worker(client, task_queue=queue, workflows=[Raises]):
        handle = await client.start_workflow(Raises.run, id=queue, task_queue=queue)
        async with asyncio.timeout(LIMIT):
            async for event in handle.fetch_history_events(wait_new_event=True):
                assert not event.HasField("workflow_task_failed_event_attributes")
                if event.HasField("workflow_execution_failed_event_attributes"):
                    break
    assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED


async def test_03_what_a_workflow_lists_fails_it(client: Client) -> None:
    async with working(client, facts.RaisesWhatItLists) as queue:
        with pytest.raises(WorkflowFailureError) as raised:
            await client.execute_workflow(facts.RaisesWhatItLists.run, id=queue, task_queue=queue)
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == "KeyError"


@pytest.mark.parametrize("how", ["CardDeclined", "silence", "fine"])
async def test_03_a_workflow_branches_on_the_cause_of_an_activitys_failure(client: Client, how: str) -> None:
    async with working(client, facts.Branches) as queue:
        taken = await client.execute_workflow(facts.Branches.run, how, id=queue, task_queue=queue)
    assert taken == {"CardDeclined": "CardDeclined", "silence": "START_TO_CLOSE", "fine": "done"}[how]


async def test_03_a_benign_error_is_no_warning_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "temporalio.activity")
    async with working(client, facts.Branches) as queue:
        for how in ("benign", "CardDeclined"):
            await client.execute_workflow(facts.Branches.run, how, id=queue + how, task_queue=queue)
    told = [record.levelname for record in caplog.records if record.message.startswith("Completing activity as failed")]
    assert told == ["DEBUG", "WARNING"]


@pytest.mark.parametrize("how", ["terminate", "run_timeout", "execution_timeout", "cancel"])
async def test_04_only_a_cancel_request_reaches_the_code_that_compensates(client: Client, how: str) -> None:
    limits: dict[str, Any] = {how: facts.SHORT} if how.endswith("timeout") else {}
    async with working(client, facts.UndoesIfTold) as queue:
        handle = await client.start_workflow(facts.UndoesIfTold.run, id=queue, task_queue=queue, **limits)
        if not limits:
            await (handle.cancel() if how == "cancel" else handle.terminate())
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        status = (await handle.describe()).status
        assert ("ACTIVITY_TASK_SCHEDULED" in await events(handle)) is (how == "cancel")
    assert status is not None
    assert status.name == {"terminate": "TERMINATED", "cancel": "CANCELED"}.get(how, "TIMED_OUT")


async def test_04_a_list_has_the_failed_runs_and_their_failures_the_type(client: Client) -> None:
    async with working(client, facts.RaisesWhatItLists) as queue:
        await client.start_workflow(facts.RaisesWhatItLists.run, id=queue, task_queue=queue)
        query = f"TaskQueue = '{queue}' AND WorkflowType = 'RaisesWhatItLists' AND ExecutionStatus = 'Failed'"
        await until(lambda: count(client, query, 1))
        async for run in client.list_workflows(query):
            with pytest.raises(WorkflowFailureError) as raised:
                await client.get_workflow_handle(run.id, run_id=run.run_id).result()
            assert getattr(raised.value.cause, "type", None) == "KeyError"


async def test_03_a_retried_workflow_begins_again_in_another_run(client: Client) -> None:
    async with working(client, facts.FailsTwice) as queue:
        policy = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1)
        handle = await client.start_workflow(facts.FailsTwice.run, id=queue, task_queue=queue, retry_policy=policy)
        assert await handle.result() == 3
        ended = client.get_workflow_handle(queue)
        assert (await ended.describe()).run_id != handle.result_run_id
        assert "ACTIVITY_TASK_COMPLETED" in await events(ended)  # once more


async def test_02_a_local_activity_is_recorded_with_its_workflow_task(client: Client) -> None:
    async with working(client, facts.CallsLocally) as queue:
        handle = await client.start_workflow(facts.CallsLocally.run, id=queue, task_queue=queue)
        assert await handle.result() == "done"
        seen = await events(handle)
    assert seen[-3:] == ["WORKFLOW_TASK_COMPLETED", "MARKER_RECORDED", "WORKFLOW_EXECUTION_COMPLETED"]


async def test_05_an_update_with_the_same_id_is_carried_out_once(client: Client) -> None:
    async with working(client, facts.Counter) as queue:
        handle = await client.start_workflow(facts.Counter.run, id=queue, task_queue=queue)
        accepted = WorkflowUpdateStage.ACCEPTED
        begun = await handle.start_update(facts.Counter.add, 3, id="pay-1", wait_for_stage=accepted)
        assert "WORKFLOW_EXECUTION_UPDATE_COMPLETED" not in await events(handle)
        await handle.signal(facts.Counter.unlock)
        assert await begun.result() == 3
        assert await handle.execute_update(facts.Counter.add, 3, id="pay-1") == 3
        assert await handle.execute_update(facts.Counter.add, 3) == 6


async def test_05_a_workflow_signals_another(client: Client) -> None:
    async with working(client, facts.Counter, facts.Tells) as queue:
        handle = await client.start_workflow(facts.Counter.run, id=queue, task_queue=queue)
        await client.execute_workflow(facts.Tells.run, queue, id=f"{queue}-tells", task_queue=queue)
        assert await handle.result() == 0


@pytest.mark.parametrize(("handler", "warned"), [("linger", False), ("dawdle", True)])
async def test_05_a_handler_that_may_be_abandoned_causes_no_warning(client: Client, handler: str, warned: bool) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with working(client, facts.Counter) as queue:
            handle = await client.start_workflow(facts.Counter.run, id=queue, task_queue=queue)
            await handle.signal(handler)
            await handle.signal(facts.Counter.close)
            await handle.result()
    assert any("TMPRL1102" in str(one.message) for one in caught) is warned


async def test_06_a_field_without_a_default_breaks_a_run_whatever_it_has_got_to(client: Client) -> None:
    async with working(client, facts.ShipOld) as queue:
        handle = await client.start_workflow(facts.ShipOld.run, facts.OldOrder("o-1"), id=queue, task_queue=queue)
        await until(lambda: has(handle, "WORKFLOW_TASK_COMPLETED"))
    async with Worker(client, task_queue=queue, workflows=[facts.ShipNew]):
        await handle.signal(facts.ShipNew.ship)
        assert "Failed decoding arguments" in await failed_task(handle)
    await handle.terminate()


async def has(handle: WorkflowHandle[Any, Any], event: str) -> bool:
    """Tell whether a run has an event of this type."""
    return event in await events(handle)


async def test_06_the_gates_histories_come_from_a_list(client: Client) -> None:
    async with working(client, facts.ShipOld) as queue:
        for number in range(2):
            order = facts.OldOrder(f"o-{number}")
            handle = await client.start_workflow(
                facts.ShipOld.run, order, id=f"{queue}-{number}", task_queue=queue, start_signal="ship"
            )
            await handle.result()
        query = f"TaskQueue = '{queue}' AND WorkflowType = 'Ship'"
        await until(lambda: count(client, query, 2))
        for code, breaks in ((facts.ShipOld, 0), (facts.ShipNew, 2)):
            histories = client.list_workflows(query).map_histories()
            replayed = await Replayer(workflows=[code]).replay_workflows(histories, raise_on_replay_failure=False)
            assert len(replayed.replay_failures) == breaks


async def count(client: Client, query: str, runs: int) -> bool:
    """Tell whether a list has this many runs."""
    return (await client.count_workflows(query)).count == runs


async def test_06_a_pinned_run_on_a_bad_version_is_moved(client: Client) -> None:
    queue = shop = secrets.token_hex(5)

    def version(code: type, build_id: str) -> Worker:
        made = WorkerDeploymentVersion(shop, build_id)
        config = WorkerDeploymentConfig(made, True, VersioningBehavior.PINNED)
        return Worker(client, task_queue=queue, workflows=[code], deployment_config=config)

    async def current(build_id: str) -> bool:
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=client.namespace, deployment_name=shop, build_id=build_id
        )
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError:  # no Worker of it has polled yet
            return False
        return True

    async with version(facts.ShipBad, "2"), version(facts.ShipOld, "1"):
        await until(lambda: current("2"))
        handle = await client.start_workflow("Ship", facts.OldOrder("o-1"), id=queue, task_queue=queue)
        await until(lambda: has(handle, "WORKFLOW_TASK_COMPLETED"))
        await until(lambda: current("1"))
        await handle.signal("ship")
        await failed_task(handle)  # though version 1 is current
        pinned = VersioningOverride.PinnedOverride(
            behavior=VersioningOverride.PINNED_OVERRIDE_BEHAVIOR_PINNED,
            version=WireVersion(deployment_name=shop, build_id="1"),
        )
        move = UpdateWorkflowExecutionOptionsRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            workflow_execution_options=WorkflowExecutionOptions(versioning_override=VersioningOverride(pinned=pinned)),
            update_mask=FieldMask(paths=["versioning_override"]),
        )
        await client.workflow_service.update_workflow_execution_options(move)
        assert await handle.result() == "o-1"


async def test_07_a_module_may_read_a_file_at_import(client: Client) -> None:
    async with working(client, facts.ReadAtImport) as queue:
        read = await client.execute_workflow(facts.ReadAtImport.run, id=queue, task_queue=queue)
    assert read.startswith('"""Workflows and an activity')


@pytest.mark.slow
async def test_09_a_history_of_50_mb_ends_its_run(client: Client) -> None:
    async with working(client, facts.Grows) as queue:
        with pytest.raises(WorkflowFailureError) as failed:
            await client.execute_workflow(facts.Grows.run, 1500, id=queue, task_queue=queue)
    assert "Workflow history size exceeds limit" in str(failed.value.cause)
    size = (await client.get_workflow_handle(queue).describe()).raw_description.workflow_execution_info
    assert 50 * 2**20 < size.history_size_bytes < 54 * 2**20


async def test_09_another_run_is_suggested_at_4096_events(client: Client) -> None:
    async with working(client, facts.Grows) as queue:
        suggested = await client.execute_workflow(facts.Grows.run, 0, id=queue, task_queue=queue)
    assert 4096 <= suggested <= 4096 + 510


async def test_09_id_memo_and_timeouts_go_over_to_the_next_run(client: Client) -> None:
    async with working(client, facts.Switches) as queue:
        options = {"memo": {"a": 1}, "run_timeout": timedelta(minutes=9)}
        handle = await client.start_workflow(facts.Switches.run, "once", id=queue, task_queue=queue, **options)
        assert await handle.result() == "handed on"
    newest = await client.get_workflow_handle(queue).describe()
    assert newest.run_id != handle.first_execution_run_id
    assert (await newest.memo(), newest.task_queue) == ({"a": 1}, queue)
    (started, *_) = (await client.get_workflow_handle(queue).fetch_history()).events
    assert started.workflow_execution_started_event_attributes.workflow_run_timeout.seconds == 540


async def test_09_a_switch_in_a_handler_ends_the_run_while_a_page_is_under_way(client: Client) -> None:
    async with working(client, facts.Switches) as queue:
        handle = await client.start_workflow(facts.Switches.run, "in the handler", id=queue, task_queue=queue)
        await until(lambda: has(handle, "ACTIVITY_TASK_SCHEDULED"))
        await handle.signal(facts.Switches.switch)
        assert await handle.result() == "from the handler"
        first = client.get_workflow_handle(queue, run_id=handle.first_execution_run_id)
        seen = await events(first)
    assert seen[-1] == "WORKFLOW_EXECUTION_CONTINUED_AS_NEW"
    assert "ACTIVITY_TASK_COMPLETED" not in seen


async def test_09_a_second_child_of_an_id_is_refused_while_the_first_is_open(client: Client) -> None:
    async with working(client, facts.OneChild, facts.Switches) as queue:
        said = [
            await client.execute_workflow(facts.OneChild.run, f"{queue}-child", id=f"{queue}-{n}", task_queue=queue)
            for n in (1, 2)
        ]
        await client.get_workflow_handle(f"{queue}-child").terminate()
    assert said == ["started", "WorkflowAlreadyStartedError"]
