"""Exercise 6.3: the learner's config and roll-out on the real server, in good health and in bad."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from course_lib.grading.chapters.ch06.ex_6_3_child import NO_END, SCENE
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle
    from course_lib.grading.calls import Called
    from course_lib.grading.chapters.ch06.ex_6_3_child import Told

_HERE = Path(__file__).parent
_CONFIGURE, _REHEARSE, _WATCH = (f"{__package__}.ex_6_3_child:{name}" for name in ("configure", "rehearse", "watch"))
_OLD, _NEW = "1.0", "1.1"
_CORRECT = "correct that line, run the cell again, then check again."
_NEVER = (
    'let it come to an end: `return "drained"` when `open_runs(old)` is 0, `return "rolled back"` when `healthy()` '
    "says no. It waits for something that does not come."
)
_TAKE_BACK = "take the ramp back: `await set_ramp(new, 0)`. It stays where it was until somebody moves it."
_WELL = "in good health"
_ILL = ("unhealthy at 10 %", "unhealthy at 50 %")
# What `healthy` says in turn. A roll-out that heeds one answer only, the first or the last, meets the other one.
_SCENES = {_WELL: [True], _ILL[0]: [False, True], _ILL[1]: [True, False]}


async def check_rollout(bench: "Bench", versioned: "Code", roll_out: "Code") -> None:
    """Rehearse the roll-out, in health and not; then start two versions, hold an order on the old one, roll out there.

    What a roll-out asks for, and when, shows without a server, in a tenth of the time. What becomes of it does not.
    """
    from course_lib.grading.bench import CLIENT  # the children import this module, and need no bench

    deployment = bench.unique("orders")
    configs = await _configs(bench, versioned, deployment)
    if not await _rehearsed(bench, roll_out):
        return
    async with contextlib.AsyncExitStack() as stack:
        files = ([_HERE / "graded_orders.py"], [_HERE / "graded_next.py"])
        await asyncio.gather(
            *(
                stack.enter_async_context(bench.worker(extra=extra, deployment_config=config))
                for extra, config in zip(files, configs, strict=True)
            )
        )
        await _set_current(bench, deployment, _OLD)
        held = await _held_order(bench)
        scenes = {scene: _SCENES[scene] for scene in (_ILL[0], _WELL)}
        bench.did(f"{roll_out.name}({_OLD!r}, {_NEW!r}, …) on the server, {', then '.join(scenes)}")
        # The server keeps a deployment in a workflow of its own, which may take a second for each word to it.
        its = bench.client.get_workflow_handle(f"temporal-sys-worker-deployment:{deployment}")
        told = await _told(
            bench, roll_out, "on the server", _WATCH, CLIENT, deployment, _OLD, _NEW, scenes, held.id, runs=[its]
        )
        bench.shop.faults.clear()
        _rolled_back(bench, told[_ILL[0]])
        await _drained(bench, told[_WELL], held)


async def _configs(bench: "Bench", versioned: "Code", deployment: str) -> list[WorkerDeploymentConfig]:
    builds = (_OLD, _NEW)
    for build in builds:
        bench.did(f"{versioned.name}({deployment!r}, {build!r})")
    called = await bench.call(versioned, deployment, builds, quiet=True, through=_CONFIGURE)
    if not called.ok:
        _is_config(bench, _scene(called) or _OLD, None, called.reason)
    return [_config(bench, value, deployment, build) for value, build in zip(called.value, builds, strict=True)]


def _is_config(bench: "Bench", build: str, value: Any, reason: str) -> dict[str, Any]:
    given: dict[str, Any] = value if isinstance(value, dict) else {}
    bench.require(
        {"version", "default_versioning_behavior"} <= set(given),
        f"the Worker of build {build} gets a config",
        expected="a WorkerDeploymentConfig",
        seen=reason or repr(value)[:80],
        next_step=_CORRECT if reason else "return the whole config: `return WorkerDeploymentConfig(version, True, …)`.",
    )
    return given


def _config(bench: "Bench", value: Any, deployment: str, build: str) -> WorkerDeploymentConfig:
    given = _is_config(bench, build, value, "")
    version = given["version"]
    bench.require(
        version == {"deployment_name": deployment, "build_id": build},
        f"the Worker of build {build} has a version of its own",
        expected=f"deployment {deployment}, build id {build}",
        seen=", ".join(f"{key} {value}" for key, value in version.items()) if isinstance(version, dict) else version,
        next_step="make the version of both arguments: `WorkerDeploymentVersion(deployment, build_id)`. Two builds "
        "under one build id are one version to the server, and it gives each the other's runs.",
    )
    bench.require(
        given.get("use_worker_versioning") is True,
        f"the Worker of build {build} takes part in versioning",
        expected="use_worker_versioning=True",
        seen=f"use_worker_versioning={given.get('use_worker_versioning')}",
        next_step="pass `use_worker_versioning=True`: else the build id is a label, and the Worker takes any run.",
    )
    behaviour = given.get("default_versioning_behavior")
    bench.require(
        behaviour == VersioningBehavior.PINNED,
        f"a run that began on build {build} stays there",
        expected="PINNED",
        seen=VersioningBehavior(behaviour).name if isinstance(behaviour, int) else behaviour,
        next_step="use `VersioningBehavior.PINNED`: an upgrading run is replayed with the new code, which has no patch "
        "for it, and breaks.",
    )
    return WorkerDeploymentConfig(WorkerDeploymentVersion(deployment, build), True, VersioningBehavior.PINNED)


async def _held_order(bench: "Bench") -> "Handle":
    order = {"id": bench.unique("order"), "customer": "plain"}
    bench.shop.faults.hold("warehouse", order_id=order["id"])
    held = await bench.start("OrderWorkflow", order, id=order["id"])
    await bench.wait_until(held, lambda seen: "ship_parcel" in set(seen["name"]), "an order is held on the old version")
    return held


async def _rehearsed(bench: "Bench", roll_out: "Code") -> bool:
    """Return whether the roll-out asks for the right things in each scene, of functions that only write it down."""
    bench.did(f"{roll_out.name}({_OLD!r}, {_NEW!r}, …) rehearsed, {', then '.join(_SCENES)}")
    told = await _told(bench, roll_out, "rehearsed", _REHEARSE, _OLD, _NEW, _SCENES)
    before = len(bench.parts)
    _healthy(bench, told[_WELL])
    for scene in _ILL:
        if not _unhealthy(bench, told[scene], scene):
            break
    return all(part.ok for part in bench.parts[before:])


async def _told(bench: "Bench", roll_out: "Code", where: str, through: str, *args: Any, **options: Any) -> "Told":
    called = await bench.call(roll_out, *args, quiet=True, through=through, **options)
    scene = "" if called.ok else _scene(called)
    bench.require(
        called.ok,
        f"{roll_out.name} raises nothing, {', '.join(filter(None, (where, scene)))}",
        expected="it returns",
        seen=called.reason or "it returned",
        next_step=_NEVER if called.error == "TimeoutError" else _CORRECT,
    )
    told: Told = called.value
    return told


def _scene(called: "Called") -> str:
    """Return which scene a child was in when it ended; empty when it has not begun, or has printed a lot since."""
    begun = (line.removeprefix(SCENE) for line in reversed(called.output) if line.startswith(SCENE))
    return next(begun, "")


def _healthy(bench: "Bench", told: dict[str, Any]) -> None:
    did = told["did"]
    bench.expect(
        _routed(did) == [["ramp", _NEW, 10], ["ramp", _NEW, 50], ["current", _NEW]],
        "the new version gets 10 %, then 50 %, then all new orders",
        expected=f"ramp {_NEW} 10, ramp {_NEW} 50, current {_NEW}",
        seen=_words(_routed(did)),
        next_step="`await set_ramp(new, 10)`, `await set_ramp(new, 50)`, then `await set_current(new)`: a bad version "
        "should meet four orders of forty, not all."
        if ["current", _NEW] in did
        else "end the ramp with `await set_current(new)`, before you wait: until then the old version is current.",
    )
    bench.expect(
        _asked_after_each_ramp(did),
        "each step waits for a healthy one before",
        expected="healthy() after each set_ramp, before the next step",
        seen=_words(did),
        next_step="write `await` in front of `healthy()`: a coroutine counts as true, and nobody is asked."
        if "healthy" in told["lost"]
        else "ask `await healthy()` after each `set_ramp`, before you go on: a ramp that nobody looks at is only "
        "a slower accident.",
    )
    _says_drained(bench, told, "it says drained when the last old order has closed")
    questions, at_once = told["questions"], told["at_once"]
    bench.expect(
        at_once <= questions / 2,
        "it lets some time pass between two questions",
        expected="a short pause before each next question",
        seen=f"{questions} question(s), {at_once} of them at once after an answer",
        next_step="`await asyncio.sleep(0.2)` between two questions: without a pause you keep the server busy with one "
        "question all day.",
    )


def _says_drained(bench: "Bench", told: dict[str, Any], label: str) -> None:
    said, left, held = told["said"], told["left"], told["held"]
    bench.expect(
        held == "COMPLETED" and said == "drained" and left == 0,
        label,
        expected="'drained', with the held order completed, and the last open_runs(old) 0",
        seen=f"{said!r}, with the held order {held.lower()}, and "
        + ("open_runs(old) never answered" if left is None else f"the last open_runs(old) {left}"),
        next_step=_drain(told),
    )


async def _drained(bench: "Bench", told: dict[str, Any], held: "Handle") -> None:
    _says_drained(bench, told, "on the server, too, it says drained when the last old order has closed")
    run = await bench.finish(held)
    info = (await held.describe()).raw_description.workflow_execution_info.versioning_info
    bench.expect(
        run.completed and info.deployment_version.build_id == _OLD,
        "the order that began on the old version finished there",
        expected=f"completed on {_OLD}",
        seen=f"{run.reason or 'completed'}, last on {info.deployment_version.build_id}",
        events=run.last_event,
        next_step="leave the old version polling, and its runs pinned.",
    )
    bench.expect(
        told["current"] == _NEW,
        "the server sends new orders to the new version",
        expected=f"current {_NEW}",
        seen=_routing(told),
        next_step="end the ramp with `await set_current(new)`.",
    )


def _drain(told: dict[str, Any]) -> str:
    """Return what to do when the end does not hold."""
    if "open_runs" in told["lost"]:
        return "write `await` in front of `open_runs(old)`: a coroutine is never 0, and nobody is asked."
    if told["said"] == NO_END and told["left"] is not None:
        return (
            'ask again soon, `await asyncio.sleep(0.2)` is enough, and `return "drained"` when the answer is 0. Here '
            "the order closes when you have asked a few times."
        )
    if told["said"] != "drained" and told["left"] == 0:
        return 'end with `return "drained"` when `open_runs(old)` is 0.'
    return (
        "after `set_current(new)`, ask `await open_runs(old)` until it is 0, with a short `asyncio.sleep` between, and "
        'only then `return "drained"`: whoever stops the old Workers now strands an order.'
    )


def _unhealthy(bench: "Bench", told: dict[str, Any], when: str) -> bool:
    said, did = told["said"], told["did"]
    after = did[did.index(["healthy", False]) + 1 :] if ["healthy", False] in did else did
    further = [each for each in _routed(after) if each[:2] == ["current", _NEW] or (each[0] == "ramp" and each[2] != 0)]
    gone = bench.expect(
        _as_before(told) and not further,
        f"{when}: the version gets no order any more",
        expected=f"then ramp {_NEW} 0; current {_OLD}, ramp 0 %",
        seen=f"then {_words(_routed(after))}; {_routing(told)}",
        next_step="look at what `await healthy()` says, every time: `False` ends the roll-out."
        if further
        else _TAKE_BACK,
    )
    says = bench.expect(
        said == "rolled back",
        f"{when}: it says that it rolled back",
        expected="'rolled back'",
        seen=said,
        next_step='`return "rolled back"` right after the ramp is back at 0.',
    )
    return gone and says


def _rolled_back(bench: "Bench", told: dict[str, Any]) -> None:
    bench.expect(
        _as_before(told) and told["said"] == "rolled back",
        "on the server, too, an unhealthy version gets no order any more",
        expected=f"'rolled back', with current {_OLD}, ramp 0 %",
        seen=f"{told['said']!r}, with {_routing(told)}",
        next_step=_TAKE_BACK,
    )


def _as_before(told: dict[str, Any]) -> bool:
    return bool(told["current"] == _OLD and told["ramp"] == 0)


def _routing(told: dict[str, Any]) -> str:
    return f"current {told['current']}, ramp {told['ramp']:g} %"


def _routed(did: list[list[Any]]) -> list[list[Any]]:
    return [each for each in did if each[0] != "healthy"]


def _asked_after_each_ramp(did: list[list[Any]]) -> bool:
    names = [each[0] for each in did]
    return "ramp" in names and all(
        names[at + 1 : at + 2] == ["healthy"] for at, one in enumerate(names) if one == "ramp"
    )


def _words(did: list[list[Any]]) -> str:
    return ", ".join(" ".join(map(str, each)) for each in did) or "nothing"


async def _set_current(bench: "Bench", deployment: str, build: str) -> None:
    await bench.client.workflow_service.set_worker_deployment_current_version(
        SetWorkerDeploymentCurrentVersionRequest(
            namespace=bench.client.namespace, deployment_name=deployment, build_id=build
        )
    )


EXERCISE = Exercise(answers=("versioned", "roll_out"), check=check_rollout, early=False)
