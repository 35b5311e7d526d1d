# expect: how long the last try took
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"].split(":")[0]
lost_seconds = happened.loc[happened["type"] == "ActivityTaskCompleted", "duration"].iloc[0].total_seconds()
workflow_tasks = (happened["type"] == "WorkflowTaskCompleted").sum()
