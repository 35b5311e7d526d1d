"""Replaying histories with the learner's code in a child process, for ``Bench.replay``."""

from collections.abc import Sequence
from typing import Any

from temporalio.client import WorkflowHistory

from course_lib.grading import calls
from course_lib.grading.answers import AnswerProblem, Code
from course_lib.grading.verdict import CORRECT
from course_lib.replay import Command, Divergence, Replayed

# Runs in the child, see `course_lib.replay.in_child`.
_CHILD = Code("replay_each", "replay", "course_lib.replay.in_child", "", "function", "replay_each")


async def replay(workflow: Code, histories: Sequence[WorkflowHistory], place: calls.Place) -> tuple[Replayed, ...]:
    """Replay histories one after the other in one new process.

    Args:
        workflow: The learner's workflow.
        histories: What to replay.
        place: Where, and how it is waited for. A replay asks no server.

    Raises:
        AnswerProblem: The module cannot be imported in a new process, or the replays did not end.
    """
    told = [{"id": each.workflow_id, "json": each.to_json()} for each in histories]
    args = (workflow.module, workflow.name, told)
    called = await calls.call(_CHILD, args, place)
    if not called.ok:
        raise AnswerProblem("another process can replay the history", "a replay that ends", called.reason, CORRECT)
    return tuple(_read(each) for each in called.value)


def _read(told: dict[str, Any]) -> Replayed:
    return Replayed(
        divergence=Divergence(**told["divergence"]) if told["divergence"] else None,
        commands=tuple(Command(**each) for each in told["commands"]),
        notes=tuple(told["notes"]),
        error=told["error"],
    )
