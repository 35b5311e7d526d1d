"""Answers to exercise 7.3, The setting that changed overnight."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "an amount in cents": "amount_of_the_example",
    "(the workflow ID is the order's);": "another_order",
    "the worker's variable `FREE_FROM_CENTS`.": "another_variable",
    "`[TMPRL1100] Nondeterminism error: Activity type of scheduled event 'charge_fee' does not match activity type of "
    "activity command 'charge'`": Given("what a replay of the stub says"),
    "a new order uses the current setting:": ("fixed", "asks_twice_and_ignores_it"),
    "below it a fee,": ("no_fee_at_all", "the_other_way_round", "fee_not_awaited", "fee_in_a_task"),
    "from it on": "limit_itself_pays_the_fee",
    "none.": ("always_a_fee", "fee_unless_it_is_the_limit"),
    "One started with your code": ("in_a_class_attribute", "in_a_default", "in_a_parameter"),
    "keeps to what it decided.": ("not_in_a_replay", "fee_in_each_replay", "handed_to_an_activity"),
    "4200 cents, variable unset (5000) →": ("another_default", "no_default"),
    "fee and goods;": "one_sum",
    "replayed with 4200 → the same.": "in_a_class_attribute",
}

WRONG = {
    "the_fee_counts_too": Wrong(
        "with the old setting the fee is charged", "charge the goods always", replace("cents <").by("cents + 490 <")
    ),
    "another_default": Wrong(
        "without a setting the limit is 5000", "leave the default in", replace('"5000"').by('"0"')
    ),
    "no_default": Wrong(
        "the workflow completes",
        "leave the default in",
        replace('os.environ.get("FREE_FROM_CENTS", "5000")').by('os.environ["FREE_FROM_CENTS"]'),
    ),
    "always_a_fee": Wrong(
        "an order above the setting has no fee",
        "charge the fee only when",
        replace("""
            if fee:
                await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)
        """).by("""
            fee = await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)
        """),
    ),
    "fee_unless_it_is_the_limit": Wrong(
        "an order above the setting has no fee", "charge the fee only when", replace("cents <").by("cents !=")
    ),
    "amount_of_the_example": Wrong(
        "with the old setting the fee is charged",
        "charge the goods always",
        replace("workflow.execute_activity(charge, cents").by("workflow.execute_activity(charge, 4200"),
    ),
    "another_order": Wrong(
        "with the old setting the fee is charged",
        "charge for the order",
        replace("""
            order = activity.info().workflow_id
            return await ShopClient().charge(order, 490
        """).by("""
            order = activity.info().workflow_run_id
            return await ShopClient().charge(order, 490
        """),
        replace("""
            order = activity.info().workflow_id
            return await ShopClient().charge(order, cents
        """).by("""
            order = activity.info().workflow_run_id
            return await ShopClient().charge(order, cents
        """),
    ),
    "another_variable": Wrong(
        "an order above the setting has no fee",
        "read `FREE_FROM_CENTS` in an activity",
        replace('"FREE_FROM_CENTS"').by('"FREE_FROM"'),
    ),
    "activity_called_directly": Wrong(
        ("an activity is asked for, never called", "the workflow completes"),
        "ask for it: `await workflow.execute_activity(free_from, …",
        replace("workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("free_from()"),
    ),
    "asks_twice_and_ignores_it": Wrong(
        "an order above the setting has no fee",
        "read `FREE_FROM_CENTS` in an activity",
        replace("fee = cents < await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("""
            await workflow.execute_activity(free_from, start_to_close_timeout=SOON)
            fee = cents < 5000
        """),
    ),
    "fee_in_a_task": Wrong(
        "with the old setting the fee is charged",
        "write `await` in front of the call of `charge_fee`",
        replace("import os").by("import asyncio\nimport os"),
        replace("await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)").by(
            "asyncio.create_task(workflow.execute_activity(charge_fee, start_to_close_timeout=SOON))"
        ),
    ),
    "fee_in_each_replay": Wrong(
        "a replay in a new process asks for the same",
        "now asks for activity `charge_fee`",
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by(
            "int(FREE_FROM) or workflow.unsafe.is_replaying()"
        ),
        replace("SOON = timedelta(seconds=5)").by("""
            SOON = timedelta(seconds=5)
            FREE_FROM = os.environ.get("FREE_FROM_CENTS", "5000")
        """),
    ),
    "fee_not_awaited": Wrong(
        "with the old setting the fee is charged",
        "write `await` in front of the call of `charge_fee`",
        replace("await workflow.execute_activity(charge_fee,").by("workflow.start_activity(charge_fee,"),
    ),
    "fixed": Wrong(
        "an order above the setting has no fee",
        "read `FREE_FROM_CENTS` in an activity",
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("5000"),
    ),
    "forgotten_await": Wrong(
        "the workflow completes",
        "an `await` is missing",
        replace("< await workflow.").by("< workflow."),
    ),
    "handed_to_an_activity": Wrong(
        "a replay in a new process asks for the same",
        "a replay in a new process asks for the same",
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            FREE_FROM = int(os.environ.get("FREE_FROM_CENTS", "5000"))
        """),
        replace("free_from()").by("keep(limit: int)"),
        replace('int(os.environ.get("FREE_FROM_CENTS", "5000"))').by("limit"),
        replace("free_from,").by("keep, FREE_FROM,"),
    ),
    "in_a_class_attribute": Wrong(
        "a replay in a new process asks for the same",
        "a replay in a new process asks for the same",
        replace("@workflow.run").by('limit = int(os.environ.get("FREE_FROM_CENTS", "5000"))\n@workflow.run'),
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("self.limit"),
    ),
    "in_a_default": Wrong(
        "a replay in a new process asks for the same",
        "a replay in a new process asks for the same",
        replace("""
            @activity.defn
            async def free_from() -> int:
                return int(os.environ.get("FREE_FROM_CENTS", "5000"))
        """).by("""
            def free_from(limit: int = int(os.environ.get("FREE_FROM_CENTS", "5000"))) -> int:
                return limit
        """),
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("free_from()"),
    ),
    "in_a_parameter": Wrong(
        ("the defaults of ChargeOrder.run are plain values", "a replay in a new process asks for the same"),
        "take the default out",
        replace("self, cents: int").by('self, cents: int, limit: int = int(os.environ.get("FREE_FROM_CENTS", "5000"))'),
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("limit"),
    ),
    "limit_itself_pays_the_fee": Wrong(
        "with the new setting an order has no fee", "with the new setting an order has no fee", replace("<").by("<=")
    ),
    "no_fee_at_all": Wrong(
        "with the old setting the fee is charged",
        "with the old setting the fee is charged",
        replace("cents < await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("False"),
    ),
    "not_in_a_replay": Wrong(
        "a replay in a new process asks for the same",
        "what is awaited depends on whether this is a replay",
        replace("fee:").by("fee and not workflow.unsafe.is_replaying():"),
    ),
    "one_sum": Wrong(
        "with the old setting the fee is charged",
        "the fee, by `charge_fee`",
        replace("await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)").by("cents += 490"),
    ),
    "read_in_init": Wrong(
        "the workflow completes",
        "Cannot access os.environ",
        replace("@workflow.run").by("""
            def __init__(self) -> None:
                self.limit = int(os.environ.get("FREE_FROM_CENTS", "5000"))
            @workflow.run
        """),
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("self.limit"),
    ),
    "read_in_run": Wrong(
        "the workflow completes",
        "Cannot access os.getenv",
        replace("await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by(
            'int(os.getenv("FREE_FROM_CENTS", "5000"))'
        ),
    ),
    "sandbox_off_for_a_line": Wrong(
        ("the sandbox stays on", "a replay in a new process asks for the same"),
        "leave the sandbox on",
        replace("fee = cents < await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("""
            with workflow.unsafe.sandbox_unrestricted():
                fee = cents < int(os.environ.get("FREE_FROM_CENTS", "5000"))
        """),
    ),
    "the_other_way_round": Wrong(
        "with the old setting the fee is charged", "with the old setting the fee is charged", replace("<").by(">")
    ),
}

RIGHT = {
    "asked_by_name": Right(
        replace("async def free_from() -> int:").by("def free_from() -> int:"),
        replace("free_from, start").by('"free_from", result_type=int, start'),
        replace("fee:").by("fee is True:"),
    ),
    "activity_decides": Right(
        replace("""
            async def free_from() -> int:
                return int(os.environ.get("FREE_FROM_CENTS", "5000"))
        """).by("""
            async def wants_a_fee(cents: int) -> bool:
                return cents < int(os.environ.get("FREE_FROM_CENTS", 5000))
        """),
        replace("cents < await workflow.execute_activity(free_from,").by(
            "await workflow.execute_activity(wants_a_fee, cents,"
        ),
    ),
    "local_activity": Right(
        replace("workflow.execute_activity(free_from").by("workflow.execute_local_activity(free_from")
    ),
    "a_method_that_asks": Right(
        replace("fee = cents < await workflow.execute_activity(free_from, start_to_close_timeout=SOON)").by("""
            limit = await self.limit()
            fee = cents < limit
        """),
        replace("@workflow.run").by("""
            async def limit(self) -> int:
                return await workflow.start_activity(free_from, schedule_to_close_timeout=SOON)

            @workflow.run
        """),
    ),
}
