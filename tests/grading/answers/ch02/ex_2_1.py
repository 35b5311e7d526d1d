"""Answers to exercise 2.1, Charge once."""

from tests.grading.edits import Right, Wrong, replace

CHARGE = replace('return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")')

CLAIMS = {
    "an `Order`;": "another_amount",
    "the payment gateway may lose its first answer,": "no_key",
    "then be down for a while.": "tried_twice_only",
    "the workflow returns the charge's id": ("result_dropped", "the_first_charges_id"),
    "every failed attempt stays visible to Temporal": ("tries_again_inside", "timeout_swallowed"),
    "and is retried": "forbids_a_retry",
    "(a limit leaves at least three attempts and a minute),": ("five_seconds_for_all_attempts", "tried_twice_only"),
    "each run charges its order": "one_key_for_all",
    "exactly once.": ("random_key", "hash_of_the_order", "made_at_import", "day_in_the_key", "numbered_in_the_process"),
    '`ShopClient().charge(…)` takes `idempotency_key="…"`.': "no_key",
    '`Order("order-1", 4200)`': "another_amount",
    "one answer lost → two requests": "tried_twice_only",
    "with one key, **one** row in `payments`": ("key_with_the_attempt", "key_from_the_second_attempt_on"),
}

WRONG = {
    "tries_again_inside": Wrong(
        "each request is an attempt that Temporal knows, and it retries the failed ones",
        "a retry that Temporal does not see",
        replace("import ShopClient").by("import ShopClient, ShopTimeout"),
        CHARGE.by("""
            key = f"charge-{order.id}"
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=key)
            except ShopTimeout:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=key)
        """),
    ),
    "another_amount": Wrong(
        "each order's own amount is charged",
        "charge `order.amount_cents`",
        replace("order.amount_cents").by("4200"),
    ),
    "the_first_charges_id": Wrong(
        "the workflow returns the charge's id",
        "return what `ShopClient().charge(…)` returns",
        CHARGE.by("""
            await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            return "ch_1"
        """),
    ),
    "key_of_the_amount": Wrong(
        "both orders are checked out",
        "give each order a key of its own",
        replace('=f"charge-{order.id}"').by('=f"charge-{order.amount_cents}"'),
    ),
    "key_of_half_the_id": Wrong(
        "both orders are checked out",
        "give each order a key of its own",
        replace('=f"charge-{order.id}"').by("=order.id[:8]"),
    ),
    "forbids_a_retry": Wrong(
        "both orders are checked out",
        "let Temporal retry",
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.exceptions import ApplicationError
        """),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except Exception as error:
                raise ApplicationError(str(error), non_retryable=True) from error
        """),
    ),
    "another_orders_id": Wrong(
        "each request is an attempt that Temporal knows, and it retries the failed ones",
        "the first argument of `ShopClient().charge(…)` is `order.id`",
        replace("charge(order.id,").by('charge(f"order-{order.id}",'),
    ),
    "called_twice": Wrong(
        "each request is an attempt that Temporal knows, and it retries the failed ones",
        "one `execute_activity`, without a loop",
        replace(
            "return await workflow.execute_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            limit = timedelta(seconds=5)
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            return await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
        """),
    ),
    "hash_of_the_order": Wrong(
        "each order is charged once, although an answer was lost",
        "this one is another in each process",
        replace('=f"charge-{order.id}"').by("=str(hash(order.id))"),
    ),
    "made_at_import": Wrong(
        "each order is charged once, although an answer was lost",
        "this one is another in each process",
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom uuid import uuid4"),
        replace("@activity.defn").by("RUN = uuid4().hex\n\n\n@activity.defn"),
        replace('=f"charge-{order.id}"').by('=f"{RUN}-{order.id}"'),
    ),
    "activity_id_alone": Wrong(
        "both orders are checked out",
        "give each order a key of its own",
        replace('=f"charge-{order.id}"').by("=activity.info().activity_id"),
    ),
    "all_swallowed": Wrong(
        (
            "an exception is not swallowed",
            "each request is an attempt that Temporal knows, and it retries the failed ones",
        ),
        "a swallowed error looks like success",
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except Exception:
                return ""
        """),
    ),
    "forgotten_await": Wrong(
        ("a call that has to be awaited is awaited", "both orders are checked out"),
        "write `await` in front",
        replace("await ShopClient().").by("ShopClient()."),
    ),
    "key_with_the_attempt": Wrong(
        "each order is charged once, although an answer was lost",
        "made anew in every attempt",
        CHARGE.by("""
            info = activity.info()
            key = f"{info.workflow_id}-{info.attempt}"
            return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=key)
        """),
    ),
    "local_activity": Wrong(
        "the activity is called",
        "the attempts of a local activity are in no history",
        replace("workflow.execute_activity(").by("workflow.execute_local_activity("),
    ),
    "no_key": Wrong(
        "each order is charged once, although an answer was lost",
        "pass `idempotency_key=…` to",
        CHARGE.by("""
            charge_id = await ShopClient().charge(order.id, order.amount_cents)
            return charge_id
        """),
    ),
    "one_key_for_all": Wrong(
        "both orders are checked out",
        "give each order a key of its own",
        replace('=f"charge-{order.id}"').by('="charge"'),
    ),
    "random_key": Wrong(
        "each order is charged once, although an answer was lost",
        "made anew in every attempt",
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom uuid import uuid4"),
        replace('=f"charge-{order.id}"').by("=str(uuid4())"),
    ),
    "result_dropped": Wrong(
        "the workflow returns the charge's id",
        "return what `ShopClient().charge(…)` returns",
        CHARGE.by("""
            await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            return "paid"
        """),
    ),
    "timeout_swallowed": Wrong(
        "each request is an attempt that Temporal knows, and it retries the failed ones",
        "do not catch the shop's exception",
        replace("import ShopClient").by("import ShopClient, ShopTimeout"),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopTimeout:
                return "charged, probably"
        """),
    ),
    "key_from_the_second_attempt_on": Wrong(
        "each order is charged once, although an answer was lost",
        "in *every* request, the first one too",
        replace('=f"charge-{order.id}"').by("=order.id if activity.info().attempt > 1 else None"),
    ),
    "day_in_the_key": Wrong(
        "each order is charged once, although an answer was lost",
        "and the local time",
        replace('f"charge-{order.id}"').by('f"{order.id}-{date.today()}"'),
        replace("import timedelta").by("import date, timedelta"),
    ),
    "numbered_in_the_process": Wrong(
        "both orders are checked out",
        "give each order a key of its own",
        replace("from datetime import timedelta").by("import itertools\nfrom datetime import timedelta"),
        replace("@activity.defn").by("NUMBERS = itertools.count(1)\nKEYS: dict[str, str] = {}\n\n\n@activity.defn"),
        replace('f"charge-{order.id}"').by('KEYS.setdefault(order.id, f"key-{next(NUMBERS)}")'),
    ),
    "five_seconds_for_all_attempts": Wrong(
        "the lost answer and an outage leave time for another attempt",
        "take the limit out",
        replace("start_to_close_timeout").by("schedule_to_close_timeout"),
    ),
    "tried_twice_only": Wrong(
        "the lost answer and an outage leave time for another attempt",
        "take the limit out",
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.common import RetryPolicy
        """),
        replace("timedelta(seconds=5)").by("timedelta(seconds=5), retry_policy=RetryPolicy(maximum_attempts=2)"),
    ),
    "uuid_in_the_workflow": Wrong(
        ("the workflow asks Temporal for random values", "the activity is called"),
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

RIGHT = {
    "ids_of_the_activity": Right(
        CHARGE.by("""
            info = activity.info()
            key = f"{info.workflow_id}/{info.activity_id}"
            return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=key)
        """)
    ),
    "a_generous_policy": Right(
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.common import RetryPolicy
        """),
        replace("timedelta(seconds=5))").by("""
            timedelta(seconds=5),
            schedule_to_close_timeout=timedelta(minutes=5), retry_policy=RetryPolicy(maximum_attempts=10))
        """),
    ),
    "kept_connection": Right(
        CHARGE.by("""
            async with ShopClient() as shop:
                charge_id = await shop.charge(order.id, order.amount_cents, idempotency_key=order.id)
            return charge_id
        """)
    ),
    "key_of_the_workflow": Right(
        replace("from dataclasses import dataclass").by("from dataclasses import dataclass, replace"),
        replace("amount_cents: int").by('amount_cents: int\nkey: str = ""'),
        replace('f"charge-{order.id}"').by("order.key"),
        replace("async def run(self, order: Order) -> str:").by("""
            async def run(self, order: Order) -> str:
                order = replace(order, key=str(workflow.uuid4()))
        """),
    ),
    "in_a_thread": Right(
        replace("import ShopClient").by("import BlockingShopClient"),
        replace("async def charge_card").by("def charge_card"),
        replace("await ShopClient()").by("BlockingShopClient()"),
    ),
    "logged_and_raised_again": Right(
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=f"charge-{order.id}")
            except Exception:
                activity.logger.exception("attempt %d", activity.info().attempt)
                raise
        """)
    ),
}
