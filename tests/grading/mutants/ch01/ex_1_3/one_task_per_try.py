# expect: a retry of an activity wakes no workflow
started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]
tries = started["attempt"]
error_type = started["failure"].split(":")[0]
lost_seconds = started["duration"].total_seconds()
workflow_tasks = started["attempt"] + 2
