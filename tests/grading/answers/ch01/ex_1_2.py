"""Answers to exercise 1.2, Buy once."""

from tests.grading.edits import Right, Wrong, replace

CAUGHT = replace("return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)")

CLAIMS = {
    "a client, an `Order`, a task queue.": ("own_queue", "order_id_alone", "queue_in_the_id"),
    "`buy` may be called any number of times for one order, while its checkout runs": "defaults_with_another_id",
    "and after it completed,": ("raises_after_the_end", "swallows_the_refusal"),
    "from any process.": ("hash_in_the_id", "date_in_the_id"),
    "There is one run": ("random_id", "allows_a_duplicate_after_the_end", "terminates_the_first"),
    "and one charge": "one_more_run",
    "per order,": ("id_of_the_amount", "id_of_the_customer"),
    "and every call returns a handle": ("returns_the_id", "looks_first", "nobody_waits_for_the_start"),
    "to that run": "handle_of_another_id",
    "at once.": ("sleeps_first", "waits_for_the_result", "sleeps_and_asks_again"),
    "Only a call may buy a failed order again.": "retry_policy_of_the_workflow",
    "When a start fails otherwise, `buy` raises.": "catches_everything",
    "`buy(client, order, queue)` twice → two handles to one run.": "random_id",
}

WRONG = {
    "looks_first": Wrong(
        "of two calls at the same moment both return a handle",
        "let `start_workflow` itself decide",
        replace("""
            try:
                return await client.start_workflow(
                    CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )  # fmt: skip
            except WorkflowAlreadyStartedError:
                return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)
        """).by("""
            handle = client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)
            try:
                await handle.describe()
                return handle
            except Exception:
                return await client.start_workflow(
                    CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
        """),
    ),
    "nobody_waits_for_the_start": Wrong(
        "the first call starts a run and returns its handle",
        "`await` the call of `client.start_workflow(…)`",
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
        replace("return await client.start_workflow(").by("starting = client.start_workflow("),
        replace("except WorkflowAlreadyStartedError:").by("""
                asyncio.create_task(starting)
                return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)
            except WorkflowAlreadyStartedError:
        """),
    ),
    "queue_in_the_id": Wrong(
        "a call while the checkout is under way gives the same run",
        "or for every queue",
        replace("{order.id}").by("{task_queue}-{order.id}"),
    ),
    "retry_policy_of_the_workflow": Wrong(
        "a checkout that fails is not run again by itself",
        "take `retry_policy` out",
        replace("import WorkflowIDConflictPolicy").by("import RetryPolicy, WorkflowIDConflictPolicy"),
        replace("task_queue=task_queue,").by("task_queue=task_queue, retry_policy=RetryPolicy(maximum_attempts=3),"),
    ),
    "one_more_run": Wrong(
        "the list of runs has one checkout for the order, which is charged once",
        "start nothing else in buy",
        replace('workflow_id = f"checkout-{order.id}"').by("""
            workflow_id = f"checkout-{order.id}"
            await client.start_workflow(CheckoutWorkflow.run, order, id=f"{workflow_id}-{uuid4()}", task_queue=task_queue)
        """),
        replace("from temporalio.client").by("from uuid import uuid4\n\nfrom temporalio.client"),
    ),
    "id_of_the_amount": Wrong(
        "another order of the same customer has a workflow of its own",
        "make the id from the order",
        replace('f"checkout-{order.id}"').by('f"{order.customer}-{order.amount_cents}"'),
    ),
    "order_id_alone": Wrong(
        "the checkouts complete on the queue that buy was given",
        "what arrived is of the type str, and the code names Order",
        replace("CheckoutWorkflow.run, order,").by("CheckoutWorkflow.run, order.id,"),
    ),
    "hash_in_the_id": Wrong(
        "a call while the checkout is under way gives the same run",
        "in every process",
        replace("{order.id}").by("{hash(order.id)}"),
    ),
    "date_in_the_id": Wrong(
        "a call while the checkout is under way gives the same run",
        "on every day",
        replace("{order.id}").by("{date.today()}-{order.id}"),
        replace("from temporalio.client").by("from datetime import date\n\nfrom temporalio.client"),
    ),
    "catches_everything": Wrong(
        "a start that fails for another reason is not taken for a run",
        "catch WorkflowAlreadyStartedError and nothing else",
        replace("except WorkflowAlreadyStartedError:").by("except Exception:"),
    ),
    "sleeps_first": Wrong(
        "buy waits for the server alone",
        "take the sleep out",
        replace("try:").by("await asyncio.sleep(0.3)\ntry:"),
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
    ),
    "sleeps_and_asks_again": Wrong(
        "buy waits for the server alone",
        "take the sleep out",
        replace("USE_EXISTING").by("FAIL"),
        CAUGHT.by("""
            while True:
                await asyncio.sleep(1)
        """),
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
    ),
    "allows_a_duplicate_after_the_end": Wrong(
        "a call after the checkout completed gives the same run",
        "id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE",
        replace("id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,").by(""),
    ),
    "defaults_with_another_id": Wrong(
        "a call while the checkout is under way returns a handle",
        "join the run that is there",
        replace("""
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        """).by(""),
        CAUGHT.by("raise"),
    ),
    "forgotten_await": Wrong(
        ("a call that has to be awaited is awaited", "the first call starts a run and returns its handle"),
        "write `await` in front of `client.start_workflow(…)`",
        replace("await client").by("client"),
    ),
    "handle_of_another_id": Wrong(
        "a call while the checkout is under way returns a handle",
        "one with the same workflow ID",
        replace("USE_EXISTING").by("FAIL"),
        CAUGHT.by('return client.get_workflow_handle(f"order-{order.id}")'),
    ),
    "half_the_id": Wrong(
        "another order of the same customer has a workflow of its own",
        "make the id from the order",
        replace('f"checkout-{order.id}"').by('f"checkout-{order.id[:8]}"'),
    ),
    "id_of_the_customer": Wrong(
        "another order of the same customer has a workflow of its own",
        "make the id from the order",
        replace('f"checkout-{order.id}"').by("order.customer"),
    ),
    "own_queue": Wrong(
        "the checkouts complete on the queue that buy was given",
        "hand the parameter `task_queue` to `start_workflow`",
        replace("=task_queue").by('="checkouts"'),
    ),
    "raises_after_the_end": Wrong(
        "a call after the checkout completed returns a handle",
        "catch WorkflowAlreadyStartedError and return a handle",
        CAUGHT.by("raise"),
    ),
    "random_id": Wrong(
        "a call while the checkout is under way gives the same run",
        "this one is another at every call",
        replace("from temporalio.client").by("from uuid import uuid4\n\nfrom temporalio.client"),
        replace("id=workflow_id").by('id=f"checkout-{uuid4()}"'),
    ),
    "returns_the_id": Wrong(
        "the first call starts a run and returns its handle",
        "return the handle itself",
        replace("return await client.start_workflow(").by("return (await client.start_workflow("),
        replace(")  # fmt: skip").by(")).id"),
    ),
    "swallows_the_refusal": Wrong(
        "a call after the checkout completed returns a handle",
        "return a handle on every path",
        CAUGHT.by("return None"),
    ),
    "terminates_the_first": Wrong(
        "a call while the checkout is under way gives the same run",
        "it starts a new run while the checkout is under way",
        replace("USE_EXISTING").by("TERMINATE_EXISTING"),
        replace("REJECT_DUPLICATE").by("ALLOW_DUPLICATE"),
    ),
    "policies_that_exclude_each_other": Wrong(
        "the first call starts a run and returns its handle",
        "take `USE_EXISTING`",
        replace("USE_EXISTING").by("TERMINATE_EXISTING"),
    ),
    "waits_for_the_result": Wrong(
        "the first call starts a run and returns its handle",
        "no `execute_workflow`",
        replace("start_workflow").by("execute_workflow"),
    ),
}

RIGHT = {
    "error_tells_the_run": Right(
        replace("except WorkflowAlreadyStartedError:").by("except WorkflowAlreadyStartedError as error:"),
        CAUGHT.by("return client.get_workflow_handle(error.workflow_id, run_id=error.run_id)"),
    ),
    "looks_first_and_decides_nothing": Right(
        replace("from temporalio.client").by("from contextlib import suppress\n\nfrom temporalio.client"),
        replace("from temporalio.exceptions").by("from temporalio.service import RPCError\nfrom temporalio.exceptions"),
        replace("try:").by("""
            with suppress(RPCError):
                run_id = (await client.get_workflow_handle(workflow_id).describe()).run_id
                return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id, run_id=run_id)
            try:
        """),
    ),
    "one_policy": Right(replace("id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,").by("")),
    "by_name": Right(
        replace("CheckoutWorkflow.run, order, id=workflow_id").by(
            '"CheckoutWorkflow", args=[order], id=workflow_id, result_type=Receipt'
        ),
        CAUGHT.by('return client.get_workflow_handle(f"checkout-{order.id}", result_type=Receipt)'),
    ),
    "no_type_hints": Right(
        replace("async def buy(client: Client, order: Order, task_queue: str)").by(
            "async def buy(client, order, task_queue)"
        ),
    ),
    "suppressed": Right(
        replace("from temporalio.client").by("from contextlib import suppress\n\nfrom temporalio.client"),
        replace("try:").by("with suppress(WorkflowAlreadyStartedError):"),
        replace("""
            except WorkflowAlreadyStartedError:
                return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)
        """).by("return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)"),
    ),
}
