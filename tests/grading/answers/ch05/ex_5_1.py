"""Answers to exercise 5.1, Rejected is not approved."""

from tests.grading.edits import Right, Wrong, replace

CLAIMS = {
    "an `Order` with `deadline_seconds`": (
        "deadline_of_its_own",
        "no_deadline",
        "a_minute_at_least",
        "deadline_in_days",
    ),
    "decisions as signals": "decides_by_an_update",
    "the first decision counts": ("reviewers_only", "asks_the_clock"),
    "later ones change nothing": (
        "may_change_their_own_mind",
        "second_overwrites_the_first",
        "raises_for_a_second_decision",
    ),
    'Without one, the order is `"expired"`': ("silence_is_consent", "timeout_error_not_caught"),
    "when the deadline fires": "deadline_asks_again",
    "and a later yes changes nothing": ("late_yes_counts", "late_yes_is_charged"),
    "Charge only an approved order": (
        "rejected_is_charged_all_the_same",
        "rejected_is_paid",
        "never_charges",
        "charges_without_waiting",
    ),
    "however long the card takes": (
        "charge_has_the_deadline",
        "attempt_has_the_deadline",
        "charge_is_given_up_after_a_minute",
        "deadline_over_the_charge",
        "expires_after_the_charge",
    ),
    "Finally, mail": ("mail_before_the_charge", "mails_without_waiting"),
    '`"customer"`': "mails_the_reviewer",
    "once": "mails_twice",
    "whatever the outcome": ("mail_for_approved_only", "no_mail"),
    "and return that": ("returns_yes_or_no", "raises_for_a_no", "rejected_after_the_wait_is_expired"),
    "`status` answers": "status_is_a_property",
    '`"waiting"`': "status_has_no_word_for_waiting",
    "or the outcome once decided": ("status_waits_for_the_charge", "status_forgets_the_outcome"),
    "or expired,": "status_waits_for_the_mail",
    "and changes nothing": (
        "query_pops",
        "query_expires_the_order",
        "query_counts_by_a_helper",
        "query_closes_the_door",
    ),
    'no, then yes → `"rejected"`': "may_change_their_own_mind",
    "no row in `payments`": "rejected_is_charged_all_the_same",
    "one mail": "mails_twice",
}

MAIL = replace('await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)')
WAIT = replace('await workflow.wait_condition(lambda: self.outcome != "waiting", timeout=order.deadline_seconds)')
STATUS = replace("""
    def status(self) -> str:
        return self.outcome
""")

WRONG = {
    "a_minute_at_least": Wrong(
        "without a decision the order waits for its deadline",
        "wait as long as the order says",
        replace("=order.deadline_seconds").by("=max(order.deadline_seconds, 60)"),
    ),
    "attempt_has_the_deadline": Wrong(
        "an approved order is charged, even when the charge outlasts its deadline",
        "leave the time of the charge to `start_to_close_timeout=SOON`",
        replace("from temporalio import workflow").by(
            "from datetime import timedelta\n\nfrom temporalio import workflow"
        ),
        replace("await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)").by("""
            most = timedelta(seconds=order.deadline_seconds)
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=most)
        """),
    ),
    "charge_has_the_deadline": Wrong(
        "an approved order is charged, even when the charge outlasts its deadline",
        "no limit of another kind may give an approved order up",
        replace("from temporalio import workflow").by(
            "from datetime import timedelta\n\nfrom temporalio import workflow"
        ),
        replace("await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)").by("""
            most = timedelta(seconds=order.deadline_seconds)
            await workflow.execute_activity(charge_card, order, schedule_to_close_timeout=most)
        """),
    ),
    "charge_is_given_up_after_a_minute": Wrong(
        "an approved order is charged, even when the charge outlasts its deadline",
        "end the deadline with the decision",
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace("""
            if self.outcome == "approved":
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        """).by("""
            if self.outcome == "approved":
                charge = workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
                try:
                    await asyncio.wait_for(charge, 60)
                except TimeoutError:
                    self.outcome = "expired"
        """),
    ),
    "charges_without_waiting": Wrong(
        "the customer hears of the outcome when there is one",
        "`await` the charge",
        replace("await workflow.execute_activity(charge_card").by("workflow.start_activity(charge_card"),
    ),
    "decides_by_an_update": Wrong(
        "`decide` is a signal",
        "mark the method `decide` with `@workflow.signal`",
        replace("@workflow.signal").by("@workflow.update"),
    ),
    "mails_the_reviewer": Wrong(
        "the customer hears of the outcome, once",
        'run the activity `mail` with `"customer"`',
        replace('self.outcome = "waiting"').by('self.outcome, self.by = "waiting", "nobody"'),
        replace('self.outcome = "approved" if decision').by(
            'self.by = decision.by\nself.outcome = "approved" if decision'
        ),
        replace('mail, "customer"').by("mail, self.by"),
    ),
    "mails_twice": Wrong(
        "the customer hears of the outcome, once",
        "once, whatever the outcome is",
        replace('if self.outcome == "approved":').by("""
            if self.outcome == "rejected":
                await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "approved":
        """),
    ),
    "mails_without_waiting": Wrong(
        "the customer hears of the outcome, once",
        "`await` the mail",
        MAIL.by('workflow.start_activity(mail, "customer", start_to_close_timeout=SOON)'),
    ),
    "may_change_their_own_mind": Wrong(
        "a yes that follows a no changes nothing",
        "let only the first decision set the outcome",
        replace('self.outcome = "waiting"').by('self.outcome, self.by = "waiting", ""'),
        replace('if self.outcome == "waiting":').by("""
            if self.by in ("", decision.by) and self.outcome != "expired":
                self.by = decision.by
        """),
    ),
    "never_charges": Wrong(
        "an approved order is charged, once; a later no changes nothing",
        "run `charge_card` when, and only when",
        replace("""
            if self.outcome == "approved":
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        """).by(""),
    ),
    "query_closes_the_door": Wrong(
        "an order that was asked about can still be approved",
        "let the condition of `wait_condition` become true",
        replace("from steps import SOON, Decision, Order, charge_card, mail").by("""
            from steps import SOON, Decision, Order, charge_card, mail


            class Desk:
                busy = False

                def look(self, outcome: str) -> str:
                    self.busy = True
                    return outcome
        """),
        replace('self.outcome = "waiting"').by('self.outcome, self.desk = "waiting", Desk()'),
        replace('if self.outcome == "waiting":').by('if self.outcome == "waiting" and not self.desk.busy:'),
        STATUS.by("""
            def status(self) -> str:
                return self.desk.look(self.outcome)
        """),
    ),
    "raises_for_a_second_decision": Wrong(
        "a yes that follows a no changes nothing",
        "let a later decision pass without effect",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.exceptions import ApplicationError
        """),
        replace('if self.outcome == "waiting":').by("""
            if self.outcome != "waiting":
                raise ApplicationError("decided already")
            if True:
        """),
    ),
    "rejected_after_the_wait_is_expired": Wrong(
        "a rejected order is rejected, and never charged",
        "in the `except` block only",
        replace("""
            except TimeoutError:
                self.outcome = "expired"
        """).by("""
            except TimeoutError:
                pass
            if self.outcome != "approved":
                self.outcome = "expired"
        """),
    ),
    "returns_yes_or_no": Wrong(
        "a rejected order is rejected, and never charged",
        "return the outcome as the task spells it",
        replace("async def run(self, order: Order) -> str:").by("async def run(self, order: Order) -> bool:"),
        replace("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            return self.outcome
        """).by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            return self.outcome == "approved"
        """),
    ),
    "reviewers_only": Wrong(
        "a rejected order is rejected, and never charged",
        "whoever decides",
        replace('if self.outcome == "waiting":').by(
            'if self.outcome == "waiting" and decision.by in ("ada", "bob", "eve"):'
        ),
    ),
    "status_waits_for_the_charge": Wrong(
        "`status` says “approved” while the card is still being charged",
        "from the decision on",
        replace('self.outcome = "waiting"').by('self.outcome = self.told = "waiting"'),
        STATUS.by("""
            def status(self) -> str:
                return self.told
        """),
        replace('self.outcome = "expired"').by('self.outcome = self.told = "expired"'),
        MAIL.by("""
            self.told = self.outcome
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
        """),
    ),
    "status_waits_for_the_mail": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        "before the mail is sent",
        replace('self.outcome = "waiting"').by('self.outcome = self.told = "waiting"'),
        STATUS.by("""
            def status(self) -> str:
                return self.told
        """),
        replace('if self.outcome == "approved":').by("""
            if self.outcome == "approved":
                self.told = self.outcome
        """),
        MAIL.by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            self.told = self.outcome
        """),
    ),
    "status_has_no_word_for_waiting": Wrong(
        "`status` says “waiting”, as often as it is asked, and after a replay",
        'return the state as it is, `"waiting"`',
        STATUS.by("""
            def status(self) -> str | None:
                return None if self.outcome == "waiting" else self.outcome
        """),
    ),
    "status_is_a_property": Wrong(
        "`status` is a query",
        "mark the method `status` with `@workflow.query`",
        replace("@workflow.query").by("@property"),
    ),
    "deadline_asks_again": Wrong(
        "the deadline fires: without a decision the order does not wait for ever",
        "the deadline fires",
        replace("""
            try:
                await workflow.wait_condition(lambda: self.outcome != "waiting", timeout=order.deadline_seconds)
            except TimeoutError:
                self.outcome = "expired"
        """).by("""
            while self.outcome == "waiting":
                try:
                    await workflow.wait_condition(lambda: self.outcome != "waiting", timeout=order.deadline_seconds)
                except TimeoutError:
                    pass
        """),
    ),
    "deadline_in_days": Wrong(
        "without a decision the order waits for its deadline",
        "the first argument of `timedelta` is days",
        replace("from temporalio import workflow").by(
            "from datetime import timedelta\n\nfrom temporalio import workflow"
        ),
        replace("=order.deadline_seconds").by("=timedelta(order.deadline_seconds)"),
    ),
    "deadline_of_its_own": Wrong(
        "without a decision the order waits for its deadline",
        "wait as long as the order says",
        replace("=order.deadline_seconds").by("=1"),
    ),
    "deadline_over_the_charge": Wrong(
        "an approved order is charged, even when the charge outlasts its deadline",
        "end the deadline with the decision",
        replace("from temporalio import workflow").by("import asyncio\nfrom temporalio import workflow"),
        WAIT.by("""
            async with asyncio.timeout(order.deadline_seconds):
                await workflow.wait_condition(lambda: self.outcome != "waiting")
                if self.outcome == "approved":
                    await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        """),
        replace("""
            if self.outcome == "approved":
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        """).by(""),
    ),
    "expires_after_the_charge": Wrong(
        "an approved order is charged, even when the charge outlasts its deadline",
        "end the deadline with the decision",
        replace("try:").by("began = workflow.now()\ntry:"),
        replace("await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)").by("""
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            if (workflow.now() - began).total_seconds() > order.deadline_seconds:
                self.outcome = "expired"
        """),
    ),
    "late_yes_counts": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        'set the outcome to `"expired"` in the `except` block',
        replace('self.outcome = "expired"').by("pass"),
        MAIL.by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "waiting":
                self.outcome = "expired"
        """),
    ),
    "late_yes_is_charged": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        "let the signal change nothing from then on",
        replace('self.outcome = "expired"').by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "waiting":
                self.outcome = "expired"
                return self.outcome
        """),
    ),
    "mail_before_the_charge": Wrong(
        "the customer hears of the outcome when there is one",
        "run `mail` last, right before you return",
        replace('if self.outcome == "approved":').by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "approved":
        """),
        MAIL.by(""),
    ),
    "mail_for_approved_only": Wrong(
        "the customer hears of the outcome, once",
        "run the activity `mail`",
        MAIL.by("""
            if self.outcome == "approved":
                await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
        """),
    ),
    "no_deadline": Wrong(
        "without a decision the order waits for its deadline",
        "the deadline fires",
        replace('"waiting", timeout=order.deadline_seconds').by('"waiting"'),
    ),
    "no_mail": Wrong(
        "the customer hears of the outcome, once",
        "run the activity `mail`",
        MAIL.by(""),
    ),
    "query_counts_by_a_helper": Wrong(
        (
            "the query `status` only reads",
            "`status` says “waiting”, as often as it is asked, and after a replay",
        ),
        "take this line out of the query",
        replace('self.outcome = "waiting"').by('self.outcome = "waiting"\nself.asked = 0'),
        STATUS.by("""
            def status(self) -> str:
                return self.look()

            def look(self) -> str:
                self.asked += 1
                return self.outcome if self.asked < 3 else "please be patient"
        """),
    ),
    "query_expires_the_order": Wrong(
        "the query `status` only reads",
        "take this line out of the query",
        replace("def status(self) -> str:").by("""
            def status(self) -> str:
                if workflow.info().get_current_history_length() > 100:
                    self.outcome = "expired"
        """),
    ),
    "query_pops": Wrong(
        "the query `status` only reads",
        "take this line out of the query",
        replace('self.outcome = "waiting"').by('self.outcome = "waiting"\nself.words = ["waiting"] * 9'),
        STATUS.by("""
            def status(self) -> str:
                return self.words.pop() if self.outcome == "waiting" else self.outcome
        """),
    ),
    "raises_for_a_no": Wrong(
        "a rejected order is rejected, and never charged",
        "return the outcome, do not raise it",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.exceptions import ApplicationError
        """),
        MAIL.by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "rejected":
                raise ApplicationError("rejected", non_retryable=True)
        """),
    ),
    "rejected_is_charged_all_the_same": Wrong(
        "a rejected order is rejected, and never charged",
        "run `charge_card` when, and only when",
        replace('== "approved"').by('!= "expired"'),
    ),
    "rejected_is_paid": Wrong(
        "a rejected order is rejected, and never charged",
        "look at `decision.approved`",
        replace('"approved" if decision.approved else "rejected"').by('"approved"'),
    ),
    "second_overwrites_the_first": Wrong(
        "a yes that follows a no changes nothing",
        "let only the first decision set the outcome",
        replace('== "waiting"').by('!= "expired"'),
    ),
    "signal_charges_too": Wrong(
        "the card is charged in one place",
        "run `charge_card` once",
        replace("def decide(self, decision: Decision)").by("async def decide(self, decision: Decision)"),
        replace('self.outcome = "approved" if decision.approved else "rejected"').by("""
            self.outcome = "approved" if decision.approved else "rejected"
            if decision.approved:
                await workflow.execute_activity(
                    charge_card, Order(workflow.info().workflow_id, 99_000), start_to_close_timeout=SOON
                )
        """),
    ),
    "asks_the_clock": Wrong(
        "`status` says “approved” while the card is still being charged",
        "ask no clock: a worker may have been away",
        replace('if self.outcome == "waiting":').by("""
            info = workflow.info()
            if self.outcome == "waiting" and (workflow.now() - info.workflow_start_time).total_seconds() < self.limit:
        """),
        replace("def __init__(self) -> None:").by("""
            @workflow.init
            def __init__(self, order: Order) -> None:
                self.limit = order.deadline_seconds
        """),
    ),
    "silence_is_consent": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        "silence is no approval",
        replace('"expired"').by('"approved"'),
    ),
    "status_forgets_the_outcome": Wrong(
        "a rejected order is rejected, and never charged",
        "let `status` return the outcome",
        STATUS.by("""
            def status(self) -> str:
                return "waiting"
        """),
    ),
    "timeout_error_not_caught": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        "catch the `TimeoutError` of `wait_condition`",
        replace("TimeoutError").by("ZeroDivisionError"),
    ),
}

RIGHT = {
    "catches_whatever_the_wait_raises": Right(replace("except TimeoutError:").by("except Exception:")),
    "decision_kept_whole": Right(
        replace('self.outcome = "waiting"').by("self.decision, self.expired = None, False"),
        replace("""
            if self.outcome == "waiting":
                self.outcome = "approved" if decision.approved else "rejected"
        """).by("""
            if self.decision is None and not self.expired:
                self.decision = decision
        """),
        STATUS.by("""
            def status(self) -> str:
                if self.expired:
                    return "expired"
                if self.decision is None:
                    return "waiting"
                return "approved" if self.decision.approved else "rejected"
        """),
        replace('lambda: self.outcome != "waiting"').by("lambda: self.decision is not None"),
        replace('self.outcome = "expired"').by("self.expired = True"),
        replace('if self.outcome == "approved":').by("if self.decision is not None and self.decision.approved:"),
        replace("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            return self.outcome
        """).by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            return self.status()
        """),
    ),
    "a_queue_of_decisions": Right(
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace('self.outcome = "waiting"').by('self.outcome = "waiting"\nself.decisions = asyncio.Queue()'),
        replace("""
            if self.outcome == "waiting":
                self.outcome = "approved" if decision.approved else "rejected"
        """).by("self.decisions.put_nowait(decision)"),
        WAIT.by("""
            decision = await asyncio.wait_for(self.decisions.get(), order.deadline_seconds)
            self.outcome = "approved" if decision.approved else "rejected"
        """),
    ),
    "an_event_and_asyncio_timeout": Right(
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace('self.outcome = "waiting"').by('self.outcome = "waiting"\nself.clear = asyncio.Event()'),
        replace('"approved" if decision.approved else "rejected"').by(
            '{True: "approved", False: "rejected"}[decision.approved]\nself.clear.set()'
        ),
        WAIT.by("""
            async with asyncio.timeout(order.deadline_seconds):
                await self.clear.wait()
        """),
        replace("except TimeoutError:\n    self").by("except asyncio.TimeoutError:\n    self"),
    ),
    "asynchronous_signal_and_early_returns": Right(
        replace("def decide").by("async def decide"),
        replace("""
            if self.outcome == "waiting":
                self.outcome = "approved" if decision.approved else "rejected"
        """).by("""
            if self.outcome != "waiting":
                return
            self.outcome = "rejected"
            if decision.approved:
                self.outcome = "approved"
        """),
    ),
}
