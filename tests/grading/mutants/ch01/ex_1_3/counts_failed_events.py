# expect: failed tries that are retried have no event
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = (happened["type"] == "ActivityTaskFailed").sum()
error_type = started["failure"].split(":")[0]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
