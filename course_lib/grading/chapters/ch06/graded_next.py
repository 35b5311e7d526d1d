"""The next version of the recorded orders' workflow, without a patch; see `Bench.worker` on its being a file."""

from graded_orders import OPTIONS, charge_card, send_receipt, ship_parcel  # type: ignore[import-not-found]
from temporalio import workflow


@workflow.defn(name="OrderWorkflow")
class NextOrder:
    """``edited`` of the notebook."""

    @workflow.run
    async def run(self, order: dict[str, str]) -> str:
        """Return the parcel's id."""
        await workflow.execute_activity(charge_card, order, **OPTIONS)
        await workflow.execute_activity(send_receipt, order, **OPTIONS)
        parcel: str = await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        return parcel
