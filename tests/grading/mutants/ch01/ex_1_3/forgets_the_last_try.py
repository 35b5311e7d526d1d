# expect: the try that worked counts too
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"] - 1
error_type = started["failure"].split(":")[0]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
