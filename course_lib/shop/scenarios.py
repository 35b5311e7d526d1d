"""Bad days with a name: sets of fault switches that chapters and graders share."""

from typing import Any

from course_lib.shop.faults import SERVICES

Rules = list[dict[str, Any]]


def _everywhere(kind: str, **settings: Any) -> Rules:
    return [{"kind": kind, "service": service, **settings} for service in SERVICES]


SCENARIOS: dict[str, tuple[str, Rules]] = {
    "calm": ("nothing fails", []),
    "flaky": ("one call in five fails, at every service", _everywhere("error_rate", rate=0.2)),
    "slow network": ("every call takes 0.3 s to 0.8 s longer", _everywhere("latency", seconds=0.3, jitter=0.5)),
    "lost reply": (
        "the next charge is booked, but its answer never comes",
        [{"kind": "accept_then_time_out", "service": "payments", "operation": "charge", "times": 1, "seconds": 1.0}],
    ),
    "double delivery": (
        "the next change at every service arrives twice",
        _everywhere("duplicate_delivery", times=1),
    ),
    "card declined": ("every card is declined", [{"kind": "decline", "service": "payments"}]),
    "warehouse down": ("the warehouse is down until you clear it", [{"kind": "outage", "service": "warehouse"}]),
    "hung warehouse": ("the warehouse takes 60 s for every call", [_everywhere("latency", seconds=60.0)[1]]),
    "blackout": ("every service is down until you clear it", _everywhere("outage")),
    "bad friday": (
        "slow, one call in ten fails, and two charges lose their answer",
        [
            *_everywhere("latency", jitter=0.3),
            *_everywhere("error_rate", rate=0.1),
            {"kind": "accept_then_time_out", "service": "payments", "operation": "charge", "times": 2, "seconds": 1.0},
        ],
    ),
}
"""Name → what the learner reads, and the switches."""
