"""The workflow that the check of 2.3 runs the learner's activity with; see `Bench.worker` on its being a file."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class GradedReview:
    """As ``ReviewOrder`` of the notebook: asks by the activity's name."""

    @workflow.run
    async def run(self, order_id: str) -> bool:
        """Return the reviewer's answer."""
        answer: bool = await workflow.execute_activity(
            "ask_reviewer", order_id, result_type=bool, start_to_close_timeout=timedelta(hours=1)
        )
        return answer
