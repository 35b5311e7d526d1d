"""Answers to exercise 5.1, Rejected is not approved."""

from tests.grading.edits import Right, Wrong, replace

MAIL = replace('await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)')
WAIT = replace('await workflow.wait_condition(lambda: self.outcome != "waiting", timeout=order.deadline_seconds)')
STATUS = replace("""
    def status(self) -> str:
        return self.outcome
""")

WRONG = {
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
    "deadline_of_its_own": Wrong(
        "without a decision the order waits for its deadline",
        "wait as long as the order says",
        replace("=order.deadline_seconds").by("=1"),
    ),
    "deadline_over_the_charge": Wrong(
        "a decided order ends",
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
    "mail_before_the_charge": Wrong(
        "the customer hears of the outcome when there is one",
        "run `mail` last",
        replace('if self.outcome == "approved":').by("""
            await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
            if self.outcome == "approved":
        """),
        MAIL.by(""),
    ),
    "mail_for_approved_only": Wrong(
        ("the customer hears of the outcome, once", "the customer hears of the outcome, once"),
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
        (
            "the customer hears of the outcome, once",
            "the customer hears of the outcome, once",
            "the customer hears of the outcome, once",
        ),
        "run the activity `mail`",
        MAIL.by(""),
    ),
    "query_counts_by_a_helper": Wrong(
        "`status` says “waiting”, as often as it is asked, and after a replay",
        "`status` says “waiting”",
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
        "a decided order ends",
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
        ("a rejected order is rejected, and never charged", "a yes that follows a no changes nothing"),
        "look at `decision.approved`",
        replace('== "approved"').by('!= "expired"'),
    ),
    "rejected_is_paid": Wrong(
        ("a rejected order is rejected, and never charged", "a yes that follows a no changes nothing"),
        "look at `decision.approved`",
        replace('"approved" if decision.approved else "rejected"').by('"approved"'),
    ),
    "second_overwrites_the_first": Wrong(
        ("a yes that follows a no changes nothing", "an approved order is charged, once; a later no changes nothing"),
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
    "silence_is_consent": Wrong(
        "a deadline that has passed expires the order, and a late yes changes nothing",
        "silence is no approval",
        replace('"expired"').by('"approved"'),
    ),
    "status_forgets_the_outcome": Wrong(
        (
            "a rejected order is rejected, and never charged",
            "a yes that follows a no changes nothing",
            "an approved order is charged, once; a later no changes nothing",
        ),
        "let `status` return the outcome",
        STATUS.by("""
            def status(self) -> str:
                return "waiting"
        """),
    ),
    "timeout_error_not_caught": Wrong(
        "an order whose deadline has passed ends",
        "catch the `TimeoutError` of `wait_condition`",
        replace("TimeoutError").by("ZeroDivisionError"),
    ),
}

RIGHT = {
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
