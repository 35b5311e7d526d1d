"""Slips that only a run shows: one workflow with a branch for each, see ``test_said.py``."""

import asyncio
import time
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

if TYPE_CHECKING:
    from datetime import timezone  # forgotten: no run has it

LIMIT = timedelta(seconds=5)


class CardDeclined(Exception):
    """A class whose name Temporal wants."""


@dataclass
class Order:
    id: str
    cents: int


@activity.defn
async def ship(order_id: str) -> str:
    return f"parcel-{order_id}"


@activity.defn
async def charge(order: Order) -> str:
    return f"ch-{order.id}"


@activity.defn
async def two(first: str, second: str) -> str:
    return first + second


@activity.defn
async def zone(_: str) -> str:
    return str(timezone.utc)  # noqa: UP017 - it is not there


async def asked(activity: Any, *arguments: Any, **options: Any) -> Any:
    """Ask for an activity, without the types that a checker would look at."""
    return await workflow.execute_activity(activity, *arguments, **{"start_to_close_timeout": LIMIT, **options})


async def slip(which: str) -> Any:
    """Make one mistake."""
    sleep: Any = asyncio.sleep
    kept: Any = None
    match which:
        case "coroutine returned":
            return workflow.execute_activity(ship, "a", start_to_close_timeout=LIMIT)
        case "coroutine asked":
            kept = asyncio.sleep(1)
            return kept.upper()
        case "coroutine in a dataclass":
            return Order(asyncio.sleep(1), 1)  # type: ignore[arg-type]
        case "coroutine unpacked":
            kept, _ = asyncio.sleep(1)  # type: ignore[misc]
        case "dataclass unpacked":
            kept, _ = Order("a", 1)  # type: ignore[misc]
        case "handle returned":
            return workflow.start_activity(ship, "a", start_to_close_timeout=LIMIT)
        case "handle asked":
            kept = workflow.start_activity(ship, "a", start_to_close_timeout=LIMIT)
            return kept.upper()
        case "a value awaited":
            await which  # type: ignore[misc]
        case "asyncio.run":
            asyncio.run(asyncio.sleep(1))
        case "no condition":
            await workflow.wait_condition(True)  # type: ignore[arg-type]
        case "class for a name":
            types: Any = [CardDeclined]
            await asked(ship, "a", retry_policy=RetryPolicy(non_retryable_error_types=types))
        case "number":
            await asked(ship, "a", start_to_close_timeout=4)
        case "interval":
            await asked(ship, "a", retry_policy=RetryPolicy(initial_interval=1))  # type: ignore[arg-type]
        case "text slept":
            await sleep("1s")
        case "timedelta slept":
            await sleep(timedelta(seconds=1))
        case "in the past":
            await workflow.sleep(-1)
        case "called":
            await asked(42)
        case "a text raised":
            raise which  # type: ignore[misc]
        case "no activity":
            await asked(print, "a")
        case "no timeout":
            await workflow.execute_activity(ship, "a")
        case "not registered":
            await asked("chrge", "a")
        case "name":
            return timezone.utc  # noqa: UP017 - it is not there
        case "name in an activity":
            await asked(zone, "a")
        case "activity's own":
            activity.heartbeat()
        case "clock":
            return time.time()
        case "a file":
            return open("prices.txt").read()  # noqa: ASYNC230 - the slip
        case "missing argument":
            await asked(two, "a")
        case "too many":
            await asked(two, "a", "b")
        case "missing field":
            await asked("charge", {"id": "a"})
        case "wrong field":
            await asked("charge", {"id": "a", "cents": "many"})
        case "wrong type":
            await asked("charge", "a")
        case "wrong plain type":
            await asked(ship, 7)
        case "the shop":
            urllib.request.Request("http://shop")
        case "an error returned":
            return ApplicationError("no")
        case "an object":
            return object()
        case "too large":
            return "x" * 3_000_000
    return which


SLIPS = (
    "coroutine returned", "coroutine asked", "coroutine in a dataclass", "coroutine unpacked", "dataclass unpacked",
    "text slept", "the shop", "an error returned", "handle returned", "handle asked", "a value awaited",
    "asyncio.run", "no condition", "class for a name", "number", "interval", "timedelta slept", "in the past",
    "called", "a text raised", "no activity", "no timeout", "not registered", "name", "name in an activity",
    "activity's own", "clock", "a file", "missing argument", "too many", "missing field", "wrong field",
    "wrong type", "wrong plain type", "an object", "too large",
)  # fmt: skip


@workflow.defn
class Slip:
    @workflow.run
    async def run(self, which: str) -> Any:
        return await slip(which)


@workflow.defn
class NoSelf:
    @workflow.run
    async def run(order: Order) -> str:  # type: ignore[misc]
        return order.id


@workflow.defn
class Open:
    """Takes messages until it is terminated."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def look(self, order: Order) -> str:
        return order.id
