"""Each private name of temporalio that the course uses, and what no longer works when it goes."""

import asyncio
import contextlib
import logging
import secrets
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from course_lib.private import futures, sdk
from tests.private.flows import WaitsForAll

LIMIT = 60.0


class Looks(WorkflowRunner):
    """A sandboxed runner that looks at its instance after each activation, inside the replay."""

    def __init__(self) -> None:
        self.inner = SandboxedWorkflowRunner()
        self.commands = 0
        self.began: list[Any] = []
        self.tasks: list[str | None] = []
        self.seen: dict[str, Any] = {}

    def prepare_workflow(self, defn: Any) -> None:
        self.inner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self.inner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self.inner.create_instance(det)
        inside, activate = sdk.inside(instance), instance.activate
        sdk.on_command(inside, self._command)
        sdk.on_run(inside, self.began.append)
        sdk.on_task(inside, lambda task, name: self.tasks.append(name))

        def look(act: sdk.WorkflowActivation) -> sdk.WorkflowActivationCompletion:
            done = activate(act)
            if not self.seen and inside.workflow_info is not None:
                self._look(inside)
            return done

        instance.activate = look  # type: ignore[method-assign]
        return instance

    def _command(self) -> None:
        self.commands += 1

    def _look(self, inside: Any) -> None:
        self.seen = {
            "commands": self.commands,
            "object": sdk.workflow_object(inside),
            "queries": set(sdk.queries(inside)),
            "pending": [(kind, sdk.asked_for(of)) for _, kind, of in sdk.pending(inside)],
            "targets": [of for _, kind, of in sdk.pending(inside) if kind in ("signal", "cancellation")],
            "names": [task.get_name() for task in sdk.tasks(inside)],
            "coroutines": {task.get_coro().__qualname__ for task in sdk.tasks(inside)},
            "waits": [futures.waits_for(task) for task in sdk.tasks(inside)],
            "codes": [frame for task in sdk.tasks(inside) for frame in chain(task.get_coro())],
        }


def chain(coroutine: Any) -> list[str]:
    """Return the qualified names of the code that a coroutine waits in."""
    found = []
    while coroutine is not None and hasattr(coroutine, "cr_code"):
        found.append(coroutine.cr_code.co_qualname)
        coroutine = coroutine.cr_await
    return found


@pytest.fixture(scope="module")
def kept() -> dict[str, Looks]:
    return {}


@pytest.fixture
async def looks(client: Client, kept: dict[str, Looks]) -> Looks:
    if "it" not in kept:
        queue = secrets.token_hex(5)
        async with Worker(client, task_queue=queue, workflows=[WaitsForAll]):
            handle = await client.start_workflow("waits-for-all", id=queue, task_queue=queue)
            async with asyncio.timeout(LIMIT):
                async for event in handle.fetch_history_events(wait_new_event=True):
                    if event.HasField("workflow_task_completed_event_attributes"):
                        break
            history = await handle.fetch_history()
        with contextlib.suppress(RPCError):  # it has failed meanwhile: nobody is `somebody`
            await handle.terminate()
        kept["it"] = Looks()
        await Replayer(workflows=[WaitsForAll], workflow_runner=kept["it"]).replay_workflow(history)
    return kept["it"]


def test_an_activity_tells_its_definition() -> None:
    """Else: no Worker finds the activities of a module, and no check knows an answer for an activity."""

    @activity.defn(name="pay")
    def charge() -> None: ...

    assert sdk.activity_definition(charge).name == "pay"
    assert sdk.activity_definition(print) is None


def test_a_class_tells_its_definition() -> None:
    """Else: time travel, the message panel and a diagnosis do not know which class belongs to a run."""
    found = sdk.definition(WaitsForAll)
    assert (found.name, found.sandboxed) == ("waits-for-all", True)
    assert (set(found.signals), set(found.queries) - {None}, set(found.updates)) == ({"close"}, {"is-open"}, {"add"})
    assert sdk.workflow_type(WaitsForAll) == "waits-for-all"
    assert (sdk.definition(int), sdk.definition(WaitsForAll()), sdk.workflow_type("x")) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "handler", "name"),
    [
        ("signal", WaitsForAll.shut, "close"),
        ("query", WaitsForAll.is_it, "is-open"),
        ("update", WaitsForAll.more, "add"),
    ],
)
def test_a_handler_tells_the_name_of_its_messages(kind: Any, handler: Any, name: str) -> None:
    """Else: the message panel cannot be told what to open with by the method."""
    assert sdk.message_name(kind, handler) == name


async def test_the_core_of_a_worker_can_be_told_to_stop_polling(client: Client) -> None:
    """Else: a Worker whose loop is blocked goes on fetching tasks after `stop`."""
    worker = Worker(client, task_queue=secrets.token_hex(5), workflows=[WaitsForAll])
    run = asyncio.create_task(worker.run())
    await asyncio.sleep(0)  # it runs up to its first poll
    sdk.stop_polling(worker)
    async with asyncio.timeout(LIMIT):
        await worker.shutdown()
        await run
    assert not worker.is_running


def test_the_sandbox_gives_its_instance_away(looks: Looks) -> None:
    """Else: the stepper shows no variables, no waits and no answers."""
    assert type(looks.seen["object"]).__name__ == WaitsForAll.__name__
    assert vars(looks.seen["object"]) == {"open": True}


def test_an_instance_tells_its_queries(looks: Looks) -> None:
    """Else: the stepper asks no queries."""
    assert "is-open" in looks.seen["queries"]


def test_an_instance_tells_what_the_server_has_to_resolve(looks: Looks) -> None:
    """Else: the stepper says "a future" where a workflow waits."""
    kinds = sorted(kind for kind, _ in looks.seen["pending"])
    assert kinds == ["activity", "cancellation", "child", "child start", "condition", "signal"]
    assert looks.seen["targets"] == ["somebody", "somebody"]


def test_a_handle_tells_what_it_was_started_with(looks: Looks) -> None:
    """Else: the stepper does not name the activity or child workflow that is awaited."""
    asked = dict(looks.seen["pending"])
    assert (asked["activity"].activity, asked["child"].workflow) == ("charge", "Child")
    assert sdk.asked_for(object()) is None


def test_each_command_passes_one_method(looks: Looks) -> None:
    """Else: the stepper knows no line for a command."""
    assert looks.seen["commands"] == 5  # activity, child workflow, signal, cancellation, timer


def test_the_run_method_passes_one_method(looks: Looks) -> None:
    """Else: the stepper shows no local variables of the run method."""
    assert [each.cr_code.co_qualname for each in looks.began] == ["WaitsForAll.run"]


def test_each_task_passes_one_method_with_its_name(looks: Looks) -> None:
    """Else: the stepper does not know which line made a task."""
    assert "run" in looks.tasks
    assert len(looks.tasks) >= len(looks.seen["names"])
    assert all(sdk.TASK_SUFFIX in name for name in looks.seen["names"])
    assert any(name.startswith(sdk.OWN_COROUTINES) for name in looks.seen["coroutines"])


def test_the_code_that_waits_has_its_names(looks: Looks) -> None:
    """Else: the stepper does not say "a condition" and "timer" where a workflow waits."""
    assert any(name.endswith(sdk.WAIT_CONDITION) for name in looks.seen["codes"])
    assert any(name.endswith(sdk.SLEEP) for name in looks.seen["codes"])


@pytest.mark.parametrize("name", sdk.REPLAY_LOGGERS)
def test_a_failed_replay_is_told_to_these_loggers(name: str) -> None:
    """Else: the SDK's own report stands between the stepper's sentences."""
    module = __import__(name, fromlist=["logger"])
    assert isinstance(module.logger, logging.Logger)
    assert module.logger.name == name


def test_a_subclass_has_no_definition_of_its_own() -> None:
    """Else: a class that is only derived from a workflow is registered a second time, under the same name."""

    class Heir(WaitsForAll):
        pass

    assert sdk.definition(Heir) is None
