"""What the server knows beyond the history: activities between two attempts, and the workflow task that is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import RetryPolicy
from temporalio.api.workflow.v1 import PendingActivityInfo, PendingWorkflowTaskInfo

from course_lib.history.moments import elapsed


@dataclass(frozen=True)
class Pending:
    """The open work of a run, as ``describe`` tells it.

    Args:
        activities: By activity id.
        workflow_task: The workflow task that is due or being carried out, if there is one.
    """

    activities: dict[str, PendingActivityInfo] = field(default_factory=dict)
    workflow_task: PendingWorkflowTaskInfo | None = None

    @property
    def unsettled(self) -> bool:
        """Whether things go on that the history does not tell: an activity's attempts, a task that is retried."""
        return bool(self.activities) or (self.workflow_task is not None and self.workflow_task.attempt > 1)

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


def pause(activity: PendingActivityInfo) -> timedelta:
    """Return how long an activity waits between its last attempt and the next one; nothing unless it waits for that.

    Args:
        activity: As ``describe`` tells it. After a timeout the server (1.32) gives the time of day as the interval:
            then the retry policy has to say it.
    """
    told = elapsed(activity.current_retry_interval)
    if not told or activity.HasField("last_attempt_complete_time"):
        return told
    return backoff(activity.activity_options.retry_policy, activity.attempt - 2)


def backoff(policy: RetryPolicy, number: int) -> timedelta:
    """Return how long a retry policy has an activity wait.

    Args:
        policy: The policy.
        number: Which pause, from 0.
    """
    first = elapsed(policy.initial_interval).total_seconds()
    longest = elapsed(policy.maximum_interval).total_seconds() or 100 * first
    growth = max(policy.backoff_coefficient, 1.0) ** min(number, 64)
    return timedelta(seconds=min(first * growth, longest))
