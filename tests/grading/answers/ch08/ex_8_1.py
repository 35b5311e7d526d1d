"""Answers to exercise 8.1, Who clicks, stays."""

from tests.grading.edits import Right, Wrong, replace

EARLY = "a click activates the account at once, and nothing follows"
SILENT = "who never clicks is reminded when half of the time is over, and deleted when all is"
DOWN = "two hours without a mailer, twice, move neither the reminder nor the deadline"
LAST = "a click in the last minutes counts"
TWICE = "a second click is answered like the first, and changes nothing"
LATE = "a click after the deadline is told so, and brings nothing back"

CLAIMS = {
    "a `Signup`": "always_a_day",
    "clicks by the update `click`": "click_is_a_signal",
    "create the account": "creates_it_for_each_mail",
    'mail `"confirm"`': "no_confirmation",
    'Without a click, mail `"remind"`': ("no_reminder", "reminds_twice"),
    "when half of the `hours` are over": ("reminds_after_an_hour", "seconds_of_a_timedelta"),
    "`delete` the account when all are": (
        "deletes_nobody",
        "deletes_without_waiting",
        "sleeps_in_an_activity",
        "polls",
    ),
    "counted from the sign-up, however late a mail went out": (
        "counts_from_the_mail",
        "counts_the_rest_from_the_reminder",
        "gives_the_mail_up",
    ),
    "A click before that activates it": ("last_half_hears_nothing", "deletes_the_active"),
    "at once, once": "activates_for_each_click",
    "at once": ("timer_not_cancelled", "wakes_for_the_reminder"),
    "no mail follows": "reminds_the_active",
    '`click` answers `"active"`': ("click_says_nothing", "says_what_was"),
    "however often": "second_click_is_refused",
    'after the deadline `"deleted"`': ("late_click_is_welcome", "late_click_reactivates"),
    "Return the last state": ("returns_done", "timeout_error_not_caught"),
    "two clicks in hour 13 of 24": "second_click_is_refused",
    '→ two mails, `"active"`': "no_reminder",
}

ENDS = replace(
    'for subject, end in (("confirm", start + signup.hours * HOUR / 2), ("remind", start + signup.hours * HOUR)):'
)
WAIT = replace("""
    with suppress(TimeoutError):
        await workflow.wait_condition(lambda: self.state == "active", timeout=end - workflow.now())
""")
LAST_STEP = replace("""
    self.state = "active" if self.state == "active" else "deleted"
    await workflow.execute_activity(activate if self.state == "active" else delete, account, **STEP)
    return self.state
""")
LOOP = replace("""
    for subject, end in (("confirm", start + signup.hours * HOUR / 2), ("remind", start + signup.hours * HOUR)):
        if self.state == "pending":
            await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.state == "active", timeout=end - workflow.now())
""")
MAIL = replace("""
    if self.state == "pending":
        await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
""")
CLICK = replace("""
    def click(self) -> str:
        if self.state == "pending":
            self.state = "active"
        return self.state
""")

WRONG = {
    "activates_for_each_click": Wrong(
        TWICE,
        "activate in one place",
        replace('self.state = "pending"').by('self.state, self.account = "pending", ""'),
        CLICK.by("""
            async def click(self) -> str:
                if self.state == "deleted":
                    return self.state
                await workflow.wait_condition(lambda: self.account != "")
                self.state = "active"
                await workflow.execute_activity(activate, self.account, **STEP)
                return self.state
        """),
        replace("account = await workflow.execute_activity(create").by(
            "account = self.account = await workflow.execute_activity(create"
        ),
        LAST_STEP.by("""
            self.state = "active" if self.state == "active" else "deleted"
            if self.state == "deleted":
                await workflow.execute_activity(delete, account, **STEP)
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self.state
        """),
    ),
    "always_a_day": Wrong(
        SILENT,
        "`signup.hours` says how long that is",
        ENDS.by('for subject, end in (("confirm", start + 12 * HOUR), ("remind", start + 24 * HOUR)):'),
    ),
    "click_is_a_signal": Wrong(
        "`click` is an update",
        "mark the method `click` with `@workflow.update`",
        replace("@workflow.update").by("@workflow.signal"),
        CLICK.by("""
            def click(self) -> None:
                if self.state == "pending":
                    self.state = "active"
        """),
    ),
    "click_says_nothing": Wrong(
        EARLY,
        "let `click` set the state while it is",
        CLICK.by("""
            def click(self) -> None:
                if self.state == "pending":
                    self.state = "active"
        """),
    ),
    "counts_from_the_mail": Wrong(
        DOWN,
        "count both waits from the sign-up",
        ENDS.by('for subject in ("confirm", "remind"):'),
        replace("timeout=end - workflow.now()").by("timeout=signup.hours / 2 * HOUR"),
    ),
    "counts_the_rest_from_the_reminder": Wrong(
        DOWN,
        "count both waits from the sign-up",
        ENDS.by('for subject, end in (("confirm", start + signup.hours * HOUR / 2), ("remind", None)):'),
        replace("timeout=end - workflow.now()").by("timeout=end - workflow.now() if end else signup.hours / 2 * HOUR"),
    ),
    "creates_it_for_each_mail": Wrong(
        SILENT,
        "create the account in one place",
        replace("account = await workflow.execute_activity(create_account, signup, **STEP)").by(""),
        MAIL.by("""
            if self.state == "pending":
                account = await workflow.execute_activity(create_account, signup, **STEP)
                await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
        """),
    ),
    "deletes_nobody": Wrong(
        SILENT,
        "`delete` whoever has not clicked",
        LAST_STEP.by("""
            if self.state == "active":
                await workflow.execute_activity(activate, account, **STEP)
            else:
                self.state = "deleted"
            return self.state
        """),
    ),
    "deletes_the_active": Wrong(
        EARLY,
        "end each registration in one of two ways",
        LAST_STEP.by("""
            if self.state == "active":
                await workflow.execute_activity(activate, account, **STEP)
            await workflow.sleep(max(start + signup.hours * HOUR - workflow.now(), HOUR * 0) / 1e6)
            await workflow.execute_activity(delete, account, **STEP)
            self.state = "active" if self.state == "active" else "deleted"
            return self.state
        """),
    ),
    "deletes_without_waiting": Wrong(
        SILENT,
        "`await` the last step",
        LAST_STEP.by("""
            self.state = "active" if self.state == "active" else "deleted"
            if self.state == "active":
                await workflow.execute_activity(activate, account, **STEP)
            else:
                workflow.start_activity(delete, account, **STEP)
            return self.state
        """),
    ),
    "gives_the_mail_up": Wrong(
        DOWN,
        "a mailer that is down is retried",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.common import RetryPolicy
        """),
        replace("mail, Letter(signup.email, subject), **STEP").by(
            "mail, Letter(signup.email, subject), **{**STEP, 'retry_policy': RetryPolicy(maximum_attempts=2)}"
        ),
    ),
    "last_half_hears_nothing": Wrong(
        LAST,
        "go on as soon as somebody has clicked",
        ENDS.by("half = signup.hours / 2 * HOUR\nfor subject, end in (('confirm', start + half),):"),
        LAST_STEP.by("""
            clicked = self.state == "active"
            if not clicked:
                await workflow.execute_activity(mail, Letter(signup.email, "remind"), **STEP)
                await workflow.sleep(start + 2 * half - workflow.now())
                self.state = "deleted"
            await workflow.execute_activity(activate if clicked else delete, account, **STEP)
            return self.state
        """),
    ),
    "late_click_is_welcome": Wrong(
        LATE,
        "*before* the account is deleted",
        LAST_STEP.by("""
            await workflow.execute_activity(activate if self.state == "active" else delete, account, **STEP)
            self.state = "active" if self.state == "active" else "deleted"
            return self.state
        """),
    ),
    "late_click_reactivates": Wrong(
        LATE,
        "let `click` set the state while it is",
        CLICK.by("""
            def click(self) -> str:
                self.state = "active"
                return self.state
        """),
    ),
    "no_confirmation": Wrong(
        EARLY,
        'mail `"confirm"` first',
        MAIL.by("""
            if self.state == "pending":
                if subject == "remind":
                    await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
        """),
    ),
    "no_reminder": Wrong(
        SILENT,
        '`"remind"` once when half of the time is over',
        MAIL.by("""
            if self.state == "pending":
                if subject == "confirm":
                    await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
        """),
    ),
    "polls": Wrong(
        SILENT,
        "wait with one `wait_condition`",
        WAIT.by("""
            while self.state == "pending" and workflow.now() < end:
                await workflow.sleep(60)
        """),
        replace("from contextlib import suppress").by(""),
    ),
    "reminds_after_an_hour": Wrong(
        SILENT,
        "wait with one `wait_condition`",
        replace('("confirm", start + signup.hours * HOUR / 2)').by('("confirm", start + HOUR)'),
    ),
    "reminds_the_active": Wrong(
        EARLY,
        "look at the state before each mail",
        MAIL.by("""
            await workflow.execute_activity(mail, Letter(signup.email, subject), **STEP)
            if self.state == "pending":
        """),
    ),
    "reminds_twice": Wrong(
        SILENT,
        "nobody gets one twice",
        LAST_STEP.by("""
            if self.state == "pending":
                await workflow.execute_activity(mail, Letter(signup.email, "goodbye"), **STEP)
                self.state = "deleted"
            await workflow.execute_activity(activate if self.state == "active" else delete, account, **STEP)
            return self.state
        """),
    ),
    "returns_done": Wrong(
        EARLY,
        "return the state of the account as the task spells it",
        LAST_STEP.by("""
            self.state = "active" if self.state == "active" else "deleted"
            await workflow.execute_activity(activate if self.state == "active" else delete, account, **STEP)
            return "done"
        """),
    ),
    "seconds_of_a_timedelta": Wrong(
        SILENT,
        "`signup.hours` says how long that is",
        replace("timeout=end - workflow.now()").by("timeout=(end - workflow.now()).seconds"),
    ),
    "says_what_was": Wrong(
        EARLY,
        "let `click` set the state while it is",
        CLICK.by("""
            def click(self) -> str:
                before = self.state
                if self.state == "pending":
                    self.state = "active"
                return before
        """),
    ),
    "second_click_is_refused": Wrong(
        TWICE,
        "let `click` set the state while it is",
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.exceptions import ApplicationError
        """),
        CLICK.by("""
            def click(self) -> str:
                if self.state == "active":
                    raise ApplicationError("you have clicked already")
                if self.state == "pending":
                    self.state = "active"
                return self.state
        """),
    ),
    "sleeps_in_an_activity": Wrong(
        SILENT,
        "wait with one `wait_condition`",
        replace("from contextlib import suppress").by("import asyncio\nfrom datetime import timedelta"),
        replace("from temporalio import workflow").by("from temporalio import activity, workflow"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def wait_hours(hours: float) -> None:
                await asyncio.sleep(hours * 3600)


            @workflow.defn
        """),
        WAIT.by("""
            long = timedelta(days=2)
            waiting = workflow.start_activity(wait_hours, signup.hours / 2, start_to_close_timeout=long)
            await workflow.wait_condition(lambda: waiting.done() or self.state == "active")
        """),
    ),
    "timeout_error_not_caught": Wrong(
        SILENT,
        "`TimeoutError` is caught",
        WAIT.by("""
            await workflow.wait_condition(lambda: self.state == "active", timeout=end - workflow.now())
        """),
        replace("from contextlib import suppress").by(""),
    ),
    "timer_not_cancelled": Wrong(
        EARLY,
        "go on as soon as somebody has clicked",
        WAIT.by("""
            await workflow.sleep(end - workflow.now())
        """),
        replace("from contextlib import suppress").by(""),
    ),
    "wakes_for_the_reminder": Wrong(
        EARLY,
        "go on as soon as somebody has clicked",
        replace("from contextlib import suppress").by("import asyncio\nfrom contextlib import suppress"),
        WAIT.by("""
            timer = asyncio.create_task(workflow.sleep(end - workflow.now()))
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.state == "active", timeout=end - workflow.now())
            await timer
        """),
    ),
}

RIGHT = {
    "answers_when_it_is_done": Right(
        replace('self.state = "pending"').by('self.state, self.done = "pending", False'),
        CLICK.by("""
            async def click(self) -> str:
                if self.state == "pending":
                    self.state = "active"
                if self.state == "active":
                    await workflow.wait_condition(lambda: self.done)
                return self.state
        """),
        LAST_STEP.by("""
            self.state = "active" if self.state == "active" else "deleted"
            await workflow.execute_activity(activate if self.state == "active" else delete, account, **STEP)
            self.done = True
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self.state
        """),
    ),
    "asyncio_wait_for": Right(
        replace("from contextlib import suppress").by("import asyncio"),
        WAIT.by("""
            left = max((end - workflow.now()).total_seconds(), 0.001)
            try:
                await asyncio.wait_for(workflow.wait_condition(lambda: self.state == "active"), left)
            except asyncio.TimeoutError:
                workflow.logger.info("nobody has clicked so far")
        """),
    ),
    "handler_activates": Right(
        replace('self.state = "pending"').by('self.state, self.account = "pending", ""'),
        CLICK.by("""
            async def click(self) -> str:
                if self.state == "pending":
                    self.state = "active"
                    await workflow.wait_condition(lambda: self.account != "")
                    await workflow.execute_activity(activate, self.account, **STEP)
                return self.state
        """),
        replace("account = await workflow.execute_activity(create").by(
            "account = self.account = await workflow.execute_activity(create"
        ),
        LAST_STEP.by("""
            if self.state == "pending":
                self.state = "deleted"
                await workflow.execute_activity(delete, account, **STEP)
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self.state
        """),
    ),
    "from_the_start_of_the_run": Right(
        replace("start = workflow.now()").by("start = workflow.info().start_time"),
        WAIT.by("""
            left = (end - workflow.now()).total_seconds()
            try:
                await workflow.wait_condition(lambda: self.state != "pending", timeout=left, timeout_summary=subject)
            except TimeoutError:
                continue
        """),
        replace("from contextlib import suppress").by(""),
    ),
    "tasks_and_workflow_wait": Right(
        replace("from contextlib import suppress").by("import asyncio"),
        WAIT.by("""
            clicked = asyncio.create_task(workflow.wait_condition(lambda: self.state == "active"))
            timer = asyncio.create_task(workflow.sleep(max((end - workflow.now()).total_seconds(), 0)))
            _, late = await workflow.wait([clicked, timer], return_when=asyncio.FIRST_COMPLETED)
            for task in late:
                task.cancel()
        """),
    ),
    "two_timers_side_by_side": Right(
        replace("from contextlib import suppress").by("import asyncio"),
        replace("@workflow.run").by("""
            async def remind_at(self, to: str, seconds: float) -> None:
                await workflow.sleep(seconds)
                await workflow.execute_activity(mail, Letter(to, "remind"), **STEP)

            @workflow.run
        """),
        LOOP.by("""
            end = start + signup.hours * HOUR
            await workflow.execute_activity(mail, Letter(signup.email, "confirm"), **STEP)
            left = (start + signup.hours * HOUR / 2 - workflow.now()).total_seconds()
            reminder = asyncio.create_task(self.remind_at(signup.email, left))
            try:
                await workflow.wait_condition(lambda: self.state == "active", timeout=end - workflow.now())
            except asyncio.TimeoutError:
                self.state = "deleted"
            reminder.cancel()
        """),
    ),
}
