# expect: one row of ActivityTaskStarted is not one try
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = (happened["type"] == "ActivityTaskStarted").sum()
error_type = started["failure"].split(":")[0]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
