"""The event table where no widget can be: as HTML, and as text that says the same."""

from __future__ import annotations

from collections.abc import Sequence

from course_lib.history.run import Run
from course_lib.widgets.event_table.rows import Row, Rows
from course_lib.widgets.look import View, escape, page

_MOST = 200  # rows of one run; the newest are the ones that count

_HEADS = ("#", "since start", "took", "event", "name", "payload or failure")
_STYLE = (
    ".tc .et-still{overflow-x:auto;max-height:460px;overflow-y:auto}"
    ".tc.tc.tc .et-still td:last-child{overflow-wrap:anywhere;min-width:220px}"
    ".tc.tc.tc .et-still td{white-space:nowrap}.tc.tc.tc .et-still td:last-child{white-space:normal}"
)


def still(runs: Sequence[Run]) -> View:
    """Return the events of some runs as a view.

    Args:
        runs: Each becomes a table of its own; of more than 200 events the newest are shown.
    """
    html, text = [], []
    for run in runs:
        rows = Rows()
        rows.take(run.events)
        title = f"{run.workflow_id}: {len(rows.all):,} events{'' if run.closed else ' so far'}"
        cut = len(rows.all) - _MOST
        note = f"The newest {_MOST} of them; lab.events(handle) has all." if cut > 0 else ""
        shown = rows.all[-_MOST:]
        said = [part for part in (run.error, note) if part]
        html.append(_html(title, said, shown))
        text.append(_text(title, said, shown))
    return page("".join(html), "\n\n".join(text), style=_STYLE, label="Events")


def _cells(row: Row) -> tuple[str, ...]:
    name = f"{row.name} (attempt {row.attempt})" if row.attempt else row.name
    value = f"✗ {row.failure}" if row.failure else row.payload
    return str(row.event), row.offset, row.took, row.type, name, value


def _html(title: str, said: list[str], rows: Sequence[Row]) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in _HEADS)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(row))}</tr>" for row in rows)
    notes = "".join(f'<div class="tc-quiet">{escape(line)}</div>' for line in said)
    return (
        f'<div class="tc-box"><b>{escape(title)}</b>{notes}<div class="et-still" tabindex="0" role="region" '
        f'aria-label="{escape(title)}"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></div>'
    )


def _text(title: str, said: list[str], rows: Sequence[Row]) -> str:
    table = [_HEADS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in table
    ]
    return "\n".join([title, *said, *(f"  {line}" for line in lines)])
