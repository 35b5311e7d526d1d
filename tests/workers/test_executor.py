"""The pool behaves as the SDK expects, and a stuck job never keeps a process alive."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from course_lib.workers.executor import DaemonExecutor


def test_runs_jobs_and_reuses_idle_threads() -> None:
    pool = DaemonExecutor(4, "test-pool")
    assert isinstance(pool, ThreadPoolExecutor)  # the SDK insists
    assert [pool.submit(pow, 2, exponent).result(5) for exponent in range(20)] == [2**e for e in range(20)]
    assert len(pool.threads) <= 4
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(5)
    pool.shutdown()


def test_as_many_jobs_at_once_as_the_limit_and_no_more() -> None:
    pool = DaemonExecutor(3, "test-pool")
    together, release = threading.Barrier(4), threading.Event()

    def job() -> None:
        together.wait(5)
        release.wait(5)

    jobs = [pool.submit(job) for _ in range(3)]
    fourth = pool.submit(lambda: "last")
    together.wait(5)  # three really run at the same time
    assert not fourth.running()
    release.set()
    assert fourth.result(5) == "last"
    for done in jobs:
        done.result(5)
    pool.shutdown()


def test_after_shutdown_idle_threads_end_and_nothing_is_taken() -> None:
    pool = DaemonExecutor(2, "test-pool")
    pool.submit(int).result(5)
    pool.shutdown()
    for thread in pool.threads:
        thread.join(5)
        assert not thread.is_alive()
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(int)


def test_a_stuck_job_does_not_keep_the_process() -> None:
    script = (
        "import time\nfrom course_lib.workers.executor import DaemonExecutor\n"
        "DaemonExecutor(1, 'x').submit(time.sleep, 300)\nprint('end')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout == "end\n"
