# expect: whoever answers has nothing but the review
from base64 import b64decode, b64encode

from temporalio import activity
from temporalio.client import Client

from course_lib.shop.client import ShopClient


@activity.defn
async def ask_reviewer(order_id: str) -> bool:
    token = activity.info().workflow_id
    await ShopClient().request_review(order_id, token)
    activity.raise_complete_async()


async def answer(client: Client, review_id: str, approved: bool) -> None:
    review = await ShopClient().answer_review(review_id, approved)
    handle = client.get_async_activity_handle(task_token=b64decode(review["task_token"]))
    await handle.complete(approved)
