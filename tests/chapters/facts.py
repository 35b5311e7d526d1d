"""Workflows and an activity that show what chapters say of Temporal."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

SHORT = timedelta(seconds=2)
timed_out: dict[str, bool] = {}
"""For each run of `hang` that was cancelled, by what it was asked with, whether it heard of a timeout."""


@activity.defn
async def hang(which: str) -> None:
    """Hang in a call that never returns."""
    activity.heartbeat()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        timed_out[which] = details is not None and details.timed_out
        raise


@workflow.defn
class TimesOut:
    """Lets an activity time out."""

    @workflow.run
    async def run(self, which: str) -> str:
        """Return the timeout in words."""
        silence = SHORT if which == "heartbeat" else None
        limit = SHORT if which == "start_to_close" else timedelta(minutes=5)
        once = RetryPolicy(maximum_attempts=1)
        try:
            await workflow.execute_activity(
                hang, which, start_to_close_timeout=limit, heartbeat_timeout=silence, retry_policy=once
            )
        except ActivityError as error:
            return str(error.cause)
        return ""


@workflow.defn
class Raises:
    """Raises a `TimeoutError`."""

    @workflow.run
    async def run(self) -> None:
        """Raise it."""
        raise TimeoutError("nobody answered")
