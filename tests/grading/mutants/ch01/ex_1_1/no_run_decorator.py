# expect: workflow.run
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
    async def run(self, order: Order) -> Delivery:
        limit = timedelta(seconds=4)
        charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
        parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        return Delivery(order.id, charge_id, parcel_id)
