# expect: change the text in the `return` line
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Hello, {name}. Welcome to the shop, {name}!"
