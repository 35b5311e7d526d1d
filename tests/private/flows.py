"""A workflow that waits for everything at once."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy


@workflow.defn(name="waits-for-all")
class WaitsForAll:
    """Nobody polls the queue `nobody`, so a single workflow task is the whole run."""

    def __init__(self) -> None:
        self.open = True

    @workflow.run
    async def run(self) -> None:
        other = workflow.get_external_workflow_handle("somebody")
        limit = timedelta(hours=1)
        await asyncio.gather(
            workflow.execute_activity("charge", task_queue="nobody", start_to_close_timeout=limit),
            workflow.execute_child_workflow(
                "Child", id=f"{workflow.info().workflow_id}-child", task_queue="nobody", retry_policy=RetryPolicy()
            ),
            other.signal("hello"),
            other.cancel(),
            workflow.wait_condition(lambda: not self.open),
            workflow.sleep(limit),
        )

    @workflow.signal(name="close")
    def shut(self) -> None:
        self.open = False

    @workflow.query(name="is-open")
    def is_it(self) -> bool:
        return self.open

    @workflow.update(name="add")
    async def more(self, number: int) -> int:
        return number
