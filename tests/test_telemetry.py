"""The core's log records arrive in Python logging; the terminal behind the kernel gets none."""

import logging
import subprocess
import sys

import pytest

from course_lib import telemetry
from course_lib.server import Server

SCRIPT = """
import asyncio, logging, sys
from temporalio import activity
from temporalio.client import Client
from temporalio.runtime import Runtime
from course_lib import telemetry

heard = []
class Keep(logging.Handler):
    def emit(self, record): heard.append((record.name, record.getMessage()))
logging.getLogger("temporalio").addHandler(Keep())
telemetry.install()
first = Runtime.default()
telemetry.install()
assert Runtime.default() is first

from temporalio.worker import Worker
@activity.defn
async def fail() -> None:
    raise RuntimeError("on purpose")

async def main():
    client = await Client.connect(sys.argv[1])
    # A namespace that does not exist makes the core complain.
    stray = await Client.connect(sys.argv[1], namespace="no-such-namespace")
    worker = Worker(stray, task_queue="q", activities=[fail])
    try:
        await asyncio.wait_for(worker.run(), 120)
    except Exception as error:
        print(type(error).__name__)
    # Core records come in batches.
    for _ in range(100):
        if heard: break
        await asyncio.sleep(0.05)
asyncio.run(main())
print(sorted({name for name, _ in heard}))
"""


def test_core_logs_go_to_python_logging_only(course_server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, course_server.address], capture_output=True, text=True, timeout=240, check=False
    )
    print(done.stdout, done.stderr)
    assert "temporalio.core" in done.stdout
    assert "sdk_core" not in done.stderr


def test_somebody_elses_runtime_is_left_alone() -> None:
    script = (
        "from temporalio.runtime import Runtime\nfrom course_lib import telemetry\n"
        "mine = Runtime.default()\ntelemetry.install()\nassert Runtime.default() is mine\nprint('kept')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout == "kept\n"


def test_the_errors_of_the_core_lose_their_rust(caplog: pytest.LogCaptureFixture) -> None:
    telemetry.install()
    logger = logging.getLogger(telemetry.CORE_LOGGER)
    # As sdk-python 1.35 writes it when the server is gone.
    logger.warning(
        "Network error while completing activity "
        "{'error': 'Status { code: Unavailable, message: \"tcp connect error\", source: Some(tonic::transport::Error("
        'Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:36527, Os { code: 111, '
        'kind: ConnectionRefused, message: "Connection refused" })))) }\'}'
    )
    logger.warning("something else {'error': 'unknown'}")
    said = [record.getMessage() for record in caplog.records if record.name == telemetry.CORE_LOGGER]
    assert said == [
        "Network error while completing activity: tcp connect error",
        "something else {'error': 'unknown'}",
    ]
