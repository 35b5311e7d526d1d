# expect: give the loop an end
from temporalio import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        greeting = f"Welcome to the shop, {name}!"
        while True:
            greeting = greeting.strip()
