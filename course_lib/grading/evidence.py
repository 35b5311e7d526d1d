"""What one run of the learner's code left behind: result or error, history, and where in the code it went wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle, WorkflowHistory

if TYPE_CHECKING:
    import pandas as pd

Handle = WorkflowHandle[Any, Any]
"""A workflow run, whatever its types."""

_LONGEST = 300
# The sandbox says so of every call that it stops: it is no advice for a beginner, and leaves no room for the line.
_ASIDE = re.compile(r"\. If this is code from a module not used in a workflow .*? mark the import as pass through\.")
_FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+)')


@dataclass(frozen=True)
class Run:
    """One workflow run and its evidence.

    Args:
        handle: The run.
        result: What it returned; ``None`` when it did not.
        error: Why there is no result: the failure, or what the course found when it looked; ``None`` when completed.
        history: The recorded history.
        events: The history as a DataFrame, see ``course_lib.history.events_frame``.
        completed: Whether the workflow completed.
        reason: ``error`` in words for a learner, with the line of the learner's code where one is known.
    """

    handle: Handle
    result: Any
    error: BaseException | None
    history: WorkflowHistory
    events: "pd.DataFrame" = field(repr=False)
    completed: bool = False
    reason: str = ""

    def ids(self, type: str, name: str | None = None) -> tuple[int, ...]:
        """Return the ids of the events of one type, for ``bench.expect(events=…)``.

        Args:
            type: For example ``"ActivityTaskScheduled"``.
            name: Only those of this activity, signal, timer …; for an event that answers another one, the other's.
        """
        return event_ids(self.events, type, name)

    @property
    def last_event(self) -> tuple[int, ...]:
        """The id of the last event, as a tuple."""
        return tuple(int(event) for event in self.events["event_id"].tail(1))


def event_ids(events: "pd.DataFrame", type: str, name: str | None = None) -> tuple[int, ...]:
    """Return the ids of the events of one type and name, see ``Run.ids``.

    Args:
        events: A history as a DataFrame.
        type: For example ``"ActivityTaskCompleted"``.
        name: The activity, signal, timer …
    """
    chosen = events[events["type"] == type]
    if name is not None:
        # Completed, failed and started events have no name of their own in the history: they link to one that has.
        named = set(events.loc[events["name"] == name, "event_id"])
        chosen = chosen[(chosen["name"] == name) | chosen["links"].isin(named)]
    return tuple(int(event) for event in chosen["event_id"])


def short(value: Any, limit: int = _LONGEST) -> str:
    """Return a value as a learner reads it, shortened.

    Args:
        value: Plain data.
        limit: Characters.
    """
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}… ({len(text):,} characters)"


def cause_of(error: BaseException) -> BaseException:
    """Return the innermost cause: the learner's own exception, not the wrapping of the SDK."""
    *_, inner = _causes(error)
    return inner


def explain(error: BaseException, lines: dict[str, str]) -> str:
    """Return an error in one or two lines, with the line of the learner's code.

    Args:
        error: What the client raised.
        lines: Source text by module file stem, for the modules that the learner wrote.
    """
    inner = cause_of(error)
    kind = getattr(inner, "type", None)
    if not kind or not isinstance(kind, str):  # a timeout's type says which of the four it was
        kind = type(inner).__name__
    message = str(getattr(inner, "message", "") or inner)
    text = short_text(f"{kind}: {message}" if kind not in message else message)
    stacks = (getattr(getattr(each, "failure", None), "stack_trace", "") or "" for each in _causes(error))
    place = place_of("\n".join(stacks), lines)
    return f"{text}{f', at {place}' if place else ''}"


def place_of(traceback: str, lines: dict[str, str]) -> str:
    """Return the last place of a traceback that is the learner's own: ``line 7 of orders: `…` ``.

    Args:
        traceback: Python's text.
        lines: Source text by module file stem.
    """
    place = ""
    for frame in _FRAME.finditer(traceback):
        stem = re.split(r"[\\/]", frame["path"])[-1].removesuffix(".py")
        if stem in lines:
            number = int(frame["line"])
            source = lines[stem].split("\n")
            code = source[number - 1].strip() if 0 < number <= len(source) else ""
            place = f"line {number} of {stem.split('__r')[0]}: `{code}`"
    return place


def short_text(text: str) -> str:
    """Return a text on one line, shortened."""
    flat = _ASIDE.sub("", " ".join(text.split()))
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "cause", None) or error.__cause__
