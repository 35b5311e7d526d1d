# expect: count every failure of a replay
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for history in histories:
        try:
            await Replayer(workflows=[workflow]).replay_workflow(history)
        except NondeterminismError:
            return False
    return True
