"""Answers to exercise 1.3, Read a history."""

import os
from typing import Any

from course_lib import history
from tests.grading.edits import Wrong, replace

WRONG = {
    "counts_failed_events": Wrong(
        "failed tries that are retried have no event",
        replace('started["attempt"]').by('(happened["type"] == "ActivityTaskFailed").sum()'),
    ),
    "counts_started_events": Wrong(
        "one row of ActivityTaskStarted is not one try",
        replace('started["attempt"]').by('(happened["type"] == "ActivityTaskStarted").sum()'),
    ),
    "duration_not_seconds": Wrong(
        "has `.total_seconds()`", replace('started["duration"].total_seconds()').by('str(started["duration"])')
    ),
    "forgets_the_last_try": Wrong("the try that worked counts too", replace('["attempt"]').by('["attempt"] - 1')),
    "looks_at_the_end_of_the_workflow": Wrong(
        "tells why the one before failed",
        replace('started["failure"].split(":")[0]').by('happened["failure"].iloc[-1]'),
    ),
    "one_task_per_try": Wrong(
        "a retry of an activity wakes no workflow",
        replace('(happened["type"] == "WorkflowTaskCompleted").sum()').by('started["attempt"] + 2'),
    ),
    "three_events_a_task": Wrong(
        "three events are one task",
        replace('(happened["type"] == "WorkflowTaskCompleted").').by(
            'happened["type"].str.startswith("WorkflowTask").'
        ),
    ),
    "time_of_the_last_try": Wrong(
        "how long the last try took",
        replace('started["duration"].').by(
            'happened.loc[happened["type"] == "ActivityTaskCompleted", "duration"].iloc[0].'
        ),
    ),
    "time_of_the_whole_run": Wrong(
        "that is the whole run",
        replace('started["duration"].').by('(happened["time"].max() - happened["time"].min()).'),
    ),
    "whole_failure_text": Wrong("in front of the first colon", replace('["failure"].split(":")[0]').by('["failure"]')),
}


async def setting(stage: Any) -> dict[str, Any]:
    """A checkout that met a failing payment service, as the cell above exercise 1.3 makes it."""
    os.environ["SHOP_URL"] = stage.shop.url
    workflow, activity = stage.names["CheckoutWorkflow"], stage.names["charge_card"]
    worker = await stage.worker(workflows=[workflow], activities=[activity])
    # The try that works takes a while, so that the whole run is clearly longer than what was lost.
    stage.shop.faults.next_calls("payments", ["decline", "latency:0.5"])
    order = stage.names["Order"](stage.names["lab"].id("order"), "edsger", 1900)
    bumpy = await stage.client.start_workflow(workflow.run, order, id=order.id, task_queue=stage.task_queue)
    await bumpy.result()
    await worker.stop()
    return {"bumpy": bumpy, "happened": history.events_frame(await history.fetch(bumpy))}
