"""A run that somebody has paused, in every view: each says so, and how to let it go on."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib import loops, server
from course_lib.diagnosis import diagnose
from course_lib.errors import CourseError
from course_lib.history import describe
from course_lib.lab import StillRunning, command, pictures
from course_lib.lab.waiting import Waits
from course_lib.widgets.look import View
from course_lib.widgets.messages import MessagePanel, open_desk
from course_lib.widgets.timeline.live import Timeline
from tests.pausing import pause, unpause
from tests.widgets.message_flows import Approvals

Handle = WorkflowHandle[Any, Any]


def look(coro: Any) -> Any:
    return loops.background().run(coro, 10)


@pytest.fixture
def queue() -> str:
    return f"paused-{secrets.token_hex(4)}"


@pytest.fixture
async def handle(client: Client, queue: str) -> AsyncIterator[Handle]:
    """A run that a Worker has begun, and that is paused."""
    async with Worker(client, task_queue=queue, workflows=[Approvals]):
        started = await client.start_workflow(Approvals.run, id=f"paused-{secrets.token_hex(4)}", task_queue=queue)
        await started.query("status")
        await pause(client, started.id)
        yield started
        if (await describe(started)).close_time is None:
            await started.terminate()


def advice(handle: Handle) -> str:
    return f"`temporal workflow unpause --workflow-id {handle.id}`"


async def test_the_diagnosis_says_who_paused_it_and_the_command_that_ends_it(
    client: Client, course_server: server.Server, handle: Handle, queue: str
) -> None:
    found = await diagnose(handle, client, queue)
    assert found.what == "The run is paused."
    assert advice(handle) in found.fix
    assert found.detail("paused").endswith("ago by an operator")
    assert found.detail("reason") == "lunch"
    # What it advises is what the real command takes.
    (told,) = [word for word in found.fix.split("`") if word.startswith("temporal ")]
    await command.run(told.removeprefix("temporal "), course_server)
    assert not (await describe(handle)).paused


async def test_a_result_that_is_waited_for_comes_when_the_run_goes_on(
    client: Client, waits: Waits, handle: Handle, queue: str
) -> None:
    with pytest.raises(StillRunning) as raised:
        await asyncio.wait_for(waits.result(handle, queue, lambda _: None), 120)
    assert "The run is paused." in str(raised.value)
    assert advice(handle) in str(raised.value)
    await handle.signal("stop-it")
    await unpause(client, handle.id)
    assert await waits.result(handle, queue, lambda _: None) == []


async def test_the_timeline_and_the_comparison(
    client: Client, course_server: server.Server, handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = [
        pictures.timeline(handle, client, course_server, look),
        pictures.compare(handle, handle, client, course_server, look),
    ]
    for view in still:
        assert isinstance(view, View)
        assert "… waiting" in view.text
        assert f"‖ The run is paused. Unpause it: {advice(handle)}" in view.text
    monkeypatch.setenv("COURSE_WIDGETS", "live")
    for live in (
        pictures.timeline(handle, client, course_server, look),
        pictures.compare(handle, handle, client, course_server, look),
    ):
        assert isinstance(live, Timeline)
        live.show()
        assert live.widget is not None
        said = [track["error"] for track in live.widget.first["tracks"]]
        assert all(words.startswith(f"The run is paused. Unpause it: {advice(handle)}") for words in said), said
        live.close()
    await unpause(client, handle.id)
    assert "is paused" not in repr(pictures.timeline(handle, client, course_server, look))


async def test_the_message_panel_sends_signals_and_says_why_nothing_else(client: Client, handle: Handle) -> None:
    panel = MessagePanel(*await open_desk(handle, lambda _: Approvals))
    panel.build()
    text = panel.text()
    assert "paused · Approvals" in text
    assert f"unpause it: {advice(handle)}" in text
    assert "The run is paused: the server turns queries down." in text
    assert "The run is paused: the server turns updates down." in text
    assert "a signal is stored, and handled when it goes on" in text
    assert panel.cards["query", "status"].button.disabled
    assert panel.cards["update", "change_address"].button.disabled
    assert not panel.cards["signal", "stop-it"].button.disabled
    with pytest.raises(CourseError, match="The run is paused: it answers no query"):
        await panel.ask("status")
    assert [said.words.partition(": ")[2] for said in panel.desk.outcomes(panel.cards["query", "status"].handler)] == [
        "The run is paused: it answers no query."
    ]
    await panel.send("stop-it")
    await unpause(client, handle.id)
    await handle.result()
    await panel.desk.look()
    assert panel.desk.state.words().startswith("completed · Approvals")
    assert panel.desk.state.reason("query") == ""


async def test_a_workflow_that_is_not_known_here_opens_too(handle: Handle) -> None:
    desk, note = await open_desk(handle, lambda _: None)
    assert desk.state.status == "paused"
    assert "is not known in this notebook" in note


async def test_a_run_that_was_terminated_while_it_was_paused_is_closed(
    client: Client, handle: Handle, queue: str
) -> None:
    await handle.terminate()
    assert (await diagnose(handle, client, queue)).what == "The workflow has ended: terminated."
    desk, _ = await open_desk(handle, lambda _: Approvals)
    assert (desk.state.status, desk.state.paused, desk.state.closed) == ("terminated", "", True)
