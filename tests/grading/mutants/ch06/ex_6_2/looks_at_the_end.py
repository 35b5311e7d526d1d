# expect: do not look at how the run ended
from temporalio.client import WorkflowHistory


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    return all(h.events[-1].HasField("workflow_execution_completed_event_attributes") for h in histories)
