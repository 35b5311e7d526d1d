import asyncio

import pytest
from temporalio.client import WorkflowHistory

from course_lib import server as servers
from tests.replay.runs import record

Histories = dict[str, WorkflowHistory]


@pytest.fixture(scope="session")
def histories(course_server: servers.Server) -> Histories:
    """A history of each kind of run; recorded once, all at the same time."""

    async def recorded() -> Histories:
        return await record(await servers.connect(course_server))

    return asyncio.run(recorded())
