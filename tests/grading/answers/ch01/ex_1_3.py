"""Answers to exercise 1.3, Read a history."""

import secrets
from typing import Any

import pytest

from course_lib import history
from course_lib import shop as shops
from course_lib.server import Server, connect
from course_lib.workers import start_worker
from tests.grading.edits import Given, Right, Wrong, replace, whole

CLAIMS = {
    "`happened`, the DataFrame of the run above.": Given("what the learner has; the check reads the same run"),
    "four answers about it:": Given("they follow"),
    "how many attempts `charge_card` took": ("counts_failed_events", "counts_started_events"),
    "the type of the error that it met": ("whole_failure_text", "looks_at_the_end_of_the_workflow"),
    "how many seconds passed": ("duration_not_seconds", "time_of_the_whole_run"),
    "from the request for the charge to the start of the attempt that worked": "time_of_the_last_try",
    "how many workflow tasks completed.": ("one_task_per_try", "three_events_a_task"),
    'a quiet checkout: `1`, `""`, `0.01`, `2`': Given("another run, so that it cannot be copied"),
}

WRONG = {
    "counts_failed_events": Wrong(
        "tries: how many attempts charge_card took",
        "failed attempts that are retried have no event",
        replace('started["attempt"]').by('(happened["type"] == "ActivityTaskFailed").sum()'),
    ),
    "swapped": Wrong(
        ("tries: how many attempts charge_card took", "workflow_tasks: how many of them completed"),
        "one row of ActivityTaskStarted is not one attempt",
        replace("tries =").by("workflow_tasks ="),
        replace("workflow_tasks =").by("tries ="),
    ),
    "a_whole_column": Wrong(
        "tries is one value",
        "take the one value out of it",
        replace('started["attempt"]').by('happened["attempt"]'),
    ),
    "one_left": Wrong(
        (
            "lost_seconds is answered",
            "lost_seconds: from asking for the charge to the start of the attempt that worked",
        ),
        "replace the `...` of lost_seconds",
        replace('started["duration"].total_seconds()').by("..."),
    ),
    "rounded": Wrong(
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        "which keeps what comes after the point",
        replace(".total_seconds()").by(".seconds"),
    ),
    "milliseconds": Wrong(
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        "these are milliseconds",
        replace(".total_seconds()").by(".total_seconds() * 1000"),
    ),
    "counts_started_events": Wrong(
        "tries: how many attempts charge_card took",
        "one row of ActivityTaskStarted is not one attempt",
        replace('started["attempt"]').by('(happened["type"] == "ActivityTaskStarted").sum()'),
    ),
    "duration_not_seconds": Wrong(
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        "has `.total_seconds()`",
        replace('started["duration"].total_seconds()').by('str(started["duration"])'),
    ),
    "forgets_the_last_try": Wrong(
        "tries: how many attempts charge_card took",
        "the attempt that worked counts too",
        replace('["attempt"]').by('["attempt"] - 1'),
    ),
    "looks_at_the_end_of_the_workflow": Wrong(
        "error_type: what the failed attempt raised",
        "tells why the one before failed",
        replace('started["failure"].split(":")[0]').by('happened["failure"].iloc[-1]'),
    ),
    "one_task_per_try": Wrong(
        "workflow_tasks: how many of them completed",
        "a retry of an activity wakes no workflow",
        replace('(happened["type"] == "WorkflowTaskCompleted").sum()').by('started["attempt"] + 2'),
    ),
    "three_events_a_task": Wrong(
        "workflow_tasks: how many of them completed",
        "three events are one task",
        replace('(happened["type"] == "WorkflowTaskCompleted").').by(
            'happened["type"].str.startswith("WorkflowTask").'
        ),
    ),
    "time_of_the_last_try": Wrong(
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        "how long the last attempt took",
        replace('started["duration"].').by(
            'happened.loc[happened["type"] == "ActivityTaskCompleted", "duration"].iloc[0].'
        ),
    ),
    "time_of_the_whole_run": Wrong(
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        "that is the whole run",
        replace('started["duration"].').by('(happened["time"].max() - happened["time"].min()).'),
    ),
    "whole_failure_text": Wrong(
        "error_type: what the failed attempt raised",
        "in front of the first colon",
        replace('["failure"].split(":")[0]').by('["failure"]'),
    ),
}

RIGHT = {
    "row_by_row": Right(
        whole("ex-1-3").by("""
            workflow_tasks = 0
            for row in happened.to_dict("records"):
                if row["type"] == "WorkflowTaskCompleted":
                    workflow_tasks += 1
                elif row["type"] == "ActivityTaskStarted":
                    tries, lost_seconds = row["attempt"], row["duration"].total_seconds()
                    error_type, _, _ = row["failure"].partition(":")
        """)
    ),
    "rounded_to_hundredths": Right(
        replace('started["duration"].total_seconds()').by('round(started["duration"].total_seconds(), 2)')
    ),
    "queries": Right(
        replace('happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]').by(
            "happened.query(\"type == 'ActivityTaskStarted'\").iloc[0]"
        ),
        replace('started["attempt"]').by("int(started.attempt)"),
        replace('started["failure"].split(":")[0]').by('started.failure[: started.failure.index(":")]'),
        replace('(happened["type"] == "WorkflowTaskCompleted").sum()').by(
            'happened["type"].value_counts()["WorkflowTaskCompleted"]'
        ),
    ),
    "difference_of_times": Right(
        replace('started = happened[happened["type"] == "ActivityTaskStarted"].iloc[-1]').by("""
            started = happened.set_index("type").loc["ActivityTaskStarted"]
            asked = happened.set_index("type").loc["ActivityTaskScheduled"]
        """),
        replace('started["duration"].total_seconds()').by('(started["time"] - asked["time"]) / pandas.Timedelta("1s")'),
        replace("tries =").by("import pandas\n\ntries ="),
        replace('(happened["type"] == "WorkflowTaskCompleted").sum()').by(
            'len([kind for kind in happened["type"] if kind == "WorkflowTaskCompleted"])'
        ),
    ),
    "read_off_and_typed_in": Right(
        replace('started["attempt"]').by('int(happened["attempt"].max())'),
        replace('started["failure"].split(":")[0]').by('"CardDeclined"'),
        replace('(happened["type"] == "WorkflowTaskCompleted").sum()').by("2"),
    ),
}


async def setting(names: dict[str, Any], server: Server) -> dict[str, Any]:
    """A checkout that met a failing payment service, as the cell above exercise 1.3 makes it."""
    base = f"setting-{secrets.token_hex(4)}"
    shop = shops.open_shop(base)
    worker = await start_worker(
        lambda: connect(server), base, workflows=[names["CheckoutWorkflow"]], activities=[names["charge_card"]]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_URL", shop.url)
        # The try that works takes a while, so that the whole run is clearly longer than what was lost.
        shop.faults.next_calls("payments", ["decline", "decline", "latency:0.5"])
        order = names["Order"](base, "edsger", 1900)
        client = await connect(server)
        bumpy = await client.start_workflow(names["CheckoutWorkflow"].run, order, id=base, task_queue=base)
        await bumpy.result()
    await worker.stop()
    shop.delete()
    return {"bumpy": bumpy, "happened": history.events_frame(await history.fetch(bumpy))}
