"""Answers to exercise 6.1, A second change."""

from tests.grading.edits import Given, Right, Wrong, replace

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

CLAIMS = {
    "orders of two ages, from `before`": ("deprecates_the_receipt", "constant_true", "in_the_wrong_branch"),
    "and from `patched`,": ("id_reused", "under_the_receipt", "asks_both_first", "asks_the_receipt_first"),
    "are under way: charged, with the warehouse closed. The new requirement is in the code:": Given("what is given"),
    "reserve the stock first.": "receipt_then_stock",
    "As it stands, it breaks both.": Given("what is given"),
    "every order under way": ("both_in_one_patch", "receipt_patch_removed"),
    "finishes the way it began;": ("reserves_afterwards", "returns_the_order_id"),
    "every new order": ("also_not_when_replaying", "only_for_replays"),
    "reserves, charges, sends the receipt and ships,": ("old_orders_alone_are_charged", "constant_false"),
    "one after the other.": ("receipt_started", "side_by_side"),
    "a new order → 4 activities": ("patched_by_number", "receipt_dropped_for_new", "reserves_locally"),
    "and both markers;": ("id_of_each_customer", "id_of_each_order", "receipt_unmarked_for_new"),
    "the oldest → 2 activities.": "reserves_afterwards",
}

WRONG = {
    "also_not_when_replaying": Wrong(
        "a new order can go on with this code",
        "leave out `is_replaying`",
        replace('workflow.patched("reserve-stock")').by(
            'workflow.patched("reserve-stock") and not workflow.unsafe.is_replaying()'
        ),
    ),
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
    "asks_the_receipt_first": Wrong(
        "an order with the receipt's marker can go on with this code",
        "where it was asked before, after the charge",
        replace('workflow.patched("reserve-stock")').by(
            'workflow.patched("receipt") and workflow.patched("reserve-stock")'
        ),
    ),
    "by_the_clock": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "no clock tells an order under way from a new one",
        replace("from datetime import timedelta").by("from datetime import UTC, datetime, timedelta"),
        replace("OPTIONS = ").by("RELEASE = datetime.now(UTC)\nOPTIONS = "),
        replace('workflow.patched("reserve-stock")').by("workflow.info().start_time > RELEASE"),
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
        "a new order takes the new way",
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
    "id_of_each_customer": Wrong(
        "its history remembers both changes",
        "let the id name the change, not the order",
        replace('"reserve-stock"').by('f"reserve-{order.customer}"'),
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
    "old_orders_alone_are_charged": Wrong(
        "a new order takes the new way",
        "leave the charge outside the `if`",
        RESERVE_AND_CHARGE.by("""
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            else:
                await workflow.execute_activity(charge_card, order, **OPTIONS)
        """),
    ),
    "only_for_replays": Wrong(
        "a new order can go on with this code",
        "leave out `is_replaying`",
        replace('workflow.patched("reserve-stock")').by("not workflow.unsafe.is_replaying()"),
    ),
    "patched_by_number": Wrong(
        "a new order completes",
        "TypeError: bad argument type",
        replace('"reserve-stock"').by("2"),
    ),
    "receipt_dropped_for_new": Wrong(
        "a new order takes the new way",
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
    "receipt_started": Wrong(
        "a new order takes the new way",
        "wait for send_receipt, then ask for ship_parcel",
        replace("await workflow.execute_activity(send_receipt").by("workflow.start_activity(send_receipt"),
    ),
    "receipt_then_stock": Wrong(
        "a new order takes the new way",
        "keep every step and its place",
        RESERVE.by(""),
        RECEIPT.by("""
            if workflow.patched("receipt"):
                await workflow.execute_activity(send_receipt, order, **OPTIONS)
            if workflow.patched("reserve-stock"):
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
        """),
    ),
    "receipt_unmarked_for_new": Wrong(
        "its history remembers both changes",
        "ask `workflow.patched('receipt')` for new orders too",
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
    ),
    "renamed": Wrong(
        (
            "an order without the receipt's marker can go on with this code",
            "an order with the receipt's marker can go on with this code",
        ),
        "keep the workflow's name",
        replace("@workflow.defn").by('@workflow.defn(name="OrderWorkflow2")'),
    ),
    "reserves_afterwards": Wrong(
        "orders under way finish the way they began",
        "put the new step before the charge",
        replace('if workflow.patched("reserve-stock"):').by("""
            first = workflow.patched("reserve-stock")
            if first:
        """),
        replace("return await workflow.execute_activity(ship_parcel, order, **OPTIONS)").by("""
            parcel = await workflow.execute_activity(ship_parcel, order, **OPTIONS)
            if not first:
                await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            return parcel
        """),
    ),
    "reserves_locally": Wrong(
        "a new order takes the new way",
        "call the activity with `workflow.execute_activity`",
        replace("workflow.execute_activity(reserve_stock, order, **OPTIONS)").by(
            "workflow.execute_local_activity(reserve_stock, order, start_to_close_timeout=timedelta(seconds=4))"
        ),
    ),
    "returns_the_order_id": Wrong(
        "orders under way finish the way they began",
        "return what `ship_parcel` returns",
        replace("return await workflow.execute_activity(ship_parcel, order, **OPTIONS)").by("""
            await workflow.execute_activity(ship_parcel, order, **OPTIONS)
            return order.id
        """),
    ),
    "side_by_side": Wrong(
        "a new order takes the new way",
        "wait for reserve_stock, then ask for charge_card",
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
    "deprecated_where_all_have_it": Right(
        replace("await workflow.execute_activity(reserve_stock, order, **OPTIONS)").by("""
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            workflow.deprecate_patch("receipt")
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
            return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
        """),
    ),
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
