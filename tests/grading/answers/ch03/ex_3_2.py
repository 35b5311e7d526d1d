"""Answers to exercise 3.2, Declined is final."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "all_swallowed": Wrong(
        "a swallowed error looks like success",
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except Exception:
                return ""
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "another_type": Wrong(
        "keep the type",
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import CardDeclined, ShopClient
        """),
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("no", type="PaymentProblem", non_retryable=True) from None
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "caught_in_the_workflow": Wrong(
        "tells everybody that the customer has paid",
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
        "tells everybody that the customer has paid",
        replace("import ShopClient").by("import CardDeclined, ShopClient"),
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined:
                return "declined"
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "every_error_is_final": Wrong(
        "gives an order up",
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import ShopClient, ShopError
        """),
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except ShopError as error:
                raise ApplicationError(str(error), type="CardDeclined", non_retryable=True) from error
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "misspelt_type": Wrong("letter by letter", replace('"CardDeclined"').by('"card_declined"')),
    "name_of_the_base_class": Wrong(
        "the name of a base class matches nothing", replace('"CardDeclined"').by('"ShopError"')
    ),
    "next_retry_much_later": Wrong(
        "let its failure through",
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import CardDeclined, ShopClient
        """),
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError("later", type="CardDeclined", next_retry_delay=timedelta(days=1)) from error
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "one_try_for_everything": Wrong(
        "gives an order up that the next try would have charged",
        replace('backoff_coefficient=1, non_retryable_error_types=["CardDeclined"]').by("maximum_attempts=1"),
    ),
    "outage_is_final_too": Wrong(
        "gives an order up",
        replace('backoff_coefficient=1, non_retryable_error_types=["CardDeclined"]').by(
            'non_retryable_error_types=["CardDeclined", "ShopUnavailable"]'
        ),
    ),
    "qualified_name": Wrong("letter by letter", replace('"CardDeclined"').by('"course_lib.shop.client.CardDeclined"')),
    "still_retryable": Wrong(
        "letter by letter",
        replace("from course_lib.shop.client import ShopClient").by("""
            from temporalio.exceptions import ApplicationError

            from course_lib.shop.client import CardDeclined, ShopClient
        """),
        replace("return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)").by("""
            try:
                return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
            except CardDeclined as error:
                raise ApplicationError(str(error), type="CardDeclined") from error
        """),
        replace(', non_retryable_error_types=["CardDeclined"]').by(""),
    ),
    "value_error_in_the_workflow": Wrong(
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
