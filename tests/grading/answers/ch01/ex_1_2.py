"""Answers to exercise 1.2, Buy once."""

from tests.grading.edits import Wrong, replace, whole

WRONG = {
    "allows_a_duplicate_after_the_end": Wrong(
        "id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE",
        whole("ex-1-2").by("""
            from temporalio.client import Client, WorkflowHandle
            from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
            from temporalio.exceptions import WorkflowAlreadyStartedError

            from checkout import CheckoutWorkflow, Receipt
            from steps import Order


            async def buy(client: Client, order: Order, task_queue: str) -> WorkflowHandle[CheckoutWorkflow, Receipt]:
                return await client.start_workflow(
                    CheckoutWorkflow.run,
                    order,
                    id=f"checkout-{order.id}",
                    task_queue=task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                )
        """),
    ),
    "defaults_with_another_id": Wrong(
        "join the run that is there",
        whole("ex-1-2").by("""
            from temporalio.client import Client, WorkflowHandle
            from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
            from temporalio.exceptions import WorkflowAlreadyStartedError

            from checkout import CheckoutWorkflow, Receipt
            from steps import Order


            async def buy(client: Client, order: Order, task_queue: str) -> WorkflowHandle[CheckoutWorkflow, Receipt]:
                return await client.start_workflow(
                    CheckoutWorkflow.run,
                    order,
                    id=f"checkout-{order.id}",
                    task_queue=task_queue,
                )
        """),
    ),
    "forgotten_await": Wrong(
        "write `await` in front of `client.start_workflow(…)`",
        whole("ex-1-2").by("""
            from temporalio.client import Client, WorkflowHandle
            from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
            from temporalio.exceptions import WorkflowAlreadyStartedError

            from checkout import CheckoutWorkflow, Receipt
            from steps import Order


            async def buy(client: Client, order: Order, task_queue: str) -> WorkflowHandle[CheckoutWorkflow, Receipt]:
                return client.start_workflow(
                    CheckoutWorkflow.run,
                    order,
                    id=f"checkout-{order.id}",
                    task_queue=task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
        """),
    ),
    "handle_of_another_id": Wrong(
        "use the same workflow id for",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("""
            CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        """).by("""
            CheckoutWorkflow.run,
            order,
            id=f"checkout-{order.id}",
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            'client.get_workflow_handle(f"order-{order.id}")'
        ),
    ),
    "id_of_the_customer": Wrong(
        "make the id from the order",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,").by("""
            CheckoutWorkflow.run,
            order,
            id=order.customer,
            task_queue=task_queue,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            "client.get_workflow_handle(order.customer)"
        ),
    ),
    "own_queue": Wrong(
        "hand the parameter `task_queue` to `start_workflow`",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,").by("""
            CheckoutWorkflow.run,
            order,
            id=f"checkout-{order.id}",
            task_queue="checkouts",
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            'client.get_workflow_handle(f"checkout-{order.id}")'
        ),
    ),
    "raises_after_the_end": Wrong(
        "catch WorkflowAlreadyStartedError and return a handle",
        whole("ex-1-2").by("""
            from temporalio.client import Client, WorkflowHandle
            from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
            from temporalio.exceptions import WorkflowAlreadyStartedError

            from checkout import CheckoutWorkflow, Receipt
            from steps import Order


            async def buy(client: Client, order: Order, task_queue: str) -> WorkflowHandle[CheckoutWorkflow, Receipt]:
                return await client.start_workflow(
                    CheckoutWorkflow.run,
                    order,
                    id=f"checkout-{order.id}",
                    task_queue=task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
        """),
    ),
    "random_id": Wrong(
        "a new id at every call is a new workflow",
        replace("from temporalio.client import Client, WorkflowHandle").by("""
            from uuid import uuid4
            from temporalio.client import Client, WorkflowHandle
        """),
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,").by("""
            CheckoutWorkflow.run,
            order,
            id=f"checkout-{uuid4()}",
            task_queue=task_queue,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            'client.get_workflow_handle(f"checkout-{order.id}")'
        ),
    ),
    "returns_the_id": Wrong(
        "return the handle itself",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("""
            return await client.start_workflow(
                CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
        """).by("""
            handle = await client.start_workflow(
                CheckoutWorkflow.run,
                order,
                id=f"checkout-{order.id}",
                task_queue=task_queue,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("""
            except WorkflowAlreadyStartedError:
                return client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)
        """).by("""
            except WorkflowAlreadyStartedError:
                return None
            return handle.id
        """),
    ),
    "swallows_the_refusal": Wrong(
        "return a handle on every path",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,").by("""
            CheckoutWorkflow.run,
            order,
            id=f"checkout-{order.id}",
            task_queue=task_queue,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by("None"),
    ),
    "terminates_the_first": Wrong(
        "it starts a new run while the checkout is under way",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("""
                CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )  # fmt: skip
        """).by("""
                CheckoutWorkflow.run,
                order,
                id=f"checkout-{order.id}",
                task_queue=task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
        """),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            'client.get_workflow_handle(f"checkout-{order.id}")'
        ),
    ),
    "waits_for_the_result": Wrong(
        "`start_workflow`, not `execute_workflow`",
        replace('workflow_id = f"checkout-{order.id}"').by(""),
        replace("""
            return await client.start_workflow(
                CheckoutWorkflow.run, order, id=workflow_id, task_queue=task_queue,
        """).by("""
            return await client.execute_workflow(
                CheckoutWorkflow.run,
                order,
                id=f"checkout-{order.id}",
                task_queue=task_queue,
        """),
        replace(")  # fmt: skip").by(")"),
        replace("client.get_workflow_handle_for(CheckoutWorkflow.run, workflow_id)").by(
            'client.get_workflow_handle(f"checkout-{order.id}")'
        ),
    ),
}
