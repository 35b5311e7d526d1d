"""A workflow with every kind of handler; a module of its own, because the sandbox imports it afresh."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError


class Tier(StrEnum):
    PLAIN = "plain"
    GOLD = "gold"


@dataclass
class Address:
    street: str
    zip: int = 10115


@dataclass
class Approval:
    by: str
    level: int = 1
    tier: Tier = Tier.GOLD
    address: Address | None = None
    notes: list[str] = field(default_factory=list)


@workflow.defn
class Approvals:
    """Waits for approvals until it is told to stop."""

    def __init__(self) -> None:
        self.approved: list[Approval] = []
        self.other: list[str] = []
        self.stopped = False

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self.stopped)
        return [approval.by for approval in self.approved]

    @workflow.signal
    def approve(self, approval: Approval) -> None:
        """Say yes to the order.

        Only the first paragraph is help.
        """
        self.approved.append(approval)

    @workflow.signal(name="stop-it", description="End the run.")
    def stop(self) -> None:
        self.stopped = True

    @workflow.signal
    def remind(self, who: str, times: int = 2) -> None:
        self.other.extend([who] * times)

    @workflow.signal(dynamic=True)
    def anything(self, name: str, args: Sequence[RawValue]) -> None:
        self.other.append(f"{name} with {len(args)}")

    @workflow.query
    def status(self) -> list[Approval]:
        """Return all approvals."""
        return self.approved

    @workflow.query
    def others(self, last: int = 10) -> list[str]:
        return self.other[-last:]

    @workflow.query
    def broken(self) -> str:
        raise ValueError("no <b>answer</b>")

    @workflow.update
    async def change_address(self, street: str) -> str:
        if street == "nowhere":
            raise ApplicationError("no such street", type="BadStreet")
        return street.upper()

    @change_address.validator
    def check_street(self, street: str) -> None:
        if not street:
            raise ValueError("a street is needed")

    @workflow.update
    async def slow(self, seconds: float = 60.0) -> str:
        await asyncio.sleep(seconds)
        return "at last"

    @workflow.signal
    def postpone(self, by: timedelta) -> None:
        self.other.append(str(by))
