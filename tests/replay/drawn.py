"""A workflow that parts from its own history without any edit; in a file of its own, for the lint reads whole files."""

from temporalio import workflow

from tests.replay.flows import SOON, Order, charge, reserve


@workflow.defn(name="Buy")
class BuyByIdentity:
    """What it asks for depends on where an object happens to be in memory."""

    @workflow.run
    async def run(self, order: Order) -> str:
        step = reserve if id(order) else charge
        return await workflow.execute_activity(step, order, start_to_close_timeout=SOON)
