"""What a live timeline knows, and what of it the browser does not know yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from course_lib.history.growing import DETAILED_UP_TO, GrowingSpans
from course_lib.history.moments import moment
from course_lib.widgets.look import plain
from course_lib.widgets.texts import Texts
from course_lib.widgets.timeline.live.columns import Columns, microseconds
from course_lib.widgets.timeline.live.extras import Extras

if TYPE_CHECKING:
    from course_lib.history.run import Run, Source
    from course_lib.history.span import Span

Link = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Still:
    """Runs that do not change any more.

    Args:
        runs: Root first.
    """

    runs: list[Run]


@dataclass
class Track:
    """One line of runs that belong together; a timeline has one, a comparison two.

    Args:
        source: Its runs.
        title: What it is called beside the workflow's type, for example its id.
        link: Returns the page of a run in the Web UI, from workflow id and run id.
        live: Whether what is open goes on until now; else a little beyond the last thing known.
    """

    source: Source
    title: str
    link: Link = field(default=lambda _workflow_id, _run_id: None)
    live: bool = True


class _Known:
    """A run, and what was made of it."""

    def __init__(self, number: int, track: int, run: Run) -> None:
        self.number, self.track, self.run = number, track, run
        self.spans = GrowingSpans()
        self.extras = Extras()

    def update(self, until: datetime | None) -> set[int]:
        run = self.run
        return self.spans.update(run.events, run.pending) | self.extras.update(run, until)

    def item(self, number: int) -> tuple[Span, ...]:
        return self.spans.items.get(number, ()) or self.extras.items.get(number, ())

    @property
    def root(self) -> Span | None:
        return next(iter(self.spans.items.get(1, ())), None)


class LivePicture:
    """The state behind one widget, read from its tracks' runs whenever it is asked for.

    Args:
        tracks: What it shows.
        remark: Returns what is to be said about it, in sentences; called after each change.

    Attributes:
        version: Counts the deltas.
    """

    def __init__(self, tracks: Sequence[Track], remark: Callable[[LivePicture], list[str]] | None = None) -> None:
        self.tracks = list(tracks)
        self.version = 0
        self._texts = Texts()
        self._known: dict[tuple[int, str, str], _Known] = {}
        self._runs: list[_Known] = []
        self._origins: dict[int, int] = {}
        self._meta: Any = None
        self._remark = remark
        self._remarks: list[str] = []

    def delta(self) -> dict[str, Any] | None:
        """Return what has changed since the last call, or None: JSON, with times in microseconds."""
        columns, gone = Columns(self._texts), []
        for track in range(len(self.tracks)):
            self._notice(track)
        newest_until = {
            (known.track, *known.run.parent): moment(known.run.events[0].event_time)
            for known in self._runs
            if known.run.relation == "continued" and known.run.parent is not None
        }
        for known in self._runs:
            until = newest_until.get((known.track, known.run.workflow_id, known.run.run_id))
            for number in sorted(known.update(until)):
                if spans := known.item(number):
                    self._add(columns, known, number, spans)
                else:
                    gone.append([known.number, number])
        meta = self._facts()
        spans_now = columns.as_dict()
        if not spans_now and not gone and meta == self._meta:
            return None
        self._meta = meta
        self.version += 1
        if self._remark is not None:
            self._remarks = self._remark(self)
        return self._message(spans_now, gone, self._texts.fresh(), base=self.version - 1)

    def full(self) -> dict[str, Any]:
        """Return everything, as of the last `delta`."""
        columns = Columns(self._texts)
        for known in self._runs:
            for number in [*sorted(known.spans.items), *sorted(known.extras.items)]:
                self._add(columns, known, number, known.item(number))
        return self._message(columns.as_dict(), [], self._texts.all, base=0)

    def span(self, run: int, item: int) -> list[Span]:
        """Return an item with all its payloads.

        Args:
            run: The run's number.
            item: The item's number.
        """
        known = self._runs[run]
        return known.spans.detailed(item) or list(known.extras.items.get(item, ()))

    def line(self, track: int) -> list[list[tuple[Span, ...]]]:
        """Return the items of a track's own runs, one run after the other; children are left out.

        Args:
            track: The track's number.
        """
        return [
            [*one.spans.items.values(), *one.extras.items.values()]
            for one in self._runs
            if one.track == track and one.run.relation != "child"
        ]

    def number(self, workflow_id: str, run_id: str) -> int | None:
        """Return a run's number, None when it is not shown yet."""
        known = (one.number for one in self._runs if (one.run.workflow_id, one.run.run_id) == (workflow_id, run_id))
        return next(known, None)

    def run(self, number: int) -> Run:
        """Return a run by its number."""
        return self._runs[number].run

    # ------------------------------------------------------------ inside

    def _notice(self, track: int) -> None:
        for run in self.tracks[track].source.runs:
            key = (track, run.workflow_id, run.run_id if run.relation != "root" else "")
            if run.events and key not in self._known:
                # Every time of a track is counted from its first event.
                self._origins.setdefault(track, microseconds(moment(run.events[0].event_time)))
                known = self._known[key] = _Known(len(self._runs), track, run)
                self._runs.append(known)

    def _add(self, columns: Columns, known: _Known, number: int, spans: Sequence[Span]) -> None:
        columns.add(known.number, number, spans, self._origins[known.track], more=number > DETAILED_UP_TO)

    def _message(self, spans: dict[str, Any], gone: list[Any], texts: list[str], base: int) -> dict[str, Any]:
        tracks, runs = self._meta or self._facts()
        now = microseconds(datetime.now(UTC))
        return {
            "version": self.version, "base": base, "now": now, "tracks": tracks, "runs": runs, "texts": texts,
            "spans": spans, "gone": gone, "remarks": self._remarks,
        }  # fmt: skip

    def _facts(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        groups: dict[tuple[int, str, str], int] = {}
        runs = [self._run_facts(known, groups) for known in self._runs]
        return [self._track_facts(number) for number in range(len(self.tracks))], runs

    def _run_facts(self, known: _Known, groups: dict[tuple[int, str, str], int]) -> dict[str, Any]:
        run, root = known.run, known.root
        key = (known.track, run.workflow_id, run.run_id)
        parent = groups.get((known.track, *run.parent)) if run.parent else None
        # Runs that one became after the other share their lanes.
        groups[key] = parent if run.relation == "continued" and parent is not None else known.number
        return {
            "track": known.track, "group": groups[key], "parent": parent, "relation": run.relation,
            "id": plain(run.workflow_id), "run": run.run_id, "type": plain(root.name) if root else "",
            "status": root.status if root else "waiting", "events": len(run.events), "error": plain(run.error),
            "url": self.tracks[known.track].link(run.workflow_id, run.run_id),
        }  # fmt: skip

    def _track_facts(self, number: int) -> dict[str, Any]:
        track = self.tracks[number]
        mine = [known for known in self._runs if known.track == number]
        runs = track.source.runs
        first = next((known.root for known in mine if known.root is not None), None)
        # The head tells of the newest of the runs that the workflow continued as.
        line = [known for known in mine if known.run.relation != "child"]
        last = line[-1] if line else None
        errors = [run.error for run in runs if run.error]
        errors += [known.spans.pause.detail for known in mine if known.spans.pause]
        ended = last.root.end if last and last.root else None
        attempt = 0
        if last is not None and last.run.events:
            attempt = last.run.events[0].workflow_execution_started_event_attributes.attempt
        return {
            "title": plain(track.title), "type": plain(first.name) if first else "", "live": track.live,
            "status": last.root.status if last and last.root else "waiting",
            "origin": self._origins.get(number, 0), "events": sum(len(known.run.events) for known in mine),
            "runs": len(line), "attempt": attempt, "error": plain(errors[0]) if errors else "",
            "ended": microseconds(ended) - self._origins[number] if ended else None,
            "left_out": getattr(track.source, "left_out", 0),
            "url": track.link(last.run.workflow_id, last.run.run_id) if last else None,
        }  # fmt: skip
