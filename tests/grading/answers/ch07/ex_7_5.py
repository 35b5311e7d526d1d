"""Answers to exercise 7.5, Each thing keeps its own reservation."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "a cart,": "always_the_same_things",
    "a list that may name a thing twice": "whole_cart",
    "(the workflow ID is the cart's).": "another_cart",
    "none.": Given("the stub shows no error"),
    "`reserve` is called once": ("whole_cart", "sorted_cart"),
    "for each thing,": ("things_of_the_example", "first_six_things", "in_small_letters", "forgotten_await"),
    "each keeps its own reservation,": ("zipped_with_the_cart", "ids_to_things"),
    "even when the worker is killed": ("list_of_a_set", "set_in_a_helper", "sorted_by_hash"),
    "while the workflow waits": ("does_not_wait", "waits_for_a_second", "waits_first"),
    "the signal `pay`.": ("no_handler", "paid_of_its_own"),
    '`["mug", "tea", "mug"]` →': Given("the example's cart"),
    '`{"mug": "rsv_1", "tea": "rsv_2"}`,': ("nothing_returned", "ids_to_things"),
    "as in the shop's table.": "zipped_with_the_cart",
}

WRONG = {
    "always_the_same_things": Wrong(
        "each thing is reserved once",
        "go by `cart`",
        replace("dict.fromkeys(cart)").by('["mug", "tea", "pot", "cup", "lamp", "candle", "bag"]'),
    ),
    "things_of_the_example": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "once for each different thing",
        replace("dict.fromkeys(cart)").by('["mug", "tea"]'),
    ),
    "another_cart": Wrong(
        "each thing is reserved once",
        "reserve for this cart",
        replace("cart = activity.info().workflow_id").by('cart = "cart-1"'),
    ),
    "forgotten_await": Wrong(
        ("a call that has to be awaited is awaited", "everything in the cart is reserved, and the workflow waits"),
        "write `await` in front of `workflow.execute_activity(…)`",
        replace("await workflow.execute_activity").by("workflow.execute_activity"),
    ),
    "ids_to_things": Wrong(
        "every thing has its own reservation",
        "keep what `reserve` returned for this thing",
        replace("return shelf").by("return {id: sku for sku, id in shelf.items()}"),
    ),
    "first_six_things": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "once for each different thing",
        replace("dict.fromkeys(cart)").by("list(dict.fromkeys(cart))[:6]"),
    ),
    "in_small_letters": Wrong(
        "each thing is reserved once",
        "reserve all that it names",
        replace("dict.fromkeys(cart)").by("dict.fromkeys(sku.lower() for sku in cart)"),
    ),
    "no_handler": Wrong(
        "the workflow completes", "write `@workflow.signal` above `def pay`", replace("@workflow.signal").by("")
    ),
    "paid_of_its_own": Wrong(
        "the workflow completes", "let `pay` set `self.paid = True`", replace("self.paid = True").by("paid = True")
    ),
    "nothing_returned": Wrong(
        "every thing has its own reservation", "end with `return shelf`", replace("return shelf").by("")
    ),
    "value_for_a_condition": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "a condition is a function",
        replace("lambda: self.paid").by("self.paid"),
    ),
    "waits_no_longer_than_a_second": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "wait for `pay`, and for nothing else",
        replace("lambda: self.paid").by("lambda: self.paid, timeout=1"),
    ),
    "waits_first": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "then wait for `pay`",
        replace("things = dict.fromkeys(cart)").by("""
            await workflow.wait_condition(lambda: self.paid)
            things = dict.fromkeys(cart)
        """),
    ),
    "waits_for_a_second": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "wait for `pay`, and for nothing else",
        replace("await workflow.wait_condition(lambda: self.paid)").by("await workflow.sleep(1)"),
    ),
    "zipped_with_the_cart": Wrong(
        "every thing has its own reservation",
        "keep what `reserve` returned for this thing",
        replace("return shelf").by("return dict(zip(cart, shelf.values()))"),
    ),
    "dict_of_a_set": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("(cart)").by("(set(cart))"),
    ),
    "does_not_wait": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "the workflow completed",
        replace("await workflow.wait_condition(lambda: self.paid)").by(""),
    ),
    "frozenset": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("dict.fromkeys(cart)").by("frozenset(cart)"),
    ),
    "kept_in_a_global": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            THINGS: dict[str, None] = {}
        """),
        replace("things = dict.fromkeys(cart)").by("THINGS.update(dict.fromkeys(set(cart)))\nthings = THINGS"),
    ),
    "list_of_a_set": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("dict.fromkeys(cart)").by("list(set(cart))"),
    ),
    "only_the_first": Wrong(
        "everything in the cart is reserved, and the workflow waits",
        "everything in the cart is reserved, and the workflow waits",
        replace("dict.fromkeys(cart)").by("cart[:1]"),
    ),
    "set_in_a_helper": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("@workflow.defn").by("""
            def once(cart: list[str]) -> set[str]:
                return {sku for sku in cart}


            @workflow.defn
        """),
        replace("dict.fromkeys(cart)").by("once(cart)"),
    ),
    "side_by_side_from_a_set": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("""
            things = dict.fromkeys(cart)
            for sku in things:
                shelf[sku] = await workflow.execute_activity(reserve, sku, start_to_close_timeout=timedelta(seconds=5))
        """).by("""
            things = set(cart)
            limit = timedelta(seconds=5)
            calls = [workflow.execute_activity(reserve, sku, start_to_close_timeout=limit) for sku in things]
            shelf.update(zip(things, await asyncio.gather(*calls), strict=True))
        """),
    ),
    "sorted_by_first_letter": Wrong(
        "a replay in a new process asks for the same",
        "✗ a replay in a new process asks for the same",
        replace("dict.fromkeys(cart)").by("sorted(set(cart), key=lambda s: s[0])"),
    ),
    "sorted_by_hash": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("dict.fromkeys(cart)").by("sorted(set(cart), key=hash)"),
    ),
    "sorted_by_length": Wrong(
        "a replay in a new process asks for the same",
        "its own is",
        replace("dict.fromkeys(cart)").by("sorted(set(cart), key=len)"),
    ),
    "sorted_cart": Wrong(
        "each thing is reserved once",
        "✗ each thing is reserved once",
        replace("dict.fromkeys(cart)").by("sorted(cart)"),
    ),
    "whole_cart": Wrong(
        "each thing is reserved once",
        "each thing is reserved once",
        replace('=f"{cart}-{sku}"').by("=activity.info().activity_id"),
        replace("dict.fromkeys(cart)").by("cart"),
    ),
}

RIGHT = {
    "sorted": Right(replace("dict.fromkeys(cart)").by("sorted(set(cart))")),
    "looked_at_before": Right(
        replace("things = dict.fromkeys(cart)").by(""),
        replace("for sku in things:").by("for sku in cart:\n    if sku in shelf:\n        continue"),
    ),
    "together": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("""
            shelf: dict[str, str] = {}
            things = dict.fromkeys(cart)
            for sku in things:
                shelf[sku] = await workflow.execute_activity(reserve, sku, start_to_close_timeout=timedelta(seconds=5))
        """).by("""
            things = list(dict.fromkeys(cart))
            limit = timedelta(seconds=5)
            calls = [workflow.execute_activity(reserve, sku, start_to_close_timeout=limit) for sku in things]
            shelf = dict(zip(things, await asyncio.gather(*calls), strict=True))
        """),
    ),
    "local_activities": Right(replace("execute_activity").by("execute_local_activity")),
    "a_list_and_a_set": Right(
        replace("things = dict.fromkeys(cart)").by("""
            seen: set[str] = set()
            things = [sku for sku in cart if not (sku in seen or seen.add(sku))]
        """)
    ),
    "sorted_by_place": Right(replace("dict.fromkeys(cart)").by("sorted(set(cart), key=cart.index)")),
    "a_task_group": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("""
            things = dict.fromkeys(cart)
            for sku in things:
                shelf[sku] = await workflow.execute_activity(reserve, sku, start_to_close_timeout=timedelta(seconds=5))
        """).by("""
            async with asyncio.TaskGroup() as group:
                for sku in dict.fromkeys(cart):
                    group.create_task(self.keep(shelf, sku))
        """),
        replace("@workflow.signal").by("""
            async def keep(self, shelf: dict[str, str], sku: str) -> None:
                shelf[sku] = await workflow.execute_activity(reserve, sku, start_to_close_timeout=timedelta(seconds=5))

            @workflow.signal
        """),
    ),
}
