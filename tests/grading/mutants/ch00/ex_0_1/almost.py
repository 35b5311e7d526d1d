# expect: comma, blank and exclamation mark count
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Welcome to the shop {name}"
