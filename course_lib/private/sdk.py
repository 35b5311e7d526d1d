"""temporalio: what a workflow class declares, and what its instance holds while it runs. Read on 1.35."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from temporalio import workflow
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

REPLAY_LOGGERS = (
    "temporalio.worker._workflow",
    "temporalio.worker._workflow_instance",
    "temporalio.worker._replayer",
    "temporalio.worker.workflow_sandbox._restrictions",
)
"""The loggers that tell of a failed replay."""

OWN_COROUTINES = "_WorkflowInstanceImpl."
"""How the qualified names of the SDK's own coroutines in a workflow begin."""

WAIT_CONDITION, SLEEP = "workflow_wait_condition", "workflow_sleep"
"""How the qualified names of the code end that `workflow.wait_condition` and `workflow.sleep` stand in."""

TASK_SUFFIX = " (workflow: "
"""What the SDK appends to the name of each of a workflow's tasks."""

Pending = Literal["activity", "child start", "child", "signal", "cancellation", "nexus", "condition"]


def definition(cls: object) -> Any:
    """Return what ``@workflow.defn`` has noted at a class: its name, its handlers, whether it is sandboxed.

    There is no public way to ask a class for it. Anything but a class is not even looked at: some things in a
    notebook, such as lazy proxies, object to that.

    Args:
        cls: Anything.

    Returns:
        The SDK's definition; None when this is no workflow class.
    """
    return workflow._Definition.from_class(cls) if isinstance(cls, type) else None


def activity_definition(thing: object) -> Any:
    """Return what ``@activity.defn`` has noted at a function or method; None when it is no activity."""
    return getattr(thing, "__temporal_activity_definition", None)


def workflow_type(cls: object) -> str | None:
    """Return the workflow type of a class, None when it is no workflow class or a dynamic one."""
    found = definition(cls)
    return found.name if found is not None else None


def message_name(kind: Literal["signal", "query", "update"], handler: Callable[..., Any]) -> str:
    """Return the name under which a handler's messages arrive.

    Args:
        kind: What it handles.
        handler: The decorated method.
    """
    if kind == "signal":
        return workflow._SignalDefinition.must_name_from_fn_or_str(handler)
    if kind == "update":
        return workflow._UpdateDefinition.get_name_and_result_type(handler)[0]
    found = workflow._QueryDefinition.from_fn(handler)
    return str(getattr(found, "name", None) or getattr(handler, "__name__", handler))


def stop_polling(worker: Any) -> None:
    """Let a Worker's core stop polling at once, from any thread.

    The public ``shutdown`` needs the Worker's event loop: while a blocking activity holds that, the core would go on
    fetching tasks that nobody handles.

    Args:
        worker: The SDK's Worker, running.
    """
    worker._bridge_worker.initiate_shutdown()


def inside(instance: Any) -> Any:
    """Return the instance that runs the workflow's code, which the sandbox keeps among the globals of that code.

    Args:
        instance: What a workflow runner has made, sandboxed or not.
    """
    outside: Any = getattr(instance, "globals_and_locals", None)
    return outside["__temporal_in_sandbox"].instance if outside is not None else instance


def workflow_object(instance: Any) -> Any:
    """Return the learner's object, ``self`` in the workflow; None before it is made."""
    return instance._object


def tasks(instance: Any) -> set[Any]:
    """Return the asyncio tasks of a workflow."""
    found: set[Any] = instance._tasks
    return found


def queries(instance: Any) -> dict[Any, Any]:
    """Return the definitions of a workflow's queries by name, also of those that were set while it ran."""
    found: dict[Any, Any] = instance._queries
    return found


def pending(instance: Any) -> Iterator[tuple[Any, Pending, Any]]:
    """Yield each future that the server has to resolve, of what it is the future, and its handle or target."""
    for activity in instance._pending_activities.values():
        yield activity._result_fut, "activity", activity
    for child in instance._pending_child_workflows.values():
        yield child._start_fut, "child start", child
        yield child._result_fut, "child", child
    for future, target in instance._pending_external_signals.values():
        yield future, "signal", target
    for future, target in instance._pending_external_cancels.values():
        yield future, "cancellation", target
    for operation in instance._pending_nexus_operations.values():
        yield operation._start_fut, "nexus", operation
        yield operation._result_fut, "nexus", operation
    for _, future in instance._conditions:
        yield future, "condition", None


def asked_for(handle: Any) -> Any:
    """Return what an activity's or child workflow's handle was started with; None for anything else."""
    return getattr(handle, "_input", None)


def on_command(instance: Any, seen: Callable[[], None]) -> None:
    """Call a function whenever a workflow issues a command, on the stack that issues it.

    What the SDK issues for the learner comes elsewhere: a cancelled activity in its handle's task, continue-as-new and
    failures where their exception is caught, completion after the run method returned.

    Args:
        instance: The workflow's instance.
        seen: The function.
    """
    add = instance._add_command

    def added() -> Any:
        command = add()
        seen()
        return command

    instance._add_command = added


def on_run(instance: Any, began: Callable[[Any], None]) -> None:
    """Call a function with the coroutine of a workflow's run method when it begins.

    Args:
        instance: The workflow's instance.
        began: The function.
    """
    make = instance._make_workflow_input

    def made(job: Any) -> Any:
        given = make(job)
        run = given.run_fn

        def run_and_tell(*args: Any) -> Any:
            coroutine = run(*args)
            began(coroutine)
            return coroutine

        given.run_fn = run_and_tell
        return given

    instance._make_workflow_input = made


def on_task(instance: Any, made: Callable[[Any, str | None], None]) -> None:
    """Call a function with each task that a workflow makes and the name that it was given.

    Args:
        instance: The workflow's instance.
        made: The function.
    """
    register = instance._register_task

    def registered(task: Any, *, name: str | None) -> None:
        register(task, name=name)
        made(task, name)

    instance._register_task = registered


__all__ = [
    "OWN_COROUTINES",
    "REPLAY_LOGGERS",
    "SLEEP",
    "TASK_SUFFIX",
    "WAIT_CONDITION",
    "Pending",
    "WorkflowActivation",
    "WorkflowActivationCompletion",
    "activity_definition",
    "asked_for",
    "definition",
    "inside",
    "message_name",
    "on_command",
    "on_run",
    "on_task",
    "pending",
    "queries",
    "stop_polling",
    "tasks",
    "workflow_object",
    "workflow_type",
]
