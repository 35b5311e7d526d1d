# expect: replay *all* histories
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for history in histories:
        replayed = await Replayer(workflows=[workflow]).replay_workflow(history, raise_on_replay_failure=False)
        if replayed.replay_failure is not None:
            return False
        return True
    return True
