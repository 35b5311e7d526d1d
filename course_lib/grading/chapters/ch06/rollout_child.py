"""Inside the child process of 6.3: the learner's roll-out moves real traffic, and what it does is written down."""

import asyncio
import contextlib
import importlib
from collections.abc import Awaitable
from typing import Any

from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client

_LIMIT = 9.0  # seconds; the held order is released one second after the new version is current
_NO_END = f"(it did not return within {_LIMIT:g} s)"


async def watch(
    module: str, name: str, client: Client, deployment: str, old: str, new: str, health: list[bool], held: str
) -> dict[str, Any]:
    """Call the learner's function and return what it did, what it said, and how the held order stood then.

    Args:
        module: The learner's module.
        name: The function.
        client: A client.
        deployment: The deployment's name.
        old: The build id that is current.
        new: The other one.
        health: What ``healthy`` says, in turn; the last one for ever.
        held: The id of an order on the old version.
    """
    did: list[list[Any]] = []
    where: dict[str, Any] = {"namespace": client.namespace, "deployment_name": deployment}

    async def set_ramp(build_id: str, percent: float) -> None:
        did.append(["ramp", build_id, percent])
        await client.workflow_service.set_worker_deployment_ramping_version(
            SetWorkerDeploymentRampingVersionRequest(**where, build_id=build_id, percentage=percent)
        )

    async def set_current(build_id: str) -> None:
        did.append(["current", build_id])
        await client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(**where, build_id=build_id)
        )

    asked = 0

    def healthy() -> Awaitable[bool]:
        nonlocal asked
        asked += 1
        return answer()

    async def answer() -> bool:
        before = sum(each[0] == "healthy" for each in did)
        did.append(["healthy", health[min(before, len(health) - 1)]])
        return bool(did[-1][1])

    async def open_runs(build_id: str) -> int:
        query = f"TemporalWorkerDeploymentVersion = '{deployment}:{build_id}' AND ExecutionStatus = 'Running'"
        return (await client.count_workflows(query)).count

    function = getattr(importlib.import_module(module), name)
    said: Any = _NO_END
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LIMIT):
            said = await function(old, new, set_ramp, set_current, healthy, open_runs)
    status = (await client.get_workflow_handle(held).describe()).status
    lost = asked - sum(each[0] == "healthy" for each in did)
    return {"said": said, "did": did, "held": status.name if status else "?", "lost": lost}
