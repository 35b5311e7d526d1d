"""A wait for something of another process or thread goes on while that moves, however slow it is."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from course_lib.workers.waiting import Still, wait_while_moving

BUSY = "while True: pass"
SLOW = "import time\nwhile True:\n    sum(range(400_000))\n    time.sleep(0.02)"
STILL = "import signal; signal.pause()"


@contextmanager
def child(code: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            yield process.pid
        finally:
            process.kill()


async def test_what_moves_is_waited_for_longer_than_the_patience() -> None:
    answer: Future[str] = Future()
    later = threading.Timer(4.0, answer.set_result, ["here"])
    later.start()
    with child(SLOW) as pid:
        # About a third of a core: it is never still for this long, and has not used as much.
        assert await wait_while_moving(answer, lambda: [pid], patience=3.5) == "here"


@pytest.mark.parametrize(("code", "why"), [(STILL, "and has stood still for 1 s"), (BUSY, "within 1 s of CPU time")])
async def test_what_stands_still_or_only_computes_is_given_up(code: str, why: str) -> None:
    with child(code) as pid, pytest.raises(Still, match=why):
        await wait_while_moving(Future(), lambda: [pid], patience=1.0)


async def test_an_error_of_what_is_waited_for_is_no_end_of_the_patience() -> None:
    answer: Future[None] = Future()
    answer.set_exception(TimeoutError("its own"))
    with pytest.raises(TimeoutError, match="its own"):
        await wait_while_moving(answer, list, patience=1.0)
