"""How a run stands, also when it is paused: the SDK's own ``describe`` raises then."""

import secrets
from itertools import chain

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from course_lib.history import describe, spans, unpausing
from course_lib.history.growing import GrowingSpans
from tests.pausing import pause, unpause

from .conftest import Start


async def test_it_says_what_the_sdk_says(start: Start) -> None:
    done, waiting = await start("done"), await start("everything")
    await done.result()
    for handle in (done, waiting):
        ours, theirs = await describe(handle), await handle.describe()
        for name in ("id", "run_id", "workflow_type", "task_queue", "status", "close_time"):
            assert getattr(ours, name) == getattr(theirs, name), name
        assert ours.raw_description.execution_config == theirs.raw_description.execution_config
        assert not ours.paused
    assert (await describe(done)).history_length == (await done.describe()).history_length
    await waiting.terminate()


async def test_a_paused_run_is_open_and_one_that_was_terminated_meanwhile_is_not(client: Client, start: Start) -> None:
    handle = await start("everything")
    await pause(client, handle.id)
    with pytest.raises(ValueError, match="8 is not a valid WorkflowExecutionStatus"):
        await handle.describe()  # no longer so? then `describe` can go
    found = await describe(handle)
    assert (found.paused, found.status, found.close_time) == (True, WorkflowExecutionStatus.RUNNING, None)
    assert found.raw_description.workflow_extended_info.pause_info.reason == "lunch"
    await handle.terminate()
    found = await describe(handle)
    assert (found.paused, found.status) == (False, WorkflowExecutionStatus.TERMINATED)
    assert found.close_time is not None


async def test_an_unknown_workflow(client: Client) -> None:
    with pytest.raises(RPCError) as raised:
        await describe(client.get_workflow_handle(f"nobody-{secrets.token_hex(4)}"))
    assert raised.value.status == RPCStatusCode.NOT_FOUND


@pytest.mark.parametrize("end", ["unpaused", "terminated"])
async def test_a_pause_is_a_span_that_says_what_to_do_while_it_lasts(client: Client, start: Start, end: str) -> None:
    handle = await start("everything")
    await pause(client, handle.id)
    growing = GrowingSpans()
    growing.update((await handle.fetch_history()).events)
    assert growing.pause is not None
    assert growing.pause.detail == f"The run is paused. Unpause it: {unpausing(handle.id)}."
    if end == "unpaused":
        await unpause(client, handle.id, "back")
    else:
        await handle.terminate()
    recorded = await handle.fetch_history()
    growing.update(recorded.events)
    assert growing.pause is None
    assert sorted(chain.from_iterable(growing.items.values())) == sorted(spans(recorded))
    (span,) = [span for span in spans(recorded) if span.lane == "paused"]
    assert span.end is not None
    assert (span.status, span.detail) == {
        "unpaused": ("completed", "back"),
        "terminated": ("cancelled", "the workflow ended first"),
    }[end]
    if end == "unpaused":
        await handle.terminate()


def test_an_odd_id_is_quoted_for_the_shell_and_for_python() -> None:
    said = unpausing('order "1" of ada')
    shell, python = said.split("`")[1::2]
    assert shell == """temporal workflow unpause --workflow-id 'order "1" of ada'"""
    command = eval(python.removeprefix("await lab.temporal(").removesuffix(")"))
    assert f"temporal {command}" == shell
