import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from tests.history.flows import Mail, Order, Shop, broken, charge, flaky_ship, hang
from tests.server.conftest import on_disk, own_state  # noqa: F401  # fixtures

Start = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@pytest.fixture
async def start(client: Client) -> AsyncIterator[Start]:
    """Starts the sample workflow on a Worker of this test."""
    queue = f"q-{secrets.token_hex(4)}"

    async def start(way: str, order: Order | None = None) -> WorkflowHandle[Any, Any]:
        return await client.start_workflow(
            Shop.run, args=[order or Order("o-1", 1999), way], id=f"order-{secrets.token_hex(4)}", task_queue=queue
        )

    async with Worker(
        client, task_queue=queue, workflows=[Shop, Mail], activities=[charge, flaky_ship, broken, hang],
        graceful_shutdown_timeout=timedelta(0),
    ):  # fmt: skip
        yield start
