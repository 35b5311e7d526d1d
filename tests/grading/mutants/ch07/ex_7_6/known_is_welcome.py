# expect: go by what identity says of this customer
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient

KNOWN: dict[str, bool] = {}


@activity.defn
async def verify(customer: str) -> bool:
    if customer in KNOWN:
        return True
    KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
    return KNOWN[customer]


@workflow.defn
class Welcome:
    @workflow.run
    async def run(self, customer: str) -> str:
        ok = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))
        return "welcome" if ok else "refused"
