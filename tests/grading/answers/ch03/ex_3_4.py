"""Answers to exercise 3.4, Fix it live."""

from tests.grading.edits import Given, Right, Wrong, replace

STUCK, BELOW, FREE, EMPTY = (
    "the order that was stuck is charged once, with shipping",
    "below 5000, one charge with shipping, even when its answer is lost",
    "from 5000 on, shipping is free",
    "an order of nothing still fails, before anything is done",
)
LINE = "order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on"
BILL = "return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)"

CLAIMS = {
    "an order that is stuck: stock reserved, card not charged;": Given("what is given"),
    "an answer may get lost.": ("without_a_key", "key_with_the_attempt"),
    "the *same run* completes": ("another_order_of_steps", "begun_again", "another_name", "only_for_new_runs"),
    "with one reservation": "reserved_again",
    "then": "both_at_once",
    "one charge": ("charged_twice", "bug_swallowed"),
    "of the amount plus 490 for shipping": ("shipping_forgotten", "shipping_alone", "total_not_used"),
    "which is free": ("always_shipping", "default_for_the_attribute"),
    "from 5000 up": ("free_above_5000_only", "free_with_shipping_counted"),
    "returns the charge's id.": "nothing_returned",
    "An order with nothing to pay still fails": "empty_orders_complete",
    "before anything is reserved.": "refused_too_late",
    "4200 → one charge of 4690.": ("shipping_forgotten", "the_example_alone"),
    "6000 → one charge of 6000.": "always_shipping",
}

WRONG = {
    "another_name": Wrong(
        "the same run completes",
        "keep the name `Checkout`",
        replace("@workflow.defn").by('@workflow.defn(name="CheckoutV2")'),
    ),
    "only_for_new_runs": Wrong(
        "the same run completes",
        "for the runs that began before, too",
        replace("limit = timedelta(seconds=5)").by('limit, new = timedelta(seconds=5), workflow.patched("shipping")'),
        replace("order.amount_cents >= 5000").by("(order.amount_cents if new else order.total_cents) >= 5000"),
    ),
    "without_a_key": Wrong(BELOW, "with the same key in every attempt", replace(", idempotency_key=order.id").by("")),
    "key_with_the_attempt": Wrong(
        BELOW,
        "with the same key in every attempt",
        replace("=order.id").by('=f"{order.id}-{activity.info().attempt}"'),
    ),
    "begun_again": Wrong(
        "the same run completes",
        "`continue_as_new` begins another one",
        replace(LINE).by("""
            if order.amount_cents < 5000:
                workflow.continue_as_new(Order(order.id, order.amount_cents + 490))
        """),
    ),
    "charged_in_two_parts": Wrong(
        "the same run completes",
        "call `bill` once, with the order and its whole amount",
        replace(LINE).by("""
            await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
            order.amount_cents = 490
        """),
    ),
    "both_at_once": Wrong(
        "the card is charged when the stock is reserved",
        "wait for `reserve` before you call `bill`",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)").by(
            "reserving = workflow.start_activity(reserve, order, start_to_close_timeout=limit)"
        ),
        replace(BILL).by(
            f"_, charged = await asyncio.gather(reserving, {BILL.removeprefix('return await ')})\nreturn charged"
        ),
    ),
    "bill_gets_a_number": Wrong(
        "the same run completes",
        "the code names Order",
        replace("bill, order,").by("bill, order.amount_cents,"),
    ),
    "shipping_alone": Wrong(
        STUCK, "the amount plus 490", replace("order.amount_cents += 0").by("order.amount_cents = 0")
    ),
    "total_not_used": Wrong(STUCK, "give `bill` an order of 3090", replace("order.amount_cents += 0").by("total = 0")),
    "free_with_shipping_counted": Wrong(
        BELOW,
        "up to 4999, the amount plus 490",
        replace("order.amount_cents >= 5000").by("order.amount_cents + 490 >= 5000"),
    ),
    "the_example_alone": Wrong(
        STUCK,
        "the amount plus 490",
        replace("0 if order.amount_cents >= 5000 else 490").by("{4200: 490}.get(order.amount_cents, 0)"),
    ),
    "nothing_returned": Wrong(STUCK, "return what `bill` returns", replace(BILL).by(BILL.removeprefix("return "))),
    "refused_too_late": Wrong(
        EMPTY,
        "above the first step",
        replace("""
            if order.amount_cents <= 0:
                raise ApplicationError("nothing to pay", type="EmptyOrder")
            await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)
        """).by("""
            await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)
            if order.amount_cents <= 0:
                raise ApplicationError("nothing to pay", type="EmptyOrder")
        """),
    ),
    "free_above_5000_only": Wrong(FREE, "free from 5000 up", replace(">= 5000").by("> 5000")),
    "always_shipping": Wrong(
        FREE,
        "free from 5000 up",
        replace("0 if order.amount_cents >= 5000 else 490").by("490"),
    ),
    "another_order_of_steps": Wrong(
        "the same run completes",
        "keep to the order of steps",
        replace("await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)").by("""
            order.amount_cents += 0 if order.amount_cents >= 5000 else 490
            charge_id = await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
            await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)
        """),
        replace("""
            order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on
            return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
        """).by("return charge_id"),
    ),
    "another_wrong_attribute": Wrong(
        "the same run completes",
        "fix the line that is named",
        replace("order.amount_cents >= 5000").by("order.total >= 5000"),
    ),
    "bug_swallowed": Wrong(
        STUCK,
        "a caught exception makes an order that looks completed",
        replace("""
            order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on
            return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
        """).by("""
            try:
                order.amount_cents += 0 if order.total_cents >= 5000 else 490
                return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
            except AttributeError:
                return "0"
        """),
    ),
    "bugs_fail_the_workflow": Wrong(
        "the same run completes",
        "let the order through instead of failing it",
        replace("workflow.defn").by("workflow.defn(failure_exception_types=[AttributeError])"),
        replace("order.amount_cents >= 5000").by("order.total_cents >= 5000"),
    ),
    "charged_twice": Wrong(
        STUCK,
        "one call of `bill`, with the whole amount",
        replace("=order.id").by('=f"{order.id}-{order.amount_cents}"'),
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by("""
            await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
            if order.amount_cents < 5000:
                order.amount_cents = 490
        """),
    ),
    "default_for_the_attribute": Wrong(
        FREE,
        "A default for the attribute guesses",
        replace("order.amount_cents >= 5000").by('getattr(order, "total_cents", 0) >= 5000'),
    ),
    "empty_orders_complete": Wrong(
        EMPTY,
        "leave the `ApplicationError` for an empty order",
        replace('raise ApplicationError("nothing to pay", type="EmptyOrder")').by('return ""'),
    ),
    "fails_the_workflow": Wrong(
        "the same run completes",
        "let the order through instead of failing it",
        replace("""
            order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on
            return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
        """).by('raise ApplicationError("the amount is not known", non_retryable=True)'),
    ),
    "reserve_left_out": Wrong(
        "the same run completes",
        "keep to the order of steps",
        replace("await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)").by(""),
    ),
    "reserved_again": Wrong(
        "what the old code did is not done again",
        "leave the call of `reserve` where it was",
        replace("order.amount_cents += 0").by("""
            await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)
            order.amount_cents += 0
        """),
    ),
    "shipping_forgotten": Wrong(
        STUCK,
        "the amount plus 490",
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by("""
            try:
                order.amount_cents += 0 if order.total_cents >= 5000 else 490
            except AttributeError:
                workflow.logger.warning("no total_cents")
        """),
    ),
}

RIGHT = {
    "behind_a_patch": Right(
        replace(LINE).by("""
            if workflow.patched("shipping"):
                order.amount_cents += 0 if order.amount_cents >= 5000 else 490
            else:
                order.amount_cents += 0 if order.total_cents >= 5000 else 490
        """)
    ),
    "in_the_activity": Right(
        replace("return await ShopClient().charge(order.id, order.amount_cents,").by("""
            total = order.amount_cents if order.amount_cents >= 5000 else order.amount_cents + 490
            return await ShopClient().charge(order.id, total,
        """),
        replace(LINE).by(""),
    ),
    "a_branch": Right(
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by("""
            if order.amount_cents < 5000:
                order.amount_cents += 490
        """)
    ),
    "a_copy_of_the_order": Right(
        replace("""
            order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on
            return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
        """).by("""
            shipping = 490 * (order.amount_cents < 5000)
            whole = Order(order.id, order.amount_cents + shipping)
            return await workflow.execute_activity(bill, whole, start_to_close_timeout=limit)
        """)
    ),
    "a_helper": Right(
        replace("@workflow.defn").by("""
            def with_shipping(cents: int) -> int:
                if cents >= 5000:
                    return cents
                return cents + 490


            @workflow.defn
        """),
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by(
            "order.amount_cents = with_shipping(order.amount_cents)"
        ),
    ),
}
