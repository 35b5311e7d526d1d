"""Answers to exercise 4.2, Cancelled, and still refunded."""

from tests.grading.edits import Right, Wrong, replace

STEP = replace("finish(workflow.execute_activity(step, order, **policy))")
WHOLE = "an order that nobody cancels is whole"
STEP_FAILS = "an order whose step fails is still undone"
WAITING = "cancelled while the parcel waits for the courier: undone"
IN_A_STEP = "cancelled during a step: undone when the step is over"
UNDOING = "a request that comes during the undoing does not stop it"
ENDS = "a cancelled order ends as Canceled, or with its step's failure"

CLAIMS = {
    "an `Order`": ("waits_a_second", "waits_minutes"),
    "a cancel request at any moment: during a step": ("mail_overtaken", "reservation_overtaken"),
    "the final wait for the courier": ("waits_before_the_mail", "sleep_outside", "request_suppressed"),
    "the undoing.": ("undoing_unprotected", "undoing_only_shielded"),
    "a step under way ends first": ("step_overtaken", "request_used_up", "two_steps_in_one_finish"),
    "the wait at once.": ("sleep_finished", "not_after_the_mail", "waits_first", "no_sleep"),
    "Then all is undone": ("each_compensation_finished", "not_the_first_step"),
    "last step first": "first_step_first",
    "the run ends as *Canceled*": ("ends_completed", "swallowed"),
    "or with that step's failure": ("the_request_wins", "always_cancelled"),
    "unchanged.": "another_failure",
    "Without a request it ends whole.": ("undone_on_success", "no_mail"),
    "Use `finish`.": "step_only_shielded",
    "cancelled while the parcel is sent": "step_overtaken",
    "recalled, article released, money back.": "first_step_first",
}

WRONG = {
    "two_steps_in_one_finish": Wrong(
        IN_A_STEP,
        "put `finish` around one step",
        replace("@workflow.run").by("""
            async def out(self, order: Order, undo: list) -> None:
                for step, compensation, policy in FLOW[2:]:
                    undo.append((compensation, order))
                    await workflow.execute_activity(step, order, **policy)

            @workflow.run
        """),
        replace("in FLOW:").by("in FLOW[:2]:"),
        replace("await workflow.sleep").by("await finish(self.out(order, undo))\nawait workflow.sleep"),
    ),
    "mail_overtaken": Wrong(
        IN_A_STEP,
        "its compensation came first",
        replace("await finish(workflow.execute_activity(step, order, **policy))").by("""
            call = workflow.execute_activity(step, order, **policy)
            await (call if compensation is FLOW[-1][1] else finish(call))
        """),
    ),
    "reservation_overtaken": Wrong(
        IN_A_STEP,
        "while the article is reserved: the compensation was scheduled before",
        replace("await finish(workflow.execute_activity(step, order, **policy))").by("""
            call = workflow.execute_activity(step, order, **policy)
            await (call if step.__name__ == "reserve" else finish(call))
        """),
    ),
    "not_after_the_mail": Wrong(
        (WAITING, IN_A_STEP),
        "until the courier comes, the order can be undone",
        replace("await finish(undo_all(undo))").by("""
            if len(undo) < len(FLOW):
                await finish(undo_all(undo))
        """),
    ),
    "waits_before_the_mail": Wrong(
        IN_A_STEP,
        "wait for the courier after the last step",
        replace("undo.append((compensation, order))").by("""
            if compensation is FLOW[-1][1]:
                await workflow.sleep(order.courier_in)
            undo.append((compensation, order))
        """),
        replace("    await workflow.sleep(order.courier_in)\nexcept").by("except"),
    ),
    "waits_minutes": Wrong(
        WHOLE,
        "as many seconds as it takes",
        replace("import asyncio").by("import asyncio\nfrom datetime import timedelta"),
        replace("(order.courier_in)").by("(timedelta(minutes=order.courier_in))"),
    ),
    "waits_first": Wrong(
        WAITING,
        "wait for the courier after the last step",
        replace("await workflow.sleep(order.courier_in)").by(""),
        replace("for step,").by("await workflow.sleep(order.courier_in)\nfor step,"),
    ),
    "waits_a_second": Wrong(WAITING, "`workflow.sleep(order.courier_in)`", replace("order.courier_in").by("1")),
    "no_sleep": Wrong(WAITING, "timers: none", replace("await workflow.sleep(order.courier_in)").by("")),
    "sleep_outside": Wrong(
        WAITING,
        "`workflow.sleep` inside the `try`",
        replace("await workflow.sleep(order.courier_in)").by(""),
        replace("""
            except (ActivityError, asyncio.CancelledError):
                await finish(undo_all(undo))
                raise
        """).by("""
            except (ActivityError, asyncio.CancelledError):
                await finish(undo_all(undo))
                raise
            await workflow.sleep(order.courier_in)
        """),
    ),
    "sleep_finished": Wrong(
        WAITING,
        "keep `workflow.sleep` out of `finish`",
        replace("workflow.sleep(order.courier_in)").by("finish(workflow.sleep(order.courier_in))"),
    ),
    "request_suppressed": Wrong(
        WAITING,
        "let the request go on to the `except` that undoes",
        replace("import asyncio").by("import asyncio\nimport contextlib"),
        replace("await workflow.sleep(order.courier_in)").by("""
            with contextlib.suppress(asyncio.CancelledError):
                await workflow.sleep(order.courier_in)
        """),
    ),
    "first_step_first": Wrong(
        WAITING, "hand `undo_all` the list as it is", replace("undo_all(undo)").by("undo_all(undo[::-1])")
    ),
    "not_the_first_step": Wrong(
        (STEP_FAILS, WAITING, IN_A_STEP), "ledger 4200", replace("undo_all(undo)").by("undo_all(undo[1:])")
    ),
    "activity_error_only": Wrong(
        (WAITING, IN_A_STEP),
        "catch `asyncio.CancelledError` by its name",
        replace("(ActivityError, asyncio.CancelledError)").by("ActivityError"),
    ),
    "cancelled_only": Wrong(
        STEP_FAILS,
        "a refused step raises it",
        replace("(ActivityError, asyncio.CancelledError)").by("asyncio.CancelledError"),
    ),
    "cancelled_around_the_wait_only": Wrong(
        IN_A_STEP,
        "catch `asyncio.CancelledError` around the steps, too",
        replace("await workflow.sleep(order.courier_in)").by("""
            try:
                await workflow.sleep(order.courier_in)
            except asyncio.CancelledError:
                await finish(undo_all(undo))
                raise
        """),
        replace("(ActivityError, asyncio.CancelledError)").by("ActivityError"),
    ),
    "ends_completed": Wrong(
        ENDS,
        "the one that leaves `run` decides",
        replace("raise").by("""
            if not isinstance(workflow.cancellation_reason(), str):
                raise
        """),
    ),
    "the_request_wins": Wrong(
        ENDS,
        "`raise` again after the undoing, the exception that was caught",
        replace("raise").by("""
            if workflow.cancellation_reason() is not None:
                raise asyncio.CancelledError
            raise
        """),
    ),
    "always_cancelled": Wrong(
        ENDS,
        "`raise` again after the undoing, the exception that was caught",
        replace("raise").by("raise asyncio.CancelledError"),
    ),
    "another_failure": Wrong(
        ENDS,
        "`raise` again after the undoing, the exception that was caught",
        replace("import ActivityError").by("import ActivityError, ApplicationError"),
        replace("raise").by("""
            if workflow.cancellation_reason() is not None:
                raise
            raise ApplicationError("the order is undone")
        """),
    ),
    "swallowed": Wrong(ENDS, "`raise` again after the undoing", replace("raise").by("")),
    "except_exception": Wrong(
        (WAITING, IN_A_STEP),
        "catch `asyncio.CancelledError` by its name",
        replace("(ActivityError, asyncio.CancelledError)").by("Exception"),
    ),
    "own_finish_swallows": Wrong(
        IN_A_STEP,
        "as if nobody had asked",
        replace("from patience import finish").by(""),
        replace("from way_back import undo_all").by("""
            from way_back import undo_all
            async def finish(work) -> None:
                task = asyncio.create_task(work)
                try:
                    await asyncio.shield(task)
                except asyncio.CancelledError:
                    await task
        """),
    ),
    "request_used_up": Wrong(
        IN_A_STEP,
        "as if nobody had asked",
        replace("from way_back import undo_all").by("""
            from way_back import undo_all
            WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        """),
        STEP.by("workflow.execute_activity(step, order, cancellation_type=WAIT, **policy)"),
    ),
    "step_only_shielded": Wrong(
        IN_A_STEP,
        "its compensation came first",
        STEP.by("asyncio.shield(workflow.execute_activity(step, order, **policy))"),
    ),
    "step_overtaken": Wrong(
        IN_A_STEP, "its compensation came first", STEP.by("workflow.execute_activity(step, order, **policy)")
    ),
    "temporals_cancelled_error": Wrong(
        (WAITING, IN_A_STEP),
        "catch `asyncio.CancelledError` by its name",
        replace("import ActivityError").by("import ActivityError, CancelledError"),
        replace("asyncio.").by(""),
    ),
    "undoing_as_a_task": Wrong(
        (STEP_FAILS, WAITING, IN_A_STEP),
        "await the undoing there",
        replace("await finish(undo_all(undo))").by("asyncio.create_task(undo_all(undo))"),
    ),
    "undoing_only_shielded": Wrong(
        UNDOING,
        "`asyncio.shield` alone protects the work",
        replace("finish(undo_all(undo))").by("asyncio.shield(undo_all(undo))"),
    ),
    "undoing_unprotected": Wrong(
        UNDOING, "await `finish(undo_all(undo))`", replace("finish(undo_all(undo))").by("undo_all(undo)")
    ),
    "each_compensation_finished": Wrong(
        UNDOING,
        "hand `finish` the whole undoing",
        replace("import Order").by("import ALWAYS, Order"),
        replace("await finish(undo_all(undo))").by("""
            for compensation, argument in reversed(undo):
                await finish(workflow.execute_activity(compensation, argument, **ALWAYS))
        """),
    ),
    "no_mail": Wrong(WHOLE, "run every step of FLOW", replace("in FLOW:").by("in FLOW[:3]:")),
    "undo_all_not_called": Wrong(
        (STEP_FAILS, WAITING, IN_A_STEP),
        "hand `finish` the call itself",
        replace("finish(undo_all(undo))").by("finish(undo_all)"),
    ),
    "started_by_itself": Wrong(
        WHOLE, "hand `finish` the call itself", STEP.by("finish(workflow.start_activity(step, order, **policy))")
    ),
    "undone_on_success": Wrong(
        WHOLE,
        "what stands in `finally` runs always",
        replace("except (ActivityError, asyncio.CancelledError)").by("finally"),
        replace("raise").by(""),
    ),
}

RIGHT = {
    "everything_is_caught": Right(
        replace("except (ActivityError, asyncio.CancelledError):").by("except BaseException:")
    ),
    "two_branches": Right(
        replace("""
            except (ActivityError, asyncio.CancelledError):
                await finish(undo_all(undo))
                raise
        """).by("""
            except ActivityError as error:
                await finish(undo_all(undo))
                raise error
            except asyncio.CancelledError as request:
                await finish(undo_all(undo))
                raise request
        """)
    ),
    "finally_unless_it_is_whole": Right(
        replace("undo: list = []").by("undo, whole = [], False"),
        replace("await workflow.sleep(order.courier_in)").by("""
            await asyncio.sleep(order.courier_in)
            whole = True
        """),
        replace("""
            except (ActivityError, asyncio.CancelledError):
                await finish(undo_all(undo))
                raise
        """).by("""
            finally:
                if not whole:
                    await finish(undo_all(undo))
        """),
    ),
    "tasks_and_shields": Right(
        replace("from patience import finish").by(""),
        replace("@workflow.defn").by("""
            async def through(work) -> None:
                task, request = asyncio.ensure_future(work), None
                while not task.done():
                    try:
                        await asyncio.shield(task)
                    except asyncio.CancelledError as error:
                        request = error
                task.result()
                if request:
                    raise request


            @workflow.defn
        """),
        replace("await finish(workflow").by("await through(workflow"),
        replace("await finish(undo_all").by("await through(undo_all"),
    ),
    "the_activity_waits_for_its_end": Right(
        STEP.by("workflow.execute_activity(step, order, cancellation_type=WAIT, **policy)"),
        replace("await workflow.sleep(order.courier_in)").by("""
                if workflow.cancellation_reason() is not None:
                    raise asyncio.CancelledError
            await workflow.sleep(order.courier_in)
        """),
        replace("@workflow.defn").by("""
            WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED


            @workflow.defn
        """),
    ),
}
