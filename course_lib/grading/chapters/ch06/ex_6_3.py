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

from course_lib.grading.chapters.ch06.ex_6_3_child import SCENE
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle
    from course_lib.grading.calls import Called
    from course_lib.grading.chapters.ch06.ex_6_3_child import Told

_HERE = Path(__file__).parent
_CONFIGURE, _REHEARSE, _WATCH = (f"{__package__}.ex_6_3_child:{name}" for name in ("configure", "rehearse", "watch"))
_OLD, _NEW = "1.0", "1.1"
_LONGEST = 10  # seconds
_NEVER = (
    'let it come to an end: `return "drained"` when `open_runs(old)` is 0, `return "rolled back"` when `healthy()` '
    "says no. It waits for something that does not come."
)
_WELL = "in good health"
_ILL = {"unhealthy at 10 %": 10, "unhealthy at 50 %": 50}
_SCENES = {_WELL: [], **{scene: [ramp] for scene, ramp in _ILL.items()}}


async def check_rollout(bench: "Bench", versioned: "Code", roll_out: "Code") -> None:
    """Rehearse the roll-out, in health and not; then start two versions, hold an order on the old one, roll out there.

    What a roll-out asks for, and when, shows without a server, in a tenth of the time. What becomes of it does not.
    """
    from course_lib.grading.bench import CLIENT  # the children import this module, and need no bench

    deployment = bench.unique("orders")
    old, new = bench.unique("old"), bench.unique("new")  # others than in the rehearsal, where the learner sees them
    configs = await _configs(bench, versioned, deployment, (old, new))
    await _rehearsed(bench, roll_out)
    async with contextlib.AsyncExitStack() as stack:
        files = ([_HERE / "graded_orders.py"], [_HERE / "graded_next.py"])
        await asyncio.gather(
            *(
                stack.enter_async_context(bench.worker(extra=extra, deployment_config=config))
                for extra, config in zip(files, configs, strict=True)
            )
        )
        await _set_current(bench, deployment, old)
        held = await _held_order(bench)
        ill, *_ = _ILL
        scenes = {scene: _SCENES[scene] for scene in (ill, _WELL)}
        bench.did(f"{roll_out.name}({old!r}, {new!r}, …) on the server, {', then '.join(scenes)}")
        # The server keeps a deployment in a workflow of its own, which may take a second for each word to it.
        its = bench.client.get_workflow_handle(f"temporal-sys-worker-deployment:{deployment}")
        args = (CLIENT, deployment, old, new, scenes, held.id)
        called = await bench.call(roll_out, *args, quiet=True, through=_WATCH, runs=[its])
        bench.shop.faults.clear()
        seen = called.reason
        if called.ok:
            run = await bench.finish(held)
            info = (await held.describe()).raw_description.workflow_execution_info.versioning_info
            back, end = called.value[ill], called.value[_WELL]
            on = info.deployment_version.build_id
            seen = f"{back['said']}, current {back['current']}, ramp {back['ramp']:g} %; "
            seen += f"{end['said']}, current {end['current']}, old order {end['held']} on {on}"
        wanted = f"rolled back, current {old}, ramp 0 %; drained, current {new}, old order COMPLETED on {old}"
        bench.require(
            seen == wanted,
            "on the server, too, it rolls back, and later drains the old version",
            expected=wanted,
            seen=seen,
            events=() if seen == called.reason else run.last_event,
            next_step="use `old` and `new` for the builds, and nothing that is true of the rehearsal alone.",
        )


async def _configs(
    bench: "Bench", versioned: "Code", deployment: str, builds: tuple[str, ...]
) -> list[WorkerDeploymentConfig]:
    for build in builds:
        bench.did(f"{versioned.name}({deployment!r}, {build!r})")
    called = await bench.call(versioned, deployment, builds, quiet=True, through=_CONFIGURE)
    given = called.value if called.ok else [called.reason]
    odd = next((each for each in given if isinstance(each, str)), "")
    step = CORRECT if called.reason else "return the whole config: `return WorkerDeploymentConfig(version, True, …)`."
    if "coroutine" in odd:
        step = f"write plain `def {versioned.name}`: nobody awaits a config."
    bench.require(
        not odd,
        "each build's Worker gets a config",
        expected="a WorkerDeploymentConfig",
        seen=odd or "two of them",
        next_step=step,
    )
    versions, takes_part, behaviours = ([each[at] for each in given] for at in range(3))
    bench.require(
        versions == [{"deployment_name": deployment, "build_id": build} for build in builds],
        "each build has a version of its own",
        expected=f"deployment {deployment}, build ids {', '.join(builds)}",
        seen=versions,
        next_step="make the version of both arguments: `WorkerDeploymentVersion(deployment, build_id)`. Two builds "
        "under one build id are one version to the server, and it gives each the other's runs.",
    )
    bench.require(
        takes_part == [True, True],
        "each build's Worker takes part in versioning",
        expected="use_worker_versioning=True",
        seen=takes_part,
        next_step="pass `use_worker_versioning=True`: else the build id is a label, and the Worker takes any run.",
    )
    bench.require(
        set(behaviours) == {"PINNED"},
        "runs stay on the version where they began",
        expected="VersioningBehavior.PINNED",
        seen=behaviours[0],
        next_step="use `VersioningBehavior.PINNED`: an upgrading run is replayed with the new code, which has no patch "
        "for it, and breaks.",
    )
    return [
        WorkerDeploymentConfig(WorkerDeploymentVersion(deployment, build), True, VersioningBehavior.PINNED)
        for build in builds
    ]


async def _held_order(bench: "Bench") -> "Handle":
    order = {"id": bench.unique("order"), "customer": "plain"}
    bench.shop.faults.hold("warehouse", order_id=order["id"])
    held = await bench.start("OrderWorkflow", order, id=order["id"])
    await bench.wait_until(held, lambda seen: "ship_parcel" in set(seen["name"]), "an order is held on the old version")
    return held


async def _rehearsed(bench: "Bench", roll_out: "Code") -> None:
    """Look whether the roll-out asks for the right things in each scene, of functions that only write it down."""
    bench.did(f"{roll_out.name}({_OLD!r}, {_NEW!r}, …) rehearsed, {', then '.join(_SCENES)}")
    called = await bench.call(roll_out, _OLD, _NEW, _SCENES, quiet=True, through=_REHEARSE)
    step = _NEVER if "did not end" in called.reason else CORRECT
    if called.error == "TimeoutError" and step is CORRECT:
        step = "set no limit to the wait for `open_runs(old)`: the last old order may take days."
    if "rolled back" in called.reason:
        step = '`return "rolled back"`: a roll-back is an answer, no error.'
    bench.require(
        called.ok,
        f"{roll_out.name} comes to an end",
        expected="it returns",
        seen=f"{called.reason}, {_scene(called)}",
        next_step=step,
    )
    told: Told = called.value
    _healthy(bench, told[_WELL])
    _unhealthy(bench, told)


def _scene(called: "Called") -> str:
    """Return which scene a child was in when it ended; empty when it has not begun, or has printed a lot since."""
    begun = (line.removeprefix(SCENE) for line in reversed(called.output) if line.startswith(SCENE))
    return next(begun, "")


def _healthy(bench: "Bench", told: dict[str, Any]) -> None:
    did, lost = told["did"], [name for name in told["lost"] if name.startswith("set_")]
    step = (
        "`await set_ramp(new, 10)`, `await set_ramp(new, 50)`, then `await set_current(new)`, and nothing else: a bad "
        "version should meet four orders of forty, not all."
    )
    if lost:
        step = f"write `await` in front of `{lost[0]}(…)`: without it nothing is set."
    elif {each[1] for each in _routed(did)} - {_OLD, _NEW}:
        step = "use `new`, the build ID that is passed in."
    elif _routed(did) == [["ramp", _NEW, 10], ["ramp", _NEW, 0]]:
        step = "go on when `healthy()` says `True`, and back when it says `False`."
    elif ["current", _NEW] not in did:
        step = "end the ramp with `await set_current(new)`, before you wait: until then the old version is current."
    bench.require(
        _routed(did) == [["ramp", _NEW, 10], ["ramp", _NEW, 50], ["current", _NEW]],
        "the new version gets 10 %, then 50 %, then all new orders",
        expected=f"ramp {_NEW} 10, ramp {_NEW} 50, current {_NEW}",
        seen=_words(_routed(did)),
        next_step=step,
    )
    bench.require(
        _asked_after_each_ramp(did),
        "each step waits for a healthy one before",
        expected="healthy() after each set_ramp, before the next step, and no more once the new version is current",
        seen=_words(did),
        next_step="write `await` in front of `healthy()`: a coroutine counts as true, and nobody is asked."
        if "healthy" in told["lost"]
        else "ask `healthy()` after a ramp only: once the new version is current, it is too late for this way back."
        if ["healthy", True] in did[-1:]
        else "ask `await healthy()` after each `await set_ramp(…)`, before you go on: a ramp that nobody looks at is "
        "only a slower accident.",
    )
    left, held = told["left"], told["held"]
    bench.require(
        held == "COMPLETED" and told["said"] == "drained" and left == 0,
        "it says drained when the last old order has closed",
        expected="'drained', with the held order completed, and the last open_runs(old) 0",
        seen=f"{told['said']!r}, with the held order {held.lower()}, and "
        + ("open_runs(old) never answered" if left is None else f"the last open_runs(old) {left}"),
        next_step=_drain(told),
    )
    at_once, blocked, longest = told["at_once"], told["blocked"], told["longest"]
    bench.require(
        not at_once and not blocked and longest <= _LONGEST,
        "it lets some time pass between two questions",
        expected=f"a pause before each next question, of {_LONGEST} s at most",
        seen=f"{told['questions']} questions, {at_once} at once after an answer; the longest pause {longest:.3g} s"
        + (f", and {blocked} calls of time.sleep" if blocked else ""),
        next_step="use `await asyncio.sleep(…)`: while `time.sleep` waits, nothing else in this process runs."
        if blocked
        else f"make the pauses shorter: {_LONGEST} s at most, so that it hears soon when the last order has closed."
        if not at_once
        else "`await asyncio.sleep(0.2)` between two questions: without a pause you keep the server busy with one "
        "question all day.",
    )


def _drain(told: dict[str, Any]) -> str:
    """Return what to do when the end does not hold."""
    if "open_runs" in told["lost"]:
        return "write `await` in front of `open_runs(old)`: a coroutine is never 0, and nobody is asked."
    if told["said"] != "drained" and told["left"] == 0:
        return 'end with `return "drained"` when `open_runs(old)` is 0, whatever is open on the new version.'
    return (
        "after `set_current(new)`, ask `await open_runs(old)` until it is 0, however long that takes, with a short "
        '`asyncio.sleep` between, and only then `return "drained"`: whoever stops the old Workers now strands an order.'
    )


def _unhealthy(bench: "Bench", told: "Told") -> None:
    for scene, bad in _ILL.items():
        did, said, lost = _routed(told[scene]["did"]), told[scene]["said"], told[scene]["lost"]
        wanted = [["ramp", _NEW, ramp] for ramp in (10, 50, 0) if ramp <= bad]
        if did != wanted or said != "rolled back":
            break
    step = "take the ramp back, `await set_ramp(new, 0)`, and nothing else: it stays where it was until somebody moves "
    step += "it, and the old version is still current."
    if "set_ramp" in lost:
        step = "write `await` in front of `set_ramp(new, 0)`: without it nothing is set."
    elif any(each[1] == _NEW and (each[0] == "current" or each[2] > bad) for each in did):
        step = "look at what `await healthy()` says, every time: `False` ends the roll-out."
    bench.require(
        did == wanted,
        "an unhealthy version gets no order any more",
        expected=f"{scene}: {_words(wanted)}",
        seen=_words(did),
        next_step=step,
    )
    bench.require(
        said == "rolled back",
        "it says that it rolled back",
        expected=f"{scene}: 'rolled back'",
        seen=said,
        next_step='`return "rolled back"` right after the ramp is back at 0.',
    )


def _routed(did: list[list[Any]]) -> list[list[Any]]:
    return [each for each in did if each[0] != "healthy"]


def _asked_after_each_ramp(did: list[list[Any]]) -> bool:
    names = [each[0] for each in did]
    asked = all(names[at + 1 : at + 2] == ["healthy"] for at, one in enumerate(names) if one == "ramp")
    return asked and names[-1] == "current"


def _words(did: list[list[Any]]) -> str:
    return ", ".join(" ".join(map(str, each)) for each in did) or "nothing"


async def _set_current(bench: "Bench", deployment: str, build: str) -> None:
    await bench.client.workflow_service.set_worker_deployment_current_version(
        SetWorkerDeploymentCurrentVersionRequest(
            namespace=bench.client.namespace, deployment_name=deployment, build_id=build
        )
    )


EXERCISE = Exercise(answers=("versioned", "roll_out"), check=check_rollout, early=False)
