"""A message that is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from course_lib.widgets.messages.outcome import Outcome

T = TypeVar("T")


class Sent(Generic[T]):
    """A message that is on its way. It goes on, and the panel shows what comes of it, whether it is awaited or not.

    ``await`` it for what came of it; that raises what the SDK's own call would raise.

    Args:
        future: The work on the background loop.
        part: What of its outcome is awaited.
    """

    def __init__(self, future: Future[Outcome], part: Callable[[Outcome], T]) -> None:
        self._future = future
        self._part = part

    @property
    def done(self) -> bool:
        """Whether nothing more is to come."""
        return self._future.done()

    def then(self, part: Callable[[Outcome], Any]) -> Sent[Any]:
        """Return the same message, with another part of its outcome to be awaited.

        Args:
            part: Makes it from the outcome.
        """
        return Sent(self._future, part)

    def __await__(self) -> Generator[Any, None, T]:
        # Shielded: a cell that is interrupted while it awaits does not take the message back.
        outcome: Outcome = yield from asyncio.shield(asyncio.wrap_future(self._future)).__await__()
        return self._part(outcome)

    def __repr__(self) -> str:
        if not self.done:
            return "on its way; `await` it for what comes of it"
        return repr(self._future.exception() or self._future.result())
