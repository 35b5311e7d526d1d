"""Answers to exercise 5.4, Approve on two levels."""

from tests.grading.edits import Right, Wrong, replace

CLAIMS = {
    "an `Order`": "cheap_orders_need_one_yes",
    "decisions with a `level`": "decides_by_an_update",
    '`"lead"` or `"finance"`.': "late_lead_counts",
    "ask each level by mail": ("finance_gets_no_mail", "reminds_the_lead"),
    "when its turn comes": ("both_asked_at_once", "nobody_is_asked_before_the_wait"),
    "once mailed": ("does_not_wait_for_the_mail", "does_not_wait_for_the_mail_to_finance"),
    "it has": ("one_deadline_for_both", "stray_signal_begins_the_deadline_anew"),
    "the whole `deadline_seconds`": ("deadline_of_its_own", "deadline_of_zero"),
    "A decision counts only from that mail on": (
        "lead_is_heard_before_its_mail",
        "finance_speaks_too_early",
        "forgets_after_the_mail",
        "finance_is_heard_after_its_mail",
        "turned_to_finance_by_the_signal",
    ),
    "only for the level being asked": (
        "late_lead_speaks_for_finance",
        "late_lead_is_barred",
        "raises_for_another_level",
    ),
    "only the first": (
        "second_overwrites_the_first",
        "may_change_their_own_mind",
        "finance_overwrites_its_no",
        "a_no_overwrites_a_yes",
    ),
    "what an approving lead says for finance is ignored": (
        "same_person_twice",
        "late_lead_takes_the_place",
        "second_word_of_the_lead_rejects",
        "who_spoke_early_is_shut_out",
        "ada_is_the_lead",
    ),
    "Charge an approved order; return": ("never_charges", "charges_without_waiting", "charge_is_given_up"),
    '`"approved"`': ("half_approved", "decision_is_not_forgotten", "one_yes_for_both"),
    '`"rejected"`': ("no_of_the_lead_goes_on", "rejected_is_approved"),
    'or `"expired"`': ("silence_is_consent", "finance_silent_is_charged"),
    "lead silent": "no_escalation",
    "finance yes": "escalated_needs_the_lead_too",
    "two mails": "lead_is_asked_once_more",
    "one charge": "never_charges",
}

WAIT = replace("await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)")
MAIL = replace("await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)")
CHARGE = replace("await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)")
COUNTS = replace("if self.decision is None and decision.level == self.level and decision.by != self.lead:")
TWO = "two people, one of each level, approve: the order is charged, once"

WRONG = {
    "a_no_overwrites_a_yes": Wrong(
        "the same holds for finance: a no that follows a yes changes nothing",
        "let only the first decision of a level count",
        replace("self.decision is None and decision.").by(
            "(self.decision is None or not decision.approved) and decision."
        ),
    ),
    "ada_is_the_lead": Wrong(
        "who has approved as the lead does not count for finance",
        "remember who approved as the lead",
        replace("decision.by != self.lead").by('not (self.level == "finance" and decision.by == "ada")'),
    ),
    "charge_is_given_up": Wrong(
        TWO,
        "leave the time of the charge",
        replace("from temporalio import workflow").by(
            "from datetime import timedelta\n\nfrom temporalio import workflow"
        ),
        CHARGE.by("""
            most = timedelta(seconds=order.deadline_seconds)
            await workflow.execute_activity(charge_card, order, schedule_to_close_timeout=most)
        """),
    ),
    "charges_without_waiting": Wrong(
        TWO,
        "`await` the charge",
        replace("await workflow.execute_activity(charge_card").by("workflow.start_activity(charge_card"),
    ),
    "cheap_orders_need_one_yes": Wrong(
        TWO,
        "one yes is not enough",
        replace("self.lead = self.decision.by").by("""
            self.lead = self.decision.by
            if order.amount_cents < 100_000:
                break
        """),
    ),
    "decides_by_an_update": Wrong(
        "`decide` is a signal",
        "mark the method `decide` with `@workflow.signal`",
        replace("@workflow.signal").by("@workflow.update"),
    ),
    "does_not_wait_for_the_mail": Wrong(
        "the lead's deadline begins when the mail is sent",
        "`await` the mail",
        replace("await workflow.execute_activity(mail").by("workflow.start_activity(mail"),
    ),
    "does_not_wait_for_the_mail_to_finance": Wrong(
        "finance's deadline begins when its mail is sent, too",
        "`await` the mail",
        MAIL.by("""
            told = workflow.start_activity(mail, self.level, start_to_close_timeout=SOON)
            if self.level == "lead":
                await told
        """),
    ),
    "finance_gets_no_mail": Wrong(
        TWO,
        'mail `"finance"`, too',
        MAIL.by("""
            if self.level == "lead":
                await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
        """),
    ),
    "finance_is_heard_after_its_mail": Wrong(
        "a decision counts from finance's mail on, too",
        "may answer before the activity has completed",
        replace('self.level, self.lead, self.decision = "", "", None').by("""
            self.level, self.lead, self.decision = "", "", None
            self.hears = True
        """),
        replace("if self.decision is None and").by("if self.hears and self.decision is None and"),
        MAIL.by("""
            self.hears = self.level == "lead"
            await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
            self.hears = True
        """),
    ),
    "half_approved": Wrong(
        TWO,
        'return `"approved"`',
        replace('return "approved" if').by('return "paid" if'),
    ),
    "lead_is_heard_before_its_mail": Wrong(
        "an answer for a level that is not asked yet changes nothing",
        "not even the lead's before its own mail",
        replace('self.level, self.lead, self.decision = "", "", None').by(
            'self.level, self.lead, self.decision = "lead", "", None'
        ),
        replace('for self.level in ("lead", "finance"):').by('for level in ("lead", "finance"):'),
        replace("self.decision = None").by("""
            if level == "finance":
                self.level, self.decision = level, None
        """),
    ),
    "may_change_their_own_mind": Wrong(
        "only a level's first decision counts: a yes that follows a no changes nothing",
        "let only the first decision of a level count",
        replace("self.decision is None and decision.").by(
            "(self.decision is None or self.decision.by == decision.by) and decision."
        ),
    ),
    "never_charges": Wrong(
        TWO,
        "run `charge_card`",
        replace("""
            if self.decision:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        """).by(""),
    ),
    "nobody_is_asked_before_the_wait": Wrong(
        "the lead is asked first, and alone",
        'mail `"lead"` first',
        replace("self.decision = None").by("self.decision = None\ntold = self.level"),
        MAIL.by(""),
        replace("self.lead = self.decision.by").by("""
            self.lead = self.decision.by
            await workflow.execute_activity(mail, told, start_to_close_timeout=SOON)
        """),
    ),
    "raises_for_another_level": Wrong(
        "an answer for a level that is not asked yet changes nothing",
        "let a decision that does not count pass without effect",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.exceptions import ApplicationError
        """),
        COUNTS.by("""
            if decision.level != self.level:
                raise ApplicationError("it is not your turn")
            if self.decision is None and decision.by != self.lead:
        """),
    ),
    "reminds_the_lead": Wrong(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "mail each level once",
        replace("except TimeoutError:").by("""
            except TimeoutError:
                if self.level == "lead":
                    await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
        """),
    ),
    "both_asked_at_once": Wrong(
        "the lead is asked first, and alone",
        'mail `"lead"` first, and nobody else',
        replace('for self.level in ("lead", "finance"):').by("""
            await workflow.execute_activity(mail, "finance", start_to_close_timeout=SOON)
            for self.level in ("lead", "finance"):
        """),
    ),
    "deadline_of_its_own": Wrong(
        "the lead has the whole deadline",
        "the lead has the whole deadline",
        replace("=order.deadline_seconds").by("=2"),
    ),
    "deadline_of_zero": Wrong(
        "the lead has the whole deadline", "give each level the whole", replace("=order.deadline_seconds").by("=0")
    ),
    "decision_is_not_forgotten": Wrong(
        "the lead's yes alone approves nothing: finance may still say no",
        "forget the lead's",
        replace("self.decision = None").by(""),
    ),
    "escalated_needs_the_lead_too": Wrong(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "let finance decide alone",
        replace('for self.level in ("lead", "finance"):').by('yes = 0\nfor self.level in ("lead", "finance"):'),
        replace("if self.decision:").by("""
                yes += 1
            if yes == 2:
        """),
        replace("self.decision else").by("yes == 2 else"),
    ),
    "finance_overwrites_its_no": Wrong(
        "the same holds for finance: a no that follows a yes changes nothing",
        "let only the first decision of a level count",
        replace("self.decision is None and decision.").by(
            '(self.decision is None or self.level == "finance") and decision.'
        ),
    ),
    "finance_silent_is_charged": Wrong(
        "the lead's yes alone approves nothing: when finance is silent the order expires",
        "the lead's yes is not finance's",
        replace('for self.level in ("lead", "finance"):').by("""
            approved = False
            for self.level in ("lead", "finance"):
        """),
        replace("self.lead = self.decision.by").by("approved = True\nself.lead = self.decision.by"),
        replace("self.decision:").by("approved:"),
        replace("self.decision else").by("approved else"),
    ),
    "finance_speaks_too_early": Wrong(
        "an answer for a level that is not asked yet changes nothing",
        "forget what finance said before it was asked",
        replace('self.level, self.lead, self.decision = "", "", None').by(
            'self.level, self.lead, self.said = "", "", {}'
        ),
        replace("if self.decision is None and decision.level == self.level and decision.by != self.lead:").by(
            "if self.level and decision.level not in self.said and decision.by != self.lead:"
        ),
        replace("self.decision = decision").by("self.said[decision.level] = decision"),
        replace(
            "await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)"
        ).by("""
            await workflow.wait_condition(lambda: self.level in self.said, timeout=order.deadline_seconds)
            self.decision = self.said[self.level]
        """),
    ),
    "forgets_after_the_mail": Wrong(
        "a decision counts from the level's mail on",
        "may answer before the activity has completed",
        replace("self.decision = None").by(
            "await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)"
        ),
        replace("await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)").by(
            "self.decision = None"
        ),
    ),
    "late_lead_counts": Wrong(
        "an answer for a level that is not asked yet changes nothing",
        "only when `decision.level` is the level",
        replace("decision.level == self.level and decision.").by("decision."),
    ),
    "late_lead_is_barred": Wrong(
        "an answer for a level that is no longer asked changes nothing",
        "turn away only who approved as the lead *in time*",
        COUNTS.by("""
            if decision.level == "lead" and decision.approved and self.level:
                self.lead = self.lead or decision.by
            barred = self.level == "finance" and decision.by == self.lead
            if self.decision is None and decision.level == self.level and not barred:
        """),
        replace("self.lead = self.decision.by").by(""),
    ),
    "late_lead_takes_the_place": Wrong(
        "who has approved as the lead does not count for finance",
        "remember who approved as the lead",
        COUNTS.by("""
            if decision.level == "lead" and decision.approved and self.level:
                self.lead = decision.by
            if self.decision is None and decision.level == self.level and (
                self.level == "lead" or decision.by != self.lead
            ):
        """),
        replace("self.lead = self.decision.by").by(""),
    ),
    "late_lead_speaks_for_finance": Wrong(
        "an answer for a level that is no longer asked changes nothing",
        "the lead's time was over",
        replace("decision.level == self.level and").by('decision.level in ("lead", self.level) and'),
    ),
    "lead_is_asked_once_more": Wrong(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "ask the *next* level instead of the lead once more",
        replace("""
            try:
                await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
            except TimeoutError:
                continue
        """).by("""
            while self.decision is None:
                try:
                    await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
                except TimeoutError:
                    await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
        """),
    ),
    "no_escalation": Wrong(
        "silence of the lead escalates: finance is asked, and may approve alone",
        "it is the next level's turn",
        replace("continue").by('return "expired"'),
    ),
    "no_of_the_lead_goes_on": Wrong(
        "a no of the lead ends it: finance is not asked",
        "a no is final",
        replace("self.decision.approved").by('self.decision.approved and self.level == "finance"'),
    ),
    "one_deadline_for_both": Wrong(
        "finance has the whole deadline, too",
        "give each level the whole",
        replace('for self.level in ("lead", "finance"):').by("""
            end = workflow.now().timestamp() + order.deadline_seconds
            for self.level in ("lead", "finance"):
        """),
        replace(
            "await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)"
        ).by("""
            await workflow.wait_condition(
                lambda: self.decision is not None, timeout=max(0.001, end - workflow.now().timestamp())
            )
        """),
    ),
    "one_yes_for_both": Wrong(
        "two people, one of each level, approve: the order is charged, once",
        "one yes is not enough",
        replace('"lead", "finance"').by('"lead",'),
    ),
    "rejected_is_approved": Wrong(
        "a no of the lead ends it: finance is not asked",
        "a no is final",
        replace("""
            if not self.decision.approved:
                return "rejected"
        """).by(""),
    ),
    "same_person_twice": Wrong(
        "who has approved as the lead does not count for finance",
        "remember who approved as the lead",
        replace("self.level and decision.by != self.lead").by("self.level"),
    ),
    "second_overwrites_the_first": Wrong(
        "only a level's first decision counts: a yes that follows a no changes nothing",
        "let only the first decision of a level count",
        replace("self.decision is None and decision.").by("decision."),
    ),
    "second_word_of_the_lead_rejects": Wrong(
        "who has approved as the lead does not count for finance",
        "second decision change nothing",
        replace("self.level and decision.by != self.lead").by("self.level"),
        replace("self.decision.approved").by("self.decision.approved or self.decision.by == self.lead"),
    ),
    "silence_is_consent": Wrong(
        "when both levels are silent the order expires, uncharged",
        "silence is no approval",
        replace("self.decision:").by("True:"),
        replace('"approved" if self.decision else "expired"').by('"approved"'),
    ),
    "stray_signal_begins_the_deadline_anew": Wrong(
        "when both levels are silent the order expires, uncharged",
        "leave the deadline as it is",
        replace('self.level, self.lead, self.decision = "", "", None').by("""
            self.level, self.lead, self.decision = "", "", None
            self.heard = 0
        """),
        replace("if self.decision is None and").by("self.heard += 1\nif self.decision is None and"),
        replace(
            "await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)"
        ).by("""
            while self.decision is None:
                heard = self.heard
                await workflow.wait_condition(lambda: self.heard > heard, timeout=order.deadline_seconds)
        """),
    ),
    "turned_to_finance_by_the_signal": Wrong(
        "what is said for finance together with the lead's yes comes too early, too",
        "let `run` change the level",
        replace("self.decision = decision").by("""
            if self.level == "lead" and decision.approved:
                self.level, self.lead = "finance", decision.by
            else:
                self.decision = decision
        """),
        replace("""
            for self.level in ("lead", "finance"):
                self.decision = None
                await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
                try:
                    await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
                except TimeoutError:
                    continue
                if not self.decision.approved:
                    return "rejected"
                self.lead = self.decision.by
        """).by("""
            for level in ("lead", "finance"):
                self.level = level
                await workflow.execute_activity(mail, level, start_to_close_timeout=SOON)
                try:
                    await workflow.wait_condition(
                        lambda: self.decision or self.level != level, timeout=order.deadline_seconds
                    )
                except TimeoutError:
                    continue
                if self.decision and not self.decision.approved:
                    return "rejected"
        """),
    ),
    "who_spoke_early_is_shut_out": Wrong(
        "an answer for a level that is not asked yet changes nothing",
        "turn away only the person who *approved*",
        replace('self.level, self.lead, self.decision = "", "", None').by("""
            self.level, self.lead, self.decision = "", "", None
            self.seen = set()
        """),
        replace("if self.decision is None and decision.level == self.level and decision.by != self.lead:").by("""
            seen, self.seen = decision.by in self.seen, self.seen | {decision.by}
            if self.decision is None and decision.level == self.level and not seen:
        """),
    ),
}

RIGHT = {
    "two_calls_of_a_method": Right(
        replace("""
            for self.level in ("lead", "finance"):
                self.decision = None
                await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
                try:
                    await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
                except TimeoutError:
                    continue
                if not self.decision.approved:
                    return "rejected"
                self.lead = self.decision.by
            if self.decision:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return "approved" if self.decision else "expired"
        """).by("""
            lead = await self.ask("lead", order)
            if lead and not lead.approved:
                return "rejected"
            self.lead = lead.by if lead else ""
            finance = await self.ask("finance", order)
            if not finance:
                return "expired"
            if not finance.approved:
                return "rejected"
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return "approved"
        """),
        replace("@workflow.run").by("""
            async def ask(self, level: str, order: Order) -> Decision | None:
                self.level, self.decision = level, None
                await workflow.execute_activity(mail, level, start_to_close_timeout=SOON)
                try:
                    await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
                except TimeoutError:
                    pass
                return self.decision

            @workflow.run
        """),
    ),
    "a_future_for_each_level": Right(
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace('self.level, self.lead, self.decision = "", "", None').by(
            'self.level, self.lead, self.answer = "", "", None'
        ),
        replace("""
            if self.decision is None and decision.level == self.level and decision.by != self.lead:
                self.decision = decision
        """).by("""
            if decision.level != self.level or decision.by == self.lead or self.answer.done():
                return
            self.answer.set_result(decision)
        """),
        replace("self.decision = None").by("self.answer = asyncio.get_running_loop().create_future()"),
        replace("await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)").by(
            "decision = await asyncio.wait_for(self.answer, order.deadline_seconds)"
        ),
        replace("except TimeoutError:").by("except TimeoutError:\n    decision = None"),
        replace("not self.decision.approved").by("not decision.approved"),
        replace("self.lead = self.decision.by").by("self.lead = decision.by"),
        replace("if self.decision:").by("if decision:"),
        replace("if self.decision else").by("if decision else"),
    ),
    "first_decision_of_each_level_in_a_dict": Right(
        replace('self.level, self.lead, self.decision = "", "", None').by(
            'self.level, self.lead, self.said = "", "", {}'
        ),
        replace("""
            if self.decision is None and decision.level == self.level and decision.by != self.lead:
                self.decision = decision
        """).by("""
            asked = decision.level == self.level
            if asked and decision.by != self.lead:
                self.said.setdefault(decision.level, decision)
        """),
        replace("self.decision = None").by(""),
        replace("lambda: self.decision is not None").by("lambda: self.level in self.said"),
        replace("not self.decision.approved").by("not self.said[self.level].approved"),
        replace("self.decision.by").by("self.said[self.level].by"),
        replace("if self.decision:").by('if "finance" in self.said:'),
        replace("if self.decision else").by('if "finance" in self.said else'),
    ),
    "nested": Right(
        replace("""
            except TimeoutError:
                continue
            if not self.decision.approved:
                return "rejected"
            self.lead = self.decision.by
        """).by("""
            except TimeoutError:
                workflow.logger.info("%s is silent", self.level)
            else:
                if self.decision.approved:
                    self.lead = self.decision.by
                else:
                    return "rejected"
        """),
        replace("""
            if self.decision:
                await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return "approved" if self.decision else "expired"
        """).by("""
            if self.decision is None:
                return "expired"
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            return "approved"
        """),
    ),
}
