"""Answers to exercise 8.2, A little longer."""

from tests.grading.edits import Right, Wrong, replace

STAYS = "a trial that is not moved ends when its hours are over"
FIRST = "of two moves before the account is there the last one counts"
LATER = "a trial can be moved later, again and again"
EARLIER = "a trial can be moved back to an earlier hour"
PAST = "a move to an hour that is past ends the trial at once"
ONE = "one timer runs at a time, and none without need"

CLAIMS = {
    "a `Signup`": "always_a_day",
    "the signal `move`": "move_is_an_update",
    "with a number of hours": "moves_by_seconds",
    "the trial ends": "never_ends",
    "`hours` after the sign-up": ("hours_after_the_move", "adds_to_the_old_timer"),
    "those of the `Signup`": "a_day_to_begin_with",
    "then those of the last `move`": ("first_of_two_wins", "forgets_an_early_move"),
    "later": "never_later",
    "or earlier": "never_earlier",
    "any number of times": ("hears_one_move", "hears_none", "seconds_of_a_timedelta"),
    "If that time is past, it ends at once": "past_is_ignored",
    "There is one timer at a time": "timers_pile_up",
    "none without need": ("looks_every_hour", "a_timer_for_nothing"),
    "At the end, `delete` the account": "keeps_the_account",
    'return `"deleted"`': "returns_the_hour",
    "in hour 5 `move(48)`, in hour 6 `move(8)`": "never_earlier",
    "→ deleted in hour 8": "hears_one_move",
}

INIT = replace("self.hours, self.moved = signup.hours, False")
MOVE = replace("self.hours, self.moved = hours, True")
LOOP = replace("""
    while (left := start + self.hours * HOUR - workflow.now()) > timedelta(0):
        self.moved = False
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.moved, timeout=left, timeout_summary="the trial")
""")
END = replace("""
    await workflow.execute_activity(delete, account, **STEP)
    return "deleted"
""")

WRONG = {
    "a_day_to_begin_with": Wrong(
        STAYS,
        "wait as long as `signup.hours` says",
        INIT.by("self.hours, self.moved = 24.0, False"),
    ),
    "a_timer_for_nothing": Wrong(
        ONE,
        "wait for the move itself",
        END.by("""
            await workflow.sleep(1)
            await workflow.execute_activity(delete, account, **STEP)
            return "deleted"
        """),
    ),
    "adds_to_the_old_timer": Wrong(
        EARLIER,
        "let `move` wake the wait",
        LOOP.by("""
            slept = 0.0
            while slept < self.hours:
                more, slept = self.hours - slept, self.hours
                await workflow.sleep(more * HOUR)
        """),
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(""),
    ),
    "always_a_day": Wrong(
        STAYS,
        "wait as long as `signup.hours` says",
        replace("start = workflow.now()").by("start, self.hours = workflow.now(), 24.0"),
    ),
    "keeps_the_account": Wrong(
        STAYS,
        "`delete` the account when the trial is over",
        END.by('return "deleted"'),
    ),
    "first_of_two_wins": Wrong(
        FIRST,
        "set up the state in `__init__` only",
        MOVE.by("""
            if not self.moved:
                self.hours, self.moved = hours, True
        """),
    ),
    "forgets_an_early_move": Wrong(
        FIRST,
        "set up the state in `__init__` only",
        replace("start = workflow.now()").by("start, self.hours = workflow.now(), signup.hours"),
    ),
    "hears_none": Wrong(
        EARLIER,
        "let `move` wake the wait",
        LOOP.by("""
            await workflow.sleep(start + self.hours * HOUR - workflow.now())
        """),
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(""),
    ),
    "hears_one_move": Wrong(
        EARLIER,
        "compute what is left anew after each move",
        LOOP.by("""
            left = start + self.hours * HOUR - workflow.now()
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.moved, timeout=left)
                await workflow.sleep(max(start + self.hours * HOUR - workflow.now(), timedelta(0)))
        """),
    ),
    "hours_after_the_move": Wrong(
        EARLIER,
        "counts from the sign-up",
        replace("start = workflow.now()").by("start = self.start = workflow.now()"),
        INIT.by("self.hours, self.moved, self.start = signup.hours, False, workflow.now()"),
        MOVE.by("self.hours = (workflow.now() - self.start) / HOUR + hours\nself.moved = True"),
    ),
    "looks_every_hour": Wrong(
        STAYS,
        "wait as long as `signup.hours` says",
        LOOP.by("""
            while workflow.now() < start + self.hours * HOUR:
                await workflow.sleep(HOUR)
        """),
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(""),
    ),
    "move_is_an_update": Wrong(
        "`move` is a signal",
        "mark the method `move` with `@workflow.signal`",
        replace("@workflow.signal").by("@workflow.update"),
    ),
    "moves_by_seconds": Wrong(
        EARLIER,
        "compute what is left anew after each move",
        MOVE.by("self.hours, self.moved = hours / 3600, True"),
    ),
    "never_earlier": Wrong(
        EARLIER,
        "compute what is left anew after each move",
        MOVE.by("self.hours, self.moved = max(self.hours, hours), True"),
    ),
    "never_later": Wrong(
        LATER,
        "let `move` wake the wait",
        MOVE.by("self.hours, self.moved = min(self.hours, hours), True"),
    ),
    "never_ends": Wrong(
        STAYS,
        "wait as long as `signup.hours` says",
        replace("timeout=left, timeout_summary=").by("timeout=None, timeout_summary="),
    ),
    "past_is_ignored": Wrong(
        PAST,
        "end the loop when nothing is left",
        replace("start = workflow.now()").by("start = self.start = workflow.now()"),
        INIT.by("self.hours, self.moved, self.start = signup.hours, False, workflow.now()"),
        MOVE.by("""
            if self.start + hours * HOUR > workflow.now():
                self.hours, self.moved = hours, True
        """),
    ),
    "returns_the_hour": Wrong(
        STAYS,
        'return `"deleted"`',
        END.by("""
            await workflow.execute_activity(delete, account, **STEP)
            return f"deleted in hour {self.hours:g}"
        """),
    ),
    "seconds_of_a_timedelta": Wrong(
        LATER,
        "compute what is left anew after each move",
        LOOP.by("""
            left = start + self.hours * HOUR - workflow.now()
            while left > timedelta(0):
                self.moved = False
                try:
                    await workflow.wait_condition(lambda: self.moved, timeout=left.seconds)
                except TimeoutError:
                    break
                left = start + self.hours * HOUR - workflow.now()
        """),
        replace("from contextlib import suppress").by(""),
    ),
    "timers_pile_up": Wrong(
        ONE,
        "cancel the timer that a move has made useless",
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(
            "import asyncio\nfrom datetime import timedelta\n"
        ),
        LOOP.by("""
            while (left := start + self.hours * HOUR - workflow.now()) > timedelta(0):
                self.moved = False
                timer = asyncio.create_task(workflow.sleep(left))
                await workflow.wait_condition(lambda timer=timer: timer.done() or self.moved)
        """),
    ),
}

RIGHT = {
    "asyncio_timeout": Right(
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(
            "import asyncio\nfrom contextlib import suppress\n"
        ),
        LOOP.by("""
            end = start + self.hours * HOUR
            while workflow.now() < end:
                self.moved = False
                with suppress(asyncio.TimeoutError):
                    async with asyncio.timeout((end - workflow.now()).total_seconds()):
                        await workflow.wait_condition(lambda: self.moved)
                end = start + self.hours * HOUR
        """),
    ),
    "an_event": Right(
        replace("from contextlib import suppress").by("import asyncio\nfrom contextlib import suppress"),
        INIT.by("self.hours, self.moved = signup.hours, asyncio.Event()"),
        MOVE.by("self.hours = hours\nself.moved.set()"),
        LOOP.by("""
            while True:
                left = (start + self.hours * HOUR - workflow.now()) / timedelta(seconds=1)
                if left <= 0:
                    break
                self.moved.clear()
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.moved.wait(), left)
        """),
    ),
    "looks_at_the_hours": Right(
        INIT.by("self.hours = signup.hours"),
        MOVE.by("self.hours = float(hours)"),
        LOOP.by("""
            while True:
                hours = self.hours
                left = (start + hours * HOUR - workflow.now()).total_seconds()
                if left <= 0:
                    break
                try:
                    await workflow.wait_condition(lambda hours=hours: self.hours != hours, timeout=left)
                except TimeoutError:
                    break
        """),
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(""),
    ),
    "task_of_its_own": Right(
        replace("from contextlib import suppress\nfrom datetime import timedelta\n").by(
            "import asyncio\nfrom datetime import timedelta\n"
        ),
        LOOP.by("""
            while (left := start + self.hours * HOUR - workflow.now()) > timedelta(0):
                self.moved = False
                timer = asyncio.create_task(workflow.sleep(left, summary="until the end"))
                await workflow.wait_condition(lambda timer=timer: timer.done() or self.moved)
                timer.cancel()
        """),
    ),
}
