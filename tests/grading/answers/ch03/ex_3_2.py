"""Answers to exercise 3.2, Declined is final."""

from tests.grading.edits import Given, Right, Wrong, replace

CHARGE = replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)")
IMPORT = replace("from course_lib.shop.client import ShopClient").by("""
    from temporalio.exceptions import ApplicationError

    from course_lib.shop.client import CardDeclined, ShopClient
""")
ANY_ERROR = replace(', non_retryable_error_types=["CardDeclined"]').by("")

CALL = "return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)"

CLAIMS = {
    "an `Order`.": "another_amount",
    "The gateway declines the card, is down for a while, or loses an answer.": Given("what the gateway does"),
    "a declined card costs **one** request": ("misspelt_type", "asks_again_by_itself", "an_endless_loop"),
    "the workflow fails": ("caught_in_the_workflow", "value_error_in_the_workflow"),
    "with the type `CardDeclined`.": ("another_type", "wrapped_in_another_type"),
    "An outage is retried": ("outage_is_final_too", "every_error_is_final"),
    "until the charge succeeds": ("three_attempts", "one_try_for_everything", "a_minute_in_the_workflow"),
    "one charge": "charged_twice",
    "even when an answer is lost": ("without_a_key", "lost_answer_swallowed"),
    "its id is returned.": "nothing_returned",
    "declined → 1 request, failed.": "misspelt_type",
    "Down for two calls → 3 requests, the charge's id.": "outage_is_final_too",
}

WRONG = {
    "key_of_the_amount": Wrong(
        "an outage is retried until the charge succeeds",
        "one that only this order has",
        replace("idempotency_key=order.id").by('idempotency_key=f"charge-{order.amount_cents}"'),
    ),
    "key_of_the_activity": Wrong(
        "an outage is retried until the charge succeeds",
        "one that only this order has",
        replace("=order.id)").by("=activity.info().activity_id)"),
    ),
    "lost_answer_swallowed": Wrong(
        "when an answer is lost, there is still one charge",
        "let a lost answer fail the attempt",
        replace("import ShopClient").by("import ShopClient, ShopTimeout"),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopTimeout:
                return order.id
        """),
    ),
    "another_amount": Wrong(
        "the charge's id is returned, and there is one charge",
        "charge the order's own amount",
        replace("order.amount_cents").by("4200"),
    ),
    "asks_again_by_itself": Wrong(
        "a declined card costs one request",
        "do not ask again yourself",
        replace("import ShopClient").by("import CardDeclined, ShopClient"),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
        """),
    ),
    "an_endless_loop": Wrong(
        "a declined card costs one request",
        "do not ask again yourself",
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace(CALL).by(f"""
            while True:
                try:
                    {CALL}
                except ActivityError as error:
                    if "declined" in str(error):
                        raise
                    await workflow.sleep(0.1)
        """),
        replace("backoff_coefficient=1,").by("maximum_attempts=1,"),
    ),
    "charged_twice": Wrong(
        "the charge's id is returned, and there is one charge",
        "charge once, with `idempotency_key=order.id`",
        replace("=order.id)").by('=f"{order.id}-{activity.info().activity_id}")'),
        replace(CALL).by(f"{CALL.removeprefix('return ')}\n{CALL}"),
    ),
    "without_a_key": Wrong(
        "when an answer is lost, there is still one charge",
        "charge once, with `idempotency_key=order.id`",
        replace(", idempotency_key=order.id").by(""),
    ),
    "nothing_returned": Wrong(
        "the charge's id is returned, and there is one charge",
        "return what `charge` returns",
        replace(CALL).by(CALL.removeprefix("return ")),
    ),
    "nothing_asked": Wrong(
        "the gateway is asked",
        "let the workflow call `charge`",
        replace(CALL).by('return f"ch_{order.id}"'),
    ),
    "letters_for_a_list": Wrong(
        "a declined card costs one request", "in a list", replace('["CardDeclined"]').by('"CardDeclined"')
    ),
    "policy_not_passed": Wrong(
        "a declined card costs one request",
        "give the policy to the call",
        replace(", retry_policy=policy").by(""),
    ),
    "wrapped_in_another_type": Wrong(
        "the workflow fails, and says that the card was declined",
        "keep the type",
        IMPORT,
        ANY_ERROR,
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("declined", non_retryable=True) from error
        """),
    ),
    "the_class_in_the_policy": Wrong(
        ("an error's type is given by its name", "the gateway is asked"),
        "Next: the class `CardDeclined` stands where the name of an error is wanted",
        IMPORT,
        replace('["CardDeclined"]').by("[CardDeclined]"),
    ),
    "a_plain_number": Wrong(
        ("timeouts and intervals are timedeltas", "the gateway is asked"),
        "Next: `start_to_close_timeout` is a plain number",
        replace("start_to_close_timeout=limit").by("start_to_close_timeout=5"),
    ),
    "three_attempts": Wrong(
        "an outage may last as long as it likes",
        "take the limit out",
        replace("backoff_coefficient=1").by("backoff_coefficient=1, maximum_attempts=3"),
    ),
    "all_swallowed": Wrong(
        ("an exception is not swallowed", "the workflow fails, and says that the card was declined"),
        "a swallowed error looks like success",
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except Exception:
                return ""
        """),
        ANY_ERROR,
    ),
    "another_type": Wrong(
        "the workflow fails, and says that the card was declined",
        "keep the type",
        IMPORT,
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("no", type="PaymentProblem", non_retryable=True) from None
        """),
        ANY_ERROR,
    ),
    "caught_in_the_workflow": Wrong(
        "the workflow fails, and says that the card was declined",
        "tells everybody that it has been paid",
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace(
            "return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)"
        ).by("""
            try:
                return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)
            except ActivityError:
                return "declined"
        """),
    ),
    "declined_as_a_result": Wrong(
        "the workflow fails, and says that the card was declined",
        "tells everybody that it has been paid",
        replace("import ShopClient").by("import CardDeclined, ShopClient"),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined:
                return "declined"
        """),
        ANY_ERROR,
    ),
    "every_error_is_final": Wrong(
        "an outage is retried until the charge succeeds",
        "the next attempt would have charged",
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import ShopClient, ShopError
        """),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopError as error:
                raise ApplicationError(str(error), type="CardDeclined", non_retryable=True) from error
        """),
        ANY_ERROR,
    ),
    "misspelt_type": Wrong(
        "a declined card costs one request", "letter by letter", replace('"CardDeclined"').by('"card_declined"')
    ),
    "name_of_the_base_class": Wrong(
        "a declined card costs one request",
        "A base class's name matches nothing",
        replace('"CardDeclined"').by('"ShopError"'),
    ),
    "next_retry_much_later": Wrong(
        "a declined card costs one request",
        "let its failure through",
        IMPORT,
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("later", type="CardDeclined", next_retry_delay=timedelta(days=1)) from error
        """),
        ANY_ERROR,
    ),
    "a_minute_in_the_workflow": Wrong(
        "an outage may last as long as it likes",
        "take the limit out",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace(CALL).by(f"""
            async with asyncio.timeout(60):
                {CALL}
        """),
    ),
    "one_try_for_everything": Wrong(
        "an outage may last as long as it likes",
        "take the limit out",
        replace('backoff_coefficient=1, non_retryable_error_types=["CardDeclined"]').by("maximum_attempts=1"),
    ),
    "outage_is_final_too": Wrong(
        "an outage is retried until the charge succeeds",
        "the next attempt would have charged",
        replace('backoff_coefficient=1, non_retryable_error_types=["CardDeclined"]').by(
            'non_retryable_error_types=["CardDeclined", "ShopUnavailable"]'
        ),
    ),
    "qualified_name": Wrong(
        "a declined card costs one request",
        "letter by letter",
        replace('"CardDeclined"').by('"course_lib.shop.client.CardDeclined"'),
    ),
    "still_retryable": Wrong(
        "a declined card costs one request",
        "add `non_retryable=True`",
        IMPORT,
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError(str(error), type="CardDeclined") from error
        """),
        ANY_ERROR,
    ),
    "value_error_in_the_workflow": Wrong(
        "the workflow fails, and says that the card was declined",
        "is taken for a bug",
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace(
            "return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)"
        ).by("""
            try:
                return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)
            except ActivityError as error:
                raise ValueError("declined") from error
        """),
    ),
}

RIGHT = {
    "waits_for_the_gateway_itself": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("import ShopClient").by("import ShopClient, ShopUnavailable"),
        CHARGE.by("""
            while True:
                try:
                    return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
                except ShopUnavailable:
                    await asyncio.sleep(1)
        """),
    ),
    "a_context_manager": Right(
        replace("from datetime import timedelta").by("""
            from collections.abc import Iterator
            from contextlib import contextmanager
            from datetime import timedelta
        """),
        IMPORT,
        ANY_ERROR,
        replace("@activity.defn").by("""
            @contextmanager
            def final() -> Iterator[None]:
                try:
                    yield
                except CardDeclined as error:
                    raise ApplicationError(str(error), type="CardDeclined", non_retryable=True) from error


            @activity.defn
        """),
        CHARGE.by("""
            with final():
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
        """),
    ),
    "final_in_the_activity": Right(
        IMPORT,
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("the card is declined", type="CardDeclined", non_retryable=True) from error
        """),
        ANY_ERROR,
    ),
    "by_the_status": Right(
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import ShopClient, ShopError
        """),
        CHARGE.by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopError as error:
                final = error.status == 402
                raise ApplicationError(str(error), type=type(error).__name__, non_retryable=final) from None
        """),
        ANY_ERROR,
    ),
    "name_taken_from_the_class": Right(
        replace("import ShopClient").by("import CardDeclined, ShopClient"),
        replace('["CardDeclined"]').by("(CardDeclined.__name__,)"),
    ),
    "raised_again_by_the_workflow": Right(
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError, ApplicationError
        """),
        replace(
            "return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)"
        ).by("""
            try:
                return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)
            except ActivityError as error:
                raise ApplicationError("nothing is paid", type="CardDeclined") from error.cause
        """),
    ),
}
