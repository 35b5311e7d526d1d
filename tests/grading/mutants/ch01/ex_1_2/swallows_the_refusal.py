# expect: return a handle on every path
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from checkout import CheckoutWorkflow, Receipt
from steps import Order


async def buy(client: Client, order: Order, task_queue: str) -> WorkflowHandle[CheckoutWorkflow, Receipt]:
    try:
        return await client.start_workflow(
            CheckoutWorkflow.run,
            order,
            id=f"checkout-{order.id}",
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    except WorkflowAlreadyStartedError:
        return None
