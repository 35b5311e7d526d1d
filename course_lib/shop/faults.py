"""Which call of a shop fails, and how.

Nothing here reads a clock, a random generator or the network. A verdict depends on the seed, the rule and the number
of calls that the rule has met, so the same script of calls meets the same faults on every machine.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any

SERVICES = ("payments", "warehouse", "mailer", "identity")
OUTCOMES = ("ok", "error", "outage", "decline", "timeout", "duplicate")
"""What one call of a script may meet, besides ``"latency:SECONDS"``."""

_FAULT_OF_OUTCOME = {
    "ok": None,
    "error": "error_rate",
    "outage": "outage",
    "decline": "decline",
    "timeout": "accept_then_time_out",
    "duplicate": "duplicate_delivery",
}
_BY_PRECEDENCE = ("outage", "decline", "error_rate", "accept_then_time_out", "duplicate_delivery")
KINDS = (*_BY_PRECEDENCE, "latency", "script", "hold")
_MOVES_MONEY_IN = "charge"

Place = tuple[str, str, str | None, str | None]
"""Kind, service, operation and order of a switch; the last two may be None, for all."""


class BadRule(ValueError):
    """A fault switch was set to something that it cannot do; the message says what it takes."""


@dataclass
class Rule:
    """One fault switch that is on.

    Attributes:
        kind: One of `KINDS`.
        service: One of `SERVICES`.
        operation: Only calls of this operation (``"charge"``); None for all of the service.
        order_id: Only calls for this order; None for all.
        rate: Share of the calls that fail, 0 to 1.
        seconds: Latency, or how long the service stays silent before it drops the connection.
        jitter: Seconds added to the latency at most, drawn by the seed.
        times: Calls left to hit; None for no end. Of a "hold": how many calls it holds in all.
        after: Of a "hold": how many calls it lets through first.
        script: What the next calls meet, in turn.
        seen: Calls that this rule has met.
    """

    kind: str
    service: str
    operation: str | None = None
    order_id: str | None = None
    rate: float = 1.0
    seconds: float = 0.0
    jitter: float = 0.0
    times: int | None = None
    after: int = 0
    script: list[str] = field(default_factory=list)
    seen: int = 0

    @property
    def place(self) -> Place:
        """What a later rule must share to take this one's place."""
        return (self.kind, self.service, self.operation, self.order_id)

    @property
    def inert(self) -> bool:
        """Whether this rule can no longer change any call."""
        if self.kind == "latency":
            return (self.seconds <= 0 and self.jitter <= 0) or self.times == 0
        if self.kind == "script":
            return not self.script
        return self.rate <= 0 or self.times == 0

    @property
    def holds(self) -> bool:
        """Whether the call that was counted last waits until this switch is off."""
        number = self.seen - self.after
        return self.kind == "hold" and 0 < number <= (number if self.times is None else self.times)

    def matches(self, service: str, operation: str, order_id: str | None) -> bool:
        """Return whether this rule looks at such a call at all."""
        if self.service != service or (self.order_id is not None and self.order_id != order_id):
            return False
        if self.operation is not None:
            return self.operation == operation
        # A card is declined when it is charged; giving money back needs no card.
        return self.kind != "decline" or service != "payments" or operation == _MOVES_MONEY_IN

    def draw(self, seed: int) -> float:
        """Count one call and return its number in [0, 1), the same for the same seed and count."""
        self.seen += 1
        text = f"{seed}|{self.service}|{self.kind}|call|{self.seen}"
        digest = blake2b(text.encode(), digest_size=8).digest()
        # 53 bits are what a float holds exactly: more of them could round up to 1.0.
        return (int.from_bytes(digest, "big") >> 11) / 2**53


@dataclass(frozen=True)
class Verdict:
    """What one call meets.

    Attributes:
        held: The switch that holds the call until it is off, or None.
        latency: Seconds to wait before the work is done.
        fault: The kind of the fault that hits the call, or None.
        seconds: Seconds of silence of a call that is accepted and then times out.
    """

    latency: float = 0.0
    fault: str | None = None
    seconds: float = 0.0
    held: Rule | None = None

    @property
    def label(self) -> str | None:
        """What the log of requests says about this call."""
        return self.fault or ("latency" if self.latency > 0 else "hold" if self.held else None)


class FaultBook:
    """The fault switches of one shop, and the verdict on each call.

    Args:
        seed: Decides every draw.
        rules: The switches that are on.
    """

    def __init__(self, seed: int = 1, rules: list[Rule] | None = None) -> None:
        self.seed = seed
        self.rules: list[Rule] = rules or []

    def put(self, rule: Rule) -> None:
        """Turn a switch on in place of an earlier one of the same kind and aim; an inert rule turns it off."""
        self.rules = [other for other in self.rules if other.place != rule.place]
        if not rule.inert:
            self.rules.append(rule)

    def on(self, place: Place) -> bool:
        """Return whether a switch of this kind and aim is on."""
        return any(rule.place == place for rule in self.rules)

    def clear(self, service: str | None = None) -> None:
        """Turn the switches of one service off, or all of them."""
        self.rules = [rule for rule in self.rules if service is not None and rule.service != service]

    def reseed(self, seed: int) -> None:
        """Take another seed and count every rule's calls from the start."""
        self.seed = seed
        for rule in self.rules:
            rule.seen = 0

    def judge(self, service: str, operation: str, order_id: str | None) -> tuple[Verdict, bool]:
        """Return what this call meets, and whether any switch counted it (its counters must then be stored)."""
        rules = [rule for rule in self.rules if rule.matches(service, operation, order_id)]
        if not rules:
            return Verdict(), False
        # Every rule counts every call that it looks at, so adding a second switch never shifts the first one's draws.
        draws = [(rule, rule.draw(self.seed)) for rule in rules]
        latency = 0.0
        for rule, drawn in draws:
            if rule.kind == "latency":
                latency += rule.seconds + drawn * rule.jitter
                _spend(rule)
        verdict = self._scripted(draws, latency) or self._ruled(draws, latency)
        self.rules = [rule for rule in self.rules if not rule.inert]
        return replace(verdict, held=next((rule for rule in rules if rule.holds), None)), True

    @staticmethod
    def _scripted(draws: list[tuple[Rule, float]], latency: float) -> Verdict | None:
        for rule, _ in draws:
            if rule.kind != "script":
                continue
            outcome = rule.script.pop(0)
            if outcome.startswith("latency:"):
                return Verdict(latency + float(outcome.partition(":")[2]))
            return Verdict(latency, _FAULT_OF_OUTCOME[outcome], rule.seconds)
        return None

    @staticmethod
    def _ruled(draws: list[tuple[Rule, float]], latency: float) -> Verdict:
        for kind in _BY_PRECEDENCE:
            for rule, drawn in draws:
                if rule.kind == kind and drawn < rule.rate:
                    _spend(rule)
                    return Verdict(latency, kind, rule.seconds)
        return Verdict(latency)

    def to_json(self) -> dict[str, Any]:
        """Return everything that `from_json` needs."""
        return {"seed": self.seed, "rules": [asdict(rule) for rule in self.rules]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FaultBook":
        """Return the book that `to_json` described."""
        return cls(int(data["seed"]), [Rule(**rule) for rule in data["rules"]])


def _spend(rule: Rule) -> None:
    if rule.times is not None:
        rule.times -= 1


def rule_from(data: Mapping[str, Any]) -> Rule:
    """Return a checked rule.

    Args:
        data: The fields of `Rule`, without its counters.

    Raises:
        BadRule: A field is unknown or out of its range.
    """
    unknown = set(data) - {f.name for f in fields(Rule)} - {"seen"}
    if unknown:
        raise BadRule(f"A fault switch has no setting {sorted(unknown)[0]!r}.")
    rule = Rule(**data)
    if rule.kind not in KINDS:
        raise BadRule(f"There is no fault {rule.kind!r}. There are: {', '.join(KINDS)}.")
    if rule.service not in SERVICES:
        raise BadRule(f"There is no service {rule.service!r}. There are: {', '.join(SERVICES)}.")
    if not 0 <= rule.rate <= 1:
        raise BadRule(f"A rate is a share between 0 and 1, not {rule.rate!r}.")
    if not (0 <= rule.seconds <= 3600 and 0 <= rule.jitter <= 3600):
        raise BadRule("Seconds must be between 0 and 3600.")
    if rule.times is not None and rule.times < 0:
        raise BadRule(f"times counts calls: it cannot be {rule.times!r}.")
    if rule.after < 0:
        raise BadRule(f"after counts calls: it cannot be {rule.after!r}.")
    for outcome in rule.script:
        _check_outcome(outcome)
    if rule.service != "payments" and (rule.kind == "decline" or "decline" in rule.script):
        raise BadRule(f"Only payments declines a card; {rule.service} has none to decline.")
    return rule


def _check_outcome(outcome: str) -> None:
    name, _, seconds = outcome.partition(":")
    try:
        known = (0 <= float(seconds) <= 3600) if name == "latency" else outcome in OUTCOMES
    except ValueError:
        known = False
    if not known:
        raise BadRule(f"A call cannot meet {outcome!r}. It can meet: {', '.join(OUTCOMES)}, latency:SECONDS.")
