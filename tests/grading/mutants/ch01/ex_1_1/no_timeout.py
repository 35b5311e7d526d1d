# expect: Temporal refuses an activity without
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

from steps import Order, charge_card, ship_parcel


@dataclass
class Delivery:
    order_id: str
    charge_id: str
    parcel_id: str


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order: Order) -> Delivery:
        charge_id = await workflow.execute_activity(charge_card, order)
        parcel_id = await workflow.execute_activity(ship_parcel, order)
        return Delivery(order.id, charge_id, parcel_id)
