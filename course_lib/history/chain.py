"""The runs that one workflow goes through by continue-as-new, retry or cron, read as one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle, WorkflowHistory

from course_lib.history.described import client_of
from course_lib.history.frame import events_frame
from course_lib.history.reading import attributes, fetch
from course_lib.history.run import next_run

if TYPE_CHECKING:
    import pandas as pd


async def fetch_chain(handle: WorkflowHandle[Any, Any]) -> list[WorkflowHistory]:
    """Return the histories of all runs of a workflow, the first run first, as far as they are.

    Args:
        handle: The workflow. One with a run id of its own stands for that run alone.

    Raises:
        temporalio.service.RPCError: There is no such workflow, or the server does not answer.
    """
    newest = await fetch(handle)
    if handle.run_id or not newest.events:
        return [newest]
    client = client_of(handle)
    run_id = attributes(newest.events[0]).first_execution_run_id
    found: list[WorkflowHistory] = []
    while run_id and run_id != newest.run_id:
        found.append(await fetch(client.get_workflow_handle(handle.id, run_id=run_id)))
        run_id = next_run(found[-1].events[-1])
    # A run may have been continued since it was asked for; then what came after it is not in this list.
    return [*found, newest]


def chain_frame(runs: Sequence[WorkflowHistory]) -> pd.DataFrame:
    """Return the events of several runs in one DataFrame: `events_frame` with the column ``run``, from 1, in front.

    Args:
        runs: In order.
    """
    import pandas as pd

    frames = [events_frame(run) for run in runs]
    for number, frame in enumerate(frames, 1):
        frame.insert(0, "run", number)
    return pd.concat(frames, ignore_index=True)
