"""Answers to exercise 9.2, Five at a time."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "many order IDs.": Given("what the workflow is started with"),
    "a `Bill` for each": "activities_instead",
    "with the ID `bill-` and the order's.": "an_id_of_its_own",
    "At most five are open at any time;": ("all_at_once", "six_at_a_time", "a_semaphore_for_each"),
    "as soon as one ends the next begins": "three_at_a_time",
    "however long another takes.": ("batches_of_five", "waits_for_the_oldest"),
    "Return the results in the order of the input;": "as_they_end",
    'for a child that failed, `"failed"`:': ("failure_is_none", "exceptions_as_results"),
    "the others go on.": ("failure_ends_all", "failure_ends_the_parent"),
    "12 orders": Given("the example's own numbers"),
    "the second hangs, the eighth is declined → 10 are charged while the second hangs.": "batches_of_five",
}

_BODY = replace("""
    slots = asyncio.Semaphore(5)

    async def bill(order: str) -> str:
        async with slots:
            try:
                return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")
            except exceptions.ChildWorkflowError:
                return "failed"

    return await asyncio.gather(*(bill(order) for order in orders))
""")
_SLOTS = replace("slots = asyncio.Semaphore(5)")
_GATHER = replace("return await asyncio.gather(*(bill(order) for order in orders))")
_CATCH = replace("""
    except exceptions.ChildWorkflowError:
        return "failed"
""")
_MOST = "at most five children are open at a time"
_FULL = "five children are open while there is work"
_SLIDES = "the window slides: one slow child holds up no other"
_ORDER = "the results are in the order of the input"
_ALONE = "a child that fails leaves the parent alone"

WRONG = {
    "a_semaphore_for_each": Wrong(
        _MOST,
        "made once for all orders",
        _SLOTS.by(""),
        replace("async with slots:").by("async with asyncio.Semaphore(5):"),
    ),
    "activities_instead": Wrong(
        "children are started",
        "workflow.execute_child_workflow(Bill.run",
        replace("import asyncio").by("import asyncio\nfrom datetime import timedelta"),
        replace("from bill import Bill").by("from bill import Bill, charge"),
        replace('return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")').by("""
            limit = timedelta(minutes=1)
            return await workflow.execute_activity(charge, order, start_to_close_timeout=limit)
        """),
    ),
    "all_at_once": Wrong(
        _MOST, "let each order wait for one of five slots", _SLOTS.by("slots = asyncio.Semaphore(500)")
    ),
    "an_id_of_its_own": Wrong(
        "a child's ID is made of its order's",
        "meets the same child",
        replace(', id=f"bill-{order}"').by(', id=f"bill-{workflow.uuid4()}"'),
    ),
    "as_they_end": Wrong(
        _ORDER,
        "in the order of what it was given",
        _GATHER.by("return [await each for each in workflow.as_completed([bill(order) for order in orders])]"),
    ),
    "batches_of_five": Wrong(
        _SLIDES,
        "do not work in batches",
        _GATHER.by("""
            results = []
            for first in range(0, len(orders), 5):
                results += await asyncio.gather(*(bill(order) for order in orders[first : first + 5]))
            return results
        """),
    ),
    "exceptions_as_results": Wrong(
        _ORDER,
        'the word is `"failed"`',
        _CATCH.by("""
            except exceptions.ChildWorkflowError as error:
                return str(error)
        """),
    ),
    "failure_ends_all": Wrong(
        _ALONE,
        "catch `ChildWorkflowError` around each single child",
        _CATCH.by("""
            finally:
                pass
        """),
    ),
    "failure_ends_the_parent": Wrong(
        _ALONE,
        "catch `ChildWorkflowError` around each single child",
        _CATCH.by("""
            except exceptions.ActivityError:
                return "failed"
        """),
    ),
    "failure_is_none": Wrong(_ORDER, 'the word is `"failed"`', replace('return "failed"').by("return None")),
    "one_by_one": Wrong(
        (_FULL, _SLIDES),
        "do not wait for a child before the next one is started",
        _GATHER.by("return [await bill(order) for order in orders]"),
    ),
    "six_at_a_time": Wrong(_MOST, "one of five slots", _SLOTS.by("slots = asyncio.Semaphore(6)")),
    "starts_before_the_slot": Wrong(
        _MOST,
        "before its child is started",
        replace("""
            async with slots:
                try:
                    return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")
        """).by("""
            child = await workflow.start_child_workflow(Bill.run, order, id=f"bill-{order}")
            async with slots:
                try:
                    return await child
        """),
    ),
    "three_at_a_time": Wrong(_FULL, "do not wait for a child", _SLOTS.by("slots = asyncio.Semaphore(3)")),
    "waits_for_the_oldest": Wrong(
        _SLIDES,
        "the next child begins when any child ends",
        _GATHER.by("""
            tasks, results = [], []
            for order in orders:
                tasks.append(asyncio.create_task(bill(order)))
                if len(tasks) - len(results) == 5:
                    results.append(await tasks[len(results)])
            return results + [await task for task in tasks[len(results) :]]
        """),
    ),
}

RIGHT = {
    "five_workers_and_a_queue": Right(
        _BODY.by("""
            results, left = {}, list(orders)

            async def worker() -> None:
                while left:
                    order = left.pop(0)
                    try:
                        results[order] = await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")
                    except exceptions.ChildWorkflowError:
                        results[order] = "failed"

            await asyncio.gather(*(worker() for _ in range(5)))
            return [results[order] for order in orders]
        """)
    ),
    "wait_for_the_first": Right(
        _BODY.by("""
            async def bill(order: str) -> str:
                try:
                    return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")
                except exceptions.ChildWorkflowError:
                    return "failed"

            tasks, running = [], []
            for order in orders:
                if len(running) == 5:
                    _, running = await workflow.wait(running, return_when=asyncio.FIRST_COMPLETED)
                tasks.append(asyncio.create_task(bill(order)))
                running = [*running, tasks[-1]]
            return [await task for task in tasks]
        """)
    ),
    "by_a_handle": Right(
        replace('return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")').by("""
            child = await workflow.start_child_workflow("Bill", order, id="bill-" + order, result_type=str)
            return await child
        """),
    ),
    "a_counter_and_a_condition": Right(
        _BODY.by("""
            self.open = 0

            async def bill(order: str) -> str:
                try:
                    return await workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")
                except exceptions.ChildWorkflowError:
                    return "failed"
                finally:
                    self.open -= 1

            tasks = []
            for order in orders:
                await workflow.wait_condition(lambda: self.open < 5)
                self.open += 1
                tasks.append(asyncio.create_task(bill(order)))
            return [await task for task in tasks]
        """)
    ),
}
