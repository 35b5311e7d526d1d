# expect: replay: `await Replayer
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    return Replayer(workflows=[workflow]) is not None and len(histories) > 0
