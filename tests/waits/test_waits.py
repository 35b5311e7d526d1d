"""A wait goes on while something moves, ends when nothing does, and says which of the two it was."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from temporalio.client import Client

from course_lib.waits import Burning, NothingMoves, Stuck, TooBusy, Watch, machine, round_trip
from course_lib.waits.processes import Processes
from course_lib.waits.until import Manner

BUSY = "print('on', flush=True)\nwhile True: pass"
STILL = "print('on', flush=True)\nimport signal; signal.pause()"


@contextmanager
def child(code: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process.pid
        finally:
            process.send_signal(signal.SIGKILL)


def nobody() -> list[int]:
    return []


async def test_a_process_that_computes_is_told_from_one_that_does_not() -> None:
    with child(BUSY) as busy, child(STILL) as still:
        processes = Processes()
        processes.look([busy, still])
        while not (used := processes.look([busy])[0]):  # noqa: ASYNC110 - the kernel counts in ticks, without an event
            await asyncio.sleep(0.02)
        assert used > 0
        async with asyncio.timeout(120):
            while processes.look([still]) != (0.0, False):  # noqa: ASYNC110 - it may still be on its way to its pause
                await asyncio.sleep(0.02)


def test_a_process_that_is_gone_is_idle() -> None:
    assert Processes().look([2**22 + 1]) == (0.0, False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells that a process waits for a core")
async def test_a_process_that_waits_for_a_core_counts_as_moving() -> None:
    with child(BUSY) as first, child(BUSY) as second:
        core = {next(iter(os.sched_getaffinity(0)))}
        for pid in (first, second):
            os.sched_setaffinity(pid, core)
        assert all(Processes().look([pid])[1] for pid in (first, second))


async def test_a_thread_of_this_process_is_told_from_the_others() -> None:
    end, rest = threading.Event(), threading.Event()

    def compute() -> None:
        while not end.is_set():
            sum(range(1000))

    busy, still = threading.Thread(target=compute), threading.Thread(target=rest.wait)
    busy.start()
    still.start()
    try:
        movers = [(os.getpid(), thread.native_id) for thread in (busy, still) if thread.native_id is not None]
        processes = Processes()
        processes.look(movers)
        async with asyncio.timeout(120):
            while not processes.look(movers[:1])[0]:  # noqa: ASYNC110 - the kernel counts in ticks, without an event
                await asyncio.sleep(0.05)
        assert processes.look(movers[1:]) == (0.0, False)
    finally:
        end.set()
        rest.set()


async def test_a_round_trip_needs_no_worker_and_leaves_no_run(client: Client) -> None:
    assert 0 < await round_trip(client) < machine._LIMIT
    running = [run async for run in client.list_workflows("WorkflowId STARTS_WITH 'course-round-trip'")]
    assert all(run.close_time is not None for run in running)


async def test_a_condition_that_comes_true_late_is_waited_for_while_something_moves(client: Client) -> None:
    looks = 0

    def stir() -> tuple[object, float]:
        nonlocal looks
        looks += 1
        return looks, 0.0  # another state at each look

    began = asyncio.get_running_loop().time()
    await Watch(client, nobody, [stir]).until(lambda: asyncio.get_running_loop().time() - began > 4)
    assert looks > 8


async def test_it_ends_when_nothing_moves(client: Client) -> None:
    with child(STILL) as still, pytest.raises(NothingMoves):
        await Watch(client, lambda: [still]).until(lambda: False)


async def test_what_will_move_by_itself_is_waited_for(client: Client) -> None:
    came = False

    def stir() -> tuple[object, float]:
        return None, 3.0

    async def come() -> None:
        nonlocal came
        await asyncio.sleep(3.5)  # later than what ends a wait for nothing
        came = True

    coming = asyncio.ensure_future(come())
    await Watch(client, nobody, [stir]).until(lambda: came)
    await coming


async def test_a_process_that_only_burns_cpu_time_ends_it(client: Client) -> None:
    with child(BUSY) as busy, pytest.raises(Burning, match="1 s of CPU time"):
        await Watch(client, lambda: [busy], manner=Manner(burnt=1.0)).until(lambda: False)


async def test_what_was_used_before_the_wait_counts_for_nothing(client: Client) -> None:
    with child(BUSY) as busy:
        used = psutil.Process(busy).cpu_times
        async with asyncio.timeout(120):
            while used().user < 0.3:  # noqa: ASYNC110 - the kernel counts in ticks, without an event
                await asyncio.sleep(0.05)
        os.kill(busy, signal.SIGSTOP)
        with pytest.raises(NothingMoves):
            await Watch(client, lambda: [busy], manner=Manner(burnt=0.2)).until(lambda: False)


@pytest.mark.slow
async def test_a_patience_is_for_all_that_moves_late(client: Client) -> None:
    def stir() -> tuple[object, float]:
        return None, 20.0  # comes by itself, but too late

    began = asyncio.get_running_loop().time()
    with pytest.raises(NothingMoves):
        await Watch(client, nobody, [stir]).until(lambda: False, patience=0.5)
    assert asyncio.get_running_loop().time() - began < 20
    came = asyncio.get_running_loop().time() + 5
    await Watch(client, nobody).until(lambda: asyncio.get_running_loop().time() > came, patience=6.0)


async def test_what_can_no_longer_come_is_looked_at_once_more(client: Client) -> None:
    with pytest.raises(Stuck, match="ended before that"):
        await Watch(client, nobody).until(lambda: False, over=lambda: True)
    await Watch(client, nobody).until(lambda: True, over=lambda: True)


async def test_what_came_while_it_was_given_up_counts(client: Client) -> None:
    came = False

    def give_up() -> None:
        nonlocal came
        came = True
        raise Stuck("a Worker died")

    await Watch(client, nobody, give_up=give_up).until(lambda: came)
    with pytest.raises(Stuck, match="a Worker died"):
        await Watch(client, nobody, give_up=give_up).until(lambda: False)


async def test_the_last_resort_blames_the_machine(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.waits.until.LAST_RESORT", 0.3)
    with child(BUSY) as busy, pytest.raises(TooBusy, match="too busy"):
        await Watch(client, lambda: [busy]).until(lambda: False)
