"""What happens to Workers when a real kernel is interrupted or ends, however it ends."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager, start_new_async_kernel

SETUP = """
import asyncio, os, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from temporalio.client import Client
from course_lib import telemetry
from course_lib.server import Server
from course_lib.workers import WorkerProcess, running_workers, start_worker
import orders__r1 as orders
telemetry.install()
async def ticker():  # the course's own, which makes Interrupt reach a bare await
    while True: await asyncio.sleep(0.25)
tick = asyncio.ensure_future(ticker())
connect = lambda: Client.connect({address!r})
def process(): return WorkerProcess(['orders__r1'], Server({address!r}), task_queue='kernel', folder=Path({folder!r}))
"""


class Kernel:
    """A kernel and what its cells print."""

    def __init__(self, manager: AsyncKernelManager, client: object) -> None:
        self.manager, self.client = manager, client
        self.printed = ""

    async def run(self, code: str, timeout: float = 30, when: Callable[[str], bool] | None = None) -> str:
        printed: list[str] = []
        interrupted = False

        def hook(message: dict) -> None:
            nonlocal interrupted
            content = message["content"]
            if message["header"]["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["header"]["msg_type"] == "error":
                printed.append(f"{content['ename']}: {content['evalue']}")
            if when is not None and not interrupted and when("".join(printed)):
                interrupted = True
                self._interrupt = asyncio.ensure_future(self.manager.interrupt_kernel())

        await self.client._async_execute_interactive(code, output_hook=hook, timeout=timeout)  # type: ignore[attr-defined]
        return "".join(printed)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)  # type: ignore[union-attr]


@pytest.fixture
async def kernel(folder: Path, address: str) -> AsyncIterator[Kernel]:
    manager, client = await start_new_async_kernel(kernel_name="python3")
    kernel = Kernel(manager, client)
    try:
        assert await kernel.run(SETUP.format(folder=str(folder), address=address)) == ""
        yield kernel
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def _pid(printed: str) -> int:
    found = re.search(r"pid=(\d+)", printed)
    assert found, printed
    return int(found[1])


def _child(printed: str) -> psutil.Process:
    return psutil.Process(_pid(printed))


async def _gone(process: psutil.Process, seconds: float = 10) -> bool:
    _, alive = await asyncio.get_running_loop().run_in_executor(None, lambda: psutil.wait_procs([process], seconds))
    return not alive or process.status() == psutil.STATUS_ZOMBIE


async def test_interrupt_spares_the_child_and_a_killed_kernel_takes_it_along(kernel: Kernel) -> None:
    printed = await kernel.run("p = process()\nawait p.start()\nprint(f'pid={p.pid}')")
    child = _child(printed)
    printed = await kernel.run("print('waiting', flush=True)\nawait asyncio.sleep(20)", when=lambda t: "waiting" in t)
    assert "Cancelled" in printed or "KeyboardInterrupt" in printed
    assert "running" in await kernel.run("print(p.state, p.running)")
    assert child.is_running()
    psutil.Process(kernel.pid).send_signal(signal.SIGKILL)
    assert await _gone(child)


async def test_an_orderly_shutdown_stops_the_child(kernel: Kernel) -> None:
    child = _child(await kernel.run("p = process()\nawait p.start()\nprint(f'pid={p.pid}')"))
    await kernel.run("w = await start_worker(connect, 'both', activities=[orders.wait_long])")
    await kernel.manager.shutdown_kernel()
    assert await _gone(child)


async def test_a_child_that_holds_pythons_lock_dies_with_the_kernel(kernel: Kernel, folder: Path) -> None:
    (folder / "regex__r1.py").write_text("import re\nprint('begun', flush=True)\nre.match('(a+)+$', 'a' * 60 + 'b')\n")
    printed = await kernel.run(
        "p = process()\np.modules = ('regex__r1',)\nstart = asyncio.ensure_future(p.start(60))\n"
        "while 'begun' not in p.lines: await asyncio.sleep(0.05)\nprint(f'pid={p.pid}')"
    )
    child = _child(printed)
    psutil.Process(kernel.pid).send_signal(signal.SIGKILL)
    assert await _gone(child)


async def test_interrupt_during_start_leaves_no_half_started_worker(kernel: Kernel, folder: Path) -> None:
    (folder / "slow__r1.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(30)\n")
    printed = await kernel.run(
        "p = process()\np.modules = ('slow__r1',)\n"
        "asyncio.get_running_loop().call_later(1.0, lambda: print(f'pid={p.pid}', flush=True))\nawait p.start(25)",
        when=lambda text: "pid=" in text,
    )
    assert not psutil.pid_exists(_pid(printed)) or await _gone(_child(printed))
    assert "stop" in await kernel.run("try: await p.wait_exit(5)\nexcept Exception as e: print(e)\nprint(p.state)")
    printed = await kernel.run(
        "async def never():\n    print('connecting', flush=True)\n    await asyncio.sleep(30)\n"
        "asyncio.get_running_loop().call_later(1.0, lambda: print('now', flush=True))\n"
        "await start_worker(never, 'kernel', activities=[orders.wait_long])",
        when=lambda text: "now" in text,
    )
    assert "[]" in await kernel.run("print(running_workers())")
    assert "True" in await kernel.run(
        "w = await start_worker(connect, 'kernel', activities=[orders.wait_long])\nprint(w.running)"
    )
