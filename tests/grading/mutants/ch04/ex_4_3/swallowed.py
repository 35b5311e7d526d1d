# expect: a refund whose failure is swallowed
# cell: ex-4-3
from dataclasses import dataclass

from temporalio import activity

from course_lib.shop.client import ShopClient, ShopTimeout, ShopUnavailable


@dataclass
class Missing:
    charge_id: str
    sku: str
    amount_cents: int


@activity.defn
async def give_back(missing: Missing) -> str:
    shop = ShopClient(timeout=2)
    key = f"missing-{missing.charge_id}-{missing.sku}"
    try:
        return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
    except (ShopTimeout, ShopUnavailable):
        return "probably done"
