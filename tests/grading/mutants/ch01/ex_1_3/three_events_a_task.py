# expect: three events are one task
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"].split(":")[0]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = happened["type"].str.startswith("WorkflowTask").sum()
