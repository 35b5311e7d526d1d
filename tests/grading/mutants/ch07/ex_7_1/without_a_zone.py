# expect: it says in which time zone it is due
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@dataclass
class Promise:
    parcel: str
    due: str


@activity.defn
async def ship_parcel(order_id: str) -> str:
    return await ShopClient().ship(order_id)


@workflow.defn
class Deliver:
    @workflow.run
    async def run(self, order_id: str) -> Promise:

        due: datetime = workflow.now().replace(tzinfo=None) + timedelta(days=2)
        parcel = await workflow.execute_activity(ship_parcel, order_id, start_to_close_timeout=timedelta(seconds=5))
        return Promise(parcel, due.isoformat())
