# expect: answer instead of raising
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for history in histories:
        await Replayer(workflows=[workflow]).replay_workflow(history)
    return True
