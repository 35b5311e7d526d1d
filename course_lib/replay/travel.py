"""The journey: one replay, put together with what the history says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

from course_lib.history.payloads import Decoder
from course_lib.history.reading import attributes
from course_lib.replay import guards
from course_lib.replay.divergences import divergence, doubts
from course_lib.replay.event_rows import ended, rows
from course_lib.replay.journeys import Divergence, Journey
from course_lib.replay.one_replay import Verdict, replay
from course_lib.replay.places import Places
from course_lib.replay.probe import Record
from course_lib.replay.queries import Asking
from course_lib.replay.steps import Steps
from course_lib.replay.workflow_tasks import closing


async def journey(
    history: WorkflowHistory, cls: type, *, patience: float = 20.0, converter: DataConverter | None = None
) -> Journey:
    """Replay a history once and tell what happened, workflow task by workflow task.

    Args:
        history: Any run's history; the run may still be open.
        cls: The workflow class; an edited one is replayed as far as it agrees with the history.
        patience: Seconds for which it may stand still, and CPU seconds that it may use.
        converter: The data converter of the client that started the run; by default Temporal's own.

    Returns:
        The journey; where code and history part, its `Journey.divergence` says so.

    Raises:
        CourseError: The history cannot be replayed with this class, and what to do about it.
    """
    return (await _replayed(history, cls, patience, converter))[0]


async def outlook(
    history: WorkflowHistory, cls: type, *, patience: float = 20.0, converter: DataConverter | None = None
) -> Divergence | Failure | None:
    """Tell how the workflow task that an open run has to do next would end with a class.

    Args:
        history: The run's history; its last workflow task has not completed.
        cls: The workflow class.
        patience: Seconds for which it may stand still, and CPU seconds that it may use.
        converter: The data converter of the client that started the run; by default Temporal's own.

    Returns:
        The failure of that workflow task, or where code and history part before it; None when it would complete.

    Raises:
        CourseError: The history cannot be replayed with this class, and what to do about it.
    """
    told, record = await _replayed(history, cls, patience, converter)
    return told.divergence or record.seen[-1].failure


async def _replayed(
    history: WorkflowHistory, cls: type, patience: float, converter: DataConverter | None
) -> tuple[Journey, Record]:
    """Replay until no query spoils it, and return the journey and what was seen."""
    defn = guards.check(history, cls, converter)
    places = Places(defn.run_fn.__code__.co_filename, cls.__name__)
    decoder = Decoder(converter)
    refused: dict[str, str] = {}
    singly = False
    while True:
        record = Record(places, decoder, Asking(decoder, refused, singly))
        said = await replay(record, history, cls, patience, converter)
        if isinstance(said, Verdict):
            # Not here: ten thousand rows take half a second, in which the kernel's loop has other things to do.
            return await asyncio.to_thread(_told, record, said, history, refused), record
        # Each round refuses one query more, so this ends.
        if len(said.queries) > 1:
            singly = True
        else:
            refused[said.queries[0]] = said.how


def _told(record: Record, said: Verdict, history: WorkflowHistory, refused: dict[str, str]) -> Journey:
    events = list(history.events)
    made = Steps(events, record)
    if not made.all:
        raise guards.nothing_done()
    parted = divergence(events, record, made, said)
    kept = made.all if parted is None else made.all[: parted.step + 1]
    started = attributes(events[0])
    return Journey(
        workflow_id=started.workflow_id or history.workflow_id,
        run_id=history.run_id,
        type=started.workflow_type.name,
        file=record.places.file,
        source=record.places.source(),
        events=rows(events, [step.last_event for step in kept], record.decoder),
        steps=tuple(kept),
        outcome=_outcome(events, parted),
        divergence=parted,
        notes=tuple(_notes(record, said, refused, made, parted)),
    )


def _outcome(events: list[Any], parted: Divergence | None) -> str:
    if parted is not None:
        return f"code and history part at event {parted.event_id}"
    end = closing(events)
    return ended(end[0], attributes(end[1])) if end is not None else "still open"


def _notes(
    record: Record, said: Verdict, refused: dict[str, str], made: Steps, parted: Divergence | None
) -> Iterator[str]:
    if made.live is not None and parted is None:
        yield (
            f"Step {made.live + 1} has not happened yet: no Worker has completed this workflow task. "
            "It shows what this code would do."
        )
    yield from doubts(made, parted, record.decoder)
    for name, how in refused.items():
        yield f"The query {name} is not shown: {how}."
    if said.left:
        yield "The code did not let itself be put away (it catches BaseException), so the replay was left behind."
    if record.broken is not None:
        yield f"Part of the picture is missing: {type(record.broken).__name__}: {record.broken}."
