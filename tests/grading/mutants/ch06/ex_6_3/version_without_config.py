# expect: return the whole config
import asyncio
from collections.abc import Awaitable, Callable

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

Call = Callable[..., Awaitable]


def versioned(deployment: str, build_id: str) -> WorkerDeploymentConfig:
    return WorkerDeploymentVersion(deployment, build_id)


async def roll_out(old: str, new: str, set_ramp: Call, set_current: Call, healthy: Call, open_runs: Call) -> str:
    for percent in (10, 50):
        await set_ramp(build_id=new, percent=percent)
        if not await healthy():
            await set_ramp(build_id=new, percent=0)
            return "rolled back"
    await set_current(build_id=new)
    while await open_runs(build_id=old):
        await asyncio.sleep(1)
    return "drained"
