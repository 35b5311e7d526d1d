# expect: what it prints is not its result
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        print(f"Welcome to the shop, {name}!")
