"""The workflow that the check of 4.3 runs the learner's activity with; see `Bench.worker` on its being a file."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy


@workflow.defn
class GradedShortage:
    """Gives back one article after the other, by the activity's name."""

    @workflow.run
    async def run(self, missing: list[dict[str, Any]]) -> list[str]:
        """Return the refunds' ids."""
        policy = RetryPolicy(backoff_coefficient=1, maximum_attempts=12, non_retryable_error_types=["BadRequest"])
        limit = timedelta(seconds=4)
        return [
            await workflow.execute_activity(
                "give_back", article, result_type=str, start_to_close_timeout=limit, retry_policy=policy
            )
            for article in missing
        ]
