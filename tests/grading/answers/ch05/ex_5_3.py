"""Answers to exercise 5.3, One voucher, two tabs."""

from tests.grading.edits import Right, Wrong, replace

CHECK = replace("""
    if order.amount_cents > self.left:
        raise ApplicationError(f"only {self.left} cents are left")
""")
PAY = replace("""
    async with self.lock:
        if order.amount_cents > self.left:
            raise ApplicationError(f"only {self.left} cents are left")
        await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        self.left -= order.amount_cents
        return self.left
""")
END = replace("await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())")

WRONG = {
    "check_before_the_lock": Wrong(
        "two payments at once never take more than the voucher is worth",
        "hold one lock of the workflow",
        replace("async with self.lock:").by("""
            if order.amount_cents > self.left:
                raise ApplicationError(f"only {self.left} cents are left")
            async with self.lock:
        """),
        CHECK.by(""),
    ),
    "check_in_the_validator": Wrong(
        "two payments at once never take more than the voucher is worth",
        "hold one lock of the workflow",
        replace("""
            async with self.lock:
                if order.amount_cents > self.left:
                    raise ApplicationError(f"only {self.left} cents are left")
        """).by("if True:"),
        replace("@workflow.signal").by("""
            @pay.validator
            def enough(self, order: Order) -> None:
                if order.amount_cents > self.left:
                    raise ApplicationError("too little is left")

            @workflow.signal
        """),
    ),
    "ends_before_its_handlers": Wrong(
        "payments that are under way at `close` are finished first",
        "wait for `self.closed` *and*",
        replace("self.closed and workflow.all_handlers_finished()").by("self.closed"),
    ),
    "local_activity": Wrong(
        "the activity is called",
        "call the activity with `workflow.execute_activity`",
        replace("workflow.execute_activity(").by("workflow.execute_local_activity("),
    ),
    "lock_around_the_check_only": Wrong(
        "two payments at once never take more than the voucher is worth",
        "hold one lock of the workflow",
        replace("""
                    await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                    self.left -= order.amount_cents
                    return self.left

            @workflow.signal
        """).by("""
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                self.left -= order.amount_cents
                return self.left

            @workflow.signal
        """),
    ),
    "lock_per_call": Wrong(
        "two payments at once never take more than the voucher is worth",
        "hold one lock of the workflow",
        replace("self.lock:").by("asyncio.Lock():"),
    ),
    "never_subtracts": Wrong(
        "two payments at once never take more than the voucher is worth",
        "more than the voucher is worth",
        replace("self.left -= order.amount_cents").by(""),
    ),
    "no_lock": Wrong(
        "two payments at once never take more than the voucher is worth",
        "hold one lock of the workflow",
        replace("async with self.lock").by("if True"),
    ),
    "pays_nothing_at_once": Wrong(
        (
            "what fits is paid, what does not is refused",
            "payments that fit are all paid, also at once",
            "a closed voucher returns what is left",
        ),
        "what fits is paid",
        replace("> self.left").by(">= self.left / 2"),
    ),
    "plain_exception": Wrong(
        "every payment is answered",
        "refuse with `ApplicationError`",
        replace('ApplicationError(f"only {self.left} cents are left")').by(
            'ValueError(f"only {self.left} cents are left")'
        ),
    ),
    "polls_for_its_turn": Wrong(
        "a payment that waits for its turn writes no event meanwhile",
        "do not ask again and again whether it is your turn",
        replace("self.lock = asyncio.Lock()").by("self.busy = False"),
        replace("async with self.lock:").by("""
            while self.busy:
                await asyncio.sleep(0.1)
            self.busy = True
            try:
        """),
        replace('f"only {self.left} cents are left"').by('"too little"'),
        replace("@workflow.signal").by("""
                finally:
                    self.busy = False

            @workflow.signal
        """),
    ),
    "refusal_keeps_the_lock": Wrong(
        "what fits is paid, what does not is refused",
        "releases the lock after a refusal",
        PAY.by("""
            await self.lock.acquire()
            if order.amount_cents > self.left:
                raise ApplicationError("too little")
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            self.left -= order.amount_cents
            self.lock.release()
            return self.left
        """),
    ),
    "refused_while_busy": Wrong(
        ("payments that fit are all paid, also at once", "a closed voucher returns what is left"),
        "let a payment *wait*",
        replace("async with self.lock:").by("""
            if self.lock.locked() or order.amount_cents > self.left:
                raise ApplicationError("not now")
            async with self.lock:
        """),
        CHECK.by(""),
    ),
    "returns_what_was_left_before": Wrong(
        "what fits is paid, what does not is refused",
        "return what is left then",
        replace("""
            self.left -= order.amount_cents
            return self.left
        """).by("""
            before = self.left
            self.left -= order.amount_cents
            return before
        """),
    ),
    "sleeps_before_its_end": Wrong(
        "a closed voucher returns what is left",
        "when all handlers have finished",
        END.by("""
            await workflow.wait_condition(lambda: self.closed)
            await asyncio.sleep(5)
        """),
    ),
    "turns_away_who_waits_at_close": Wrong(
        "payments that are under way at `close` are finished first",
        "✗ payments that are under way at `close` are finished first",
        replace("if order.").by("if self.closed or order."),
        replace("""
            await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
            return self.left
        """).by("""
            await workflow.wait_condition(lambda: self.closed)
            async with self.lock:
                return self.left
        """),
    ),
    "waits_for_handlers_too_early": Wrong(
        "payments that are under way at `close` are finished first",
        "wait for `self.closed` *and*",
        END.by("""
            await workflow.wait_condition(workflow.all_handlers_finished)
            await workflow.wait_condition(lambda: self.closed)
        """),
    ),
    "waits_until_nobody_is_busy": Wrong(
        "two payments at once never take more than the voucher is worth",
        "✗ two payments at once never take more than the voucher is worth",
        replace("""
            self.left, self.closed = cents, False
            self.lock = asyncio.Lock()
        """).by("self.left, self.closed, self.busy = cents, False, False"),
        replace("async with self.lock:").by("""
            await workflow.wait_condition(lambda: not self.busy)
            self.busy = True
            try:
        """),
        replace("@workflow.signal").by("""
                finally:
                    self.busy = False

            @workflow.signal
        """),
        END.by("""
            await workflow.wait_condition(lambda: self.closed)
            await workflow.wait_condition(lambda: workflow.all_handlers_finished())
        """),
    ),
}

RIGHT = {
    "acquired_and_released": Right(
        replace("async with self.lock:").by("await self.lock.acquire()\ntry:"),
        replace("@workflow.signal").by("""
                finally:
                    self.lock.release()

            @workflow.signal
        """),
    ),
    "money_put_aside_first": Right(
        PAY.by("""
            if order.amount_cents > self.left:
                raise ApplicationError(f"only {self.left} cents are left")
            self.left -= order.amount_cents
            left = self.left
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return left
        """)
    ),
    "a_semaphore_and_an_event": Right(
        replace("asyncio.Lock()").by("asyncio.Semaphore(1)"),
        replace("self.left, self.closed = cents, False").by("self.left = cents\nself.closed = asyncio.Event()"),
        replace("self.closed = True").by("self.closed.set()"),
        END.by("""
            await self.closed.wait()
            await workflow.wait_condition(workflow.all_handlers_finished)
        """),
    ),
    "waits_for_its_turn": Right(
        replace("self.lock = asyncio.Lock()").by("self.busy = False"),
        PAY.by("""
            while self.busy:
                await workflow.wait_condition(lambda: not self.busy)
            if order.amount_cents > self.left:
                raise ApplicationError(f"only {self.left} cents are left")
            self.busy = True
            try:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                self.left -= order.amount_cents
            finally:
                self.busy = False
            return self.left
        """),
    ),
}
