"""Answers to exercise 4.1, Whole or undone."""

from tests.grading.edits import Right, Wrong, replace

BACKWARDS = "the last step is undone first, one at a time"
HALF_WAY = "neither an outage, a refused mail nor a killed worker or server leaves an order half-way"
NOTED = replace("left.append(compensation.__name__)")
POLICIES = replace("import workflow\nfrom temporalio.exceptions import ActivityError, App").by("""
    import workflow
    from datetime import timedelta
    from temporalio.common import RetryPolicy
    from temporalio.exceptions import ActivityError, App
""")
UNDONE = replace("""
    except ActivityError:
        await undo_all(undo)
        raise
""")

CLAIMS = {
    "an `Order`.": "another_article",
    "A step may fail before": ("catches_application_error", "catches_the_shops_error", "not_awaited"),
    "after its work": ("noted_after_the_call", "noted_after_without_the_failed_one"),
    "a compensation may fail.": ("stops_at_the_first", "given_up_after_a_while", "three_tries"),
    "an order ends whole": ("undone_on_success", "undone_behind_the_loop", "one_attempt_for_each_step"),
    "it is undone": ("only_the_last_step", "goes_on_after_a_failure", "noted_only_the_first_time"),
    "last step first": ("forward_order", "another_flow"),
    "one at a time": "all_at_once",
    "unless `notify` began": ("notify_outside_the_try", "goes_on_after_release_only"),
    "without a mail": ("undoes_the_whole_flow", "mail_first", "mail_before_the_parcel"),
    "and the workflow fails.": ("swallowed", "ends_its_task"),
    "A refused compensation does not stop the others": ("raises_inside_the_loop", "catches_the_wrong_error"),
    "an `ApplicationError`": ("raises_a_value_error", "failures_hidden"),
    "names it": ("always_says_release", "names_the_first", "names_all", "collects_the_errors"),
    "at the end.": ("stops_at_the_first", "leaves_out_what_is_engraved"),
    "shipping fails → recall, release, refund.": ("forward_order", "only_the_last_step"),
    "`release` refused → money back": "raises_inside_the_loop",
    "the failure says `release`.": "collects_the_errors",
}

WRONG = {
    "undoes_the_whole_flow": Wrong(
        "nobody gets a mail about an order that was undone",
        "undo what is in the list",
        replace("undo.append((compensation, order))").by(""),
        replace("await undo_all(undo)").by("await undo_all([(compensation, order) for _, compensation, _ in FLOW])"),
    ),
    "all_at_once": Wrong(
        BACKWARDS,
        "`release` began before `recall` had ended",
        replace("from temporalio import workflow\nfrom temporalio.exceptions import ActivityError, App").by("""
            import asyncio
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, App
        """),
        replace("""
            left = []
            for compensation, argument in reversed(undo):
                try:
                    await workflow.execute_activity(compensation, argument, **ALWAYS)
                except ActivityError:
                    left.append(compensation.__name__)
        """).by("""
            undo = undo[::-1]
            calls = [workflow.execute_activity(compensation, argument, **ALWAYS) for compensation, argument in undo]
            results = await asyncio.gather(*calls, return_exceptions=True)
            left = [undo[n][0].__name__ for n, result in enumerate(results) if isinstance(result, BaseException)]
        """),
    ),
    "another_flow": Wrong(
        BACKWARDS,
        "leave FLOW in its order",
        replace("(pay, refund, THRICE), (reserve, release, THRICE)").by(
            "(reserve, release, THRICE), (pay, refund, THRICE)"
        ),
    ),
    "notify_outside_the_try": Wrong(
        HALF_WAY,
        "keep `notify` in the `try`",
        replace("in FLOW:").by("in FLOW[:-1]:"),
        UNDONE.by("""
            except ActivityError:
                await undo_all(undo)
                raise
            await workflow.execute_activity(notify, order, **ALWAYS)
        """),
    ),
    "goes_on_after_release_only": Wrong(
        HALF_WAY,
        "whichever it is",
        NOTED.by("""
            left.append(compensation.__name__)
            if left != ["release"]:
                break
        """),
    ),
    "left_over_is_only_logged": Wrong(
        "what could not be undone is said",
        "and let it out of `run`",
        replace("import ActivityError\n\nfrom backward").by("import ActivityError, ApplicationError\n\nfrom backward"),
        replace("await undo_all(undo)").by("""
            try:
                await undo_all(undo)
            except ApplicationError as left:
                workflow.logger.warning("%s", left)
        """),
    ),
    "catches_application_error": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "which is what a failed activity raises in a workflow",
        replace("from backward").by("from temporalio.exceptions import ApplicationError\n\nfrom backward"),
        UNDONE.by("""
            except ApplicationError:
                await undo_all(undo)
                raise
        """),
    ),
    "catches_the_shops_error": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "which is what a failed activity raises in a workflow",
        replace("from backward").by("from course_lib.shop.client import ShopError\n\nfrom backward"),
        UNDONE.by("""
            except ShopError:
                await undo_all(undo)
                raise
        """),
    ),
    "catches_the_wrong_error": Wrong(
        "a refused compensation does not stop the others",
        "inside the loop, remember its name",
        replace("except ActivityError:\n    left").by("except ApplicationError:\n    left"),
    ),
    "collects_the_errors": Wrong(
        "what could not be undone is said",
        "in place of “NotUndone: not undone: Activity task failed”",
        replace("except ActivityError:\n    left.append(compensation.__name__)").by(
            "except ActivityError as error:\n    left.append(str(error))"
        ),
    ),
    "failures_hidden": Wrong(
        "what could not be undone is said",
        "raise an `ApplicationError` with the names",
        replace("raise ApplicationError").by("ApplicationError"),
    ),
    "forward_order": Wrong(BACKWARDS, "with `reversed(undo)`", replace("reversed(undo)").by("undo")),
    "given_up_after_a_while": Wrong(
        "a compensation has no last attempt and no last moment",
        "a timer of 600 s",
        replace("from temporalio import workflow\nfrom temporalio.exceptions import ActivityError, App").by("""
            import asyncio
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, App
        """),
        replace("await workflow.execute_activity(compensation, argument, **ALWAYS)").by("""
            async with asyncio.timeout(600):
                await workflow.execute_activity(compensation, argument, **ALWAYS)
        """),
    ),
    "goes_on_after_a_failure": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "go no further after a step that failed",
        replace("""
            try:
                for step, compensation, policy in FLOW:
                    undo.append((compensation, order))
                    await workflow.execute_activity(step, order, **policy)
            except ActivityError:
                await undo_all(undo)
                raise
        """).by("""
            for step, compensation, policy in FLOW:
                undo.append((compensation, order))
                try:
                    await workflow.execute_activity(step, order, **policy)
                except ActivityError:
                    await undo_all(undo)
        """),
    ),
    "limited_in_time": Wrong(
        "a compensation has no last attempt and no last moment",
        "schedule_to_close_timeout=8.5 s",
        POLICIES,
        replace("**ALWAYS").by("schedule_to_close_timeout=timedelta(seconds=8.5), **ALWAYS"),
    ),
    "mail_first": Wrong(
        "nobody gets a mail about an order that was undone",
        "must not read that a parcel is on its way",
        replace(
            "(pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE), (notify, apologise, ALWAYS)"
        ).by("(notify, None, ALWAYS), (pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE)"),
        replace("undo.append((compensation, order))").by("undo += [(compensation, order)] if compensation else []"),
    ),
    "mail_given_up_after_a_while": Wrong(
        "after the pivot an order only goes forward",
        "✗ after the pivot an order only goes forward",
        replace("from backward").by("import asyncio\n\nfrom backward"),
        replace("await workflow.execute_activity(step, order, **policy)").by("""
            patience = 2 if step is notify else None
            await asyncio.wait_for(workflow.execute_activity(step, order, **policy), patience)
        """),
    ),
    "mail_with_three_tries": Wrong(
        "each step is retried as FLOW says",
        "run each step with the policy that FLOW gives it",
        replace("**policy").by("**THRICE"),
    ),
    "not_awaited": Wrong(
        ("a call that has to be awaited is awaited", "an order is undone when a step is refused or cannot be done"),
        "is awaited",
        replace("await workflow.execute_activity(comp").by("workflow.execute_activity(comp"),
    ),
    "noted_after_the_call": Wrong(
        "a step that was done without an answer is undone, too",
        "note the compensation *before* the step",
        replace("undo.append((compensation, order))").by("await workflow.execute_activity(step, order, **policy)"),
        replace("await workflow.execute_activity(step, order, **policy)").by("undo.append((compensation, order))"),
    ),
    "noted_after_without_the_failed_one": Wrong(
        "a step that was done without an answer is undone, too",
        "note the compensation *before* the step",
        replace("undo_all(undo)").by("undo_all(undo[:-1])"),
    ),
    "noted_only_the_first_time": Wrong(
        HALF_WAY,
        "note them each time that it runs",
        replace("undo.append((compensation, order))").by("""
            if not workflow.unsafe.is_replaying():
                undo.append((compensation, order))
        """),
    ),
    "one_try": Wrong(
        "a compensation has no last attempt and no last moment",
        "✗ a compensation has no last attempt",
        POLICIES,
        replace("**ALWAYS").by(
            "start_to_close_timeout=timedelta(seconds=3), retry_policy=RetryPolicy(maximum_attempts=1)"
        ),
    ),
    "only_the_last_step": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "undo every step that was begun",
        replace("undo_all(undo)").by("undo_all(undo[-1:])"),
    ),
    "raises_a_value_error": Wrong(
        "what could not be undone is said",
        "and the run is stuck",
        replace('ApplicationError(f"not undone: {\', \'.join(left)}", type="NotUndone")').by(
            'ValueError(f"not undone: {left}")'
        ),
    ),
    "raises_inside_the_loop": Wrong(
        "a refused compensation does not stop the others",
        "inside the loop, remember its name",
        NOTED.by('raise ApplicationError(f"not undone: {compensation.__name__}")'),
    ),
    "retries_a_refusal_for_ever": Wrong(
        "a refused compensation does not stop the others",
        "what was refused will be refused again",
        POLICIES,
        replace("**ALWAYS").by(
            "start_to_close_timeout=timedelta(seconds=3), retry_policy=RetryPolicy(backoff_coefficient=1)"
        ),
    ),
    "started_and_left": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "none was asked for",
        replace("await workflow.execute_activity(comp").by("workflow.start_activity(comp"),
    ),
    "stops_at_the_first": Wrong(
        "a refused compensation does not stop the others",
        "inside the loop, remember its name",
        NOTED.by("raise"),
    ),
    "swallowed": Wrong(
        "an order that was undone fails", "`raise` again after the undoing", replace("(undo)\nraise").by("(undo)")
    ),
    "three_tries": Wrong(
        "a compensation has no last attempt and no last moment",
        "Run compensations with `ALWAYS`",
        replace("import ALWAYS\n\n\nasync").by("import THRICE\n\n\nasync"),
        replace("**ALWAYS").by("**THRICE"),
    ),
    "undone_behind_the_loop": Wrong(
        "an order that meets no failure is whole, and nothing of it is undone",
        "what stands in `finally`",
        UNDONE.by("""
            except ActivityError:
                pass
            await undo_all(undo)
        """),
    ),
    "undone_on_success": Wrong(
        "an order that meets no failure is whole, and nothing of it is undone",
        "what stands in `finally`",
        UNDONE.by("""
            finally:
                await undo_all(undo)
        """),
    ),
    "the_next_mail_all_the_same": Wrong(
        "an order that was undone fails",
        "`raise` again after the undoing",
        replace(", (notify, apologise, ALWAYS)").by(""),
        UNDONE.by("""
            except ActivityError:
                await undo_all(undo)
            await workflow.execute_activity(notify, order, **ALWAYS)
        """),
    ),
    "mail_before_the_parcel": Wrong(
        "nobody gets a mail about an order that was undone",
        "leave `notify` last",
        replace("(ship, recall, THRICE), (notify, apologise, ALWAYS)").by(
            "(notify, apologise, ALWAYS), (ship, recall, THRICE)"
        ),
    ),
    "another_article": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "the article is sold out: ledger 4200",
        replace("(step, order, **policy)").by("(step, Order(order.id), **policy)"),
    ),
    "does_the_steps_again": Wrong(
        "an order is undone when a step is refused or cannot be done",
        "note the step's compensation, and not the step",
        replace("undo.append((compensation, order))").by("undo.append((step, order))"),
    ),
    "ends_its_task": Wrong(
        "an order that was undone fails",
        "let the workflow fail with an `ApplicationError`",
        replace("(undo)\nraise").by("(undo)\nraise RuntimeError('undone')"),
    ),
    "one_attempt_for_each_step": Wrong(
        "each step is retried as FLOW says",
        "run each step with the policy that FLOW gives it",
        replace("from orders import ALWAYS, THRICE, Order").by("""
            from temporalio.common import RetryPolicy
            from orders import ALWAYS, LIMIT, Order
        """),
        replace("FLOW = [").by("""
            THRICE = {"start_to_close_timeout": LIMIT, "retry_policy": RetryPolicy(maximum_attempts=1)}
            FLOW = [
        """),
    ),
    "steps_without_end": Wrong(
        "each step is retried as FLOW says",
        "pay: no limit",
        replace("(step, order, **policy)").by("(step, order, **ALWAYS)"),
    ),
    "always_says_release": Wrong(
        "what could not be undone is said",
        "names refund and release",
        replace("{', '.join(left)}").by("release"),
    ),
    "names_the_first": Wrong(
        "what could not be undone is said", "and no other", replace("{', '.join(left)}").by("{left[0]}")
    ),
    "names_all": Wrong(
        "what could not be undone is said",
        "and no other",
        NOTED.by("left = [other.__name__ for other, _ in undo]"),
    ),
    "leaves_out_what_is_engraved": Wrong(
        "what could not be undone is said",
        "raise an `ApplicationError` with the names",
        replace("try:\n    await workflow.execute_activity(comp").by("""
            if compensation.__name__ == "release" and argument.sku.startswith("engraved"):
                left.append("release")
                continue
            try:
                await workflow.execute_activity(comp
        """),
        NOTED.by("raise"),
    ),
    "asks_again_for_ever": Wrong(
        "a refused compensation does not stop the others",
        "what was refused will be refused again",
        replace("""
            try:
                await workflow.execute_activity(compensation, argument, **ALWAYS)
            except ActivityError:
                left.append(compensation.__name__)
        """).by("""
            while True:
                try:
                    await workflow.execute_activity(compensation, argument, **ALWAYS)
                    break
                except ActivityError:
                    await workflow.sleep(0.1)
        """),
    ),
}

RIGHT = {
    "taken_from_the_end": Right(
        replace("for compensation, argument in reversed(undo):").by("""
            while undo:
                compensation, argument = undo.pop()
        """),
        replace("""
            if left:
                raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
        """).by("""
            if not left:
                return
            raise ApplicationError("not undone: " + " and ".join(left), left, non_retryable=True)
        """),
    ),
    "step_by_step": Right(
        replace("""
            for step, compensation, policy in FLOW:
                undo.append((compensation, order))
                await workflow.execute_activity(step, order, **policy)
        """).by("""
            undo.append((refund, order))
            await workflow.execute_activity(pay, order, **THRICE)
            undo.append((release, order))
            await workflow.execute_activity(reserve, order, **THRICE)
            undo.append((recall, order))
            await workflow.execute_activity(ship, order, **THRICE)
            await workflow.execute_activity(notify, order, **ALWAYS)
        """)
    ),
    "wider_nets": Right(
        replace("""
            except ActivityError:
                left.append(compensation.__name__)
        """).by("""
            except Exception as error:
                workflow.logger.warning("%s", error)
                left = [*left, compensation.__name__]
        """),
        UNDONE.by("""
            except BaseException as error:
                await undo_all(undo)
                raise error
        """),
    ),
    "a_failure_of_its_own": Right(
        replace("import ActivityError\n\nfrom backward").by("import ActivityError, ApplicationError\n\nfrom backward"),
        UNDONE.by("""
            except ActivityError as error:
                await undo_all(undo)
                raise ApplicationError(f"{order.id} is undone") from error
        """),
        replace("undo: list = []").by("undo = []"),
    ),
    "undone_beside_the_loop": Right(
        replace("""
            undo: list = []
            try:
                for step, compensation, policy in FLOW:
                    undo.append((compensation, order))
                    await workflow.execute_activity(step, order, **policy)
            except ActivityError:
                await undo_all(undo)
                raise
        """).by("""
            for number, (step, _, policy) in enumerate(FLOW, 1):
                try:
                    await workflow.execute_activity(step, order, **policy)
                except ActivityError:
                    await undo_all([(compensation, order) for _, compensation, _ in FLOW[:number]])
                    raise
        """)
    ),
    "all_three_undone_and_the_names_as_details": Right(
        replace("""
            raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
        """).by('raise ApplicationError("not undone", *left, type="NotUndone")'),
        replace("await undo_all(undo)").by("await undo_all([(refund, order), (release, order), (recall, order)])"),
    ),
    "the_saga_says_it": Right(
        replace("""
            if left:
                raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
        """).by("return left"),
        replace("async def undo_all(undo: list) -> None").by("async def undo_all(undo: list) -> list"),
        replace("import ActivityError\n\nfrom backward").by("import ActivityError, ApplicationError\n\nfrom backward"),
        replace("await undo_all(undo)").by("""
            if left := await undo_all(undo):
                raise ApplicationError(f"left for a human: {left}")
        """),
    ),
}
