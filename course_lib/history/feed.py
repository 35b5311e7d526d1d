"""A history as it grows: the events of one run, and of the runs that it leads to, as the server writes them."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable

from temporalio.client import Client

from course_lib import loops
from course_lib.history import sent_queries
from course_lib.history.following import Follower
from course_lib.history.run import Run

_log = logging.getLogger(__name__)

__all__ = ["Feed", "Run"]


class Feed:
    """The live history of one run, of what it continued as (also by a retry or cron), and of its children.

    A reset is not followed: no event of the run that was reset names the new one.

    Nothing is asked before `start`. It then waits for events on the background loop until every run is closed, until
    `close`, or until nobody holds the feed any more.

    Args:
        client: Any client of the run's namespace.
        workflow_id: The workflow.
        run_id: Which of its runs to begin with; the newest one without it. A handle from ``start_workflow`` has it
            in ``first_execution_run_id``.

    Attributes:
        runs: In the order in which they were noticed, the root first. It is replaced, never changed: any thread may
            read it.
    """

    def __init__(self, client: Client, workflow_id: str, run_id: str | None = None) -> None:
        self._listeners: dict[object, Callable[[], None]] = {}
        # The work knows this object only weakly: what nobody looks at any more ends by itself.
        this = weakref.ref(self)
        self._follower = Follower(client, lambda: _tell(this))
        self._root = Run(workflow_id, run_id or "", "root", None)
        self._follower.runs = [self._root]
        weakref.finalize(self, self._follower.close)

    @property
    def runs(self) -> list[Run]:
        """The runs, root first; a new list whenever one is added."""
        return self._follower.runs

    @property
    def left_out(self) -> int:
        """How many runs were noticed beyond the 50 that are followed."""
        return self._follower.left_out

    @property
    def closed(self) -> bool:
        """Whether nothing more will come: every run is closed or cannot be followed, or the feed was closed."""
        return self._follower.over

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have something called after each change.

        Args:
            listener: Called from the background thread, so it must be quick and must not touch a widget; several
                changes may come within a millisecond.

        Returns:
            Call it to end the subscription; a second call does nothing.
        """
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    def start(self) -> None:
        """Begin to follow. A second call does nothing; any thread may call it."""
        if self._follower.begin():
            sent_queries.watch(self)
            loops.background().submit(self._follower.follow(self._root))

    def query_sent(self, workflow_id: str) -> None:
        """Hear that this notebook sent a query; for `history.sent_queries`, from any thread.

        Args:
            workflow_id: To which workflow.
        """
        if any(run.workflow_id == workflow_id for run in self.runs):
            loops.background().loop.call_soon_threadsafe(self._follower.changed)

    def close(self) -> None:
        """End it. What has come stays readable; any thread may call it, also twice."""
        self._follower.close()


def _tell(this: weakref.ref[Feed]) -> None:
    if (feed := this()) is not None:
        for listener in list(feed._listeners.values()):
            try:
                listener()
            except Exception:
                _log.exception("A view of workflow %r could not be told of a change.", feed.runs[0].workflow_id)
