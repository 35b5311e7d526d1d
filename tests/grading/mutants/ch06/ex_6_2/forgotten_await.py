# expect: write `await` in front of the replay
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for h in histories:
        try:
            Replayer(workflows=[workflow]).replay_workflow(h)
        except Exception:
            return False
    return True
