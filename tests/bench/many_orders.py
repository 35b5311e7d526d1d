"""A workflow with a long history; in a file of its own, because the sandbox imports the whole file."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def charge_order(order: str) -> str:
    """One step of an order, as in the chapters."""
    return f"charge of {order}"


@workflow.defn
class ManyOrders:
    """Makes a long history of activities, some at a time, with a few variables and a query."""

    def __init__(self) -> None:
        self.charged = 0
        self.last = ""

    @workflow.query
    def progress(self) -> int:
        """Return how many orders were charged."""
        return self.charged

    @workflow.run
    async def run(self, events: int, wide: int) -> None:
        """Run activities until the history is long enough.

        Args:
            events: How long the history gets.
            wide: How many activities run at a time.
        """
        limit = timedelta(seconds=60)
        while workflow.info().get_current_history_length() < events:
            orders = [f"order-{number}" for number in range(wide)]
            calls = [workflow.execute_activity(charge_order, order, start_to_close_timeout=limit) for order in orders]
            receipts = await asyncio.gather(*calls)
            self.charged += len(receipts)
            self.last = receipts[-1]
