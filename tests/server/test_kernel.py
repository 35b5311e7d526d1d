"""What a kernel goes through must not reach the server that it started."""

import os
from pathlib import Path

import psutil
from jupyter_client.manager import AsyncKernelManager

from course_lib import server

ENSURE = "from course_lib import server\nfound = await server.ensure()\nprint(found.pid)"


async def execute(manager: AsyncKernelManager, code: str) -> str:
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=40)
        printed: list[str] = []

        def keep(message: dict[str, dict[str, str]]) -> None:
            content = message["content"]
            printed.append(content.get("text") or content.get("evalue") or "")

        await client.execute_interactive(code, timeout=40, output_hook=keep)
        return "".join(printed)
    finally:
        client.stop_channels()


async def test_interrupt_kill_restart_and_shutdown_leave_the_server_and_its_data(own_state: Path) -> None:
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(env=dict(os.environ))
    try:
        pid = int(await execute(manager, ENSURE))
        start = "client = await server.connect(found)\nawait client.start_workflow('Order', id='o-1', task_queue='q')"
        await execute(manager, start)
        await manager.interrupt_kernel()
        await manager.restart_kernel(now=True)  # which kills the kernel
        assert int(await execute(manager, ENSURE)) == pid
    finally:
        await manager.shutdown_kernel(now=False)
    assert psutil.pid_exists(pid)
    found = await server.find()
    assert found is not None
    assert found.pid == pid
    client = await server.connect(found)
    assert (await client.get_workflow_handle("o-1").describe()).workflow_type == "Order"
