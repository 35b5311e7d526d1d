"""A worker process that is held: paused (it polls no more) or frozen (it does not run at all)."""

from concurrent.futures import Future
from typing import Any

from course_lib.errors import CourseError
from course_lib.workers.child import Child
from course_lib.workers.freezing import Frozen
from course_lib.workers.orders import PAUSE, RESUME
from course_lib.workers.waiting import Still, settle, wait_while_moving
from course_lib.workers.watched import Watched

ASK_PATIENCE = 10.0
"""Seconds for which a process that was asked for something may stand still, and CPU seconds that it may use."""


class Holding(Watched):
    """What can be asked of a process while it lives."""

    _answer: "Future[None] | None" = None

    async def pause(self, patience: float = ASK_PATIENCE) -> None:
        """End the polls while the process lives: it takes no new task, and finishes the activities that it has.

        The SDK has no pause: the Worker in the process is shut down, and `resume` makes a new one. Runs in its cache
        are therefore replayed by whoever continues them. Does nothing when it is paused already.

        Args:
            patience: Seconds for which the process may stand still until it has said so, and CPU seconds.

        Raises:
            CourseError: It does not run, is frozen, or did not answer.
        """
        if self.state != "paused":
            await self._ask("pause", PAUSE, patience)

    async def resume(self, patience: float = ASK_PATIENCE) -> None:
        """Poll again after `pause`; return when the server has seen it. Does nothing when it polls.

        Args:
            patience: Seconds for which the process may stand still until the server has seen it, and CPU seconds.

        Raises:
            CourseError: It does not run, is frozen, does not reach the server, or did not answer.
        """
        if self.state != "running":
            await self._ask("resume", RESUME, patience)

    def freeze(self) -> bool:
        """Keep the process from running at all, as a hung one (SIGSTOP). Return whether there was one to freeze."""
        with self._lock:
            child = self._child
            if child is None or not child.alive or self.frozen or self.state not in ("running", "paused"):
                return False
            self._frozen = Frozen(child.pid)
        self._changed()
        return True

    def thaw(self) -> bool:
        """Let a frozen process go on (SIGCONT). Return whether it was frozen."""
        with self._lock:
            frozen, self._frozen = self._frozen, None
        if frozen is None:
            return False
        frozen.thaw()
        self._changed()
        return True

    async def _ask(self, verb: str, order: str, patience: float) -> None:
        with self._lock:
            child = self._child
            if child is None or not child.alive or self.state not in ("running", "paused"):
                raise CourseError(f"No worker process runs: there is nothing to {verb}.", fix="start it first.")
            if self.frozen:
                raise CourseError(f"The worker process is frozen: it cannot {verb}.", fix="let it go on first.")
            answer = self._answer = Future()
        child.send(order)
        try:
            await wait_while_moving(answer, self._movers, patience)
        except Still as reason:
            raise CourseError(
                f"The worker process {child.pid} did not {verb} {reason}.",
                tried=[f"to ask it to {verb}"],
                fix="look at its log: code of yours may block its event loop. `kill -9` ends it in any case.",
            ) from None

    def _hears(self, child: Child | None, message: dict[str, Any]) -> None:
        """Take what the child says of itself while it lives."""
        if child is None or child is not self._child:
            return
        state = message.get("state")
        with self._lock:
            if state == "paused" and self.state == "running":
                self.draining = bool(message["draining"])
                self._set("paused")
            elif state == "resumed" and self.state == "paused":
                self._set("running")
            elif state == "drained":
                self.draining = False
            elif state == "tasks":
                self.tasks = (int(message["workflow"]), int(message["activity"]))
            answer = self._answer
        if answer is not None and state in ("paused", "resumed"):
            settle(answer)
        elif answer is not None and state == "refused":
            settle(answer, error=CourseError(message["what"], fix=message["fix"]))
        self._changed()

    def _let_go(self, words: str) -> None:
        """Forget what belongs to a child that has ended."""
        with self._lock:
            frozen, self._frozen = self._frozen, None
            self.draining = False
            answer = self._answer
        if frozen is not None:
            frozen.forget()
        if answer is not None:
            settle(answer, error=CourseError(f"The worker process {words}.", fix="start it again."))
