# expect: in front of the first colon
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
