"""Answers to exercise 5.2, Refused without a trace."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "a new amount": "order_is_not_changed",
    "for an order that is not confirmed yet": "confirmed_the_wrong_way_round",
    "`correct`": ("signal_instead_of_update", "another_name"),
    "takes 1": "one_cent_is_refused",
    "to 100,000 cents": "largest_is_refused",
    "while the order is not confirmed": ("one_correction_only", "same_amount_is_refused", "handler_waits"),
    "returns the amount that it replaced": (
        "returns_the_new_amount",
        "returns_the_first_amount",
        "asks_somebody_first",
    ),
    "Anything else is refused": ("zero_is_taken", "no_upper_limit", "confirmed_is_forgotten", "locked_by_run"),
    "and leaves no event": ("refused_in_the_body", "plain_exception_in_the_body"),
    "order of 5,000:": Given("the example's order"),
    "`correct(-5)` → refused, no event": ("validator_returns_false", "refused_in_the_body"),
    "`correct(3900)` → `5000`": "returns_the_new_amount",
    "confirmed → 3,900 charged.": "charges_the_first_amount",
}

WRONG = {
    "asks_somebody_first": Wrong(
        "each correction replaces the one before, and a refused one has changed nothing",
        "while it waits, the order may be confirmed",
        replace("def correct(self, amount_cents: int) -> int:").by("""
            async def correct(self, amount_cents: int) -> int:
                await workflow.sleep(0.1)
        """),
    ),
    "another_name": Wrong(
        "`correct` is an update",
        "leave it that name",
        replace("def correct(").by("def change("),
        replace("@correct.validator").by("@change.validator"),
    ),
    "charges_the_first_amount": Wrong(
        "the last good amount is charged, and no refused one",
        "charge `self.order`",
        replace("self.order, self.confirmed = order, False").by(
            "self.order, self.cents, self.confirmed = order, order.amount_cents, False"
        ),
        replace("replaced, self.order.amount_cents = self.order.amount_cents, amount_cents").by(
            "replaced, self.cents = self.cents, amount_cents"
        ),
    ),
    "confirmed_the_wrong_way_round": Wrong(
        "a good correction is answered with the amount that it replaced",
        "orders that are confirmed, which this one is not",
        replace("if self.confirmed:").by("if not self.confirmed:"),
    ),
    "handler_waits": Wrong(
        "a good correction is answered with the amount that it replaced",
        "it waits for nothing",
        replace("def correct(self, amount_cents: int) -> int:").by("""
            async def correct(self, amount_cents: int) -> int:
                await workflow.wait_condition(lambda: self.confirmed)
        """),
    ),
    "locked_by_run": Wrong(
        "a correction of a confirmed order is refused, without a trace",
        "set that in the signal: `run` goes on after the handlers",
        replace("self.order, self.confirmed = order, False").by(
            "self.order, self.confirmed, self.locked = order, False, False"
        ),
        replace("if self.confirmed:").by("if self.locked:"),
        replace("await workflow.wait_condition(lambda: self.confirmed)").by("""
            await workflow.wait_condition(lambda: self.confirmed)
            self.locked = True
        """),
    ),
    "no_init": Wrong(
        "a good correction is answered with the amount that it replaced",
        "when `@workflow.init` stands above its `__init__`",
        replace("@workflow.init").by(""),
    ),
    "no_upper_limit": Wrong(
        "a correction to 100001 is refused, without a trace",
        "let the validator *raise*",
        replace("not 1 <= amount_cents <= 100_000").by("amount_cents < 1"),
    ),
    "one_cent_is_refused": Wrong(
        "the smallest and the largest amount are taken, and the one that the order has",
        "allow 1 and 100,000 themselves",
        replace("not 1 <=").by("not 1 <"),
    ),
    "one_correction_only": Wrong(
        "the smallest and the largest amount are taken, and the one that the order has",
        "an order may be corrected many times",
        replace("self.order, self.confirmed = order, False").by(
            "self.order, self.confirmed, self.corrected = order, False, False"
        ),
        replace("return replaced").by("self.corrected = True\nreturn replaced"),
        replace("if self.confirmed:").by("if self.confirmed or self.corrected:"),
    ),
    "returns_the_first_amount": Wrong(
        "each correction replaces the one before, and a refused one has changed nothing",
        "the one that it replaced *just now*",
        replace("self.order, self.confirmed = order, False").by(
            "self.order, self.first, self.confirmed = order, order.amount_cents, False"
        ),
        replace("return replaced").by("return self.first"),
    ),
    "confirmed_is_forgotten": Wrong(
        "a correction of a confirmed order is refused, without a trace",
        "look at `self.confirmed`, too",
        replace("""
            if self.confirmed:
                raise ApplicationError("the order is confirmed")
        """).by(""),
    ),
    "largest_is_refused": Wrong(
        "the smallest and the largest amount are taken, and the one that the order has",
        "allow 1 and 100,000 themselves",
        replace("<= 100_000").by("< 100_000"),
    ),
    "local_activity": Wrong(
        "the activity is called",
        "call the activity with `workflow.execute_activity`",
        replace("workflow.execute_activity(").by("workflow.execute_local_activity("),
    ),
    "order_is_not_changed": Wrong(
        "each correction replaces the one before, and a refused one has changed nothing",
        "store the new amount in the body",
        replace("replaced, self.order.amount_cents = self.order.amount_cents, amount_cents").by(
            "replaced = self.order.amount_cents"
        ),
    ),
    "plain_exception_in_the_body": Wrong(
        "a correction to -5 is refused, without a trace",
        "refuse in the validator: a plain exception",
        replace("def correct(self, amount_cents: int) -> int:").by("""
            def correct(self, amount_cents: int) -> int:
                if self.confirmed or not 1 <= amount_cents <= 100_000:
                    raise ValueError("refused")
        """),
        replace("""
            @correct.validator
            def check_amount(self, amount_cents: int) -> None:
                if self.confirmed:
                    raise ApplicationError("the order is confirmed")
                if not 1 <= amount_cents <= 100_000:
                    raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by(""),
    ),
    "refused_in_the_body": Wrong(
        "a correction to -5 is refused, without a trace",
        "move the refusal into a validator",
        replace("def correct(self, amount_cents: int) -> int:").by("""
            def correct(self, amount_cents: int) -> int:
                if self.confirmed or not 1 <= amount_cents <= 100_000:
                    raise ApplicationError("refused")
        """),
        replace("""
            @correct.validator
            def check_amount(self, amount_cents: int) -> None:
                if self.confirmed:
                    raise ApplicationError("the order is confirmed")
                if not 1 <= amount_cents <= 100_000:
                    raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by(""),
    ),
    "returns_the_new_amount": Wrong(
        "a good correction is answered with the amount that it replaced",
        "return the amount that was replaced",
        replace("return replaced").by("return self.order.amount_cents"),
    ),
    "same_amount_is_refused": Wrong(
        "the smallest and the largest amount are taken, and the one that the order has",
        "and more than the order has, less, and as much",
        replace("100_000").by("100_000 or amount_cents == self.order.amount_cents"),
    ),
    "signal_instead_of_update": Wrong(
        "`correct` is an update",
        "mark the method `correct` with `@workflow.update`",
        replace("""
            @workflow.update
            def correct(self, amount_cents: int) -> int:
                replaced, self.order.amount_cents = self.order.amount_cents, amount_cents
                return replaced

            @correct.validator
            def check_amount(self, amount_cents: int) -> None:
                if self.confirmed:
                    raise ApplicationError("the order is confirmed")
                if not 1 <= amount_cents <= 100_000:
                    raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by("""
            @workflow.signal
            def correct(self, amount_cents: int) -> None:
                _, self.order.amount_cents = self.order.amount_cents, amount_cents
        """),
    ),
    "validator_changes_state": Wrong(
        ("the validator `check_amount` only reads", "a good correction is answered with the amount that it replaced"),
        "take this line out of the validator",
        replace("if self.confirmed:").by("self.order.amount_cents = amount_cents\nif self.confirmed:"),
    ),
    "validator_changes_state_by_a_helper": Wrong(
        ("the validator `check_amount` only reads", "a good correction is answered with the amount that it replaced"),
        "take this line out of the validator",
        replace("if self.confirmed:").by("self.note(amount_cents)\nif self.confirmed:"),
        replace("@workflow.signal").by("""
            def note(self, amount_cents: int) -> None:
                self.order.amount_cents = amount_cents

            @workflow.signal
        """),
    ),
    "validator_in_body_too_late": Wrong(
        "a correction of a confirmed order is refused, without a trace",
        "let the validator look at `self.confirmed`",
        replace("self.confirmed:").by("not self.order.id:"),
    ),
    "validator_returns_false": Wrong(
        "a correction to -5 is refused, without a trace",
        "let the validator *raise*",
        replace("""
            def check_amount(self, amount_cents: int) -> None:
                if self.confirmed:
                    raise ApplicationError("the order is confirmed")
                if not 1 <= amount_cents <= 100_000:
                    raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by("""
            def check_amount(self, amount_cents: int) -> bool:
                return not self.confirmed and 1 <= amount_cents <= 100_000
        """),
    ),
    "zero_is_taken": Wrong(
        "a correction to 0 is refused, without a trace", "let the validator *raise*", replace("if not 1").by("if not 0")
    ),
}

RIGHT = {
    "one_condition": Right(
        replace("""
            if self.confirmed:
                raise ApplicationError("the order is confirmed")
            if not 1 <= amount_cents <= 100_000:
                raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by("""
            if self.confirmed or amount_cents not in range(1, 100_001):
                raise ValueError(f"no correction to {amount_cents} now")
        """)
    ),
    "asynchronous_handler": Right(
        replace("def correct").by("async def correct"),
        replace("""
            replaced, self.order.amount_cents = self.order.amount_cents, amount_cents
            return replaced
        """).by("""
            before = self.order.amount_cents
            self.order.amount_cents = amount_cents
            return before
        """),
    ),
    "order_made_at_the_end": Right(
        replace("self.order, self.confirmed = order, False").by("""
            self.cents = order.amount_cents
            self.confirmed = asyncio.Event()
        """),
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace("replaced, self.order.amount_cents = self.order.amount_cents, amount_cents").by(
            "replaced, self.cents = self.cents, amount_cents"
        ),
        replace("if self.confirmed:").by("if self.confirmed.is_set():"),
        replace("self.confirmed = True").by("self.confirmed.set()"),
        replace("workflow.wait_condition(lambda: self.confirmed)").by("self.confirmed.wait()"),
        replace("charge_card, self.order,").by("charge_card, Order(order.id, self.cents),"),
    ),
    "a_helper_and_another_method_name": Right(
        replace("def correct(self, amount_cents: int) -> int:").by("def set_amount(self, amount_cents: int) -> int:"),
        replace("@workflow.update").by('@workflow.update(name="correct")'),
        replace("@correct.validator").by("@set_amount.validator"),
        replace("""
            if self.confirmed:
                raise ApplicationError("the order is confirmed")
            if not 1 <= amount_cents <= 100_000:
                raise ApplicationError("an amount is 1 to 100,000 cents")
        """).by("""
            if reason := self.refusal(amount_cents):
                raise ApplicationError(reason)
        """),
        replace("@workflow.signal").by("""
            def refusal(self, amount_cents: int) -> str:
                if self.confirmed:
                    return "the order is confirmed"
                return "" if 0 < amount_cents <= 100_000 else "an amount is 1 to 100,000 cents"

            @workflow.signal
        """),
    ),
}
