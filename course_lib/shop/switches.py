"""The fault switches of one shop, as a notebook or a grader turns them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.shop.off_switch import OffSwitch
from course_lib.shop.scenarios import SCENARIOS

if TYPE_CHECKING:
    import pandas as pd

Ask = Callable[[str, str, dict[str, Any] | None], dict[str, Any]]
_SHOWN = ("service", "operation", "order_id", "kind", "rate", "seconds", "jitter", "times", "after", "script")


class Faults:
    """What goes wrong in one shop: one method per fault, each aimed at a service.

    The services are "payments", "warehouse", "mailer" and "identity". A switch holds until it is cleared, the shop is
    reset, or its ``times`` are used up; setting it again replaces it and counts from the start. Every draw follows from
    the seed and the number of the call since the switch was set, so running a cell again meets the same faults.

    Two keywords narrow any switch: ``operation`` (a method of the client, such as ``"charge"``) and ``order_id``.

    Args:
        ask: Sends a request to the shop: method, path, body.
        owner: Whose switches these are, for a panel that also shows the shop's requests.
    """

    def __init__(self, ask: Ask, owner: object = None) -> None:
        self._ask = ask
        self.owner = owner

    def latency(self, service: str, seconds: float, *, jitter: float = 0.0, **aim: Any) -> None:
        """Make calls wait before the work is done; a client that gives up meanwhile has caused nothing.

        Args:
            service: Which service.
            seconds: How long. 0 turns it off.
            jitter: Up to this many seconds more, drawn for each call.
            **aim: ``operation``, ``order_id``, ``times``.
        """
        self._put("latency", service, seconds=seconds, jitter=jitter, **aim)

    def error_rate(self, service: str, rate: float, **aim: Any) -> None:
        """Let a share of the calls fail with an internal error (500), before the work is done.

        Args:
            service: Which service.
            rate: 0 to 1. 0 turns it off.
            **aim: ``operation``, ``order_id``, ``times``.
        """
        self._put("error_rate", service, rate=rate, **aim)

    def decline(self, service: str = "payments", **aim: Any) -> None:
        """Let every card be declined (402). Refunds still work.

        Args:
            service: Only "payments" can decline.
            **aim: ``operation``, ``order_id``, ``times``.
        """
        self._put("decline", service, **aim)

    def outage(self, service: str, **aim: Any) -> None:
        """Let a service answer every call with 503.

        Args:
            service: Which service.
            **aim: ``operation``, ``order_id``, ``times``.
        """
        self._put("outage", service, **aim)

    def accept_then_time_out(self, service: str, times: int = 1, *, seconds: float = 1.0, **aim: Any) -> None:
        """Let a service do the work and never answer.

        Args:
            service: Which service.
            times: How many calls.
            seconds: How long it stays silent before it drops the connection.
            **aim: ``operation``, ``order_id``.
        """
        self._put("accept_then_time_out", service, times=times, seconds=seconds, **aim)

    def hold(self, service: str, *, after: int = 0, times: int | None = None, **aim: Any) -> None:
        """Let calls wait before the work is done, until `release`; a client that gives up meanwhile has caused nothing.

        Args:
            service: Which service.
            after: How many calls go through first.
            times: How many calls are then held; None for all.
            **aim: ``operation``, ``order_id``.
        """
        self._put("hold", service, after=after, times=times, **aim)

    def release(self, service: str, *, operation: str | None = None, order_id: str | None = None) -> None:
        """Let the calls go on that `hold` holds, and hold no more.

        Args:
            service: Which service.
            operation: What narrowed it.
            order_id: What narrowed it.
        """
        self.off("hold", service, operation=operation, order_id=order_id)

    def duplicate_delivery(self, service: str, times: int = 1, **aim: Any) -> None:
        """Let the network deliver a request twice; the client hears one answer.

        Args:
            service: Which service.
            times: How many calls.
            **aim: ``operation``, ``order_id``.
        """
        self._put("duplicate_delivery", service, times=times, **aim)

    def next_calls(self, service: str, outcomes: Sequence[str], *, seconds: float = 1.0, **aim: Any) -> None:
        """Script what the next calls meet, one by one; other faults of the service wait meanwhile.

        Args:
            service: Which service.
            outcomes: Of each call "ok", "error", "outage", "decline", "timeout" (done, but no answer), "duplicate" or
                "latency:SECONDS".
            seconds: Silence of a "timeout".
            **aim: ``operation``, ``order_id``.
        """
        self._put("script", service, script=list(outcomes), seconds=seconds, **aim)

    def off(self, kind: str, service: str, *, operation: str | None = None, order_id: str | None = None) -> None:
        """Turn one switch off; one that is off already stays off.

        Args:
            kind: The method that turned it on, for example ``"outage"``, or ``"script"`` for `next_calls`.
            service: Which service.
            operation: What narrowed it.
            order_id: What narrowed it.
        """
        self._put(kind, service, operation=operation, order_id=order_id, times=0)

    def off_switch(self, kind: str, service: str) -> OffSwitch:
        """Return a switch that the learner is to turn off, for ``Lab.your_turn``: in the panel, in code, anywhere.

        Args:
            kind: The method that turned it on, for example ``"outage"``.
            service: Which service.
        """

        def on() -> bool:
            now = self.current()
            return bool(((now["kind"] == kind) & (now["service"] == service)).any())

        name = f"{service}: {kind.replace('_', ' ').capitalize()}"
        return OffSwitch(name, on, lambda: self.off(kind, service))

    def clear(self, service: str | None = None) -> None:
        """Turn every switch of a service off, or of all services."""
        self._change(clear=[service])

    def seed(self, seed: int) -> None:
        """Take another seed for all draws, and count all calls from the start."""
        self._change(seed=seed)

    def scenario(self, name: str) -> None:
        """Clear all switches and set those of a named bad day, such as "card declined"."""
        if name not in SCENARIOS:
            raise CourseError(f"There is no scenario {name!r}.", fix=f"choose one of: {', '.join(SCENARIOS)}.")
        self._change(clear=[None], rules=SCENARIOS[name][1])

    def current(self) -> "pd.DataFrame":
        """Return the switches that are on, one row each."""
        import pandas as pd

        rules = self._ask("GET", "/admin/faults", None)["rules"]
        frame = pd.DataFrame([{name: rule[name] for name in _SHOWN} for rule in rules], columns=list(_SHOWN))
        return frame.astype({"times": "Int64", "rate": "float64", "seconds": "float64", "jitter": "float64"})

    def __repr__(self) -> str:
        frame = self.current()
        return "No faults." if frame.empty else frame.to_string(index=False)

    def _put(self, kind: str, service: str, **settings: Any) -> None:
        self._change(rules=[{"kind": kind, "service": service, **settings}])

    def _change(self, **change: Any) -> None:
        self._ask("POST", "/admin/faults", change)
