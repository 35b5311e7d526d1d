"""What a fault switch will do, and what a request met, in plain words."""

from collections.abc import Iterable, Mapping
from typing import Any

from course_lib.shop.faults import SERVICES, Rule

NAMES = {
    "latency": "latency",
    "error_rate": "error rate",
    "decline": "declines",
    "outage": "outage",
    "accept_then_time_out": "lost answers",
    "duplicate_delivery": "double delivery",
    "script": "scripted calls",
    "hold": "held calls",
}
"""What each kind of switch is called."""

OUTCOMES = {
    "answered": ("✓", "ok"),
    "seen before": ("↺", "info"),
    "declined": ("⊘", "warn"),
    "refused": ("⊘", "warn"),
    "error": ("✗", "bad"),
    "down": ("▼", "bad"),
    "no answer": ("∅", "bad"),
    "client gave up": ("↩", "quiet"),
    "waiting": ("…", "wait"),
}
"""How a request can end: its word, and for each an icon and a tone of the course's look."""

_SCRIPTED = {
    "ok": "goes well",
    "error": "fails with 500",
    "outage": "is answered with 503",
    "decline": "is declined",
    "timeout": "is done, but no answer comes",
    "duplicate": "arrives twice",
}
# What the calls do that a switch hits: the verb for one call, for several, and the rest.
_DOES = {
    "latency": ("takes", "take", "{longer} longer"),
    "outage": ("is", "are", "answered with 503"),
    "decline": ("is", "are", "declined with 402"),
    "error_rate": ("fails", "fail", "with 500"),
    "hold": ("waits until it is", "wait until they are", "released"),
    "accept_then_time_out": ("is", "are", "done, but no answer comes for {silent}"),
    "duplicate_delivery": ("arrives", "arrive", "twice; the client hears one answer"),
}
_NARROW = 10  # a share is told as "1 of 5" up to this many


def name(rule: Rule) -> str:
    """Return a switch's name, for example "payments outage".

    Args:
        rule: The switch.
    """
    return f"{rule.service} {NAMES[rule.kind]}"


def names(rules: Iterable[Rule]) -> list[str]:
    """Return the names of several switches: a kind that is on at every service is told once.

    Args:
        rules: The switches.
    """
    by_kind: dict[str, list[str]] = {}
    for rule in rules:
        services = by_kind.setdefault(rule.kind, [])
        if rule.service not in services:
            services.append(rule.service)
    told = []
    for kind, services in by_kind.items():
        everywhere = len(services) == len(SERVICES)
        told += [f"{NAMES[kind]} everywhere"] if everywhere else [f"{service} {NAMES[kind]}" for service in services]
    return told


def sentence(rule: Rule) -> str:
    """Return what a switch does to the calls to come, as one sentence.

    Args:
        rule: A switch that is on.
    """
    calls, plural = _calls(rule)
    if rule.kind == "script":
        return f"{calls}, in turn: {'; '.join(_scripted(word) for word in rule.script)}."
    singular, several, what = _DOES[rule.kind]
    let = f" after {rule.after}" if rule.kind == "hold" and rule.after else ""
    what = what.format(longer=_seconds(rule), silent=f"{rule.seconds:g} s")
    return f"{calls}{let} {several if plural else singular} {what}."


def outcome(row: Mapping[str, Any]) -> str:
    """Return how a request ended, as one of `OUTCOMES`.

    Args:
        row: A line of the table ``requests``: ``status``, ``fault`` and ``done``.
    """
    status, fault = row["status"], row["fault"]
    if status is None:
        return "no answer" if fault == "accept_then_time_out" else "client gave up"
    if status == 200:
        return "answered" if row["done"] else "seen before"
    if fault == "decline":
        return "declined"
    if fault == "outage":
        return "down"
    return "error" if status >= 500 else "refused"


def explained(row: Mapping[str, Any]) -> str:
    """Return what a request met, beyond its outcome's word; empty when there is nothing to say.

    Args:
        row: A line of the table ``requests``.
    """
    how, fault = outcome(row), row["fault"]
    said = {
        "no answer": "the work is done" if row["done"] else "nothing new was done",
        "client gave up": "nothing was done",
        "seen before": "answered from memory",
    }.get(how, "")
    if how == "client gave up":
        return said
    also = {"latency": "slow", "duplicate_delivery": "delivered twice"}.get(fault or "", "")
    return " · ".join(part for part in (said, also) if part)


def _calls(rule: Rule) -> tuple[str, bool]:
    """Return which calls a switch hits, and whether the verb is in the plural."""
    noun = f"{rule.operation} call" if rule.operation else "charge" if rule.kind == "decline" else "call"
    whose = f" for {rule.order_id}" if rule.order_id is not None else ""
    share, plural = _share(rule.rate)
    if share:
        limit = f", {rule.times} at most," if rule.times is not None else ""
        return f"About {share} {noun}s{whose}{limit}", plural
    times = len(rule.script) if rule.kind == "script" else rule.times
    if times is None:
        return f"Every {noun}{whose}", False
    if times == 1:
        return f"The next {noun}{whose}", False
    return f"The next {times} {noun}s{whose}", True


def _share(rate: float) -> tuple[str, bool]:
    if rate >= 1:
        return "", False
    for whole in range(2, _NARROW + 1):
        part = round(rate * whole)
        if part and abs(part / whole - rate) < 1e-6:
            return f"{part} of {whole}", part > 1
    return f"{rate * 100:.3g} % of the", True


def _seconds(rule: Rule) -> str:
    if not rule.jitter:
        return f"{rule.seconds:g} s"
    if not rule.seconds:
        return f"up to {rule.jitter:g} s"
    return f"{rule.seconds:g} to {rule.seconds + rule.jitter:g} s"


def _scripted(word: str) -> str:
    return f"waits {word.partition(':')[2]} s" if word.startswith("latency:") else _SCRIPTED[word]
