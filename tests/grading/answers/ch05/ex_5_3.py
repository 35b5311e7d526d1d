"""Answers to exercise 5.3, One voucher, two tabs."""

from tests.grading.edits import Right, Wrong, replace

CLAIMS = {
    "a voucher's value;": "worth_what_the_example_says",
    "`pay`": "another_name",
    "from several tabs": "refused_while_busy",
    "`close`.": "close_is_an_update",
    "`pay` charges orders": ("charges_without_waiting", "local_activity"),
    "that the voucher covers": (
        "no_lock",
        "lock_per_call",
        "lock_around_the_check_only",
        "check_before_the_lock",
        "check_in_the_validator",
        "looks_after_the_charge",
        "never_subtracts",
        "waits_until_nobody_is_busy",
    ),
    "in full,": ("the_last_cent_stays", "charges_a_part"),
    "and returns what is left;": "returns_what_was_left_before",
    "others raise": ("refusal_takes_it_all_the_same", "refusal_keeps_the_lock"),
    "an `ApplicationError`.": ("plain_exception", "refusal_is_returned"),
    "A failed charge takes nothing,": ("never_added_back", "subtracts_in_finally", "sets_back_what_was_left"),
    "and fails `pay`.": ("charge_failure_swallowed", "failed_charge_keeps_the_lock"),
    "A waiting payment writes no event.": "polls_for_its_turn",
    "After `close`": ("ends_when_it_is_empty", "ends_when_it_is_idle"),
    "finish payments already sent,": (
        "ends_before_its_handlers",
        "waits_a_second_for_its_handlers",
        "turns_away_who_waits_at_close",
        "counter_never_goes_down",
        "waits_for_handlers_too_early",
    ),
    "then return what is left.": ("returns_its_value", "sleeps_before_its_end"),
    "10,000 cents, two orders of 6,000 at once": "no_lock",
    "one paid": "pays_nothing_at_once",
    "one refused": "refusal_is_returned",
    "4,000 left": "returns_what_was_left_before",
}

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
CHARGED_AND_SUBTRACTED = replace("""
    await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
    self.left -= order.amount_cents
""")
END = replace("await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())")

WRONG = {
    "another_name": Wrong("`pay` is an update", "leave it that name", replace("def pay(").by("def spend(")),
    "charge_failure_swallowed": Wrong(
        "a charge that fails takes nothing, and its caller is told",
        "let the charge's failure reach the caller",
        replace("import ApplicationError").by("import ActivityError, ApplicationError"),
        CHARGED_AND_SUBTRACTED.by("""
            self.left -= order.amount_cents
            try:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            except ActivityError:
                self.left += order.amount_cents
        """),
    ),
    "charges_a_part": Wrong(
        "what fits is paid, what does not is refused",
        "charge the whole order, or raise",
        CHECK.by("""
            order.amount_cents = min(order.amount_cents, self.left)
            if not order.amount_cents:
                raise ApplicationError("nothing is left")
        """),
    ),
    "charges_without_waiting": Wrong(
        "payments that fit are all paid, also at once",
        "`await` the charge before you subtract",
        replace("await workflow.execute_activity(").by("workflow.start_activity("),
    ),
    "close_is_an_update": Wrong(
        "`close` is a signal",
        "mark the method `close` with `@workflow.signal`",
        replace("@workflow.signal").by("@workflow.update"),
    ),
    "counter_never_goes_down": Wrong(
        "a closed voucher returns what is left",
        "A counter of your own goes down after a failure, too",
        replace("self.lock = asyncio.Lock()").by("self.lock, self.paying = asyncio.Lock(), 0"),
        replace("async with self.lock:").by("self.paying += 1\nasync with self.lock:"),
        replace("self.left -= order.amount_cents").by("self.left -= order.amount_cents\nself.paying -= 1"),
        replace("workflow.all_handlers_finished()").by("not self.paying"),
    ),
    "ends_when_it_is_empty": Wrong(
        "a voucher is open until `close`, with nothing left, too",
        "nothing else ends the voucher",
        replace("lambda: self.closed and").by("lambda: (self.closed or self.left == 0) and"),
    ),
    "ends_when_it_is_idle": Wrong(
        "a voucher is open until `close`, with nothing left, too",
        "nothing else ends the voucher",
        replace("self.closed and workflow").by("self.closed or workflow"),
    ),
    "failed_charge_keeps_the_lock": Wrong(
        "every payment is answered",
        "releases the lock after a refusal or a failed charge",
        PAY.by("""
            await self.lock.acquire()
            if order.amount_cents > self.left:
                self.lock.release()
                raise ApplicationError("too little")
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            self.left -= order.amount_cents
            self.lock.release()
            return self.left
        """),
    ),
    "lock_is_made_in_run": Wrong(
        "every payment is answered",
        "make in `__init__` what `pay` needs",
        replace("self.lock = asyncio.Lock()").by(""),
        replace("async def run(self, cents: int) -> int:").by("""
            async def run(self, cents: int) -> int:
                self.lock = asyncio.Lock()
        """),
    ),
    "looks_after_the_charge": Wrong(
        "two payments at once never take more than the voucher is worth",
        "look at `self.left` first",
        PAY.by("""
            async with self.lock:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                if order.amount_cents > self.left:
                    raise ApplicationError(f"only {self.left} cents are left")
                self.left -= order.amount_cents
                return self.left
        """),
    ),
    "never_added_back": Wrong(
        "a charge that fails takes nothing, and its caller is told",
        "add the amount back when the charge fails",
        PAY.by("""
            if order.amount_cents > self.left:
                raise ApplicationError("too little is left")
            self.left -= order.amount_cents
            left = self.left
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return left
        """),
    ),
    "sets_back_what_was_left": Wrong(
        "a charge that fails takes nothing, and its caller is told",
        "another payment may have come meanwhile",
        PAY.by("""
            if order.amount_cents > self.left:
                raise ApplicationError("too little is left")
            before = self.left
            self.left -= order.amount_cents
            left = self.left
            try:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            except Exception as error:
                self.left = before
                raise ApplicationError("not paid") from error
            return left
        """),
    ),
    "no_init": Wrong(
        "every payment is answered",
        "when `@workflow.init` stands above its `__init__`",
        replace("@workflow.init").by(""),
    ),
    "refusal_is_returned": Wrong(
        "what fits is paid, what does not is refused",
        "a number that is returned looks like a payment",
        replace('raise ApplicationError(f"only {self.left} cents are left")').by("return self.left"),
    ),
    "refusal_takes_it_all_the_same": Wrong(
        "what fits is paid, what does not is refused",
        "let a refused one take nothing",
        PAY.by("""
            async with self.lock:
                self.left -= order.amount_cents
                if self.left < 0:
                    raise ApplicationError("too little is left")
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                return self.left
        """),
    ),
    "returns_its_value": Wrong(
        "a closed voucher returns what is left",
        "`return self.left`",
        replace("""
            await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
            return self.left
        """).by("""
            await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
            return cents
        """),
    ),
    "the_last_cent_stays": Wrong(
        "what fits is paid, what does not is refused",
        "the last cent can be spent",
        replace("> self.left").by(">= self.left"),
    ),
    "waits_a_second_for_its_handlers": Wrong(
        "payments that are under way at `close` are finished first",
        "without a `timeout`",
        END.by("""
            await workflow.wait_condition(lambda: self.closed)
            try:
                await workflow.wait_condition(workflow.all_handlers_finished, timeout=1)
            except TimeoutError:
                workflow.logger.warning("a payment is slow")
        """),
    ),
    "worth_what_the_example_says": Wrong(
        "two payments at once never take more than the voucher is worth",
        "begin with the voucher's own value",
        replace("self.left, self.closed = cents, False").by("self.left, self.closed = 10_000, False"),
    ),
    "check_before_the_lock": Wrong(
        "two payments at once never take more than the voucher is worth",
        "look at `self.left` first, then charge",
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
        "wait until `self.closed and workflow.all_handlers_finished()`",
        replace("self.closed and workflow.all_handlers_finished()").by("self.closed"),
    ),
    "local_activity": Wrong(
        "payments that fit are all paid, also at once",
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
        "what fits is paid, what does not is refused",
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
        "every payment is answered",
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
        "payments that fit are all paid, also at once",
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
    "subtracts_in_finally": Wrong(
        "a charge that fails takes nothing, and its caller is told",
        "subtract when the card is charged",
        CHARGED_AND_SUBTRACTED.by("""
            try:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            finally:
                self.left -= order.amount_cents
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
        "wait until `self.closed and workflow.all_handlers_finished()`",
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
            try:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            except Exception as error:
                self.left += order.amount_cents
                raise ApplicationError("not paid") from error
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
