# expect: put `@workflow.defn` above
from temporalio import workflow


class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Welcome to the shop, {name}!"
