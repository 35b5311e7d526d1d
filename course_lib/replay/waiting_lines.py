"""On which lines a workflow waits, and for what, in words.

A task of asyncio knows the future that it waits for, and a future of the SDK is known to the handle that will resolve
it. ``__stack_trace`` is no help: it shows the SDK's own frames only.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from types import FrameType
from typing import Any

from course_lib.history.moments import in_words
from course_lib.private.futures import WAIT, group, parts, shielded, waits_for
from course_lib.private.sdk import SLEEP, WAIT_CONDITION, Pending, pending, tasks
from course_lib.replay.asyncio_tasks import MAIN, Born, born, label
from course_lib.replay.journeys import Wait
from course_lib.replay.places import Place, Places, awaited

_NAMED = 3  # things that are named before the rest is counted
_LOOKED = 12  # of many, so many are looked at; a fan-out is as wide as it likes
_DEEP = 6  # futures that wait for futures

# Library code that waits, by the qualified name of its code object.
_LIBRARY = {
    "Lock.acquire": "a lock",
    "Semaphore.acquire": "a semaphore",
    "Condition.wait": "a condition variable",
    "Event.wait": "an event",
    "Queue.get": "an item in a queue",
    "Queue.put": "room in a queue",
    "Barrier.wait": "a barrier",
}


class Waits:
    """Reads the waiting tasks of one workflow instance.

    Args:
        impl: The SDK's instance inside the sandbox.
        places: Finds lines.
    """

    def __init__(self, impl: Any, places: Places) -> None:
        self._impl = impl
        self._places = places
        # A task that has not moved is not looked at again: of a hundred that wait, a step moves one.
        self._known: dict[Any, tuple[Any, int, Wait]] = {}

    def now(self) -> tuple[Wait, ...]:
        """Return where each task of the learner waits, the main one first, then in order of birth."""
        waiting = sorted(
            ((origin.number, task, origin) for task in tasks(self._impl) if (origin := born(task)) and origin.label),
            key=lambda entry: (entry[2].label != MAIN, entry[0]),
        )
        self._table: dict[int, str] | None = None
        known, self._known = self._known, {}
        found = []
        for _, task, origin in waiting:
            future = waits_for(task)
            if future is None or task.done():
                continue
            # Parts of a gather finish while it waits for the same future: their count tells that it moved on.
            moved = sum(child.done() for child in parts(future))
            before = known.get(task)
            if before is None or before[0] is not future or before[1] != moved:
                if (wait := self._wait(task, origin, future)) is None:
                    continue
                before = (future, moved, wait)
            self._known[task] = before
            found.append(before[2])
        return tuple(found)

    def _wait(self, task: Any, origin: Born, future: Any) -> Wait | None:
        frames = list(awaited(task.get_coro()))
        position = self._places.best(frames)
        if position is not None:
            place = self._places.of_frame(frames[position])
        elif origin.line is not None:
            # It runs a coroutine of the SDK alone, as in gather(execute_activity(…)): its line is where it was made.
            place = Place(origin.line, origin.function, self._places.text(origin.line))
        else:
            return None
        words = self._awaiting(frames[0 if position is None else position + 1 :], future, 0)
        return Wait(label(task, origin), place.function, place.line, place.source, words)

    def _awaiting(self, frames: list[FrameType], future: Any, depth: int) -> str:
        """Return what is behind an await.

        Args:
            frames: The frames below the learner's line, outermost first.
            future: The future at the bottom.
            depth: How many futures were followed on the way here.
        """
        limit = ""
        for frame in frames:
            name = frame.f_code.co_qualname
            if name.endswith(WAIT_CONDITION):
                return f"a condition{_at_most(frame.f_locals.get('timeout'))}"
            if name == "wait_for":
                limit = _at_most(frame.f_locals.get("timeout"))
            elif name.endswith(SLEEP):
                return f"timer {_length(frame.f_locals.get('duration'))}"
            elif name == "sleep" and "delay" in frame.f_locals:
                return f"timer {_length(frame.f_locals['delay'])}"
            elif name == "TaskGroup.__aexit__":
                return f"the tasks of its group: {self._several(group(frame.f_locals['self']), depth)}{limit}"
            elif name == WAIT:
                # Also how the SDK shields its own futures: asyncio.wait([future]).
                return f"{self._several(frame.f_locals.get('fs', ()), depth, ' or ')}{limit}"
            elif library := _LIBRARY.get(name):
                return library + limit
        return self._future(future, depth) + limit

    def _future(self, future: Any, depth: int) -> str:
        if depth > _DEEP:
            return "something"
        if gathered := parts(future):
            return self._several(gathered, depth)
        if words := self._handles().get(id(future)):
            return words
        if (origin := born(future)) is not None:
            return origin.handle or self._task(future, origin)
        for inner in shielded(future):
            return self._future(inner, depth + 1)
        return "a future"

    def _task(self, task: Any, origin: Born) -> str:
        if not origin.label:
            return "a task"
        at = f" (line {origin.line})" if origin.line else ""
        name = label(task, origin)
        return f"{'' if name.startswith(('task ', 'part ')) else 'task '}{name}{at}"

    def _several(self, futures: Iterable[Any], depth: int, joint: str = " and ") -> str:
        waiting = [future for future in futures if not future.done()]
        waiting.sort(key=lambda future: origin.number if (origin := born(future)) else 0)  # a set has no order
        counts = list(Counter(self._part(future, depth + 1) for future in waiting[:_LOOKED]).items())
        rest = len(waiting[_LOOKED:])
        if len(counts) + bool(rest) > _NAMED:
            rest += sum(count for _, count in counts[_NAMED - 1 :])
            del counts[_NAMED - 1 :]
        named = [words if count == 1 else f"{count} × {words}" for words, count in counts]
        if rest:
            named.append(f"{rest} more")
        return joint.join(named) if len(named) < _NAMED else f"{', '.join(named[:-1])}{joint}{named[-1]}"

    def _part(self, future: Any, depth: int) -> str:
        """Return what one part of a gather waits for itself, if it is only a call of the SDK."""
        origin = born(future)
        if origin is not None and not origin.handle and (inner := waits_for(future)) is not None:
            frames = list(awaited(future.get_coro()))
            if self._places.best(frames) is None and depth <= _DEEP:
                return self._awaiting(frames, inner, depth + 1)
        return self._future(future, depth)

    def _handles(self) -> dict[int, str]:
        """Return what each future of the SDK stands for; made once a step, when it is needed."""
        if self._table is None:
            self._table = {id(future): _pending(kind, of) for future, kind, of in pending(self._impl)}
        return self._table


def handle_words(handle: Any) -> str:
    """Return what a handle of the SDK is the handle of, for example ``"activity charge"``."""
    origin = born(handle)
    return origin.handle if origin else "a handle"


def _pending(kind: Pending, of: Any) -> str:
    match kind:
        case "child start":
            return f"the start of {handle_words(of)}"
        case "signal" | "cancellation":
            return f"delivery of a {kind} to workflow {of}"
        case "nexus":
            return "a Nexus operation"
        case "condition":
            return "a condition"
    return handle_words(of)


def _length(value: Any) -> str:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    return in_words(timedelta(seconds=seconds)) if type(seconds) in (int, float) else "of unknown length"


def _at_most(timeout: Any) -> str:
    return f", at most {_length(timeout)}" if timeout is not None else ""
