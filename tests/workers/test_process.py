"""The child process: real starts, stops and kills; every failure to start is told with the learner's line."""

import asyncio
import contextlib
import importlib
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.client import Client

from course_lib.errors import CourseError
from course_lib.server import Server
from course_lib.workers import WorkerProcess
from tests.until import until

from .conftest import activity_runs

Make = Callable[..., WorkerProcess]


@pytest.fixture
async def make(course_server: Server, queue: str, folder: Path) -> AsyncIterator[Make]:
    made: list[WorkerProcess] = []

    def make(*modules: str, **options: Any) -> WorkerProcess:
        names = modules or ("orders__r1",)
        made.append(WorkerProcess(names, course_server, task_queue=queue, folder=folder, **options))
        return made[-1]

    yield make
    for process in made:
        process.kill()
        with contextlib.suppress(CourseError):
            await process.wait_exit(5)


async def _order(client: Client, queue: str) -> str:
    run = client.execute_workflow("OrderWorkflow", "o-1", id=uuid.uuid4().hex, task_queue=queue)
    return str(await asyncio.wait_for(run, 20))


async def _line(process: WorkerProcess, text: str) -> None:
    await until(lambda: any(text in line for line in process.lines))


async def test_start_work_stop_and_start_again(make: Make, client: Client, queue: str) -> None:
    process = make()
    assert process.describe() == "not started"
    await process.start()
    assert process.running
    assert process.describe().startswith(f"running pid {process.pid} · ")
    assert await _order(client, queue) == "charge of o-1, reserved o-1"
    # Both a print and a log line of the learner's activity come while the child runs.
    await _line(process, "charging o-1")
    await _line(process, "INFO    charged o-1")
    assert await process.stop() == 0
    assert process.describe() == "stopped (exit code 0)"
    assert process.pid is None
    await process.start()
    assert await _order(client, queue) == "charge of o-1, reserved o-1"


async def test_kill_is_a_real_sigkill_and_takes_grandchildren(make: Make, client: Client, folder: Path) -> None:
    (folder / "forks__r1.py").write_text(
        "import subprocess, sys\nfrom temporalio import activity\n\n"
        "kid = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\nprint('kid', kid.pid)\n\n"
        "@activity.defn\nasync def nothing() -> None: ...\n"
    )
    process = make("forks__r1")
    await process.start()
    kid = psutil.Process(int(next(line for line in process.lines if line.startswith("kid")).split()[1]))
    assert process.kill()
    assert await process.wait_exit(5) == -signal.SIGKILL
    assert process.describe() == "killed by SIGKILL (exit code -9)"
    assert process.exit_code == -9
    psutil.wait_procs([kid], timeout=5)
    assert not kid.is_running() or kid.status() == psutil.STATUS_ZOMBIE
    assert process.state == "killed"
    assert not process.kill()


async def test_an_unexpected_end_is_said(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    process = make()
    await process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait_exit(120)
    assert process.state == "died"
    assert process.describe() == "died: killed by SIGKILL (exit code -9)"
    assert "died: killed by SIGKILL (exit code -9)" in caplog.messages[-1]


@pytest.mark.parametrize(
    ("source", "what", "where"),
    [
        ("first = 1\nsecond = undefined\n", "NameError", "bad, line 2: second = undefined"),
        ("def f(:\n", "SyntaxError", "bad, line 1: def f(:"),
        ("import sys\nsys.exit(3)\n", "SystemExit", "bad, line 2: sys.exit(3)"),
        ("import nowhere_to_be_found\n", "ModuleNotFoundError", "bad, line 1: import nowhere_to_be_found"),
        (
            "import random\nfrom temporalio import workflow\nrandom.random()\n@workflow.defn\nclass W:\n"
            "    @workflow.run\n    async def run(self) -> None: ...\n",
            "random.random",
            "bad, line 3: random.random()",
        ),
        ("nothing = 1\n", "no workflow and no activity", ""),
        ("import os\nprint('bye')\nos._exit(7)\n", "exit code 7", "bye"),
    ],
)
async def test_a_failure_to_start_names_the_learners_line(
    make: Make, folder: Path, source: str, what: str, where: str
) -> None:
    name = f"bad_{uuid.uuid4().hex[:6]}"
    (folder / f"{name}__r2.py").write_text(source)
    process = make(f"{name}__r2")
    begun = time.monotonic()
    with pytest.raises(CourseError) as caught:
        await process.start()
    assert time.monotonic() - begun < 25  # an answer, not the limit
    assert what in caught.value.what
    assert where.replace("bad,", f"{name},") in "\n".join(caught.value.tried)
    assert not process.running
    assert process.pid is None
    assert process.describe().startswith("did not start")


@pytest.mark.slow
async def test_an_endless_import_is_killed_when_its_cpu_time_is_used_up_and_located(make: Make, folder: Path) -> None:
    (folder / "forever__r1.py").write_text("x = 1\nwhile True:\n    x += 1\n")
    process = make("forever__r1")
    with pytest.raises(CourseError, match="did not poll") as caught:
        await process.start(patience=3)
    assert "forever, line" in caught.value.tried[0]
    assert await process.wait_exit(5) == -9


async def test_no_server_is_said(folder: Path, queue: str) -> None:
    process = WorkerProcess(["orders__r1"], Server("127.0.0.1:1"), task_queue=queue, folder=folder)
    with pytest.raises(CourseError, match=r"could not reach Temporal at 127\.0\.0\.1:1"):
        await process.start()


async def test_cancelled_start_leaves_no_process(make: Make) -> None:
    process = make()
    task = asyncio.ensure_future(process.start())
    await until(lambda: process.pid is not None)
    child = psutil.Process(process.pid)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await process.wait_exit(5)
    assert not child.is_running()
    assert "interrupted" in process.describe()


async def test_a_stubborn_worker_is_killed_past_the_limit(make: Make, client: Client, queue: str) -> None:
    process = make()
    await process.start()
    arguments: list[Any] = ["block_loop", 60.0]
    handle = await client.start_workflow("CallWorkflow", args=arguments, id=uuid.uuid4().hex, task_queue=queue)
    await until(lambda: activity_runs(handle))
    assert await process.stop(patience=0.5) == -9
    assert process.describe() == "stopped by SIGKILL: it did not end and has stood still for 0.5 s"


async def test_the_same_key_replaces(make: Make) -> None:
    first, second, other = make(key="a"), make(key="a"), make(key="b")
    await first.start()
    await other.start()
    await second.start()
    assert not first.running
    assert first.exit_code == 0
    assert second.running
    assert other.running


async def test_options_and_names_reach_the_child(make: Make, client: Client, queue: str, folder: Path) -> None:
    (folder / "looks__r1.py").write_text(
        "import os\nfrom temporalio import activity\n\n"
        "@activity.defn\nasync def look() -> str:\n    return os.environ['COLOUR']\n\n"
        "@activity.defn(name='other-name')\nasync def second() -> None: ...\n"
    )
    process = make(
        "orders__r1",
        "looks__r1",
        env={"COLOUR": "blue"},
        worker_options={
            "identity": "the-child",
            "max_cached_workflows": 0,
            "graceful_shutdown_timeout": timedelta(seconds=1.5),
        },
    )
    await process.start()
    polls = next(line for line in process.lines if " polls " in line)
    assert polls.endswith(
        ": OrderWorkflow, CallWorkflow, charge, block_loop, block_thread, wait_long, reserve, look, second"
    )
    assert process.known_as == "the-child"
    await process.stop()
    assert any("will wait 0:00:01.500000" in line for line in process.lines)


async def test_an_unknown_option_is_said(make: Make) -> None:
    with pytest.raises(CourseError, match="max_cached"):
        await make(worker_options={"max_cached": 1}).start()


async def test_two_starts_at_once_make_one_process(make: Make) -> None:
    process = make()
    await asyncio.gather(process.start(), process.start())
    assert process.running
    assert sum(" polls " in line for line in process.lines) == 1


async def test_a_worker_that_fails_later_says_why(make: Make, client: Client, queue: str, folder: Path) -> None:
    (folder / "broken__r1.py").write_text(
        "from concurrent.futures import ThreadPoolExecutor\nfrom temporalio import activity\n\n"
        "@activity.defn\ndef ship() -> None: ...\n\n"
        "def refuse() -> None:\n    raise RuntimeError('no thread today')\n\n"
        "class Pool(ThreadPoolExecutor):\n    def __init__(self) -> None:\n"
        "        super().__init__(1, initializer=refuse)\n\n    def __reduce__(self):\n        return Pool, ()\n"
    )
    # Options are pickled: what a module cell defines arrives as the child's own.
    pool = importlib.import_module("broken__r1").Pool()
    process = make("broken__r1", worker_options={"activity_executor": pool})
    await process.start()
    limit = timedelta(seconds=20)
    await client.start_activity("ship", id=uuid.uuid4().hex, task_queue=queue, schedule_to_close_timeout=limit)
    await process.wait_exit(120)
    assert "ended with exit code 3" in process.describe()
    assert "Activity worker failed" in process.describe()


async def test_a_start_right_behind_a_kill_is_not_taken_for_the_killed_one(make: Make) -> None:
    # kill() returns before the child has ended: its end used to be booked on its successor, "did not start".
    process = make()
    await process.start()
    for _ in range(3):
        process.kill()
        await process.start()
        assert process.running, process.describe()
    await process.stop()
    assert process.state == "stopped"
