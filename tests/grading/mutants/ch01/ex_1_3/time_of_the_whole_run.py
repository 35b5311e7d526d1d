# expect: that is the whole run
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"].split(":")[0]
lost_seconds = (happened["time"].max() - happened["time"].min()).total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
