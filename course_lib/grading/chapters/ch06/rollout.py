"""Exercise 6.3: the learner's config and roll-out on the real server, in good health and in bad."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from course_lib.grading.answers import Code
from course_lib.grading.bench import CLIENT
from course_lib.grading.chapters.ch06.rollout_child import NO_END
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from course_lib.grading.bench import Bench
    from course_lib.grading.calls import Called

_HERE = Path(__file__).parent
_WATCH = Code("watch", "rollout_child", f"{__package__}.rollout_child", "", "function", "watch")
_OLD, _NEW = "1.0", "1.1"
_CORRECT = "correct that line, run the cell again, then check again."
_NEVER = (
    'let it come to an end: `return "drained"` when `open_runs(old)` is 0, `return "rolled back"` when `healthy()` '
    "says no. It waits for something that does not come."
)
# What `healthy` says in turn. A roll-out that heeds one answer only, the first or the last, meets the other one.
_ILL = {"at 10 %": [False, True], "at 50 %": [True, False]}


async def check_rollout(bench: "Bench", versioned: "Code", roll_out: "Code") -> None:
    """Start two versions, hold an order on the old one, roll out; then roll out a version that is not healthy."""
    deployment = bench.unique("orders")
    configs = [await _config(bench, versioned, deployment, build) for build in (_OLD, _NEW)]
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
        called = await _roll(bench, roll_out, deployment, [True], held, "in good health")
        bench.shop.faults.clear()
        await _healthy(bench, called, deployment, held)
        for when, health in _ILL.items():
            await _set_current(bench, deployment, _OLD)
            called = await _roll(bench, roll_out, deployment, health, held, f"unhealthy {when}")
            if not await _unhealthy(bench, called, deployment, when):
                return


async def _config(bench: "Bench", versioned: "Code", deployment: str, build: str) -> WorkerDeploymentConfig:
    called = await bench.call(versioned, deployment, build)
    given: dict[str, Any] = called.value if isinstance(called.value, dict) else {}
    bench.require(
        {"version", "default_versioning_behavior"} <= set(given),
        f"the Worker of build {build} gets a config",
        expected="a WorkerDeploymentConfig",
        seen=called.reason or repr(called.value)[:80],
        next_step=_CORRECT
        if called.reason
        else "return the whole config: `return WorkerDeploymentConfig(version, True, …)`.",
    )
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


async def _held_order(bench: "Bench") -> "WorkflowHandle[Any, Any]":
    order = {"id": bench.unique("order"), "customer": "plain"}
    bench.shop.faults.hold("warehouse", order_id=order["id"])
    held = await bench.start("OrderWorkflow", order, id=order["id"])
    await bench.wait_until(held, lambda seen: "ship_parcel" in set(seen["name"]), "an order is held on the old version")
    return held


async def _roll(
    bench: "Bench", roll_out: "Code", deployment: str, health: list[bool], held: "WorkflowHandle[Any, Any]", words: str
) -> "Called":
    bench.did(f"{roll_out.name}({_OLD!r}, {_NEW!r}, …) {words}")
    called = await bench.call(roll_out, CLIENT, deployment, _OLD, _NEW, health, held.id, quiet=True, through=_WATCH)
    bench.require(
        called.ok,
        f"{roll_out.name} raises nothing, {words}",
        expected="it returns",
        seen=called.reason or "it returned",
        next_step=_NEVER if called.error == "TimeoutError" else _CORRECT,
    )
    return called


async def _healthy(bench: "Bench", called: "Called", deployment: str, held: "WorkflowHandle[Any, Any]") -> None:
    did, said = called.value["did"], called.value["said"]
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
        if "healthy" in called.value["lost"]
        else "ask `await healthy()` after each `set_ramp`, before you go on: a ramp that nobody looks at is only "
        "a slower accident.",
    )
    left = called.value["left"]
    bench.expect(
        called.value["held"] == "COMPLETED" and said == "drained" and left == 0,
        "it says drained when the last old order has closed",
        expected="'drained', with the held order completed, and the last open_runs(old) 0",
        seen=f"{said!r}, with the held order {called.value['held'].lower()}, and "
        + ("open_runs(old) never answered" if left is None else f"the last open_runs(old) {left}"),
        next_step=_drain(called.value),
    )
    questions, at_once = called.value["questions"], called.value["at_once"]
    bench.expect(
        at_once <= questions / 2,
        "it lets some time pass between two questions",
        expected="a short pause before each next question",
        seen=f"{questions} question(s), {at_once} of them at once after an answer",
        next_step="`await asyncio.sleep(0.2)` between two questions: without a pause you keep the server busy with one "
        "question all day.",
    )
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
    current, ramp = await _routing(bench, deployment)
    bench.expect(
        current == _NEW,
        "the server sends new orders to the new version",
        expected=f"current {_NEW}",
        seen=f"current {current}, ramp {ramp:g} %",
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


async def _unhealthy(bench: "Bench", called: "Called", deployment: str, when: str) -> bool:
    said, did = called.value["said"], called.value["did"]
    current, ramp = await _routing(bench, deployment)
    after = did[did.index(["healthy", False]) + 1 :] if ["healthy", False] in did else did
    further = [each for each in _routed(after) if each[:2] == ["current", _NEW] or (each[0] == "ramp" and each[2] != 0)]
    gone = bench.expect(
        current == _OLD and ramp == 0 and not further,
        f"unhealthy {when}: the version gets no order any more",
        expected=f"then ramp {_NEW} 0; current {_OLD}, ramp 0 %",
        seen=f"then {_words(_routed(after))}; current {current}, ramp {ramp:g} %",
        next_step="look at what `await healthy()` says, every time: `False` ends the roll-out."
        if further
        else "take the ramp back: `await set_ramp(new, 0)`. It stays where it was until somebody moves it.",
    )
    told = bench.expect(
        said == "rolled back",
        f"unhealthy {when}: it says that it rolled back",
        expected="'rolled back'",
        seen=said,
        next_step='`return "rolled back"` right after the ramp is back at 0.',
    )
    return gone and told


def _routed(did: list[list[Any]]) -> list[list[Any]]:
    return [each for each in did if each[0] != "healthy"]


def _asked_after_each_ramp(did: list[list[Any]]) -> bool:
    names = [each[0] for each in did]
    return "ramp" in names and all(
        names[at + 1 : at + 2] == ["healthy"] for at, one in enumerate(names) if one == "ramp"
    )


def _words(did: list[list[Any]]) -> str:
    return ", ".join(" ".join(map(str, each)) for each in did) or "nothing"


async def _routing(bench: "Bench", deployment: str) -> tuple[str, float]:
    answer = await bench.client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace=bench.client.namespace, deployment_name=deployment)
    )
    routing = answer.worker_deployment_info.routing_config
    return routing.current_deployment_version.build_id, routing.ramping_version_percentage


async def _set_current(bench: "Bench", deployment: str, build: str) -> None:
    await bench.client.workflow_service.set_worker_deployment_current_version(
        SetWorkerDeploymentCurrentVersionRequest(
            namespace=bench.client.namespace, deployment_name=deployment, build_id=build
        )
    )


EXERCISE = Exercise(
    id="6.3",
    title="Roll out, drain",
    minutes=12,
    difficulty=3,
    answers=("versioned", "roll_out"),
    hints=(
        "Which of the two behaviours needs no patch? And which question tells you that nobody needs the old Workers "
        "any more?",
        "A loop over `(10, 50)`: `set_ramp`, then `healthy`, and the way back when it says `False`. After it "
        "`set_current(new)`, then ask `open_runs(old)` again and again, with a pause, until it says 0.",
        "```python\nfor percentage in (10, 50):\n    await set_ramp(new, percentage)\n    if not await healthy():\n"
        '        await set_ramp(new, 0)\n        return "rolled back"\nawait set_current(new)\nwhile True:\n    …\n```',
    ),
    why=(
        "Each build has a version of its own, and a pinned run stays with the code that wrote its history, so nothing "
        "is replayed with other code. The ramp limits the damage, if somebody looks after each step; the way back is "
        "one call, since the old Workers are still there. They may stop when no run is open on their version: that is "
        "a question to the server, not a guess in minutes."
    ),
    check=check_rollout,
    early=False,
)
