"""Answers to exercise 4.2, Cancelled, and still refunded."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "activity_error_only": Wrong(
        (
            "cancelled while the parcel waits for the courier: undone",
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
        ),
        "catch `asyncio.CancelledError` by its name",
        replace("(ActivityError, asyncio.CancelledError)").by("ActivityError"),
    ),
    "cancelled_only": Wrong(
        ("an order whose step fails is still undone", "a request that comes during the undoing does not stop it"),
        "a refused step raises it",
        replace("(ActivityError, asyncio.CancelledError)").by("asyncio.CancelledError"),
    ),
    "ends_completed": Wrong(
        "a cancelled order ends as Cancelled",
        "the exception that leaves `run` decides",
        replace("raise").by("""
            if not isinstance(workflow.cancellation_reason(), str):
                raise
        """),
    ),
    "except_exception": Wrong(
        (
            "cancelled while the parcel waits for the courier: undone",
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
        ),
        "catch `asyncio.CancelledError` by its name",
        replace("(ActivityError, asyncio.CancelledError)").by("Exception"),
    ),
    "own_finish_swallows": Wrong(
        (
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
            "a cancelled order ends as Cancelled",
        ),
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
        (
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
            "a cancelled order ends as Cancelled",
        ),
        "as if nobody had asked",
        replace("from way_back import undo_all").by("""
            from way_back import undo_all
            WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        """),
        replace("finish(workflow.execute_activity(step, order, **policy))").by(
            "workflow.execute_activity(step, order, cancellation_type=WAIT, **policy)"
        ),
    ),
    "step_only_shielded": Wrong(
        (
            "cancelled while the card is charged: undone",
            "cancelled while the card is charged, and then declined: undone",
            "cancelled while the parcel is being sent: undone",
        ),
        "its compensation came first",
        replace("finish(workflow.execute_activity(step, order, **policy))").by(
            "asyncio.shield(workflow.execute_activity(step, order, **policy))"
        ),
    ),
    "step_overtaken": Wrong(
        (
            "cancelled while the card is charged: undone",
            "cancelled while the card is charged, and then declined: undone",
            "cancelled while the parcel is being sent: undone",
        ),
        "its compensation came first",
        replace("finish(workflow.execute_activity(step, order, **policy))").by(
            "workflow.execute_activity(step, order, **policy)"
        ),
    ),
    "swallowed": Wrong(
        ("an order whose step fails is still undone", "a cancelled order ends as Cancelled"),
        "an order whose step fails is still undone",
        replace("raise").by(""),
    ),
    "temporals_cancelled_error": Wrong(
        (
            "cancelled while the parcel waits for the courier: undone",
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
        ),
        "catch `asyncio.CancelledError` by its name",
        replace("import ActivityError").by("import ActivityError, CancelledError"),
        replace("asyncio.").by(""),
    ),
    "undoing_as_a_task": Wrong(
        (
            "an order whose step fails is still undone",
            "cancelled while the parcel waits for the courier: undone",
            "cancelled while the card is charged: undone",
            "cancelled while the parcel is being sent: undone",
            "a request that comes during the undoing does not stop it",
        ),
        "await the undoing there",
        replace("await finish(undo_all(undo))").by("asyncio.create_task(undo_all(undo))"),
    ),
    "undoing_only_shielded": Wrong(
        "a request that comes during the undoing does not stop it",
        "`asyncio.shield` alone protects the work",
        replace("finish(undo_all(undo))").by("asyncio.shield(undo_all(undo))"),
    ),
    "undoing_unprotected": Wrong(
        "a request that comes during the undoing does not stop it",
        "await the undoing with `finish`",
        replace("finish(undo_all(undo))").by("undo_all(undo)"),
    ),
    "undone_on_success": Wrong(
        "an order that nobody cancels is whole",
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
                if request:
                    raise request
                task.result()


            @workflow.defn
        """),
        replace("await finish(workflow").by("await through(workflow"),
        replace("await finish(undo_all").by("await through(undo_all"),
    ),
}
