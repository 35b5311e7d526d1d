# expect: tells why the one before failed
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = happened["failure"].iloc[-1]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
