# expect: put an `f` in front of the quotation mark
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return "Welcome to the shop, {name}!"
