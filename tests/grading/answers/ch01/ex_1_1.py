"""Answers to exercise 1.1, Charge, then ship."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "an_empty_delivery": Wrong(
        "catch nothing: whoever gets a Delivery",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
            once = RetryPolicy(maximum_attempts=1)
            try:
                charge_id = await workflow.execute_activity(
                    charge_card, order, start_to_close_timeout=limit, retry_policy=once
                )
            except ActivityError:
                return Delivery(order.id, "", "")
        """),
    ),
    "an_empty_delivery_after_four_attempts": Wrong(
        "catch nothing: whoever gets a Delivery",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
            once = RetryPolicy(maximum_attempts=4)
            try:
                charge_id = await workflow.execute_activity(
                    charge_card, order, start_to_close_timeout=limit, retry_policy=once
                )
            except ActivityError:
                return Delivery(order.id, "", "")
        """),
    ),
    "the_coroutine_in_the_result": Wrong(
        "Next: an `await` is missing; write `await` in front of `workflow.execute_activity(…)`",
        replace("charge_id = await workflow.").by("charge_id = workflow."),
    ),
    "the_handle_in_the_result": Wrong(
        "Next: the handle of `workflow.start_activity` is taken for the result",
        replace("parcel_id = await workflow.execute_activity").by("parcel_id = workflow.start_activity"),
    ),
    "the_id_in_place_of_the_order": Wrong(
        "Next: what arrived is of the type str, and the code names Order",
        replace("charge_card, order, start").by("charge_card, order.id, start"),
    ),
    "four_days": Wrong("Next: `timedelta(4)` counts days", replace("timedelta(seconds=4)").by("timedelta(4)")),
    "four_minutes": Wrong(
        "give both steps `start_to_close_timeout=timedelta(seconds=4)`", replace("seconds=4").by("minutes=4")
    ),
    "a_sentence": Wrong(
        "return the dataclass",
        replace("-> Delivery").by("-> str"),
        replace("Delivery(order.id, charge_id, parcel_id)").by('f"{order.id}: {charge_id}, {parcel_id}"'),
    ),
    "blocking_sleep": Wrong(
        "use `await asyncio.sleep(…)`",
        replace("from dataclasses import dataclass").by("import time\nfrom dataclasses import dataclass"),
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            time.sleep(0.2)
        """),
    ),
    "both_at_once": Wrong(
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
        "hand each step to the server",
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
        "call charge_card once",
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
            charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)
        """),
    ),
    "forgotten_await": Wrong(
        "write `await` in front of `workflow.execute_activity(…)`",
        replace("parcel_id = await workflow.").by("workflow."),
        replace(", parcel_id").by(', ""'),
    ),
    "made_up_ids": Wrong(
        "hand those ids to Delivery",
        replace("charge_id = await").by("await"),
        replace("parcel_id = await").by("await"),
        replace("charge_id, parcel_id").by('"ch_1", f"parcel-{order.id}"'),
    ),
    "no_run_decorator": Wrong("workflow.run", replace("@workflow.run").by("")),
    "no_timeout": Wrong(
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
        "Workflow run method must be an async function",
        replace("async def").by("def"),
        replace("charge_id = await workflow.").by("charge_id = workflow."),
        replace("parcel_id = await workflow.").by("parcel_id = workflow."),
    ),
    "not_decorated": Wrong("put `@workflow.defn` above", replace("@workflow.defn").by("")),
    "nothing_returned": Wrong(
        "end `run` with `return Delivery(…)`", replace("return Delivery(order.id, charge_id, parcel_id)").by("")
    ),
    "returns_before_shipping": Wrong(
        "add the step: `await workflow.execute_activity(ship_parcel",
        replace("""
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
            return Delivery(order.id, charge_id, parcel_id)
        """).by('return Delivery(order.id, charge_id, "")'),
    ),
    "several_parameters": Wrong(
        "put the 3 values into one dataclass",
        replace("async def run(self, order: Order) -> Delivery:").by("""
            async def run(self, id: str, customer: str, amount_cents: int) -> Delivery:
                order = Order(id, customer, amount_cents)
        """),
    ),
    "ships_although_the_charge_fails": Wrong(
        "let the failed charge stop the way",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.common import RetryPolicy
        """),
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
            try:
                charge_id = await workflow.execute_activity(
                    charge_card, order, start_to_close_timeout=limit, retry_policy=RetryPolicy(maximum_attempts=1)
                )
            except Exception as error:
                charge_id = f"charge it later: {error.with_traceback(None)}"
        """),
    ),
    "ships_first": Wrong(
        "put the line with charge_card above the one with ship_parcel",
        replace("limit = timedelta(seconds=4)").by("""
            limit = timedelta(seconds=4)
            parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)
        """),
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by(""),
    ),
    "ships_without_waiting": Wrong(
        "wait for ship_parcel with `await` before you return",
        replace("parcel_id = await workflow.execute_activity(ship_parcel, order, start_to_close_timeout=limit)").by(
            "workflow.start_activity(ship_parcel, order, start_to_close_timeout=limit)"
        ),
        replace(", parcel_id").by(', ""'),
    ),
}

RIGHT = {
    "by_name": Right(
        replace("charge_card, order, start").by('"charge_card", order, result_type=str, start'),
        replace("ship_parcel, order, start").by('"ship_parcel", order, result_type=str, start'),
    ),
    "started_then_awaited": Right(
        replace("charge_id = await workflow.execute_activity(charge_card, order, start_to_close_timeout=limit)").by("""
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
