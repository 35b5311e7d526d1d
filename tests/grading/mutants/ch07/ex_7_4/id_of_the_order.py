# expect: ✗ chance draws it, not the order
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@dataclass
class Letter:
    to: str
    code: str
    order_id: str


@activity.defn
async def send(letter: Letter) -> str:
    return await ShopClient().send_mail(letter.to, letter.code, order_id=letter.order_id)


@workflow.defn
class Voucher:
    @workflow.run
    async def run(self, order_id: str) -> str:

        code = order_id
        for to in ("customer@example.com", "till@example.com"):
            await workflow.execute_activity(
                send, Letter(to, code, order_id), start_to_close_timeout=timedelta(seconds=5)
            )
        return code
