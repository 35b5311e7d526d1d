"""Workflows that show what chapter 08 says of timers, limits and zones."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from temporalio import workflow

HOUR = timedelta(hours=1)


@workflow.defn
class Edges:
    """Waits and sleeps for no time, and less."""

    @workflow.run
    async def run(self, seconds: float) -> list[str]:
        """Return what each of them did."""
        said = []
        for holds in (False, True):
            try:
                await workflow.wait_condition(lambda holds=holds: holds, timeout=seconds)
                said.append("returned")
            except TimeoutError:
                said.append("TimeoutError")
        await workflow.sleep(seconds)
        return [*said, "slept"]


@workflow.defn
class Zoned:
    """Computes with a zone in the sandbox."""

    @workflow.run
    async def run(self, zone: str) -> str:
        """Return the local time."""
        return workflow.now().astimezone(ZoneInfo(zone)).isoformat()


@workflow.defn
class Waits:
    """Waits for a day, and counts its timers."""

    def __init__(self) -> None:
        self.open = True

    @workflow.signal
    def close(self) -> None:
        """End the wait."""
        self.open = False

    @workflow.run
    async def run(self) -> str:
        """Return how it ended."""
        try:
            await workflow.wait_condition(lambda: not self.open, timeout=24 * HOUR, timeout_summary="a day")
        except TimeoutError:
            return "silent"
        return "closed"


@workflow.defn
class Races:
    """Has two timers, and cancels the later one."""

    @workflow.run
    async def run(self) -> int:
        """Return how many were late."""
        naps = [asyncio.create_task(workflow.sleep(hours * HOUR)) for hours in (2, 1)]
        _, late = await workflow.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()
        return len(late)
