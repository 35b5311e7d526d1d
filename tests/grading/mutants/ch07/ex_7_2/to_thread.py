# expect: take the thread away
import asyncio
import time
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@activity.defn
async def remind(order_id: str) -> str:
    return await ShopClient().send_mail("ada@example.com", "Do you like it?", order_id=order_id)


@workflow.defn
class Remind:
    @workflow.run
    async def run(self, order_id: str) -> str:
        await asyncio.to_thread(time.sleep, 1)
        return await workflow.execute_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))
