# expect: has `.total_seconds()`
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"].split(":")[0]
lost_seconds = str(started["duration"])
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
