"""A diagnosis to look at: the finding, what it rests on, and the fix."""

from course_lib.diagnosis import Diagnosis
from course_lib.widgets.look import Kind, View, callout, escape
from course_lib.widgets.prose import inline

_CALLOUTS: dict[str, Kind] = {
    "no_poller": "warning",
    "workflow_task_failing": "error",
    "activity_retrying": "warning",
    "waiting": "info",
    "server_gone": "error",
    "not_found": "error",
    "closed": "info",
}


def diagnosis_view(diagnosis: Diagnosis) -> View:
    """Return a diagnosis as a callout with a table of what was found.

    Args:
        diagnosis: What ``diagnose`` returned.
    """
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td><code>{escape(value)}</code></td></tr>" for label, value in diagnosis.details
    )
    table = f"<table>{rows}</table>" if rows else ""
    fix = f"<div><b>Do this:</b> {inline(diagnosis.fix)}</div>" if diagnosis.fix else ""
    lines = diagnosis.lines()
    return callout(_CALLOUTS[diagnosis.cause], lines[0], "\n".join(lines[1:]), html=table + fix)
