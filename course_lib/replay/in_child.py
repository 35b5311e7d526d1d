"""Replays in a process of their own: what `course_lib.grading` calls in a child.

A replay in the process that made the history proves too little: its texts have the same hashes, its environment is the
same, its modules hold what the run left in them. A new process has none of that, as a Worker after a deploy.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from types import ModuleType

from temporalio.client import WorkflowHistory

from course_lib.errors import CourseError
from course_lib.private.sdk import workflow_type
from course_lib.replay.differing_values import NOT_COMPARED
from course_lib.replay.journeys import Command, Divergence
from course_lib.replay.travel import journey


@dataclass(frozen=True)
class Replayed:
    """What one replay showed.

    Args:
        divergence: Where code and history part; None when they agree.
        commands: What the code asked for, in order, as far as the replay got.
        notes: What the reader should know besides, see `Journey.notes`.
        error: Why it could not be replayed at all, in words; empty when it could.
    """

    divergence: Divergence | None = None
    commands: tuple[Command, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the whole history could be replayed with this code."""
        return self.divergence is None and not self.error

    @property
    def other_values(self) -> str:
        """Where a command has another value than the history, which Temporal does not mind; empty when nowhere."""
        return next((note for note in self.notes if NOT_COMPARED in note), "")


async def replay_each(module: str, name: str, histories: list[dict[str, str]]) -> list[Replayed]:
    """Replay histories one after the other with a class, or with another one of its module that has their type.

    Args:
        module: Where the class is, importable here.
        name: The class.
        histories: ``id`` (the workflow's id) and ``json`` of each.

    Returns:
        One for each history.
    """
    found = importlib.import_module(module)
    told = [WorkflowHistory.from_json(each["id"], each["json"]) for each in histories]
    return [await _replay(_class_for(history, found, getattr(found, name)), history) for history in told]


def _class_for(history: WorkflowHistory, module: ModuleType, cls: type) -> type:
    kind = history.events[0].workflow_execution_started_event_attributes.workflow_type.name if history.events else ""
    for each in (cls, *(each for each in vars(module).values() if inspect.isclass(each))):
        if workflow_type(each) == kind:
            return each
    return cls


async def _replay(cls: type, history: WorkflowHistory) -> Replayed:
    try:
        told = await journey(history, cls)
    except CourseError as error:
        return Replayed(error=str(error))
    commands = tuple(command for step in told.steps for command in step.commands)
    return Replayed(told.divergence, commands, told.notes)
