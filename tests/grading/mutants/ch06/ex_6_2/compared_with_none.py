# expect: a dict, and empty when none did
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    async def each():
        for h in histories:
            yield h

    results = await Replayer(workflows=[workflow]).replay_workflows(each(), raise_on_replay_failure=False)
    return results.replay_failures is None
