"""Commands and jobs of Temporal's core in words.

A job answers a command by number (``seq``) alone, so what each number was asked for is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from temporalio.api.common.v1 import Payload

from course_lib.history.failures import failure_text
from course_lib.history.moments import seconds
from course_lib.history.payloads import Decoder, preview
from course_lib.replay.rendering import show

_ARGUMENT = 80  # characters of one argument
_LARGE = 4000  # bytes beyond which a payload is not decoded, only previewed


@cache
def camel(variant: str) -> str:
    """Return a command's name as Temporal writes it: ``"ScheduleActivity"``."""
    return "".join(word.capitalize() for word in variant.split("_"))


class Words:
    """Puts the traffic of one run into words.

    Args:
        decoder: Reads payloads.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._asked: dict[tuple[str, int], str] = {}
        self._updates: dict[str, str] = {}
        self._accepted: set[str] = set()

    def payloads(self, payloads: Iterable[Payload]) -> str:
        """Return arguments or a result as ``repr`` shows them, cut."""
        return ", ".join(self.payload(payload) for payload in payloads)

    def payload(self, payload: Payload, limit: int = _ARGUMENT) -> str:
        """Return one payload's value."""
        if len(payload.data) > _LARGE:
            return preview([payload], limit)
        return show(self._decoder.one(payload), limit)

    def command(self, command: Any) -> tuple[str, str]:
        """Return a command's kind and its words.

        Args:
            command: A ``WorkflowCommand`` of the SDK's core.
        """
        variant = command.WhichOneof("variant")
        body = getattr(command, variant)
        if variant == "update_response":
            return self._update(body)
        say = _COMMANDS.get(variant)
        text = say(self, body) if say else variant.replace("_", " ")
        if thing := _NUMBERED.get(variant):
            self._asked[thing, body.seq] = f"to {text}" if thing == "cancellation" else text.partition("(")[0]
        return camel(variant), text

    def _update(self, body: Any) -> tuple[str, str]:
        answer, number = str(body.WhichOneof("response")), body.protocol_instance_id
        what = f"update {self._updates.get(number, '')}"
        if answer == "accepted":
            self._accepted.add(number)
            return "AcceptUpdate", f"{what}: accepted"
        if answer == "completed":
            return "CompleteUpdate", f"{what}: completed with {self.payload(body.completed)}"
        # The SDK says "rejected" for both; what fails after it was accepted has completed, with a failure.
        kind, word = ("CompleteUpdate", "failed") if number in self._accepted else ("RejectUpdate", "rejected")
        return kind, f"{what}: {word} ({failure_text(body.rejected)})"

    def job(self, job: Any) -> str:
        """Return what the code was told, in words; empty for what the learner need not know.

        Args:
            job: A ``WorkflowActivationJob`` of the SDK's core.
        """
        variant = job.WhichOneof("variant")
        body = getattr(job, variant)
        if variant == "do_update":
            self._updates[body.protocol_instance_id] = body.name
        say = _JOBS.get(variant)
        return say(self, body) if say else str(variant).replace("_", " ")

    def asked(self, thing: str, seq: int) -> str:
        """Return what a number stands for, for example ``"activity charge"``."""
        return self._asked.get((thing, seq), thing)

    def result(self, thing: str, job: Any) -> str:
        """Return how an activity or a child workflow ended."""
        what, status = self.asked(thing, job.seq), job.result.WhichOneof("status")
        body = getattr(job.result, status)
        if status == "completed":
            return f"{what} completed: {self.payload(body.result) if body.HasField('result') else None}"
        if status == "backoff":
            return f"{what} failed and is retried after {seconds(body.backoff_duration)}"
        return f"{what} {status}: {failure_text(body.failure)}"


def _of(word: str, name: str, payloads: str) -> Callable[[Words, Any], str]:
    return lambda words, body: f"{word} {getattr(body, name)}({words.payloads(getattr(body, payloads))})"


def _plain(text: str) -> Callable[[Words, Any], str]:
    return lambda *_: text


def _about(prefix: str, thing: str, field: str = "seq") -> Callable[[Words, Any], str]:
    return lambda words, body: f"{prefix} {words.asked(thing, getattr(body, field))}"


def _target(body: Any) -> str:
    return str(body.child_workflow_id or body.workflow_execution.workflow_id)


def _failed(words: Words, body: Any) -> str:
    return f"fail the run: {failure_text(body.failure)}"


def _again(words: Words, body: Any) -> str:
    kind = f" {body.workflow_type}" if body.workflow_type else ""
    return f"continue{kind} as new({words.payloads(body.arguments)})"


# What a number in an answer refers to, by the command that asked.
_NUMBERED = {
    "schedule_activity": "activity",
    "schedule_local_activity": "activity",
    "start_timer": "timer",
    "start_child_workflow_execution": "child workflow",
    "signal_external_workflow_execution": "signal",
    "request_cancel_external_workflow_execution": "cancellation",
    "schedule_nexus_operation": "nexus",
}

_COMMANDS: dict[str, Callable[[Words, Any], str]] = {
    "schedule_activity": _of("activity", "activity_type", "arguments"),
    "schedule_local_activity": _of("local activity", "activity_type", "arguments"),
    "request_cancel_activity": _about("cancel", "activity"),
    "request_cancel_local_activity": _about("cancel", "activity"),
    "start_timer": lambda _, body: f"timer {seconds(body.start_to_fire_timeout)}",
    "cancel_timer": _about("cancel", "timer"),
    "start_child_workflow_execution": _of("child workflow", "workflow_type", "input"),
    "cancel_child_workflow_execution": _about("cancel", "child workflow", "child_workflow_seq"),
    "signal_external_workflow_execution": lambda words, body: (
        f"signal {body.signal_name}({words.payloads(body.args)}) to workflow {_target(body)}"
    ),
    "cancel_signal_workflow": _about("take back", "signal"),
    "request_cancel_external_workflow_execution": lambda _, body: (
        f"cancel workflow {body.workflow_execution.workflow_id}"
    ),
    "set_patch_marker": lambda _, body: f"{'deprecate_patch' if body.deprecated else 'patched'}({body.patch_id!r})",
    "complete_workflow_execution": lambda words, body: f"complete the run with {words.payload(body.result)}",
    "fail_workflow_execution": _failed,
    "cancel_workflow_execution": _plain("end the run as cancelled"),
    "continue_as_new_workflow_execution": _again,
    "upsert_workflow_search_attributes": lambda _, body: (
        f"set search attributes {', '.join(body.search_attributes.indexed_fields)}"
    ),
    "modify_workflow_properties": lambda _, body: f"set memo {', '.join(body.upserted_memo.fields)}",
    "schedule_nexus_operation": lambda _, body: f"Nexus operation {body.service}.{body.operation}",
}


def _child_start(words: Words, body: Any) -> str:
    what = words.asked("child workflow", body.seq)
    status = body.WhichOneof("status")
    return f"{what} started" if status == "succeeded" else f"{what} did not start ({status})"


def _delivered(thing: str, done: str) -> Callable[[Words, Any], str]:
    def say(words: Words, body: Any) -> str:
        failure = f" not {done}: {failure_text(body.failure)}" if body.HasField("failure") else f" {done}"
        what = words.asked(thing, body.seq)
        return (f"the request {what}" if thing == "cancellation" else what) + failure

    return say


_JOBS: dict[str, Callable[[Words, Any], str]] = {
    "initialize_workflow": lambda words, body: (
        f"the run begins: {body.workflow_type}({words.payloads(body.arguments)})"
    ),
    "fire_timer": lambda words, body: f"{words.asked('timer', body.seq)} fired",
    "resolve_activity": lambda words, body: words.result("activity", body),
    "resolve_child_workflow_execution_start": _child_start,
    "resolve_child_workflow_execution": lambda words, body: words.result("child workflow", body),
    "signal_workflow": _of("signal", "signal_name", "input"),
    "do_update": _of("update", "name", "input"),
    "cancel_workflow": lambda _, body: f"cancellation asked for{f': {body.reason}' if body.reason else ''}",
    "notify_has_patch": lambda _, body: f"the history has the patch {body.patch_id!r}",
    "update_random_seed": _plain("a new random seed: the run was reset"),
    "resolve_signal_external_workflow": _delivered("signal", "delivered"),
    "resolve_request_cancel_external_workflow": _delivered("cancellation", "passed on"),
}
