"""Each private name of asyncio that the course uses, and what no longer works when it goes."""

import asyncio
import contextlib
import sys
from typing import Any

from course_lib.private import futures


async def begun(*coroutines: Any) -> list["asyncio.Task[Any]"]:
    tasks = [asyncio.create_task(each) for each in coroutines]
    await asyncio.sleep(0)
    return tasks


async def over(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(BaseException):
            await task


async def test_a_task_tells_its_future() -> None:
    """Else: the stepper does not say what a task waits for."""
    future = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        await future

    [task] = await begun(wait())
    assert futures.waits_for(task) is future
    assert futures.waits_for(future) is None
    await over(task)


async def test_a_gather_tells_its_parts() -> None:
    """Else: the stepper does not name what a gather still waits for."""
    inner = [asyncio.get_running_loop().create_future() for _ in range(2)]
    outer = asyncio.gather(*inner)
    assert (futures.parts(outer), futures.parts(inner[0])) == (inner, [])
    outer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await outer


async def test_a_shield_tells_what_is_behind_it() -> None:
    """Else: the stepper says "a future" for what is shielded."""
    inner = asyncio.get_running_loop().create_future()
    outer = asyncio.shield(inner)
    assert list(futures.shielded(outer)) == [inner]
    inner.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await outer


async def test_a_group_tells_its_tasks() -> None:
    """Else: the stepper does not name the tasks that a group waits for."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(asyncio.sleep(0))
        assert futures.group(group) == {task}


async def test_a_wait_has_its_name_and_its_futures() -> None:
    """Else: the stepper does not say what `asyncio.wait` waits for."""
    inner = asyncio.get_running_loop().create_future()
    [task] = await begun(asyncio.wait([inner]))
    frame = task.get_coro().cr_await.cr_frame  # type: ignore[union-attr]
    assert frame.f_code.co_name == futures.WAIT
    assert list(frame.f_locals["fs"]) == [inner]
    await over(task)


async def test_the_loop_calls_from_one_piece_of_code() -> None:
    """Else: the stepper looks for the learner's line below the event loop, and takes long."""
    found = asyncio.get_running_loop().create_future()

    def called() -> None:
        codes, frame = [], sys._getframe()
        while frame is not None:
            codes.append(frame.f_code)
            frame = frame.f_back  # type: ignore[assignment]
        found.set_result(codes)

    asyncio.get_running_loop().call_soon(called)
    assert futures.LOOP_CALL in await found


async def test_the_classes_in_c_are_those_of_asyncio() -> None:
    """Else: a Worker runs on patched tasks once pasted code has called `asyncio.run` in a cell."""
    assert (futures.Task, futures.Future) == (asyncio.Task, asyncio.Future)
    assert set(futures.LOOP_METHODS) == {"run_forever", "run_until_complete", "_run_once", "_check_running"}
