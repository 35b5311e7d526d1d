# expect: decode the review's `task_token`
from base64 import b64decode, b64encode

from temporalio import activity
from temporalio.client import Client

from course_lib.shop.client import ShopClient


@activity.defn
async def ask_reviewer(order_id: str) -> bool:
    token = b64encode(activity.info().task_token).decode()
    await ShopClient().request_review(order_id, token)
    activity.raise_complete_async()


async def answer(client: Client, review_id: str, approved: bool) -> None:
    review = await ShopClient().answer_review(review_id, approved)
    handle = client.get_async_activity_handle(task_token=review["task_token"].encode())
    await handle.complete(approved)
