# expect: without a key, each try that arrives is a refund
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
    return await shop.refund(missing.charge_id, amount_cents=missing.amount_cents)
