"""Answers to exercise 7.2, Wait without a worker."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "an order ID.": "another_order",
    "`Cannot access time.sleep.__call__ from inside a workflow`": Given("what the stub says"),
    "the server waits": ("sleeps_in_the_activity", "child_waits"),
    "for one second": ("a_tenth", "ten_tenths", "cut_short"),
    "(in a real shop, a week),": Given("why it is worth it"),
    "then": ("sleeps_after_the_mail", "not_in_a_replay"),
    "one mail": ("two_mails", "no_mail", "mail_not_awaited"),
    "about the order is sent.": "mail_about_nothing",
    "No worker,": "busy_until_the_clock_moves",
    "thread": "to_thread",
    "activity is busy meanwhile.": "the_activity_sleeps_too",
    "the history holds TimerStarted and TimerFired,": "sleeps_in_the_activity",
    "then the activity `remind`.": "sleeps_after_the_mail",
}

WRONG = {
    "another_order": Wrong(
        "one mail about the order is sent", "hand `order_id` on", replace("remind, order_id").by('remind, "order-1"')
    ),
    "a_tenth": Wrong(
        "one timer runs for a second", "the number is seconds", replace("workflow.sleep(1)").by("workflow.sleep(0.1)")
    ),
    "busy_until_the_clock_moves": Wrong(
        "the workflow completes",
        "the workflow completes",
        replace("await workflow.sleep(1)").by("""
            end = workflow.time() + 1
            while workflow.time() < end:
                pass
        """),
    ),
    "child_waits": Wrong(
        "the server does the waiting",
        "no timer in the history",
        replace("@workflow.defn").by("""
            @workflow.defn
            class Wait:
                @workflow.run
                async def run(self) -> None:
                    await workflow.sleep(1)


            @workflow.defn
        """),
        replace("await workflow.sleep(1)").by("await workflow.execute_child_workflow(Wait.run)"),
    ),
    "child_of_its_own_kind": Wrong(
        "the workflow completes",
        "start no child that does the same",
        replace("workflow.sleep(1)").by("workflow.execute_child_workflow(Remind.run, order_id)"),
    ),
    "condition_runs_out": Wrong(
        "the workflow completes",
        "raise `TimeoutError`: catch it",
        replace("workflow.sleep(1)").by("workflow.wait_condition(lambda: False, timeout=1)"),
    ),
    "cut_short": Wrong(
        "the mail goes out after the wait",
        "wait first, with `await`, then ask",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("workflow.sleep(1)").by("asyncio.wait_for(workflow.sleep(0.1), 1)"),
    ),
    "caught": Wrong(
        (
            "the workflow sleeps without blocking its worker",
            "an exception is not swallowed",
            "the server does the waiting",
        ),
        "use `await asyncio.sleep(…)`: inside a workflow it is a timer",
        replace("from datetime import timedelta").by("import time\nfrom datetime import timedelta"),
        replace("await workflow.sleep(1)").by("""
            try:
                time.sleep(1)
            except Exception:
                workflow.logger.info("no sleep")
        """),
    ),
    "forgotten_await": Wrong(
        ("a call that has to be awaited is awaited", "the server does the waiting"),
        "write `await` in front of",
        replace("await workflow.sleep(1)").by("workflow.sleep(1)"),
    ),
    "mail_about_nothing": Wrong(
        "one mail about the order is sent", "hand `order_id` on", replace(", order_id=order_id").by("")
    ),
    "mail_not_awaited": Wrong(
        "one mail about the order is sent",
        "write `await` in front of the call of `remind`",
        replace(
            "return await workflow.execute_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            workflow.start_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))
            return order_id
        """),
    ),
    "no_mail": Wrong(
        "one mail about the order is sent",
        "when the second is over, ask for the mail",
        replace("await workflow.sleep(1)").by("return await workflow.sleep(1)"),
    ),
    "not_in_a_replay": Wrong(
        "a replay in a new process asks for the same",
        "what is awaited depends on whether this is a replay",
        replace("await workflow.sleep(1)").by("""
            if not workflow.unsafe.is_replaying():
                await workflow.sleep(1)
        """),
    ),
    "sleeps_after_the_mail": Wrong(
        "the mail goes out after the wait",
        "wait first, with `await`, then ask",
        replace("await workflow.sleep(1)").by("""
            mail = await workflow.execute_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))
            await workflow.sleep(1)
        """),
        replace("await workflow.execute_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))").by(
            "mail"
        ),
    ),
    "sleeps_in_a_helper": Wrong(
        ("the workflow sleeps without blocking its worker", "the workflow completes"),
        "use `await asyncio.sleep(…)`: inside a workflow it is a timer",
        replace("from datetime import timedelta").by("import time\nfrom datetime import timedelta"),
        replace("@workflow.defn").by("""
            def pause() -> None:
                time.sleep(1)


            @workflow.defn
        """),
        replace("await workflow.sleep(1)").by("pause()"),
    ),
    "sleeps_in_the_activity": Wrong(
        "the server does the waiting",
        "no activity's slot",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("async def remind(order_id: str) -> str:").by("""
            async def remind(order_id: str) -> str:
                await asyncio.sleep(1)
        """),
        replace("await workflow.sleep(1)").by(""),
    ),
    "task_that_nobody_awaits": Wrong(
        "the mail goes out after the wait",
        "wait first, with `await`, then ask",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("await workflow.sleep(1)").by("asyncio.create_task(asyncio.sleep(1))"),
    ),
    "seconds_without_end": Wrong(
        "one timer runs for a second",
        "`await workflow.sleep(1)`, once",
        replace("await workflow.sleep(1)").by("while True:\n    await workflow.sleep(1)"),
    ),
    "ten_tenths": Wrong(
        "one timer runs for a second",
        "the number is seconds",
        replace("await workflow.sleep(1)").by("for _ in range(10):\n    await workflow.sleep(0.1)"),
    ),
    "the_activity_sleeps_too": Wrong(
        "no activity waits",
        "take the wait out of the activity",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("async def remind(order_id: str) -> str:").by("""
            async def remind(order_id: str) -> str:
                await asyncio.sleep(1)
        """),
    ),
    "two_mails": Wrong(
        "one mail about the order is sent",
        "ask for `remind` once",
        replace("await workflow.sleep(1)").by("""
            await workflow.sleep(1)
            await workflow.execute_activity(remind, order_id, start_to_close_timeout=timedelta(seconds=5))
        """),
    ),
    "to_thread": Wrong(
        "the workflow completes",
        "take the thread away",
        replace("from datetime import timedelta").by("""
            import asyncio
            import time
            from datetime import timedelta
        """),
        replace("workflow.sleep(1)").by("asyncio.to_thread(time.sleep, 1)"),
    ),
    "waits_on_an_event": Wrong(
        "the workflow completes",
        "take the thread away",
        replace("from datetime import timedelta").by("import threading\nfrom datetime import timedelta"),
        replace("await workflow.sleep(1)").by("threading.Event().wait(1)"),
    ),
}

RIGHT = {
    "asyncio": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("workflow.sleep(1)").by("asyncio.sleep(1)"),
    ),
    "an_event_that_a_timer_sets": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("await workflow.sleep(1)").by("""
            over = asyncio.Event()
            asyncio.get_running_loop().call_later(1, over.set)
            await over.wait()
        """),
    ),
    "local_activity": Right(replace("execute_activity").by("execute_local_activity")),
    "a_timedelta": Right(replace("sleep(1)").by('sleep(timedelta(seconds=1), summary="a week, really")')),
    "a_condition_that_never_comes": Right(
        replace("await workflow.sleep(1)").by("""
            try:
                await workflow.wait_condition(lambda: False, timeout=1)
            except TimeoutError:
                pass
        """)
    ),
    "a_helper_method": Right(
        replace("await workflow.sleep(1)").by("await self.pause()"),
        replace("@workflow.run").by("""
            async def pause(self) -> None:
                await workflow.sleep(timedelta(milliseconds=1000))

            @workflow.run
        """),
    ),
}
