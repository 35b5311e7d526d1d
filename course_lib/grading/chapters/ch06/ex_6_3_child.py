"""Inside the child processes of 6.3: the roll-out is rehearsed, then moves real traffic; what it does is noted."""

import asyncio
import dataclasses
import importlib
import os
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import httpx
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client

NO_END = "(it asked on and on)"
"""What a told roll-out has said when it asked again and again, and the answer could not change."""
SCENE = "scene: "
"""Begins the line that is printed before each scene, so that who reads it knows where a child was when it ended."""
_OPENS = 12  # questions after which the held order can close: who gives up after ten does not wait for the answer
_FURTHER = 5  # questions after the answer 0
_TOO_EARLY = 30  # questions before the new version is current: the order cannot close then
_LOST = 30  # questions of which nobody has awaited the answer
_PAUSE = 0.005  # seconds; less is none: the loop had nothing else to do
_SLEEP = 0.02  # seconds that a longer sleep takes here: nothing that is looked at depends on its length

_sleep = asyncio.sleep  # the real one, see `_each`
Scenes = dict[str, list[bool]]
Told = dict[str, dict[str, Any]]


async def _turn() -> None:
    """Let others run, as a call to a server does: who asks without a pause would keep the loop for ever."""
    await _sleep(0)


class _Deployment(Protocol):
    """Where a roll-out takes place."""

    async def set_ramp(self, build_id: str, percent: float) -> None: ...
    async def set_current(self, build_id: str) -> None: ...
    async def open_runs(self, build_id: str) -> int: ...
    async def open_the_warehouse(self) -> None: ...
    async def state(self) -> dict[str, Any]:
        """Return what is current, the ramp in percent, and the status of the held order."""


class _OnPaper:
    """A deployment with one order on the old version that only keeps what it is told.

    Args:
        old: The build id that is current.
    """

    def __init__(self, old: str) -> None:
        self._current, self._ramp = old, ("", 0.0)
        self._open = {old}

    async def set_ramp(self, build_id: str, percent: float) -> None:
        await _turn()
        asked = SetWorkerDeploymentRampingVersionRequest(build_id=build_id, percentage=percent)  # turns down a text
        self._ramp = (asked.build_id, asked.percentage)

    async def set_current(self, build_id: str) -> None:
        await _turn()
        self._current = SetWorkerDeploymentCurrentVersionRequest(build_id=build_id).build_id
        if build_id == self._ramp[0]:  # who gets all gets no share besides
            self._ramp = ("", 0.0)

    async def open_runs(self, build_id: str) -> int:
        await _turn()
        return int(build_id in self._open)

    async def open_the_warehouse(self) -> None:
        self._open.clear()

    async def state(self) -> dict[str, Any]:
        return {"current": self._current, "ramp": self._ramp[1], "held": "RUNNING" if self._open else "COMPLETED"}


@dataclasses.dataclass
class _OnTheServer:
    """A deployment on the server.

    Args:
        client: A client.
        name: The deployment's name.
        held: The id of an order on the old version.
    """

    client: Client
    name: str
    held: str

    async def set_ramp(self, build_id: str, percent: float) -> None:
        await self.client.workflow_service.set_worker_deployment_ramping_version(
            SetWorkerDeploymentRampingVersionRequest(**self._where, build_id=build_id, percentage=percent)
        )

    async def set_current(self, build_id: str) -> None:
        await self.client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(**self._where, build_id=build_id)
        )

    async def open_runs(self, build_id: str) -> int:
        query = f"TemporalWorkerDeploymentVersion = '{self.name}:{build_id}' AND ExecutionStatus = 'Running'"
        return (await self.client.count_workflows(query)).count

    async def open_the_warehouse(self) -> None:
        async with httpx.AsyncClient(base_url=os.environ["SHOP_URL"], trust_env=False, verify=False) as http:
            (await http.post("/admin/faults", json={"clear": [None]})).raise_for_status()

    async def state(self) -> dict[str, Any]:
        answer = await self.client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(**self._where)
        )
        routing = answer.worker_deployment_info.routing_config
        status = (await self.client.get_workflow_handle(self.held).describe()).status
        return {
            "current": routing.current_deployment_version.build_id,
            "ramp": routing.ramping_version_percentage,
            "held": status.name if status else "?",
        }

    @property
    def _where(self) -> dict[str, Any]:
        return {"namespace": self.client.namespace, "deployment_name": self.name}


def configure(module: str, name: str, deployment: str, builds: list[str]) -> list[Any]:
    """Return the learner's config for each build.

    Args:
        module: The learner's module.
        name: The function.
        deployment: The deployment's name.
        builds: Build ids.
    """
    function = getattr(importlib.import_module(module), name)
    given = []
    for build in builds:
        print(f"{SCENE}{build}", flush=True)
        given.append(function(deployment, build))
    return given


async def rehearse(module: str, name: str, old: str, new: str, scenes: Scenes) -> Told:
    """Call the learner's function with functions that ask no server, and return what it did.

    Args:
        module: The learner's module.
        name: The function.
        old: The build id that is current.
        new: The other one.
        scenes: What ``healthy`` says in each, in turn; the last one for ever.
    """
    return await _each(module, name, lambda: _OnPaper(old), old, new, scenes)


async def watch(
    module: str, name: str, client: Client, deployment: str, old: str, new: str, scenes: Scenes, held: str
) -> Told:
    """Call the learner's function on the server, and return what it did.

    Args:
        module: The learner's module.
        name: The function.
        client: A client.
        deployment: The deployment's name.
        old: The build id that is current.
        new: The other one.
        scenes: As for ``rehearse``, one after the other: each begins where the one before has ended.
        held: The id of an order on the old version.
    """
    return await _each(module, name, lambda: _OnTheServer(client, deployment, held), old, new, scenes)


async def _each(module: str, name: str, place: Callable[[], _Deployment], old: str, new: str, scenes: Scenes) -> Told:
    clock = _Clock()

    async def short_sleep(delay: float, result: Any = None) -> Any:
        clock.slept += delay
        return await _sleep(min(delay, _SLEEP), result)

    asyncio.sleep = short_sleep  # before the import, which may take the name over
    function = getattr(importlib.import_module(module), name)
    told: Told = {}
    for scene, health in scenes.items():
        print(f"{SCENE}{scene}", flush=True)
        told[scene] = await _roll(function, place(), old, new, health, clock)
    return told


@dataclasses.dataclass
class _Clock:
    """What the function has slept, by its own words."""

    slept: float = 0.0


async def _roll(
    function: Callable[..., Any], place: _Deployment, old: str, new: str, health: list[bool], clock: _Clock
) -> dict[str, Any]:
    """Return what the function did, what it said, and how the held order stood then.

    The warehouse opens when the function has been told a dozen times that an order is open on the old version, which is
    current no more. So a wait by the clock alone never sees the order close, however long it is.
    """
    did: list[list[Any]] = []

    # The parameters have the names that the task gives them.
    async def set_ramp(build_id: str, percent: float) -> None:
        did.append(["ramp", build_id, percent])
        await place.set_ramp(build_id, percent)

    async def set_current(build_id: str) -> None:
        did.append(["current", build_id])
        await place.set_current(build_id)

    asked = dict.fromkeys(("healthy", "open_runs"), 0)
    answered = dict(asked)
    told_left: list[int] = []  # what `open_runs` said of the old version, when it was current no more
    answers: list[float] = []  # when `open_runs` has answered, by the loop's clock
    pauses: list[float] = []
    too_early = 0
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
        if asked["open_runs"] - answered["open_runs"] > _LOST:
            asks_on.set()
        if answers:
            pauses.append(max(clock.slept, asyncio.get_running_loop().time() - answers[-1]))
        return count(build_id)

    async def count(build_id: str) -> int:
        nonlocal too_early
        answered["open_runs"] += 1
        found = await place.open_runs(build_id)
        if build_id == old and ["current", new] in did:
            told_left.append(found)
            if len(told_left) == _OPENS:
                await place.open_the_warehouse()
        elif build_id == old:
            too_early += 1
        if told_left.count(0) > _FURTHER or too_early > _TOO_EARLY:
            asks_on.set()
        answers.append(asyncio.get_running_loop().time())
        clock.slept = 0.0
        return found

    rolling = asyncio.ensure_future(function(old, new, set_ramp, set_current, healthy, open_runs))
    over = asyncio.ensure_future(asks_on.wait())
    await asyncio.wait({rolling, over}, return_when=asyncio.FIRST_COMPLETED)
    said = rolling.result() if rolling.done() else NO_END
    rolling.cancel()
    over.cancel()
    lost = [each for each in asked if asked[each] > answered[each]]
    told = {"said": said, "did": did, "lost": lost, "left": told_left[-1] if told_left else None}
    told |= {"questions": len(answers), "at_once": sum(pause < _PAUSE for pause in pauses)}
    return {**told, **await place.state()}
