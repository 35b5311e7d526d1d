"""Answers to exercise 2.1, Charge once."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "activity_id_alone": Wrong(
        "give each order a key of its own", replace('=f"charge-{order.id}"').by("=activity.info().activity_id")
    ),
    "all_swallowed": Wrong(
        "a swallowed error looks like success",
        replace(
            'return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")'
        ).by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except Exception:
                return ""
        """),
    ),
    "forgotten_await": Wrong("write `await` in front", replace("await ShopClient().").by("ShopClient().")),
    "key_with_the_attempt": Wrong(
        "made anew in every attempt",
        replace(
            'return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")'
        ).by("""
            info = activity.info()
            key = f"{info.workflow_id}-{info.attempt}"
            return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=key)
        """),
    ),
    "no_key": Wrong(
        "pass `idempotency_key=…` to",
        replace(
            'return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")'
        ).by("""
            charge_id = await ShopClient().charge(order.id, order.amount_cents)
            return charge_id
        """),
    ),
    "one_key_for_all": Wrong("give each order a key of its own", replace('=f"charge-{order.id}"').by('="charge"')),
    "random_key": Wrong(
        "made anew in every attempt",
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom uuid import uuid4"),
        replace('=f"charge-{order.id}"').by("=str(uuid4())"),
    ),
    "result_dropped": Wrong(
        "return what `ShopClient().charge(…)` returns",
        replace(
            'return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")'
        ).by("""
            await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            return "paid"
        """),
    ),
    "timeout_swallowed": Wrong(
        "do not catch the shop's exception",
        replace("import ShopClient").by("import ShopClient, ShopTimeout"),
        replace(
            'return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")'
        ).by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopTimeout:
                return "charged, probably"
        """),
    ),
    "tried_once_only": Wrong(
        "let Temporal try again",
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.common import RetryPolicy
        """),
        replace(
            "return await workflow.execute_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            return await workflow.execute_activity(
                charge_card,
                order,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        """),
    ),
    "uuid_in_the_workflow": Wrong(
        "use `workflow.uuid4()`",
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom uuid import uuid4"),
        replace("amount_cents: int").by('amount_cents: int\nkey: str = ""'),
        replace('=f"charge-{order.id}"').by("=order.key"),
        replace("async def run(self, order: Order) -> str:").by("""
            async def run(self, order: Order) -> str:
                order.key = str(uuid4())
        """),
    ),
}
