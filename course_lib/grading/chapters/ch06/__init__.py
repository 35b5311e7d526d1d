"""Chapter 06, versioning: break a running order by an edit, patch it, replay before the deploy, roll versions out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def _fate(events: "pd.DataFrame") -> str:
    """Return what became of an order, from its history."""
    last = str(events["type"].iloc[-1])
    if last == "WorkflowExecutionCompleted":
        return "with a receipt" if "send_receipt" in set(events["name"]) else "without a receipt"
    return "stuck" if last.startswith("WorkflowTask") else last


CLASSIFY = {"6.a": _fate}
"""What a run showed as the value of one option, see `Prediction.classify`."""
