# expect: `await asyncio.sleep(0.2)` between two questions
import asyncio
from collections.abc import Awaitable, Callable

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

Call = Callable[..., Awaitable]


def versioned(deployment: str, build_id: str) -> WorkerDeploymentConfig:
    version = WorkerDeploymentVersion(deployment, build_id)
    return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)


async def roll_out(old: str, new: str, set_ramp: Call, set_current: Call, healthy: Call, open_runs: Call) -> str:
    for percentage in (10, 50):
        await set_ramp(new, percentage)
        if not await healthy():
            await set_ramp(new, 0)
            return "rolled back"
    await set_current(new)
    while await open_runs(old):
        pass
    return "drained"
