"""Answers to exercise 7.5, Each thing keeps its own reservation."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "always_the_same_things": Wrong(
        "each thing is reserved once",
        "take out what the cart names twice",
        replace("dict.fromkeys(cart)").by('["mug", "tea", "pot", "cup", "lamp", "candle"]'),
    ),
    "things_of_the_example": Wrong(
        "everything in the cart is reserved",
        "ask for `reserve` once for each different thing",
        replace("dict.fromkeys(cart)").by('["mug", "tea"]'),
    ),
    "dict_of_a_set": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("(cart)").by("(set(cart))"),
    ),
    "does_not_wait": Wrong(
        "everything in the cart is reserved",
        "the workflow ended before that",
        replace("await workflow.wait_condition(lambda: self.paid)").by(""),
    ),
    "frozenset": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("dict.fromkeys(cart)").by("frozenset(cart)"),
    ),
    "kept_in_a_global": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            THINGS: dict[str, None] = {}
        """),
        replace("things = dict.fromkeys(cart)").by("THINGS.update(dict.fromkeys(set(cart)))\nthings = THINGS"),
    ),
    "list_of_a_set": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("dict.fromkeys(cart)").by("list(set(cart))"),
    ),
    "only_the_first": Wrong(
        "everything in the cart is reserved",
        "everything in the cart is reserved",
        replace("dict.fromkeys(cart)").by("cart[:1]"),
    ),
    "set_in_a_helper": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("@workflow.defn").by("""
            def once(cart: list[str]) -> set[str]:
                return {sku for sku in cart}


            @workflow.defn
        """),
        replace("dict.fromkeys(cart)").by("once(cart)"),
    ),
    "side_by_side_from_a_set": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
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
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "✗ a replay in a new process asks for the same",
        replace("dict.fromkeys(cart)").by("sorted(set(cart), key=lambda s: s[0])"),
    ),
    "sorted_by_hash": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
        replace("dict.fromkeys(cart)").by("sorted(set(cart), key=hash)"),
    ),
    "sorted_by_length": Wrong(
        ("every thing has its own reservation", "a replay in a new process asks for the same"),
        "which is another thing's",
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
