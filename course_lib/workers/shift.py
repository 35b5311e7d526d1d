"""Inside the child: one Worker from its first poll to its last, and how it ends for a pause.

The SDK cannot pause a Worker's polls (1.35; wished for in github.com/temporalio/features/issues/343). A pause
therefore shuts the Worker down while the process lives, and resuming makes a new one. What a shutdown would
also do, cancel the running activities, is held back: a pause lets them finish.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from temporalio.client import Client

# A shutdown without running activities takes 20 ms (measured on 1.35). One that waits for an activity has ended its
# polls by then, too; nothing in the SDK tells that apart, and the server goes on listing the poller (1.32).
_POLLS_END = 0.5


class Shift:
    """One Worker of the process.

    Attributes:
        run: The Worker's run; done when it has ended, by request or by an error.
    """

    def __init__(self, client: "Client", task_queue: str, options: dict[str, Any]) -> None:
        from temporalio.worker import Worker

        from course_lib.workers.polling import PollWatch

        self._worker = Worker(client, task_queue=task_queue, **options)
        self._mercy = _Mercy(self._worker)
        self._watch = PollWatch(client, task_queue, options["identity"], options)
        self._ending: asyncio.Task[None] | None = None
        self.run: asyncio.Future[None]

    @classmethod
    async def begin(
        cls, connect: Callable[[], Awaitable["Client"]], task_queue: str, options: dict[str, Any]
    ) -> "Shift":
        """Make a Worker with a client of its own and let it poll.

        Args:
            connect: Returns a new client; a Worker that still finishes its activities keeps the earlier one.
            task_queue: The queue.
            options: The Worker's other arguments.
        """
        shift = cls(await connect(), task_queue, options)
        await shift._watch.begin()
        shift.run = asyncio.ensure_future(shift._worker.run())
        return shift

    async def polls(self) -> bool:
        """Return True when the server has seen it poll; see `PollWatch.wait`."""
        return await self._watch.wait()

    async def pause(self) -> bool:
        """End the polls, spare the running activities; return whether none is left."""
        self._mercy.spare = True
        self._end()
        await asyncio.wait({self.run}, timeout=_POLLS_END)
        return self.run.done()

    async def end(self) -> None:
        """End the polls, cancel the running activities and wait until the Worker has ended; raise what made it fail."""
        self._end()
        self._mercy.release()
        await self.run

    def _end(self) -> None:
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._worker.shutdown())


class _Mercy:
    """Keeps a shutdown from cancelling activities for as long as `spare` is set.

    There is no public way: `graceful_shutdown_timeout` is fixed when the Worker is made, and would then delay every
    stop as well. So the one method through which the core's cancellations arrive is wrapped (1.35). Should it be gone
    in a later SDK, a pause cancels activities as a stop does, and a test says so.

    Args:
        worker: The Worker.
    """

    def __init__(self, worker: Any) -> None:
        self.spare = False
        self._held: list[tuple[bytes, Any]] = []
        inner: Any = getattr(worker, "_activity_worker", None)
        self._cancel = getattr(inner, "_handle_cancel_activity_task", None)
        if self._cancel is not None:
            inner._handle_cancel_activity_task = self._handle

    def _handle(self, token: bytes, cancel: Any) -> None:
        if self.spare and cancel.details.is_worker_shutdown:
            self._held.append((token, cancel))
        elif self._cancel is not None:
            self._cancel(token, cancel)

    def release(self) -> None:
        """Cancel after all what was spared."""
        self.spare = False
        held, self._held = self._held, []
        for token, cancel in held:
            self._handle(token, cancel)
