# expect: do not swallow what the Replayer raises
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for history in histories:
        try:
            await Replayer(workflows=[workflow]).replay_workflow(history)
        except Exception as error:
            print("could not replay", error)
    return True
