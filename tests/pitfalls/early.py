"""A workflow whose module reads the clock when it is imported, see ``test_said.py``."""

from datetime import datetime

from temporalio import workflow

NOW = datetime.now()


@workflow.defn
class Early:
    @workflow.run
    async def run(self) -> str:
        return str(NOW)
