"""The server panel kills and starts a real server, and runs go on; a server of somebody else has no buttons."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from temporalio import activity, workflow
from temporalio.worker import Worker

from course_lib import server
from course_lib.errors import CourseError
from course_lib.widgets.server_panel import ServerPanel
from course_lib.widgets.server_words import duration, size
from tests.server.conftest import on_disk, own_state

__all__ = ["on_disk", "own_state"]  # fixtures: a server of its own, in memory or with a database file


@activity.defn
async def step(number: int) -> int:
    await asyncio.sleep(0.2)
    return number


@workflow.defn(sandboxed=False)
class Steps:
    @workflow.run
    async def run(self, count: int) -> int:
        for number in range(count):
            await workflow.execute_activity(step, number, start_to_close_timeout=timedelta(seconds=30))
        return count


async def _panel() -> ServerPanel:
    found = await server.ensure()
    panel = ServerPanel(found, await server.connect(found))
    assert await panel.look()
    panel.draw()
    return panel


async def _until(condition: Callable[[], bool], limit: float = 30.0) -> None:
    async with asyncio.timeout(limit):
        while not condition():  # noqa: ASYNC110 - the panel is read as a learner's eye reads it
            await asyncio.sleep(0.02)


def _pressable(panel: ServerPanel) -> list[str]:
    return [button.description for button in panel._buttons() if not button.disabled]


async def test_kill_and_start_by_button_while_a_workflow_runs(on_disk: Path) -> None:
    panel = await _panel()
    first = server.status().state
    assert first is not None
    assert "● answers" in panel._state.value
    assert _pressable(panel) == ["Restart", "kill -9"]
    client = await server.connect(panel.where)
    async with Worker(client, task_queue="steps", workflows=[Steps], activities=[step]):
        handle = await panel._client.start_workflow(Steps.run, 8, id=uuid.uuid4().hex, task_queue="steps")
        await _until(lambda: first.pid is not None)
        async with asyncio.timeout(120):
            while (await handle.describe()).history_length < 8:  # noqa: ASYNC110 - the history is what counts
                await asyncio.sleep(0.02)

        panel.kill_button.click()
        assert "◌ killing…" in panel._state.value
        assert _pressable(panel) == []
        await _until(lambda: "✖ not answering since" in panel._state.value)
        assert not await panel.look()  # the first look may have met the connection that broke
        panel.draw()
        assert "(nothing listens there)" in panel._state.value
        assert _pressable(panel) == ["Start"]
        assert not psutil.pid_exists(first.pid) or psutil.Process(first.pid).status() == psutil.STATUS_ZOMBIE
        assert f"pid {first.pid}, by SIGKILL" in panel._note.value
        assert "Process: none" in repr(panel)

        panel.start_button.click()
        await _until(lambda: "● answers" in panel._state.value)
        assert panel.error == ""
        second = server.status().state
        assert second is not None
        assert second.pid != first.pid
        assert f"pid {second.pid}" in panel._table.value
        # The Worker and the client of before: neither was made anew.
        assert await asyncio.wait_for(handle.result(), 60) == 8


async def test_restart_keeps_the_data_and_the_client(on_disk: Path) -> None:
    panel = await _panel()
    before = server.status().state
    handle = await panel._client.start_workflow("Nobody", id="kept", task_queue="nobody")
    panel.restart_button.click()
    await _until(lambda: "● answers" in panel._state.value and "Restarted at" in panel._note.value)
    after = server.status().state
    assert before is not None
    assert after is not None
    assert before.pid != after.pid
    assert (await handle.describe()).id == "kept"


async def test_the_facts_of_a_server_with_a_file(on_disk: Path) -> None:
    panel = await _panel()
    shown = repr(panel)
    facts = panel._facts
    assert facts is not None
    assert facts.database is not None
    assert str(facts.database) in shown
    assert facts.size > 100_000
    assert size(facts.size) in shown
    assert f"pid {facts.pid}, up " in shown
    assert f"temporal CLI {facts.cli_version}" in shown
    assert f"Version: {panel.where.version}" in shown
    assert panel.where.ui_url
    assert panel.where.ui_url in shown
    assert "Nothing is lost" in shown
    assert "buttons: Restart, kill -9" in shown
    assert str(facts.database) in panel.static().html


async def test_a_server_in_memory_warns_before_it_is_killed(own_state: Path) -> None:
    panel = await _panel()
    assert "lose every workflow" in panel._note.value
    assert "Warning" in panel._note.value
    assert "Database: in memory" in repr(panel)
    await panel.kill()
    await panel.start()
    assert panel.answers


async def test_a_hung_server_does_not_answer(own_state: Path) -> None:
    panel = await _panel()
    state = server.status().state
    assert state is not None
    os.kill(state.pid, signal.SIGSTOP)
    await _until(lambda: psutil.Process(state.pid).status() == psutil.STATUS_STOPPED)
    assert not await panel.look()
    assert "no answer in time" in repr(panel)
    os.kill(state.pid, signal.SIGCONT)
    await _until_answers(panel)


async def _until_answers(panel: ServerPanel) -> None:
    async with asyncio.timeout(120):
        while not await panel.look():  # noqa: ASYNC110 - it is looked at as the panel does it
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("origin", ["environment", "local"])
async def test_never_offered_for_a_server_that_the_course_did_not_start(own_state: Path, origin: str) -> None:
    ours = await server.ensure()
    panel = ServerPanel(replace(ours, origin=origin, pid=None), await server.connect(ours))  # type: ignore[arg-type]
    assert await panel.look()
    assert (panel.kill_button, panel.start_button, panel.restart_button) == (None, None, None)
    assert "the course did not start it" in repr(panel)
    assert "buttons" not in repr(panel)
    assert "Process" not in repr(panel)
    for forbidden in (panel.kill, panel.start, panel.restart):
        with pytest.raises(CourseError, match="cannot"):
            await forbidden()
    assert server.status().state


async def test_a_lost_port_is_said(on_disk: Path) -> None:
    panel = await _panel()
    await panel.kill()
    port = int(panel.where.address.rpartition(":")[2])
    squatter = await asyncio.start_server(lambda r, w: None, "127.0.0.1", port)
    async with squatter:
        with pytest.raises(CourseError, match="is now at"):
            await panel.start()


async def test_another_notebook_is_counted(own_state: Path, tmp_path: Path) -> None:
    panel = await _panel()
    assert "no other one is connected" in repr(panel)
    code = (
        "import asyncio, sys\nfrom temporalio.client import Client\n"
        "async def main():\n"
        f"    client = await Client.connect({panel.where.address!r})\n    print('up', flush=True)\n"
        "    await asyncio.sleep(60)\nasyncio.run(main())"
    )
    (tmp_path / "ipykernel_launcher.py").write_text(code)  # what a kernel's command line says
    kernel = await asyncio.create_subprocess_exec(
        sys.executable, str(tmp_path / "ipykernel_launcher.py"), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert kernel.stdout is not None
        assert await asyncio.wait_for(kernel.stdout.readline(), 20) == b"up\n"
        panel._counted = float("-inf")
        await panel.look()
        assert "1 other notebook is connected now" in repr(panel)
    finally:
        kernel.kill()
        await kernel.wait()


def test_durations_and_sizes_in_words() -> None:
    assert [duration(seconds) for seconds in (0.4, 59, 61, 7500)] == ["0 s", "59 s", "1 min", "2 h 5 min"]
    assert [size(amount) for amount in (0, 99_000, 5_240_000)] == ["0 kB", "99 kB", "5.2 MB"]
