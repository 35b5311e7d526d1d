"""Answers to exercise 7.2, Wait without a worker."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "a_tenth": Wrong(
        "the timer runs for a second", "the number is seconds", replace("workflow.sleep(1)").by("workflow.sleep(0.1)")
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
        ("workflow.sleep is awaited", "the server does the waiting"),
        "write `await` in front of",
        replace("await workflow.sleep(1)").by("workflow.sleep(1)"),
    ),
    "not_in_a_replay": Wrong(
        "a new process can replay it",
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
        "Cannot access threading",
        replace("from datetime import timedelta").by("import threading\nfrom datetime import timedelta"),
        replace("await workflow.sleep(1)").by("threading.Event().wait(1)"),
    ),
}

RIGHT = {
    "asyncio": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("workflow.sleep(1)").by("asyncio.sleep(1)"),
    ),
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
