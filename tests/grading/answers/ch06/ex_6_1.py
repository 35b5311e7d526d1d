"""Answers to exercise 6.1, A second change."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "answer_not_used": Wrong(
        "use the answer",
        replace("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """).by("""
            workflow.patched("reserve-stock")
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """),
    ),
    "around_the_wrong_line": Wrong(
        "What was there before the change stays outside",
        replace("""
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            if workflow.patched("receipt"):
        """).by("""
                await workflow.execute_activity(charge_card, order, **OPTIONS)
            if workflow.patched("receipt"):
        """),
    ),
    "asks_both_first": Wrong(
        "where it was asked before, after the charge",
        replace('if workflow.patched("reserve-stock"):').by("""
            reserve, receipt = workflow.patched("reserve"), workflow.patched("receipt")
            if reserve:
        """),
        replace('workflow.patched("receipt")').by("receipt"),
    ),
    "both_in_one_patch": Wrong(
        "as it was: the second change does not end the first",
        replace('"reserve-stock"').by('"stock-and-receipt"'),
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
        replace("""
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """).by(""),
    ),
    "constant_false": Wrong(
        "A constant that is false says no to everybody",
        replace(
            "OPTIONS = dict(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1))"
        ).by("""
            OPTIONS = dict(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1))
            NEW = False
        """),
        replace('workflow.patched("reserve-stock")').by("NEW"),
    ),
    "constant_true": Wrong(
        "Only Temporal can tell an order",
        replace(
            "OPTIONS = dict(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1))"
        ).by("""
            OPTIONS = dict(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1))
            NEW = True
        """),
        replace('workflow.patched("reserve-stock")').by("NEW"),
    ),
    "deprecated_too_early": Wrong(
        "it is too early for `deprecate_patch`",
        replace("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """).by("""
            workflow.deprecate_patch("reserve-stock")
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """),
    ),
    "deprecates_the_receipt": Wrong(
        "it is too early for `deprecate_patch`",
        replace("""
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """).by("""
            workflow.deprecate_patch("receipt")
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """),
    ),
    "field_of_the_order": Wrong(
        "Only Temporal can tell an order", replace('workflow.patched("reserve-stock")').by('order.customer != "old"')
    ),
    "guards_the_charge": Wrong(
        "What was there before the change stays outside",
        replace("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
        """).by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """),
    ),
    "id_of_each_order": Wrong(
        "let the id name the change, not the order", replace('"reserve-stock"').by('f"reserve-{order.id}"')
    ),
    "id_reused": Wrong("give this change an id of its own", replace('"reserve-stock"').by('"receipt"')),
    "in_the_wrong_branch": Wrong(
        "turn it round", replace('workflow.patched("reserve-stock")').by('not workflow.patched("reserve-stock")')
    ),
    "only_for_replays": Wrong(
        "the marker that tells the ages apart",
        replace('workflow.patched("reserve-stock")').by("not workflow.unsafe.is_replaying()"),
    ),
    "receipt_dropped_for_new": Wrong(
        "keep every step and its place",
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
    ),
    "receipt_patch_removed": Wrong(
        "as it was: the second change does not end the first",
        replace("""
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """).by("await workflow.execute_activity(send_receipt, order, **OPTIONS)"),
    ),
    "side_by_side": Wrong(
        "wait for the reservation, then charge",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
        """).by("""
            if workflow.patched("reserve"):
                await asyncio.gather(
                    workflow.execute_activity(reserve_stock, order, **OPTIONS),
                    workflow.execute_activity(charge_card, order, **OPTIONS),
                )
            else:
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """),
    ),
    "under_the_receipt": Wrong(
        "give this change an id of its own",
        replace('"reserve-stock"').by('"receipt"'),
        replace("""
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """).by("""
                await workflow.execute_activity(charge_card, order, **OPTIONS)
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
            else:
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """),
    ),
}
