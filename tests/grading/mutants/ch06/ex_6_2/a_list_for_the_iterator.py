# expect: an asynchronous iterator, not a list
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    r = await Replayer(workflows=[workflow]).replay_workflows(histories, raise_on_replay_failure=False)
    return not r.replay_failures
