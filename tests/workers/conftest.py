"""A server in memory and a folder of modules as %%module cells write them."""

import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowHandle

from course_lib.server import Server
from course_lib.workers import running_workers
from tests.conftest import no_revisions

ORDERS = """
import asyncio, time
from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
def charge(order: str) -> str:
    print("charging", order, flush=True)
    activity.logger.info("charged %s", order)
    return f"charge of {order}"


@activity.defn
async def block_loop(seconds: float) -> None:
    time.sleep(seconds)


@activity.defn
def block_thread(seconds: float) -> None:
    time.sleep(seconds)


@activity.defn
async def wait_long(seconds: float) -> None:
    await asyncio.sleep(seconds)


class Warehouse:
    @activity.defn
    async def reserve(self, sku: str) -> str:
        return f"reserved {sku}"


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order: str) -> str:
        limit = timedelta(seconds=20)
        paid = await workflow.execute_activity(charge, order, start_to_close_timeout=limit)
        kept = await workflow.execute_activity("reserve", order, start_to_close_timeout=limit)
        return f"{paid}, {kept}"


@workflow.defn
class CallWorkflow:
    @workflow.run
    async def run(self, name: str, seconds: float) -> None:
        await workflow.execute_activity(name, seconds, start_to_close_timeout=timedelta(seconds=60))
"""


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    where = tmp_path_factory.mktemp("modules")
    (where / "orders__r1.py").write_text(ORDERS)
    with no_revisions():
        sys.path.insert(0, str(where))
        yield where


@pytest.fixture
def address(course_server: Server) -> str:
    return course_server.address


@pytest.fixture
def queue() -> str:
    return f"queue-{uuid.uuid4().hex[:8]}"


async def activity_runs(handle: WorkflowHandle[Any, Any]) -> bool:
    """Say whether one of a workflow's activities is running on a Worker now."""
    pending = (await handle.describe()).raw_description.pending_activities
    return any(activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for activity in pending)


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    for worker in running_workers():
        await worker.stop(2.0)
