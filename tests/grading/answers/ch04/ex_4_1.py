"""Answers to exercise 4.1, Whole or undone."""

from tests.grading.edits import Wrong, replace, whole

WRONG = {
    "all_at_once": Wrong(
        "one compensation after the other",
        whole("ex-4-1").by("""
            import asyncio

            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS


            async def undo_all(undo: list) -> None:
                calls = [workflow.execute_activity(compensation, argument, **ALWAYS) for compensation, argument in undo]
                results = await asyncio.gather(*calls, return_exceptions=True)
                left = [undo[n][0].__name__ for n, result in enumerate(results) if isinstance(result, BaseException)]
                if left:
                    raise ApplicationError(f"not undone: {', '.join(left)}")
        """),
    ),
    "catches_application_error": Wrong(
        "catch what a failed activity raises in a workflow",
        replace("""
            from temporalio.exceptions import ActivityError

            from backward import apologise, recall, refund, release
        """).by("""
            from temporalio.exceptions import ApplicationError

            from backward import apologise, recall, refund, release
        """),
        replace("""
            except ActivityError:
                await undo_all(undo)
        """).by("""
            except ApplicationError:
                await undo_all(undo)
        """),
    ),
    "catches_the_shops_error": Wrong(
        "catch what a failed activity raises in a workflow",
        replace("from backward import apologise, recall, refund, release").by("""
            from course_lib.shop.client import ShopError

            from backward import apologise, recall, refund, release
        """),
        replace("""
            except ActivityError:
                await undo_all(undo)
        """).by("""
            except ShopError:
                await undo_all(undo)
        """),
    ),
    "catches_the_wrong_error": Wrong(
        "inside the loop, remember its name",
        replace("""
            except ActivityError:
                left.append(compensation.__name__)
        """).by("""
            except ApplicationError:
                left.append(compensation.__name__)
        """),
    ),
    "failures_hidden": Wrong(
        "raise an `ApplicationError` with the names",
        replace("""
            if left:
                raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
        """).by('workflow.logger.error("not undone: %s", left)'),
    ),
    "forward_order": Wrong("with `reversed(undo)`", replace("reversed(undo)").by("undo")),
    "goes_on_after_a_failure": Wrong(
        "an order is undone when a step is refused",
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
        "✗ a killed server leaves no order half-way",
        replace("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError
        """).by("""
            from datetime import timedelta
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError
        """),
        replace("left = []").by("left, limit = [], timedelta(seconds=8.5)"),
        replace("**ALWAYS").by("schedule_to_close_timeout=limit, **ALWAYS"),
        replace('f"not undone: {\', \'.join(left)}", type="NotUndone"').by("f\"not undone: {', '.join(left)}\""),
    ),
    "mail_first": Wrong(
        "must not read that a parcel is on its way",
        replace(
            "(pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE), (notify, apologise, ALWAYS)"
        ).by("(notify, None, ALWAYS), (pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE)"),
        replace("undo.append((compensation, order))").by("undo += [(compensation, order)] if compensation else []"),
    ),
    "mail_with_three_tries": Wrong(
        "run each step with the policy that FLOW gives it", replace("**policy").by("**THRICE")
    ),
    "not_awaited": Wrong(
        "is awaited",
        whole("ex-4-1").by("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS


            async def undo_all(undo: list) -> None:
                for compensation, argument in reversed(undo):
                    workflow.execute_activity(compensation, argument, **ALWAYS)
        """),
    ),
    "noted_after_the_call": Wrong(
        "note the compensation *before* the step",
        replace("undo.append((compensation, order))").by("await workflow.execute_activity(step, order, **policy)"),
        replace("await workflow.execute_activity(step, order, **policy)").by("undo.append((compensation, order))"),
    ),
    "noted_after_without_the_failed_one": Wrong(
        "note the compensation *before* the step", replace("undo_all(undo)").by("undo_all(undo[:-1])")
    ),
    "one_try": Wrong(
        "✗ a compensation is tried until it works",
        replace("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError
        """).by("""
            from datetime import timedelta

            from temporalio import workflow
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError, ApplicationError
        """),
        replace("left = []").by("left, once = [], RetryPolicy(maximum_attempts=1)"),
        replace("await workflow.execute_activity(compensation, argument, **ALWAYS)").by("""
            await workflow.execute_activity(
                compensation, argument, start_to_close_timeout=timedelta(seconds=3), retry_policy=once
            )
        """),
        replace('f"not undone: {\', \'.join(left)}", type="NotUndone"').by("f\"not undone: {', '.join(left)}\""),
    ),
    "only_the_last_step": Wrong("undo every step that was begun", replace("undo_all(undo)").by("undo_all(undo[-1:])")),
    "raises_a_value_error": Wrong(
        "and the run is stuck",
        replace('ApplicationError(f"not undone: {\', \'.join(left)}", type="NotUndone")').by(
            'ValueError(f"not undone: {left}")'
        ),
    ),
    "raises_inside_the_loop": Wrong(
        "inside the loop, remember its name",
        whole("ex-4-1").by("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS


            async def undo_all(undo: list) -> None:
                for compensation, argument in reversed(undo):
                    try:
                        await workflow.execute_activity(compensation, argument, **ALWAYS)
                    except ActivityError as error:
                        raise ApplicationError(f"not undone: {compensation.__name__}") from error
        """),
    ),
    "retries_a_refusal_for_ever": Wrong(
        "a refused compensation does not stop the others",
        whole("ex-4-1").by("""
            from datetime import timedelta

            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError
            from orders import ALWAYS
            from temporalio.common import RetryPolicy


            async def undo_all(undo: list) -> None:
                for compensation, argument in reversed(undo):
                    await workflow.execute_activity(
                        compensation,
                        argument,
                        start_to_close_timeout=timedelta(seconds=3),
                        retry_policy=RetryPolicy(backoff_coefficient=1),
                    )
        """),
    ),
    "started_and_left": Wrong(
        "none was asked for",
        whole("ex-4-1").by("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS


            async def undo_all(undo: list) -> None:
                for compensation, argument in reversed(undo):
                    workflow.start_activity(compensation, argument, **ALWAYS)
        """),
    ),
    "stops_at_the_first": Wrong(
        "inside the loop, remember its name",
        whole("ex-4-1").by("""
            from temporalio import workflow
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS


            async def undo_all(undo: list) -> None:
                for compensation, argument in reversed(undo):
                    await workflow.execute_activity(compensation, argument, **ALWAYS)
        """),
    ),
    "swallowed": Wrong(
        "`raise` again after the undoing",
        replace("""
            await undo_all(undo)
            raise
        """).by("await undo_all(undo)"),
    ),
    "three_tries": Wrong(
        "run compensations with `ALWAYS`",
        replace("""
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import ALWAYS
        """).by("""
            from temporalio.exceptions import ActivityError, ApplicationError

            from orders import THRICE
        """),
        replace("**ALWAYS").by("**THRICE"),
    ),
    "undone_behind_the_loop": Wrong(
        "what stands in `finally`",
        replace("""
            except ActivityError:
                await undo_all(undo)
                raise
        """).by("""
            except ActivityError:
                pass
            await undo_all(undo)
        """),
    ),
    "undone_on_success": Wrong(
        "what stands in `finally`",
        replace("""
            except ActivityError:
                await undo_all(undo)
                raise
        """).by("""
            finally:
                await undo_all(undo)
        """),
    ),
    "undone_twice_forgotten_raise_then_mail": Wrong(
        "must not read that a parcel is on its way",
        replace(", (notify, apologise, ALWAYS)").by(""),
        replace("""
            except ActivityError:
                await undo_all(undo)
                raise
        """).by("""
            except ActivityError:
                await undo_all(undo)
            await workflow.execute_activity(notify, order, **ALWAYS)
        """),
    ),
}
