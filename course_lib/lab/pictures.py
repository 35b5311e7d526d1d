"""Pictures of runs: live in a front end that draws widgets, still everywhere else."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from course_lib import history, server
from course_lib.errors import CourseError
from course_lib.history.pending import Pending
from course_lib.history.run import Run
from course_lib.widgets.panel.frontend import interactive

if TYPE_CHECKING:
    from course_lib.history.feed import Feed
    from course_lib.widgets.look import View
    from course_lib.widgets.timeline.live import Timeline, Track

AnyRun = WorkflowHandle[Any, Any] | WorkflowHistory
Look = Callable[[Any], Any]


def timeline(run: AnyRun, client: Client, where: server.Server, look: Look) -> "View | Timeline":
    """Return a run as a picture.

    Args:
        run: A workflow's handle, or a history.
        client: The client of the handle's namespace.
        where: The server, for the links to its Web UI.
        look: Awaits a coroutine within the limit of one look at the server.

    Raises:
        CourseError: There is no such workflow, or the server does not answer.
    """
    from course_lib.widgets.timeline import timeline_view

    if not interactive():
        runs, pending, url = _still(run, where, look)
        return timeline_view(runs, ui_url=url, pending=pending, title=runs[0].workflow_id)
    from course_lib.widgets.timeline.live import Timeline

    track = _track(run, client, where, look)

    def still() -> "View":
        first = track.source.runs[0]
        url = track.link(first.workflow_id, first.run_id)
        pending = (first.pending or Pending()) if track.live else None
        return timeline_view(_history(first), ui_url=url, pending=pending, title=track.title)

    return Timeline([track], still)


def compare(a: AnyRun, b: AnyRun, client: Client, where: server.Server, look: Look) -> "View | Timeline":
    """Return two runs one above the other, with what is different between them in words.

    Args:
        a: A workflow's handle, or a history.
        b: Another one.
        client: The client of the handles' namespace.
        where: The server, for the links to its Web UI.
        look: Awaits a coroutine within the limit of one look at the server.

    Raises:
        CourseError: There is no such workflow, or the server does not answer.
    """
    from course_lib.widgets.timeline.comparison import comparison_view

    if not interactive():
        ((*_, one), first, _), ((*_, two), second, _) = _still(a, where, look), _still(b, where, look)
        now = datetime.now(UTC) if first or second else None
        return comparison_view((one, two), (first, second), (one.workflow_id, two.workflow_id), now)
    from course_lib.widgets.timeline.live import Timeline
    from course_lib.widgets.timeline.live.remarks import apart

    tracks = [_track(run, client, where, look) for run in (a, b)]

    def still() -> "View":
        runs = [track.source.runs[0] for track in tracks]
        pendings = [run.pending for run in runs]
        now = datetime.now(UTC) if any(track.live for track in tracks) else None
        return comparison_view([_history(run) for run in runs], pendings, [track.title for track in tracks], now)

    return Timeline(tracks, still, apart)


def _still(run: AnyRun, where: server.Server, look: Look) -> tuple[list[WorkflowHistory], Any, str | None]:
    if isinstance(run, WorkflowHistory):
        return [run], None, None

    async def fetch() -> tuple[list[WorkflowHistory], Any]:
        description = await described(run)
        return await history.fetch_chain(run), description

    recorded, description = look(fetch())
    return recorded, description, server.run_url(where, run.id, run.run_id or run.first_execution_run_id)


def _track(run: AnyRun, client: Client, where: server.Server, look: Look) -> "Track":
    from course_lib.widgets.timeline.live import Still, Track

    if isinstance(run, WorkflowHistory):
        only = Run(run.workflow_id, "", "root", None, events=list(run.events))
        return Track(Still([only]), run.workflow_id, live=False)
    return Track(look(_followed(run, client)), run.id, lambda workflow, id: server.run_url(where, workflow, id))


async def _followed(handle: WorkflowHandle[Any, Any], client: Client) -> "Feed":
    """Return a feed that has read what there is: the picture that grows is the one that was fetched."""
    from course_lib.history.feed import Feed

    description = await described(handle)
    feed = Feed(client, handle.id, handle.run_id or handle.first_execution_run_id or description.run_id)
    there = asyncio.Event()
    forget = feed.subscribe(there.set)  # this runs on the loop on which the feed calls
    feed.start()
    try:
        root = feed.runs[0]
        while len(root.events) < description.history_length and not (feed.closed or root.closed):
            there.clear()
            await there.wait()
    finally:
        forget()
    return feed


async def described(handle: WorkflowHandle[Any, Any]) -> Any:
    """Return what the server says of a run.

    Args:
        handle: The workflow.

    Raises:
        CourseError: There is no such workflow.
    """
    try:
        return await history.describe(handle)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        raise CourseError(
            f"The server knows no workflow {handle.id!r}.",
            fix="start it first, or look at the id. A server that was started with a new database has forgotten it.",
        ) from error


def _history(run: Run) -> WorkflowHistory:
    return WorkflowHistory(run.workflow_id, list(run.events))
