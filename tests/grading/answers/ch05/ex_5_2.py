"""Answers to exercise 5.2, Refused without a trace."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "confirmed_is_forgotten": Wrong(
        "a correction of a confirmed order is refused, without a trace",
        "look at `self.confirmed`, too",
        replace("""
            if self.confirmed:
                raise ApplicationError("the order is confirmed")
        """).by(""),
    ),
    "largest_is_refused": Wrong(
        "the smallest and the largest amount are taken, and a refused one has changed nothing",
        "allow 1 and 100,000 themselves",
        replace("<= 100_000").by("< 100_000"),
    ),
    "local_activity": Wrong(
        "the activity is called",
        "call the activity with `workflow.execute_activity`",
        replace("workflow.execute_activity(").by("workflow.execute_local_activity("),
    ),
    "order_is_not_changed": Wrong(
        (
            "the smallest and the largest amount are taken, and a refused one has changed nothing",
            "the last good amount is charged, and no refused one",
        ),
        "a refused one has changed nothing",
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
        "the smallest and the largest amount are taken, and a refused one has changed nothing",
        "and the amount that the order has",
        replace("100_000").by("100_000 or amount_cents == self.order.amount_cents"),
    ),
    "signal_instead_of_update": Wrong(
        "a good correction is answered with the amount that it replaced",
        "mark `correct` with `@workflow.update`",
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
        "a good correction is answered with the amount that it replaced",
        "let the validator change nothing",
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
