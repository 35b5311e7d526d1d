"""A workflow that parts from its own history without any edit, and an edited one that is not to blame for it."""

from temporalio import workflow

from tests.replay.flows import SOON, Order, charge, reserve


@workflow.defn(name="Buy")
class BuyByIdentity:
    """What it asks for depends on where an object happens to be in memory."""

    @workflow.run
    async def run(self, order: Order) -> str:
        step = reserve if id(order) else charge
        return await workflow.execute_activity(step, order, start_to_close_timeout=SOON)


@workflow.defn(name="Buy")
class BuyBesideIt:
    """Edited, and as sound as before: the pitfall of the class above is none of its own."""

    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
