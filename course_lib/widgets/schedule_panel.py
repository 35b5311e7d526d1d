"""The panel of a schedule: when it acts next, what it has started, and what can be done to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ipywidgets
from temporalio.client import (
    Client,
    ScheduleBackfill,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    WorkflowExecution,
)
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from course_lib import history, loops
from course_lib.errors import CourseError
from course_lib.server import Server, run_url
from course_lib.widgets.look import View, escape, page
from course_lib.widgets.panel import FRAME, Panel

DUE = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""The time at which a run was due, as the schedule has noted it at the run."""

_SHOWN = 5
_SIGNS = {"RUNNING": ("●", "tc-wait"), "COMPLETED": ("✓", "tc-ok"), "CONTINUED_AS_NEW": ("↻", "tc-quiet")}
_STYLE = FRAME + ".tc-framed .tc+.tc{margin-top:4px}.tc caption{text-align:left}"
_BACKFILL = "Starts a run for each due time from the first to the last, those that have run already included"


@dataclass(frozen=True)
class _Row:
    """One line of a table: its cells, and where its last one leads."""

    cells: tuple[str, ...]
    url: str | None = None
    tone: str = ""


class SchedulePanel(Panel):
    """The panel of one schedule.

    Code can press it, too: `pause`, `resume`, `trigger` and `backfill` do what the buttons do, and the panel shows it.

    Args:
        schedule: The schedule's handle.
        client: The notebook's own client.
        where: The server, for the links to its Web UI.
    """

    every = 2.0

    def __init__(self, schedule: ScheduleHandle, client: Client, where: Server) -> None:
        super().__init__()
        self.schedule = schedule
        self._client, self._server = client, where
        self._seen: ScheduleDescription | None = None
        self._runs: list[WorkflowExecution] = []
        self._told = self._drawn = ""
        self.title = f"Schedule {schedule.id}"
        self.pause_button = self.button("Pause", "", self._on_pause)
        self.trigger_button = self.button(
            "Trigger", "Start a run now, whatever the clock says", lambda: self.act("triggering…", self._trigger())
        )
        self.backfill_button = self.button("Backfill", _BACKFILL, self._on_backfill)

    # What it shows

    @property
    def paused(self) -> bool:
        """Whether it was paused at the last look."""
        return self._seen is not None and self._seen.schedule.state.paused

    def build(self) -> None:
        """See `Panel.build`."""
        self._head_line, self._tables, self._picture = (ipywidgets.HTML() for _ in range(3))
        field = ipywidgets.Layout(width="230px")
        self._note = ipywidgets.Text(description="note", placeholder="why, for whoever looks", layout=field)
        self._from, self._to = (
            ipywidgets.Text(description=word, placeholder="2027-03-28 02:30", layout=field) for word in ("from", "to")
        )
        self._chosen = ipywidgets.Dropdown(description="run", options=[], layout=ipywidgets.Layout(width="470px"))
        self._show_button = self.button("Timeline", "Show the timeline of this run below", self._on_show)
        self.assemble(
            self._head_line,
            self._tables,
            self.row(self.trigger_button, self.pause_button, self._note),
            self.row(self.backfill_button, self._from, self._to),
            self.row(self._show_button, self._chosen),
            self._picture,
            label=self.title,
        )
        self.widget.add_class("tc-framed")

    def draw(self) -> None:
        """See `Panel.draw`."""
        self._head_line.value = page(self._head(), "", style=_STYLE, role="status").html
        self._tables.value = page(self._body(), "", style=_STYLE).html
        self._picture.value = self._drawn
        options = [(f"due {self._due(run)}, {_status(run)}", run.id + "/" + run.run_id) for run in self._runs]
        if tuple(options) != tuple(self._chosen.options):
            before = self._chosen.value
            self._chosen.options = options
            values = [value for _, value in options]
            self._chosen.value = before if before in values else next(iter(values), None)
        for button in (self.pause_button, self.trigger_button, self.backfill_button):
            button.disabled = bool(self.busy) or self._seen is None
        self._show_button.disabled = bool(self.busy) or not options
        self.pause_button.description = "Resume" if self.paused else "Pause"
        self.pause_button.tooltip = "Act again when due" if self.paused else "Start no runs until it is resumed"

    def text(self) -> str:
        """See `Panel.text`."""
        lines = [f"{self.title}: {self._sign()} {self._words()}", *(f"  {line}" for line in self._counts())]
        for name, rows in (("next times", self._next()), ("recent runs", self._recent())):
            lines.append(f"  {name}:{'' if rows else ' none'}")
            for row in rows:
                lines.append("    " + " · ".join(cell for cell in (*row.cells, row.url or "") if cell))
        lines.append(f"  buttons: {'Resume' if self.paused else 'Pause'}, Trigger, Backfill, Timeline")
        return "\n".join([*lines, *(f"  {line}" for line in (self._told, *self.error.split("\n")) if line)])

    def static(self) -> View:
        """See `Panel.static`."""
        return View(
            page(f'<div class="tc-box">{self._head()}{self._body()}</div>', "", style=_STYLE, label=self.title).html,
            self.text(),
        )

    def _sign(self) -> str:
        return "◌" if self.busy or self._seen is None else "‖" if self.paused else "●"

    def _words(self) -> str:
        if self.busy or self._seen is None:
            return self.busy or "gone: it was deleted" * bool(self._told) or "not looked at yet"
        note = self._seen.schedule.state.note
        return ("paused" if self.paused else "acts when due") + (f": {note}" if note else "")

    def _counts(self) -> list[str]:
        if self._seen is None:
            return []
        info, policy = self._seen.info, self._seen.schedule.policy
        skipped, missed = info.num_actions_skipped_overlap, info.num_actions_missed_catchup_window
        return [
            f"{info.num_actions} started, {skipped} skipped (overlap), {missed} missed (catch-up window)",
            f"overlap {policy.overlap.name}, catch-up window {str(policy.catchup_window).removesuffix(', 0:00:00')}",
        ]

    def _zone(self) -> str:
        return (self._seen.schedule.spec.time_zone_name if self._seen else None) or "UTC"

    def _next(self) -> list[_Row]:
        times = self._seen.info.next_action_times[:_SHOWN] if self._seen and not self.paused else []
        zone = ZoneInfo(self._zone())
        return [
            _Row((f"{time.astimezone():%a %Y-%m-%d %H:%M:%S %Z}", _moment(time.astimezone(zone)))) for time in times
        ]

    def _recent(self) -> list[_Row]:
        return [
            _Row(
                (self._due(run), f"started {run.start_time.astimezone():%H:%M:%S}", _status(run)),
                run_url(self._server, run.id, run.run_id),
                _SIGNS.get(run.status.name if run.status else "", ("", "tc-bad"))[1],
            )
            for run in self._runs
        ]

    def _due(self, run: WorkflowExecution) -> str:
        return _moment((run.typed_search_attributes.get(DUE) or run.start_time).astimezone())

    def _head(self) -> str:
        tone = {"●": "tc-ok", "‖": "tc-warn", "◌": "tc-wait"}[self._sign()]
        quiet = "".join(f'<div class="tc-quiet">{escape(line)}</div>' for line in self._counts())
        told = f"<div>ℹ {escape(self._told)}</div>" if self._told else ""
        return (
            f'<div class="tc-head"><b>{escape(self.title)}</b>'
            f'<span class="{tone}">{self._sign()} {escape(self._words())}</span></div>{quiet}{told}'
        )

    def _body(self) -> str:
        here = f"{datetime.now().astimezone():%Z}"
        return _table("Next times", (f"your time ({here})", self._zone()), self._next()) + _table(
            "Recent runs", ("due, your time", "", "", ""), self._recent()
        )

    # What it does

    async def look(self) -> None:
        """Look at the schedule and its runs once.

        Raises:
            CourseError: There is no such schedule.
        """
        try:
            self._seen = await self.schedule.describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            if self._seen is None:
                raise CourseError(
                    f"The server knows no schedule {self.schedule.id!r}.", fix="create it first, or look at the id."
                ) from error
            self._seen, self._told = None, "It was deleted; the runs that it started go on."
        query = f"TemporalScheduledById = '{self.schedule.id}'"
        self._runs = [run async for run in self._client.list_workflows(query, limit=_SHOWN)]
        self.changed()

    async def pause(self, note: str = "") -> None:
        """Pause it, as the button does.

        Args:
            note: Stands beside it until it is resumed.
        """
        await self._on_loop(self._pause(note))

    async def resume(self, note: str = "") -> None:
        """Let it act again, as the button does.

        Args:
            note: Stands beside it.
        """
        await self._on_loop(self._resume(note))

    async def trigger(self) -> None:
        """Start a run now, as the button does."""
        await self._on_loop(self._trigger())

    async def backfill(
        self, start: datetime, end: datetime, overlap: ScheduleOverlapPolicy = ScheduleOverlapPolicy.BUFFER_ALL
    ) -> None:
        """Start a run for each due time from ``start`` to ``end``, as the button does.

        Args:
            start: The first due time; without a zone it is your time.
            end: The last one.
            overlap: What happens when one is due while another runs.
        """
        await self._on_loop(self._backfill(start, end, overlap))

    async def _on_loop(self, action: Any) -> None:
        await asyncio.wrap_future(loops.background().submit(self._run(action)))

    async def _pause(self, note: str) -> None:
        await self.schedule.pause(note=note or None)
        await self._done("Paused.")

    async def _resume(self, note: str) -> None:
        await self.schedule.unpause(note=note or None)
        await self._done("It acts again.")

    async def _trigger(self) -> None:
        await self.schedule.trigger()
        await self._done("Triggered: whether a run starts, the overlap policy says.")

    async def _backfill(self, start: datetime, end: datetime, overlap: ScheduleOverlapPolicy) -> None:
        start, end = start.astimezone(), end.astimezone()
        if start > end:
            raise CourseError("The first due time comes after the last.", fix="exchange the two.")
        await self.schedule.backfill(ScheduleBackfill(start, end, overlap))
        await self._done(f"Backfill from {_moment(start)} to {_moment(end)}.")

    async def _done(self, told: str) -> None:
        self._told = told
        await self.look()

    def _on_pause(self) -> None:
        note = self._note.value.strip() if self.widget is not None else ""
        if self.paused:
            self.act("resuming…", self._resume(note))
        else:
            self.act("pausing…", self._pause(note))

    def _on_backfill(self) -> None:
        self.act("backfilling…", self._backfill_fields())

    async def _backfill_fields(self) -> None:
        times = []
        for field in (self._from, self._to):
            try:
                times.append(datetime.fromisoformat(field.value.strip()))
            except ValueError:
                raise CourseError(
                    f"{field.description}: {field.value.strip()!r} is no time.",
                    fix="write it like 2027-03-28 02:30, in your time, or with an offset: 2027-03-28T02:30+01:00.",
                ) from None
        await self._backfill(times[0], times[1], ScheduleOverlapPolicy.BUFFER_ALL)

    def _on_show(self) -> None:
        if self._chosen.value:
            self.act("drawing…", self._show(*self._chosen.value.rsplit("/", 1)))

    async def _show(self, workflow: str, run: str) -> None:
        from course_lib.widgets.timeline import timeline_view

        handle = self._client.get_workflow_handle(workflow, run_id=run)
        recorded, described = await history.fetch(handle), await history.describe(handle)
        url = run_url(self._server, workflow, run)
        self._drawn = timeline_view(recorded, ui_url=url, pending=described, title=workflow).html


def _status(run: WorkflowExecution) -> str:
    name = run.status.name if run.status else ""
    return f"{_SIGNS.get(name, ('✗', ''))[0]} {name.replace('_', ' ').capitalize()}"


def _moment(time: datetime) -> str:
    return f"{time:%a %Y-%m-%d %H:%M:%S}"


def _table(name: str, heads: Sequence[str], rows: Sequence[_Row]) -> str:
    if not rows:
        return f'<div class="tc-quiet">{name}: none</div>'
    lines = []
    for row in rows:
        cells = [f'<td class="{row.tone if cell == row.cells[-1] else ""}">{escape(cell)}</td>' for cell in row.cells]
        if row.url:
            cells.append(
                f'<td><a href="{escape(row.url)}" target="_blank" rel="noopener" '
                f'aria-label="Web UI: run due {escape(row.cells[0])}">Web UI ↗</a></td>'
            )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f'<th scope="col">{escape(word)}</th>' if word else "<td></td>" for word in heads)
    return (
        f'<table aria-label="{name}"><caption class="tc-quiet">{name}</caption><tr>{head}</tr>{"".join(lines)}</table>'
    )
