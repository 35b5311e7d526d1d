"""Answers to exercise 1.2, Buy once."""

from tests.grading.edits import Right, Wrong, replace

CAUGHT = replace("return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)")

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
    "allows_a_duplicate_after_the_end": Wrong(
        (
            "a call after the checkout completed gives the same run",
            "the list of runs has one checkout for the order",
            "the customer is charged once",
        ),
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
        "the first call starts a run and returns its handle",
        "write `await` in front of `client.start_workflow(…)`",
        replace("await client").by("client"),
    ),
    "handle_of_another_id": Wrong(
        "a call while the checkout is under way returns a handle",
        "use the same workflow ID for",
        replace("USE_EXISTING").by("FAIL"),
        CAUGHT.by('return client.get_workflow_handle(f"order-{order.id}")'),
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
        (
            "a call while the checkout is under way gives the same run",
            "a call after the checkout completed gives the same run",
            "the list of runs has one checkout for the order",
            "the customer is charged once",
        ),
        "a new id at every call is a new workflow",
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
        (
            "a call while the checkout is under way gives the same run",
            "a call after the checkout completed gives the same run",
            "the list of runs has one checkout for the order",
            "the customer is charged once",
        ),
        "it starts a new run while the checkout is under way",
        replace("USE_EXISTING").by("TERMINATE_EXISTING"),
        replace("REJECT_DUPLICATE").by("ALLOW_DUPLICATE"),
    ),
    "waits_for_the_result": Wrong(
        "the first call starts a run and returns its handle",
        "`start_workflow`, not `execute_workflow`",
        replace("start_workflow").by("execute_workflow"),
    ),
}

RIGHT = {
    "error_tells_the_run": Right(
        replace("except WorkflowAlreadyStartedError:").by("except WorkflowAlreadyStartedError as error:"),
        CAUGHT.by("return client.get_workflow_handle(error.workflow_id, run_id=error.run_id)"),
    ),
    "one_policy": Right(replace("id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,").by("")),
    "by_name": Right(
        replace("CheckoutWorkflow.run, order, id=workflow_id").by(
            '"CheckoutWorkflow", args=[order], id=workflow_id, result_type=Receipt'
        ),
        CAUGHT.by('return client.get_workflow_handle(f"checkout-{order.id}", result_type=Receipt)'),
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
