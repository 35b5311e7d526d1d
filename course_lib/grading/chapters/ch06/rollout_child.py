"""Inside the child process of 6.3: the learner's roll-out moves real traffic, and what it does is written down."""

import asyncio
import importlib
import os
from collections.abc import Awaitable
from typing import Any

import httpx
from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client

NO_END = "(it asked on and on)"
"""What ``watch`` returns for what the function said when it asked again and again, and the answer could not change."""
_OPENS = 12  # questions after which the held order can close: who gives up after ten does not wait for the answer
_FURTHER = 5  # questions after the answer 0
_TOO_EARLY = 30  # questions before the new version is current: the order cannot close then
_PAUSE = 0.005  # seconds; less is none: the loop had nothing else to do
_SLEEP = 0.02  # seconds that a longer sleep takes here: nothing that is looked at depends on its length


async def watch(
    module: str, name: str, client: Client, deployment: str, old: str, new: str, health: list[bool], held: str
) -> dict[str, Any]:
    """Call the learner's function and return what it did, what it said, and how the held order stood then.

    The warehouse opens when the function has been told a dozen times that an order is open on the old version, which is
    current no more. So a wait by the clock alone never sees the order close, however long it is.

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

    # The parameters have the names that the task gives them.
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

    asked = dict.fromkeys(("healthy", "open_runs"), 0)
    answered = dict(asked)
    told_left: list[int] = []  # what `open_runs` said of the old version, when it was current no more
    answers: list[float] = []  # when `open_runs` has answered, by the loop's clock
    pauses: list[float] = []
    slept, too_early = 0.0, 0
    asks_on = asyncio.Event()

    def healthy() -> Awaitable[bool]:
        asked["healthy"] += 1
        return say_health()

    async def say_health() -> bool:
        did.append(["healthy", health[min(answered["healthy"], len(health) - 1)]])
        answered["healthy"] += 1
        return bool(did[-1][1])

    def open_runs(build_id: str) -> Awaitable[int]:
        asked["open_runs"] += 1
        if answers:
            pauses.append(max(slept, asyncio.get_running_loop().time() - answers[-1]))
        return count(build_id)

    async def count(build_id: str) -> int:
        nonlocal slept, too_early
        answered["open_runs"] += 1
        query = f"TemporalWorkerDeploymentVersion = '{deployment}:{build_id}' AND ExecutionStatus = 'Running'"
        found = (await client.count_workflows(query)).count
        if build_id == old and ["current", new] in did:
            told_left.append(found)
            if len(told_left) == _OPENS:
                await _open_the_warehouse()
        elif build_id == old:
            too_early += 1
        if told_left.count(0) > _FURTHER or too_early > _TOO_EARLY:
            asks_on.set()
        answers.append(asyncio.get_running_loop().time())
        slept = 0.0
        return found

    sleep = asyncio.sleep

    async def short_sleep(delay: float, result: Any = None) -> Any:
        nonlocal slept
        slept += delay
        return await sleep(min(delay, _SLEEP), result)

    asyncio.sleep = short_sleep  # before the import, which may take the name over
    function = getattr(importlib.import_module(module), name)
    rolling = asyncio.ensure_future(function(old, new, set_ramp, set_current, healthy, open_runs))
    over = asyncio.ensure_future(asks_on.wait())
    await asyncio.wait({rolling, over}, return_when=asyncio.FIRST_COMPLETED)
    said = rolling.result() if rolling.done() else NO_END
    rolling.cancel()
    over.cancel()
    left = told_left[-1] if told_left else None
    status = (await client.get_workflow_handle(held).describe()).status
    lost = [each for each in asked if asked[each] > answered[each]]
    told = {"said": said, "did": did, "held": status.name if status else "?", "lost": lost, "left": left}
    return {**told, "questions": len(answers), "at_once": sum(pause < _PAUSE for pause in pauses)}


async def _open_the_warehouse() -> None:
    async with httpx.AsyncClient(base_url=os.environ["SHOP_URL"], trust_env=False, verify=False) as http:
        (await http.post("/admin/faults", json={"clear": [None]})).raise_for_status()
