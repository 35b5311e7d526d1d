# expect: print what your `except` catches
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    try:
        await Replayer(workflows=[workflow]).replay_workflows(histories)
        return True
    except Exception:
        return False
