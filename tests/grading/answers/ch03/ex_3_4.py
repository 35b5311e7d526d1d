"""Answers to exercise 3.4, Fix it live."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "free_above_5000_only": Wrong(
        "from 5000 on, shipping is free", "compare `amount_cents` with 5000", replace(">= 5000").by("> 5000")
    ),
    "always_shipping": Wrong(
        "from 5000 on, shipping is free",
        "compare `amount_cents` with 5000",
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
        ("the order that was stuck is charged once, with shipping", "from 5000 on, shipping is free"),
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
        ("the order that was stuck is charged once, with shipping", "from 5000 on, shipping is free"),
        "one call of `bill`, with the whole amount",
        replace("=order.id").by('=f"{order.id}-{order.amount_cents}"'),
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by("""
            await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
            if order.amount_cents < 5000:
                order.amount_cents = 490
        """),
    ),
    "default_for_the_attribute": Wrong(
        "from 5000 on, shipping is free",
        "a default in place of the attribute guesses",
        replace("order.amount_cents >= 5000").by('getattr(order, "total_cents", 0) >= 5000'),
    ),
    "empty_orders_complete": Wrong(
        "an order of nothing still fails",
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
        "the order that was stuck is charged once, with shipping",
        "compare `amount_cents` with 5000",
        replace("order.amount_cents += 0 if order.amount_cents >= 5000 else 490  # free from 50.00 on").by("""
            try:
                order.amount_cents += 0 if order.total_cents >= 5000 else 490
            except AttributeError:
                workflow.logger.warning("no total_cents")
        """),
    ),
}

RIGHT = {
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
