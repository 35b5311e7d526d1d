"""Inside the child processes of 6.3: the roll-out is rehearsed, then moves real traffic; what it does is noted."""

import asyncio
import dataclasses
import importlib
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import httpx
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior
from temporalio.worker import WorkerDeploymentConfig

NO_END = "(it asked on and on)"
"""What a told roll-out has said when it asked again and again, and the answer could not change."""
SCENE = "scene: "
"""Begins the line that is printed before each scene, so that who reads it knows where a child was when it ended."""
_FURTHER = 5  # questions after the answer 0
_TOO_EARLY = 30  # questions before the new version is current: the order cannot close then
_LOST = 30  # questions of which nobody has awaited the answer
_NAMES = ("set_ramp", "set_current", "healthy", "open_runs")

_sleep = asyncio.sleep  # the real one, see `_each`
Scenes = dict[str, list[int]]
Told = dict[str, dict[str, Any]]


async def _turn() -> None:
    """Let others run, as a call to a server does: who asks without a pause would keep the loop for ever."""
    await _sleep(0)


class _Deployment(Protocol):
    """Where a roll-out takes place.

    Attributes:
        opens: Questions after which the held order can close: who gives up before that does not wait for the answer.
        pause: Seconds that a sleep takes here: nothing that is looked at depends on its length.
    """

    opens: int
    pause: float

    async def set_ramp(self, build_id: str, percent: float) -> None: ...
    async def set_current(self, build_id: str) -> None: ...
    async def open_runs(self, build_id: str) -> int: ...
    async def open_the_warehouse(self) -> None: ...
    async def state(self) -> dict[str, Any]:
        """Return what is current, the ramp in percent, and the status of the held order."""


class _OnPaper:
    """A deployment with one order on the old version, and always some on others, that only keeps what it is told.

    Args:
        old: The build id that is current.
    """

    opens, pause = 400, 0.0

    def __init__(self, old: str) -> None:
        self._old, self._current, self._ramp = old, old, ("", 0.0)
        self._open = True

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
        return int(self._open or build_id != self._old)

    async def open_the_warehouse(self) -> None:
        self._open = False

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
    opens: int = 3
    pause: float = 0.02

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
    """Return version, ``use_worker_versioning`` and behaviour of the learner's config for each build.

    What is no config is returned as text.

    Args:
        module: The learner's module.
        name: The function.
        deployment: The deployment's name.
        builds: Build ids.
    """
    function = getattr(importlib.import_module(module), name)
    given: list[Any] = []
    for build in builds:
        config = function(deployment, build)
        given.append(repr(config)[:80])
        if isinstance(config, WorkerDeploymentConfig):
            behaviour = config.default_versioning_behavior
            named = behaviour.name if isinstance(behaviour, VersioningBehavior) else repr(behaviour)
            given[-1] = [config.version, config.use_worker_versioning, named]
    return given


async def rehearse(module: str, name: str, old: str, new: str, scenes: Scenes) -> Told:
    """Call the learner's function with functions that ask no server, and return what it did.

    Args:
        module: The learner's module.
        name: The function.
        old: The build id that is current.
        new: The other one.
        scenes: At which ramps ``healthy`` says no, in each.
    """
    clock = _Clock()
    clock.jump()
    return await _each(module, name, lambda: _OnPaper(old), old, new, scenes, clock)


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
    return await _each(module, name, lambda: _OnTheServer(client, deployment, held), old, new, scenes, _Clock())


@dataclasses.dataclass
class _Clock:
    """How the function pauses.

    Args:
        paused: Whether it has, since the last question.
        gone: Seconds that it has waited in all, by its own words.
        blocked: How many times it has slept without letting others run.
    """

    paused: bool = False
    gone: float = 0.0
    blocked: int = 0

    def block(self, _: object) -> None:
        """Stand for ``time.sleep``."""
        self.blocked += 1

    def jump(self) -> None:
        """Let this process's clocks go by what was slept, so that a deadline comes although no sleep takes long.

        While another timer runs, such as that of ``asyncio.wait``, they go on with each turn of the loop.
        """
        for name in ("monotonic", "time", "perf_counter"):
            real = getattr(time, name)
            setattr(time, name, lambda real=real: real() + self.gone)
        loop = asyncio.get_running_loop()
        call_at = loop.call_at

        def noted_call_at(*args: Any, **options: Any) -> asyncio.TimerHandle:
            self.paused = True
            handle = call_at(*args, **options)
            loop.call_soon(tick, handle)
            return handle

        def tick(handle: asyncio.TimerHandle) -> None:
            left = handle.when() - loop.time()
            if left > 0 and not handle.cancelled():
                self.gone += max(left / 10, 0.01)
                loop.call_soon(tick, handle)

        loop.call_at = noted_call_at  # type: ignore[assignment,method-assign]


async def _each(
    module: str, name: str, place: Callable[[], _Deployment], old: str, new: str, scenes: Scenes, clock: _Clock
) -> Told:
    pause = place().pause

    async def short_sleep(delay: float, result: Any = None) -> Any:
        clock.paused, clock.gone = clock.paused or delay > 0, clock.gone + delay
        return await _sleep(min(delay, pause), result)

    asyncio.sleep, time.sleep = short_sleep, clock.block  # before the import, which may take the names over
    function = getattr(importlib.import_module(module), name)
    told: Told = {}
    for scene, ill in scenes.items():
        print(f"{SCENE}{scene}", flush=True)
        told[scene] = await _roll(function, place(), old, new, ill, clock)
    return told


async def _roll(
    function: Callable[..., Any], place: _Deployment, old: str, new: str, ill: list[int], clock: _Clock
) -> dict[str, Any]:
    """Return what the function did, what it said, and how the held order stood then.

    The warehouse opens when the function has been told many times that an order is open on the old version, which is
    current no more. So a wait by the clock alone never sees the order close, however long it is.
    """
    did: list[list[Any]] = []
    asked, answered = dict.fromkeys(_NAMES, 0), dict.fromkeys(_NAMES, 0)
    told_left: list[int] = []  # what `open_runs` said of the old version, when it was current no more
    early = at_once = 0
    longest = last = 0.0  # pause between two questions; when the last one was asked
    asks_on = asyncio.Event()

    def handed(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        name = function.__qualname__ = function.__name__

        def call(*args: Any, **named: Any) -> Awaitable[Any]:
            asked[name] += 1
            if asked[name] - answered[name] > _LOST:
                asks_on.set()
            return answer(*args, **named)

        async def answer(*args: Any, **named: Any) -> Any:
            answered[name] += 1
            return await function(*args, **named)

        return call

    # The parameters have the names that the task gives them. A step is noted when it is done, a question when asked.
    @handed
    async def set_ramp(build_id: str, percent: float) -> None:
        await place.set_ramp(build_id, percent)
        did.append(["ramp", build_id, percent])

    @handed
    async def set_current(build_id: str) -> None:
        await place.set_current(build_id)
        did.append(["current", build_id])

    @handed
    async def healthy() -> bool:
        ramps = [each[2] for each in did if each[0] == "ramp"]
        well = ramps[-1:] != ill or not ill or ["healthy", False] in did  # ill once: who asks again is told yes
        did.append(["healthy", well])
        await _turn()
        return well

    @handed
    async def open_runs(build_id: str) -> int:
        nonlocal early, at_once, longest, last
        if answered["open_runs"] > 1:
            longest = max(longest, clock.gone - last)
        last = clock.gone
        at_once += answered["open_runs"] > 1 and not clock.paused
        clock.paused = False
        found = await place.open_runs(build_id)
        if build_id == old and ["current", new] in did:
            told_left.append(found)
            if len(told_left) == place.opens:
                await place.open_the_warehouse()
        else:
            early += 1
        if told_left.count(0) > _FURTHER or early > _TOO_EARLY + len(told_left):
            asks_on.set()
        return found

    rolling = asyncio.ensure_future(function(old, new, set_ramp, set_current, healthy, open_runs))
    over = asyncio.ensure_future(asks_on.wait())
    await asyncio.wait({rolling, over}, return_when=asyncio.FIRST_COMPLETED)
    said = rolling.result() if rolling.done() else NO_END
    rolling.cancel()
    over.cancel()
    told = {"said": said, "did": did, "lost": [each for each in _NAMES if asked[each] > answered[each]]}
    told |= {"left": told_left[-1] if told_left else None, "questions": answered["open_runs"], "at_once": at_once}
    told["longest"] = longest
    return {**told, "blocked": clock.blocked, **await place.state()}
