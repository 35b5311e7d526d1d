"""Answers to exercise 6.1, A second change."""

from tests.grading.edits import Right, Wrong, replace

RESERVE = replace("""
    if workflow.patched("reserve-stock"):
        await workflow.execute_activity(reserve_stock, order, **OPTIONS)
""")
RESERVE_AND_CHARGE = replace("""
    if workflow.patched("reserve-stock"):
        await workflow.execute_activity(reserve_stock, order, **OPTIONS)
    await workflow.execute_activity(charge_card, order, **OPTIONS)
""")
RECEIPT = replace("""
    if workflow.patched("receipt"):
        await workflow.execute_activity(send_receipt, order, **OPTIONS)
""")

WRONG = {
    "answer_not_used": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "use the answer",
        RESERVE.by("""
            workflow.patched("reserve-stock")
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """),
    ),
    "around_the_wrong_line": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
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
        "an order with the receipt's marker can go on with this code",
        "where it was asked before, after the charge",
        replace('if workflow.patched("reserve-stock"):').by("""
            reserve, receipt = workflow.patched("reserve"), workflow.patched("receipt")
            if reserve:
        """),
        replace('workflow.patched("receipt")').by("receipt"),
    ),
    "both_in_one_patch": Wrong(
        "an order with the receipt's marker can go on with this code",
        "as it was: the second change does not end the first",
        replace('"reserve-stock"').by('"stock-and-receipt"'),
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
        RECEIPT.by(""),
    ),
    "constant_false": Wrong(
        ("a new order takes the new way", "its history remembers both changes"),
        "A constant that is false says no to everybody",
        replace("OPTIONS = ").by("NEW = False\nOPTIONS = "),
        replace('workflow.patched("reserve-stock")').by("NEW"),
    ),
    "constant_true": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "Only Temporal can tell an order",
        replace("OPTIONS = ").by("NEW = True\nOPTIONS = "),
        replace('workflow.patched("reserve-stock")').by("NEW"),
    ),
    "deprecated_too_early": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "it is too early for `deprecate_patch`",
        RESERVE.by("""
            workflow.deprecate_patch("reserve-stock")
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """),
    ),
    "deprecates_the_receipt": Wrong(
        "an order without the receipt's marker can go on with this code",
        "it is too early for `deprecate_patch`",
        RECEIPT.by("""
            workflow.deprecate_patch("receipt")
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
        """),
    ),
    "field_of_the_order": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "Only Temporal can tell an order",
        replace('workflow.patched("reserve-stock")').by('order.customer != "old"'),
    ),
    "guards_the_charge": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "What was there before the change stays outside",
        RESERVE_AND_CHARGE.by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """),
    ),
    "id_of_each_order": Wrong(
        "its history remembers both changes",
        "let the id name the change, not the order",
        replace('"reserve-stock"').by('f"reserve-{order.id}"'),
    ),
    "id_reused": Wrong(
        "an order with the receipt's marker can go on with this code",
        "give this change an id of its own",
        replace('"reserve-stock"').by('"receipt"'),
    ),
    "in_the_wrong_branch": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "swap them: `patched` says yes",
        replace('workflow.patched("reserve-stock")').by('not workflow.patched("reserve-stock")'),
    ),
    "only_for_replays": Wrong(
        "its history remembers both changes",
        "the marker that tells the ages apart",
        replace('workflow.patched("reserve-stock")').by("not workflow.unsafe.is_replaying()"),
    ),
    "receipt_dropped_for_new": Wrong(
        ("a new order takes the new way", "its history remembers both changes"),
        "keep every step and its place",
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
    ),
    "receipt_patch_removed": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "as it was: the second change does not end the first",
        RECEIPT.by("await workflow.execute_activity(send_receipt, order, **OPTIONS)"),
    ),
    "side_by_side": Wrong(
        "a new order takes the new way",
        "wait for the reservation, then charge",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        RESERVE_AND_CHARGE.by("""
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
        "an order with the receipt's marker can go on with this code",
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

RIGHT = {
    "another_id_kept_in_a_variable": Right(
        replace('if workflow.patched("reserve-stock"):').by("""
            first = workflow.patched("stock first")
            if first:
        """),
    ),
    "steps_in_a_list": Right(
        RESERVE_AND_CHARGE.by("""
            steps = [reserve_stock, charge_card] if workflow.patched("reserve") else [charge_card]
            for step in steps:
                await workflow.execute_activity(step, order, **OPTIONS)
        """)
    ),
    "two_methods": Right(
        replace("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """).by("""
            if not workflow.patched("reserve-2"):
                return await self.without_stock(order)
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            return await self.without_stock(order)
        """),
        replace("@workflow.run").by("""
            async def without_stock(self, order: Order) -> str:
                await workflow.execute_activity(charge_card, order, **OPTIONS)
                if workflow.patched("receipt"):
                    await workflow.execute_activity(send_receipt, order, **OPTIONS)
                return await workflow.execute_activity(ship_parcel, order, **OPTIONS)

            @workflow.run
        """),
    ),
    "both_ways_written_out": Right(
        RESERVE_AND_CHARGE.by("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
                await workflow.execute_activity(charge_card, order, **OPTIONS)
            else:
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """)
    ),
}
