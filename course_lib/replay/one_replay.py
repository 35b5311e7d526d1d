"""One run of the SDK's Replayer with a probe in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer

from course_lib.errors import CourseError
from course_lib.history.reading import attributes
from course_lib.replay.guards import cannot_start
from course_lib.replay.probe import ProbeRunner, Record
from course_lib.replay.queries import TOO_SLOW, Spoilt
from course_lib.replay.replay_thread import ReplayThread, Stuck, runtime

_DEADLOCK = "TMPRL1101"
_RULE = re.compile(r'\[TMPRL1100\] Nondeterminism error: (.*?)(?:", source:|$)', re.DOTALL)
_PLACE = re.compile(r'File \\?"(.+?)\\?", line (\d+), in ')


@dataclass(frozen=True)
class Verdict:
    """What the SDK's core said in the end.

    Args:
        complaint: Its words about a nondeterminism, without the wrapping; empty when there is none.
        event: The last event that it had read by then.
        left: Whether the replay would not end and was left behind after it had said all.
    """

    complaint: str
    event: int
    left: bool = False


async def replay(
    record: Record,
    history: WorkflowHistory,
    cls: type,
    patience: float,
    converter: DataConverter | None,
) -> Verdict | Spoilt:
    """Replay a history once.

    Args:
        record: Where the probe's findings go.
        history: The history.
        cls: The workflow class.
        patience: Seconds for which it may stand still, and CPU seconds that it may use.
        converter: The data converter; None for Temporal's own.

    Returns:
        The core's verdict, or `Spoilt` when a query spoilt this replay.

    Raises:
        CourseError: It could not be done.
    """
    thread = ReplayThread()
    record.heard = thread.heard
    events = list(history.events)
    # Ids of children are made of the workflow's own id, so a file must not be replayed under the file's name.
    workflow_id = attributes(events[0]).workflow_id or history.workflow_id

    async def work() -> Any:
        replayer = Replayer(
            workflows=[cls],
            workflow_task_executor=thread.executor,
            workflow_runner=ProbeRunner(record),
            unsandboxed_workflow_runner=ProbeRunner(record, sandboxed=False),
            data_converter=converter or DataConverter.default,
            runtime=runtime(),
        )
        whole = WorkflowHistory(workflow_id, events)
        return await replayer.replay_workflow(whole, raise_on_replay_failure=False)

    left = False
    try:
        await thread.run(work, patience)
    except Stuck as stuck:
        if record.evicted is None:
            raise _stuck(cls, stuck.line) from None
        left = True
    except Exception as error:  # the Replayer's own: it could not start the workflow at all
        raise cannot_start(cls, error) from error
    asking = record.asking
    if asking.spoilt is not None:
        return asking.spoilt
    message = str(record.evicted.message) if record.evicted is not None else ""
    if _DEADLOCK in message or record.blocked:
        if asking.busy:
            # The SDK's interruption fell outside the query's task: to a learner that is the same.
            return Spoilt(asking.busy, TOO_SLOW)
        raise _blocks(record, message)
    complaint = ""
    if (rule := _RULE.search(message)) is not None:
        complaint = rule[1].replace('\\"', '"')
    return Verdict(complaint, record.evicted_at, left)


def _stuck(cls: type, line: str) -> CourseError:
    return CourseError(
        f"The replay of {cls.__name__} did not end.",
        tried=[f"it was last seen in {line}"] if line else ["no code of the module ran at that moment"],
        fix="a workflow must not block and must not catch BaseException: await instead, then replay again.",
    )


def _blocks(record: Record, message: str) -> CourseError:
    here = [int(line) for file, line in _PLACE.findall(message) if file == record.places.file]
    where = f"line {here[-1]}: {record.places.text(here[-1])}" if here else "its code"
    return CourseError(
        "The workflow's code blocks: it ran for more than 2 seconds without reaching an `await`.",
        tried=[where],
        fix="in a workflow write `await workflow.sleep(…)` instead of `time.sleep(…)`, await in every loop, "
        "and move long computations into an activity.",
    )
