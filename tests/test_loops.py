"""The background loop: results and errors cross threads, limits hold, the end is clean."""

import asyncio
import threading

import pytest

from course_lib.loops import LoopThread, background


@pytest.fixture
def thread() -> LoopThread:
    return LoopThread("test-loop")


async def _where() -> str:
    return threading.current_thread().name


def test_runs_elsewhere_and_returns(thread: LoopThread) -> None:
    assert thread.run(_where(), 5) == "test-loop"
    thread.stop()


def test_the_limit_cancels(thread: LoopThread) -> None:
    ended = threading.Event()

    async def long() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        thread.run(long(), 0.05)
    assert ended.wait(5)
    thread.stop()


def test_an_error_crosses(thread: LoopThread) -> None:
    async def fail() -> None:
        raise ValueError("from the other side")

    with pytest.raises(ValueError, match="from the other side"):
        thread.run(fail(), 5)
    thread.stop()


def test_running_on_itself_is_refused_not_deadlocked(thread: LoopThread) -> None:
    async def nested() -> None:
        thread.run(_where(), 5)

    with pytest.raises(RuntimeError, match="on its own loop"):
        thread.run(nested(), 5)
    thread.stop()


def test_stop_cancels_what_runs_and_ends_the_thread(thread: LoopThread) -> None:
    begun = threading.Event()

    async def long() -> None:
        begun.set()
        await asyncio.sleep(60)

    job = thread.submit(long())
    assert begun.wait(5)
    thread.stop()
    assert job.cancelled()
    assert not thread._thread.is_alive()
    assert thread.loop.is_closed()
    thread.stop()  # twice does no harm


def test_there_is_one_background_loop() -> None:
    assert background() is background()
    assert background().run(_where(), 5) == "course-background-loop"
