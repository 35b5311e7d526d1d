# expect: end the deadline with the decision
import asyncio

from temporalio import workflow

from steps import SOON, Decision, Order, charge_card, mail


@workflow.defn
class Approval:
    def __init__(self) -> None:
        self.outcome = "waiting"

    @workflow.signal
    def decide(self, decision: Decision) -> None:
        if self.outcome == "waiting":
            self.outcome = "approved" if decision.approved else "rejected"

    @workflow.query
    def status(self) -> str:
        return self.outcome

    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            async with asyncio.timeout(order.deadline_seconds):
                await workflow.wait_condition(lambda: self.outcome != "waiting")
                if self.outcome == "approved":
                    await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        except TimeoutError:
            self.outcome = "expired"
        await workflow.execute_activity(mail, "customer", start_to_close_timeout=SOON)
        return self.outcome
