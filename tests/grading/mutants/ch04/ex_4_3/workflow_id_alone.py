# expect: make the key name this one refund
# cell: ex-4-3
from dataclasses import dataclass

from temporalio import activity

from course_lib.shop.client import ShopClient


@dataclass
class Missing:
    charge_id: str
    sku: str
    amount_cents: int


@activity.defn
async def give_back(missing: Missing) -> str:
    shop = ShopClient(timeout=2)
    key = f"missing-{activity.info().workflow_id}"
    return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
