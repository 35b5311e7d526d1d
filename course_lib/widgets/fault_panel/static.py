"""The fault panel as a picture and in words, for where no widget can be used."""

from datetime import datetime
from typing import Any

from course_lib.shop import words
from course_lib.shop.faults import SERVICES
from course_lib.shop.looking import Look
from course_lib.widgets.fault_panel.state import CALM, counts, requests
from course_lib.widgets.look import View, escape, page

_SHOWN = 15  # requests
_HEADS = ("Time", "Service", "Operation", "Order", "Outcome", "", "Took")


def static_view(look: Look, gone: str) -> View:
    """Return the switches in words and the last requests.

    Args:
        look: The shop at one moment.
        gone: Why the shop cannot be used; empty when it can.
    """
    lines = [f"Shop faults, seed {look.book.seed}" + (f": {gone}" if gone else "")]
    rows = ""
    for service in SERVICES:
        said = [words.sentence(rule) for rule in look.book.rules if rule.service == service] or [CALM]
        lines.append(f"  {service:<10} {' '.join(said)}")
        rows += f"<tr><th>{escape(service)}</th><td>{'<br>'.join(map(escape, said))}</td></tr>"
    ended = ", ".join(f"{item['icon']} {item['count']} {item['outcome']}" for item in counts(look, None))
    shown = requests(look, None)[:_SHOWN]
    lines.append(f"Requests: {ended or 'none yet'}" + (f"; the last {len(shown)}:" if shown else ""))
    cells = [_cells(line) for line in shown]
    lines += ["  " + "  ".join(cell for cell in line if cell) for line in cells]
    table = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in cells)
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    body = (
        f'<div class="tc-box"><b>Shop faults</b> <span class="tc-quiet">seed {look.book.seed}</span>'
        + (f'<div class="tc-bad">! {escape(gone)}</div>' if gone else "")
        + f"<table>{rows}</table><b>Requests</b> <span class='tc-quiet'>{escape(ended or 'none yet')}</span>"
        + (f"<table><tr>{heads}</tr>{table}</table>" if shown else "")
        + "</div>"
    )
    return page(body, "\n".join(lines), label="Shop faults")


def _cells(line: dict[str, Any]) -> list[str]:
    status = f" {line['status']}" if line["status"] is not None else ""
    at = datetime.fromisoformat(line["at"])
    return [
        f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}",
        line["service"],
        line["operation"],
        line["order"],
        f"{line['icon']} {line['outcome']}{status}",
        line["note"],
        "" if line["took"] is None else f"{line['took']} ms",
    ]
