"""A look at the shop as the panel shows it: plain values that go to the browser, and the sentences beside them."""

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any

from course_lib.shop import words
from course_lib.shop.faults import SERVICES, Rule
from course_lib.shop.looking import Look
from course_lib.shop.scenarios import SCENARIOS
from course_lib.widgets.look import plain, shorten

_LONGEST = 80  # characters of an id
_BARS = 24  # requests in a service's little picture

_SHOWN = 15  # requests, in words

_CALM = "Calm: calls go through."


def switches(look: Look) -> dict[str, Any]:
    """Return what the controls show.

    Args:
        look: The shop at one moment.
    """
    return {
        "seed": look.book.seed,
        "scenario": _scenario(look),
        "services": [_service(name, look) for name in SERVICES],
    }


def _scenario(look: Look) -> str:
    """Return the scenario whose switches these are, or "" when they are of none."""
    on = {_what(rule) for rule in look.book.rules}
    for name, (_, rules) in SCENARIOS.items():
        if {_what(Rule(**rule)) for rule in rules} == on:
            return name
    return ""


def _what(rule: Rule) -> tuple[Any, ...]:
    return (*rule.place, rule.rate, rule.seconds, rule.jitter, rule.times, *rule.script)


def _service(name: str, look: Look) -> dict[str, Any]:
    rules = [rule for rule in look.book.rules if rule.service == name]
    # A control stands for the switch without an aim; one that code aimed at an operation is shown by its sentence.
    on = {rule.kind: rule for rule in rules if rule.operation is None and rule.order_id is None}
    off = Rule("", name, rate=0.0, times=0)
    return {
        "name": name,
        "seconds": on.get("latency", off).seconds,
        "jitter": on.get("latency", off).jitter,
        "rate": round(on.get("error_rate", off).rate * 100, 1),
        "decline": "decline" in on if name == "payments" else None,
        "outage": "outage" in on,
        "rules": [
            {
                "kind": rule.kind,
                "operation": rule.operation,
                "order_id": rule.order_id,
                "name": words.name(rule),
                "text": plain(words.sentence(rule)),
            }
            for rule in rules
        ],
        **_times(look.took.get(name, ())),
    }


def _times(took: tuple[int, ...]) -> dict[str, Any]:
    last = took[:_BARS]
    if not last:
        return {"took": [], "took_words": "no call yet"}
    return {"took": list(reversed(last)), "took_words": f"{_time(median(last))}, slowest {_time(max(last))}"}


def _time(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def requests(look: Look, service: str | None) -> list[dict[str, Any]]:
    """Return the lines of the list, the newest first: what waits, then the log.

    Args:
        look: The shop at one moment.
        service: Only this service's.
    """
    silent = {row["request"] for row in look.waiting if row["request"] is not None}
    waits = [
        _line(row, "waiting", f"for up to {row['seconds']:.1f} s")
        for row in look.waiting
        if row["request"] is None and service in (None, row["service"])
    ]
    return waits + [
        _line(row, words.outcome(row), words.explained(row), open_=row["id"] in silent) for row in look.rows
    ]


def _line(row: Mapping[str, Any], how: str, note: str, *, open_: bool = False) -> dict[str, Any]:
    icon, tone = words.OUTCOMES[how]
    waits = how == "waiting"
    return {
        "id": f"{'w' if waits else 'r'}{row['id']}",
        "at": row["created_at"],
        "service": row["service"],
        "operation": row["operation"] or plain(shorten(row["path"], _LONGEST)),
        "order": _text(row["order_id"]),
        "key": _text(row["idempotency_key"]),
        "icon": icon,
        "tone": tone,
        "outcome": how,
        "status": None if waits else row["status"],
        "note": note,
        "took": None if waits or open_ else row["took_ms"],
    }


def _text(value: str | None) -> str:
    return "" if value is None else plain(shorten(value, _LONGEST))


def counts(look: Look, service: str | None) -> list[dict[str, Any]]:
    """Return how many requests ended how, in the order of `words.OUTCOMES`.

    Args:
        look: The shop at one moment.
        service: Only this service's.
    """
    found: dict[str, int] = {}
    for (name, how), count in look.counts.items():
        if service in (None, name):
            found[how] = found.get(how, 0) + count
    return [
        {"outcome": how, "icon": icon, "tone": tone, "count": found[how]}
        for how, (icon, tone) in words.OUTCOMES.items()
        if how in found
    ]


def text(look: Look, gone: str) -> str:
    """Return the switches in words and the last requests.

    Args:
        look: The shop at one moment.
        gone: Why the shop cannot be used; empty when it can.
    """
    lines = [f"Shop faults, seed {look.book.seed}" + (f": {gone}" if gone else "")]
    for service in SERVICES:
        said = [words.sentence(rule) for rule in look.book.rules if rule.service == service] or [_CALM]
        lines.append(f"  {service:<10} {' '.join(said)}")
    ended = ", ".join(f"{item['icon']} {item['count']} {item['outcome']}" for item in counts(look, None))
    shown = requests(look, None)[:_SHOWN]
    lines.append(f"Requests: {ended or 'none yet'}" + (f"; the last {len(shown)}:" if shown else ""))
    return "\n".join([*lines, *("  " + "  ".join(cell for cell in _cells(line) if cell) for line in shown)])


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
