# expect: do not look at how the run ended
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
    for history in histories:
        replayed = await Replayer(workflows=[workflow]).replay_workflow(history, raise_on_replay_failure=False)
        completed = history.events[-1].HasField("workflow_execution_completed_event_attributes")
        if replayed.replay_failure is not None or not completed:
            return False
    return True
