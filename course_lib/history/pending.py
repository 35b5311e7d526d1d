"""What the server knows beyond the history: activities between two attempts, and the workflow task that is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from temporalio.api.workflow.v1 import PendingActivityInfo, PendingWorkflowTaskInfo


@dataclass(frozen=True)
class Pending:
    """The open work of a run, as ``describe`` tells it.

    Args:
        activities: By activity id.
        workflow_task: The workflow task that is due or being carried out, if there is one.
    """

    activities: dict[str, PendingActivityInfo] = field(default_factory=dict)
    workflow_task: PendingWorkflowTaskInfo | None = None

    @classmethod
    def of(cls, described: Any) -> Pending:
        """Return it from whatever is at hand.

        Args:
            described: ``WorkflowExecutionDescription`` (what ``await handle.describe()`` returns), the raw
                ``DescribeWorkflowExecutionResponse``, a ``Pending``, or None.
        """
        if isinstance(described, Pending):
            return described
        raw = getattr(described, "raw_description", described)
        if raw is None:
            return cls()
        return cls(
            activities={activity.activity_id: activity for activity in raw.pending_activities},
            workflow_task=raw.pending_workflow_task if raw.HasField("pending_workflow_task") else None,
        )
