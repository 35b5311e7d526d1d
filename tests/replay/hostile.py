"""Workflows that misbehave while they are replayed."""

import asyncio
import threading
import time
from typing import Any, NoReturn

from temporalio import workflow

from tests.replay.flows import SOON, Approve, Order, charge, reserve


@workflow.defn(name="Buy")
class BuySpins:
    """Never awaits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        while True:
            pass


@workflow.defn(name="Buy")
class BuySpinsAlways:
    """Never awaits, and stops the SDK from interrupting it, for a while."""

    @workflow.run
    async def run(self, order: Order) -> str:
        for _ in range(4):
            try:
                while True:
                    pass
            except BaseException:
                continue
        return "ended"


@workflow.defn(name="Buy")
class BuySleeps:
    @workflow.run
    async def run(self, order: Order) -> str:
        time.sleep(3)  # noqa: ASYNC251
        return "slept"


@workflow.defn(name="Buy")
class BuyWaitsForThread:
    """Blocks where Python cannot interrupt it."""

    @workflow.run
    async def run(self, order: Order) -> str:
        with workflow.unsafe.sandbox_unrestricted():
            threading.Event().wait(12)
        return "waited"


@workflow.defn(name="Buy")
class BuyClings:
    """Does not let itself be put away."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        await workflow.sleep(0.05)
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        self.clinging = asyncio.create_task(self.cling(), name="clinging")
        await asyncio.sleep(0)
        return receipt + shelf

    async def cling(self) -> None:
        for _ in range(3):
            try:
                await workflow.wait_condition(lambda: False)
            except BaseException:
                while workflow.unsafe.is_replaying():
                    pass


class Ghost:
    """A value that fights back whoever looks at it."""

    def __init__(self) -> None:
        self.inside = 7

    def __repr__(self) -> str:
        while True:
            pass

    def __str__(self) -> str:
        raise SystemExit

    def __eq__(self, other: object) -> NoReturn:
        raise KeyError(other)

    def __hash__(self) -> NoReturn:
        raise KeyError

    def __getattr__(self, name: str) -> NoReturn:
        raise KeyError(name)

    def __len__(self) -> int:
        time.sleep(5)
        return 0


class Shouting(dict[str, Any]):
    def items(self) -> NoReturn:
        raise SystemExit

    def __iter__(self) -> NoReturn:
        raise SystemExit


@workflow.defn(name="Buy")
class BuyRepr:
    """`Buy` with variables that fight back, are huge, or contain themselves."""

    def __init__(self) -> None:
        self.ghost = Ghost()
        self.shouting = Shouting(a=1)
        self.long = "<img src=x onerror=alert(1)>" * 10_000
        self.many = list(range(100_000))
        self.itself: list[Any] = []
        self.itself.append(self.itself)
        self.number = 10**10_000

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        self.many.append(-1)
        await workflow.sleep(0.05)
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return receipt + shelf


@workflow.defn(name="Approve")
class SpinningQuery(Approve):
    @workflow.query
    def spins(self) -> int:
        while True:
            pass

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        return await super().run(needed)


@workflow.defn(name="Approve")
class NosyApprove(Approve):
    """`Approve` with queries that do what a query must not."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    @workflow.query
    def approves(self) -> int:
        self.asked += 1
        self.approved_by.append("a query")
        return self.asked

    @workflow.query
    def commands(self) -> str:
        workflow.start_activity(charge, Order("x", 1), start_to_close_timeout=SOON)
        return "asked"

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        return await super().run(needed)
