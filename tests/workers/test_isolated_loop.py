"""A patch of asyncio for pasted code must not reach a Worker, before or after the Worker started."""

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, sys, threading
order, address = sys.argv[1:]

def patch():
    import nest_asyncio2
    async def inside():
        nest_asyncio2.apply(asyncio.get_running_loop())
        async def pasted(): return "pasted code ran"
        assert asyncio.run(pasted()) == "pasted code ran"
    loop = asyncio.new_event_loop()
    loop.run_until_complete(inside())
    return type(loop)

if order == "before":
    kernel_class = patch()
from temporalio import activity
from temporalio.client import Client
from course_lib.workers import start_worker
from course_lib.workers.isolated_loop import WorkerLoop

@activity.defn
async def who() -> str:
    # the classes of what runs the Worker right now, and whether nesting is possible on its loop
    async def inner(): return None
    coro = inner()
    try:
        asyncio.get_running_loop().run_until_complete(coro)
    except RuntimeError as error:
        return f"{type(asyncio.current_task()).__module__} {error}"
    finally:
        coro.close()
    return "patched"

async def main():
    worker = await start_worker(lambda: Client.connect(address), f"nest-{order}", activities=[who])
    if order == "after":
        await asyncio.get_running_loop().run_in_executor(None, patch)
    client = await Client.connect(address)
    from datetime import timedelta
    answer = await client.execute_activity("who", id=f"nest-{order}", task_queue=f"nest-{order}",
        start_to_close_timeout=timedelta(seconds=10), schedule_to_close_timeout=timedelta(seconds=20))
    print(answer)
    print(worker._loop._run_once.__func__.__module__)
    await worker.stop()

runner = asyncio.Runner(loop_factory=WorkerLoop)
runner.run(main())
"""


@pytest.mark.parametrize("order", ["before", "after"])
def test_nest_asyncio_never_patches_a_worker(order: str, address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, order, address], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout.splitlines() == [
        "_asyncio This event loop is already running",
        "asyncio.base_events",
    ], done.stderr
