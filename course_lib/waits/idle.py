"""For how long has nothing moved? A wait that ends by this, and not by a clock, says the same on a busy machine."""

import time
from collections.abc import Awaitable, Callable, Hashable, Iterable

from course_lib.waits.processes import Mover, Processes

BASE = 2.0
"""Seconds without any movement after which it is worth asking whether anything will move again."""
TRIPS = 40
"""Round trips of this machine (`round_trip`) that are added to it: it is measured anew before a wait is given up."""
BURNT = 5.0
"""CPU seconds that the processes may use while nothing comes of it: a loop without an end."""

_LONGEST = 0.5  # seconds that one look may add: who was not looking has not seen that nothing moved
_SHORTEST = 0.05
_SHARE = 0.05  # of a core; an idle Worker uses less than 0.02
_FRESH = 1.0  # seconds for which a measured round trip holds
_NEW = object()


class Idle:
    """What moves, among the things that one or more waits look at.

    Args:
        movers: Returns the processes and threads that run the learner's code, at each look.
        measure: Returns this machine's round trip now, in seconds; without it, `nothing_moves` cannot be asked.

    Attributes:
        seconds: For how long nothing has moved.
        burnt: CPU seconds that the processes have used since something came of it.
    """

    def __init__(
        self, movers: Callable[[], Iterable[Mover]], measure: Callable[[], Awaitable[float]] | None = None
    ) -> None:
        self.seconds = 0.0
        self.burnt = 0.0
        self._movers, self._measure = movers, measure
        self._processes = Processes()
        self._states: dict[Hashable, object] = {}
        self._looked = time.monotonic()
        self._trip, self._measured, self._heed = 0.0, float("-inf"), True

    def saw(self, what: Hashable, state: object, *, counts: bool = True) -> None:
        """Tell the state of one thing; another one than the last time is a movement.

        Args:
            what: Its name, such as a workflow ID.
            state: For example its history's length.
            counts: Whether the movement is worth the CPU time that was used for it: another attempt is not.
        """
        if self._states.get(what, _NEW) != state:
            self._states[what] = state
            self.seconds = 0.0
            if counts:
                self.burnt = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self.seconds = self.burnt = 0.0

    def look(self, heed: bool = True) -> None:
        """Look at the processes, and let the time without a movement grow when they are idle.

        Args:
            heed: Whether what they do is a movement.
        """
        now = time.monotonic()
        gap = now - self._looked
        if gap < _SHORTEST:
            return
        self._looked, self._heed = now, heed
        used, runs = self._processes.look(self._movers())
        if heed:
            self.burnt += used
        if heed and (runs or used > _SHARE * gap):
            self.seconds = 0.0
        else:
            self.seconds += min(gap, _LONGEST)

    async def nothing_moves(self, expected: float = 0.0, base: float = BASE) -> bool:
        """Return whether nothing has moved for so long that nothing will.

        Args:
            expected: Seconds after which the server itself would move something, such as a retry.
            base: Seconds besides.
        """
        assert self._measure is not None
        if self.seconds < base + expected:
            return False
        if time.monotonic() - self._measured > _FRESH:
            self._trip = await self._measure()
            self._measured = time.monotonic()
            self.look(self._heed)
        return self.seconds >= base + expected + TRIPS * self._trip
