"""Answers to exercise 1.1, Charge, then ship."""

from tests.grading.edits import CELL, Right, Wrong, replace

CLAIMS = {
    "an `Order`.": "part_of_the_order",
    "`OrderWorkflow` runs `charge_card`": ("charges_twice", "calls_the_function"),
    "then, when the charge is done, `ship_parcel`": (
        "both_at_once",
        "ships_although_the_charge_fails",
    ),
    "returns a `Delivery`": ("a_dict", "a_sentence", "made_up_ids", "nothing_returned"),
    "when the parcel is on its way.": ("an_empty_delivery", "a_parcel_to_come", "ships_without_waiting"),
    "Each attempt of a step has 4 seconds,": ("four_minutes", "two_seconds_of_silence"),
    "a failed attempt is always retried.": (
        "gives_up_after_four_attempts",
        "four_seconds_for_all_attempts",
        "four_seconds_for_a_worker",
        "gives_up_waiting",
    ),
    'order `"o-1"` → `Delivery("o-1", "ch_7", "parcel_3")`': "made_up_ids",
    "with one charge and one parcel in the shop.": "ships_twice",
}


CHARGE = replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)")
ACTIVITY_ERROR = replace("from temporalio import workflow").by("""
    from temporalio import workflow
    from temporalio.exceptions import ActivityError
""")

WRONG = {
    "an_empty_delivery": Wrong(
        "no Delivery is returned when a step fails",
        "catch nothing: whoever gets a Delivery",
        ACTIVITY_ERROR,
        CHARGE.by("""
            try:
                charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            except ActivityError:
                return Delivery(order.id, "", "")
        """),
    ),
    "a_parcel_to_come": Wrong(
        "no Delivery is returned when a step fails",
        "catch nothing: whoever gets a Delivery",
        ACTIVITY_ERROR,
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by("""
            try:
                parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            except ActivityError:
                parcel_id = "pending"
        """),
    ),
    "two_seconds_of_silence": Wrong(
        "each step has 4 seconds",
        "and no `heartbeat_timeout`",
        CHARGE.by("""
            pulse = timedelta(seconds=2)
            charge_id = await workflow.execute_activity(
                charge_card, order, start_to_close_timeout=limit, heartbeat_timeout=pulse
            )
        """),
    ),
    "four_seconds_for_a_worker": Wrong(
        "a failed attempt is always retried",
        "nothing that ends the retries",
        replace("charge_card, order, start_to_close_timeout=limit").by(
            "charge_card, order, start_to_close_timeout=limit, schedule_to_start_timeout=limit"
        ),
    ),
    "gives_up_after_four_attempts": Wrong(
        "a failed attempt is always retried",
        "nothing that ends the retries",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.common import RetryPolicy
        """),
        CHARGE.by("""
            policy = RetryPolicy(maximum_attempts=4)
            charge_id = await workflow.execute_activity(
                charge_card, order, start_to_close_timeout=limit, retry_policy=policy
            )
        """),
    ),
    "four_seconds_for_all_attempts": Wrong(
        "a failed attempt is always retried",
        "`start_to_close_timeout`, which is for one attempt",
        replace("charge_card, order, start_to_close_timeout=limit").by(
            "charge_card, order, schedule_to_close_timeout=limit"
        ),
    ),
    "no_type_hint": Wrong(
        "the workflow completes",
        "say what arrives: `async def run(self, order: Order)`",
        replace("order: Order) -> Delivery").by("order) -> Delivery"),
    ),
    "the_coroutine_in_the_result": Wrong(
        ("a call that has to be awaited is awaited", "the workflow completes"),
        "Next: an `await` is missing; write `await` in front of `workflow.execute_activity(…)`",
        replace("charge_id = await workflow.").by("charge_id = workflow."),
    ),
    "the_handle_in_the_result": Wrong(
        ("a handle is awaited where its result is wanted", "the workflow completes"),
        "Next: the handle of `workflow.start_activity` is taken for the result",
        replace("parcel_id = await workflow.execute_activity").by("parcel_id = workflow.start_activity"),
    ),
    "the_id_in_place_of_the_order": Wrong(
        "the workflow completes",
        "Next: what arrived is of the type str, and the code names Order",
        replace("charge_card, order, start").by("charge_card, order.id, start"),
    ),
    "four_days": Wrong(
        ("a timedelta names its unit", "each step has 4 seconds"),
        "Next: `timedelta(4)` counts days",
        replace("timedelta(seconds=4)").by("timedelta(4)"),
    ),
    "four_minutes": Wrong(
        "each step has 4 seconds",
        "give both steps `start_to_close_timeout=timedelta(seconds=4)`",
        replace("seconds=4").by("minutes=4"),
    ),
    "part_of_the_order": Wrong(
        "the shop has one charge and one parcel for the order",
        "hand the whole `order` to both activities",
        replace("limit = timedelta(seconds=4)").by(
            "limit = timedelta(seconds=4)\norder = Order(order.id, order.customer, 2500)"
        ),
    ),
    "ships_twice": Wrong(
        "ship_parcel runs once, to its end, before the workflow completes",
        "call ship_parcel once",
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by("""
            await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """),
    ),
    "the_shops_first_ids": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "keep what each `await workflow.execute_activity(…)` returns",
        replace("Delivery(order.id, charge_id, parcel_id)").by('Delivery(order.id, "ch_1", "parcel_1")'),
    ),
    "the_parcel_numbered_as_the_charge": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "keep what each `await workflow.execute_activity(…)` returns",
        replace("parcel_id)").by("charge_id.replace('ch', 'parcel'))"),
    ),
    "ships_in_any_case": Wrong(
        "no parcel leaves while the charge fails",
        "let the failed charge stop the way to the shipment",
        replace("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """).by("""
            try:
                charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            finally:
                parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """),
    ),
    "gives_up_waiting": Wrong(
        "a failed attempt is always retried",
        "nothing that ends the retries",
        replace("from dataclasses import dataclass").by("import asyncio\nfrom dataclasses import dataclass"),
        CHARGE.by("""
            charging = workflow.start_activity(charge_card, order, start_to_close_timeout=limit)
            await asyncio.wait([charging], timeout=4)
            charge_id = charging.result() if charging.done() else ""
        """),
    ),
    "a_dict": Wrong(
        "a client that waits for the result gets a Delivery",
        "say `-> Delivery`",
        replace("-> Delivery").by("-> dict"),
        replace("return Delivery(order.id, charge_id, parcel_id)").by("""
            return {"order_id": order.id, "charge_id": charge_id, "parcel_id": parcel_id}
        """),
    ),
    "the_customer_for_the_order": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "hand the order's own id to Delivery",
        replace("Delivery(order.id,").by("Delivery(order.customer,"),
    ),
    "swapped_fields": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "keep Delivery's order",
        replace("Delivery(order.id, charge_id, parcel_id)").by("Delivery(order.id, parcel_id, charge_id)"),
    ),
    "local_activities": Wrong(
        "charge_card runs once, to its end, before the workflow completes",
        "call the activity with `workflow.execute_activity`",
        replace("charge_id = await workflow.execute_activity(").by(
            "charge_id = await workflow.execute_local_activity("
        ),
    ),
    "a_sentence": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "return the dataclass",
        replace(" -> Delivery").by(""),
        replace("Delivery(order.id, charge_id, parcel_id)").by('f"{order.id}: {charge_id}, {parcel_id}"'),
    ),
    "blocking_sleep": Wrong(
        ("the workflow sleeps without blocking its worker", "the workflow completes"),
        "use `await asyncio.sleep(…)`",
        replace("from dataclasses import dataclass").by("import time\nfrom dataclasses import dataclass"),
        CHARGE.by("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            time.sleep(0.2)
        """),
    ),
    "both_at_once": Wrong(
        "ship_parcel is asked for when the charge is done",
        "`await` the charge on a line of its own",
        replace("from dataclasses import dataclass").by("import asyncio\nfrom dataclasses import dataclass"),
        replace("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """).by("""
            charge_id, parcel_id = await asyncio.gather(
                workflow.execute_activity(charge_card, order, start_to_close_timeout=limit),
                workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit),
            )
        """),
    ),
    "calls_the_function": Wrong(
        ("an activity is asked for, never called", "an activity is asked for, never called", "the workflow completes"),
        "ask for it: `await workflow.execute_activity(charge_card, …",
        replace("""
            limit = timedelta(seconds=4)
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """).by("""
            charge_id = await charge_card(order)
            parcel_id = await ship_parcel(order)
        """),
    ),
    "charges_twice": Wrong(
        "charge_card runs once, to its end, before the workflow completes",
        "call charge_card once",
        CHARGE.by("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
        """),
    ),
    "forgotten_await": Wrong(
        (
            "a call that has to be awaited is awaited",
            "ship_parcel runs once, to its end, before the workflow completes",
        ),
        "write `await` in front of `workflow.execute_activity(…)`",
        replace("parcel_id = await workflow.").by("workflow."),
        replace(", parcel_id").by(', ""'),
    ),
    "made_up_ids": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "hand those ids to Delivery",
        replace("charge_id = await").by("await"),
        replace("parcel_id = await").by("await"),
        replace("charge_id, parcel_id").by('"ch_1", f"parcel-{order.id}"'),
    ),
    "no_run_decorator": Wrong(CELL, "workflow.run", replace("@workflow.run").by("")),
    "no_timeout": Wrong(
        ("every activity has a timeout", "the workflow completes"),
        "Temporal refuses an activity without",
        replace("""
            limit = timedelta(seconds=4)
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """).by("""
            charge_id = await workflow.execute_activity(charge_card, order)
            parcel_id = await workflow.execute_activity(ship_parcel, order)
        """),
    ),
    "not_async": Wrong(
        CELL,
        "Workflow run method must be an async function",
        replace("async def").by("def"),
        replace("charge_id = await workflow.").by("charge_id = workflow."),
        replace("parcel_id = await workflow.").by("parcel_id = workflow."),
    ),
    "not_decorated": Wrong(
        ("OrderWorkflow is a workflow", "OrderWorkflow is a workflow"),
        "put `@workflow.defn` above",
        replace("@workflow.defn").by(""),
    ),
    "nothing_returned": Wrong(
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        "end `run` with `return Delivery(…)`",
        replace("return Delivery(order.id, charge_id, parcel_id)").by(""),
    ),
    "returns_before_shipping": Wrong(
        "ship_parcel runs once, to its end, before the workflow completes",
        "add the step: `await workflow.execute_activity(ship_parcel",
        replace("""
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            return Delivery(order.id, charge_id, parcel_id)
        """).by('return Delivery(order.id, charge_id, "")'),
    ),
    "several_parameters": Wrong(
        ("OrderWorkflow.run takes one dataclass", "the workflow completes"),
        "put the 3 values into one dataclass",
        replace("async def run(self, order: Order) -> Delivery:").by("""
            async def run(self, id: str, customer: str, amount_cents: int) -> Delivery:
                order = Order(id, customer, amount_cents)
        """),
    ),
    "ships_although_the_charge_fails": Wrong(
        "no parcel leaves while the charge fails",
        "let the failed charge stop the way",
        ACTIVITY_ERROR,
        CHARGE.by("""
            try:
                charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            except ActivityError as error:
                charge_id = f"charge it later: {error.cause}"
        """),
    ),
    "ships_first": Wrong(
        "ship_parcel is asked for when the charge is done",
        "put the line with charge_card above the one with ship_parcel",
        replace("limit = timedelta(seconds=4)").by("""
            limit = timedelta(seconds=4)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """),
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by(""),
    ),
    "ships_without_waiting": Wrong(
        "ship_parcel runs once, to its end, before the workflow completes",
        "wait for ship_parcel with `await` before you return",
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by(
            "workflow.start_activity(ship_parcel, order, start_to_close_timeout=limit)"
        ),
        replace(", parcel_id").by(', ""'),
    ),
}

RIGHT = {
    "a_field_more": Right(replace("parcel_id: str").by('parcel_id: str\ncarrier: str = "post"')),
    "by_name": Right(
        replace("charge_card, order, start").by('"charge_card", order, result_type=str, start'),
        replace("ship_parcel, order, start").by('"ship_parcel", order, result_type=str, start'),
    ),
    "started_then_awaited": Right(
        CHARGE.by("""
            charge = workflow.start_activity(charge_card, order, start_to_close_timeout=limit)
            charge_id = await charge
        """),
        replace("parcel_id = await workflow.execute_activity").by("parcel = workflow.start_activity"),
        replace(", parcel_id").by(", await parcel"),
    ),
    "a_loop": Right(
        replace("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            return Delivery(order.id, charge_id, parcel_id)
        """).by("""
            ids = []
            for step in (charge_card, ship_parcel):
                ids.append(await workflow.execute_activity(step, order, start_to_close_timeout=limit))
            return Delivery(order.id, *ids)
        """)
    ),
    "helper_method_and_keywords": Right(
        replace("""
            limit = timedelta(seconds=4)
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            return Delivery(order.id, charge_id, parcel_id)
        """).by("""
            charge_id, parcel_id = await self.do(charge_card, order), await self.do(ship_parcel, order)
            return Delivery(order_id=order.id, charge_id=charge_id, parcel_id=parcel_id)
        """),
        replace("@workflow.run").by("""
            async def do(self, step, order: Order) -> str:
                return await workflow.execute_activity(step, args=[order], start_to_close_timeout=timedelta(seconds=4))

            @workflow.run
        """),
    ),
}
