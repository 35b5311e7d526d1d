# expect: replay *all* histories
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    replayed = await Replayer(workflows=[workflow]).replay_workflow(histories[0], raise_on_replay_failure=False)
    return replayed.replay_failure is None
