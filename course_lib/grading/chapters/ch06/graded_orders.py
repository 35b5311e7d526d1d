"""Orders of every age, as production would have left them; see `Bench.worker` on its being a file.

The customer's name says what kind of order it is, so one process writes the histories of several deploys.
"""

from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from course_lib.shop.client import ShopClient

OPTIONS: dict[str, Any] = dict(
    start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1)
)


@activity.defn
async def charge_card(order: dict[str, str]) -> str:
    """Charge, but not a declined card."""
    if order["customer"] == "declined":
        raise ApplicationError("the card was declined", type="CardDeclined", non_retryable=True)
    return "ch_1"


@activity.defn
async def send_receipt(order: dict[str, str]) -> str:
    """Do nothing: only the history counts."""
    return "mail_1"


@activity.defn
async def wrap_gift(order: dict[str, str]) -> str:
    """Do nothing: only the history counts."""
    return "gift_1"


@activity.defn
async def ship_parcel(order: dict[str, str]) -> str:
    """Ship; the warehouse may be closed."""
    return await ShopClient().ship(order["id"], idempotency_key=order["id"])


@workflow.defn(name="OrderWorkflow")
class RecordedOrder:
    """``before`` and ``patched`` of the notebook in one."""

    @workflow.run
    async def run(self, order: dict[str, str]) -> str:
        """Return the parcel's id."""
        await workflow.execute_activity(charge_card, order, **OPTIONS)
        if order["customer"].endswith("patched") and workflow.patched("receipt"):
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
        if order["customer"] == "gift":
            await workflow.execute_activity(wrap_gift, order, **OPTIONS)
        return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
