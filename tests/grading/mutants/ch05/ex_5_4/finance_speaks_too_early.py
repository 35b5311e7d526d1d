# expect: forget what finance said before it was asked
from temporalio import workflow

from steps import SOON, Decision, Order, charge_card, mail


@workflow.defn
class TwoLevels:
    def __init__(self) -> None:
        self.decisions = {}

    @workflow.signal
    def decide(self, decision: Decision) -> None:
        if decision.by in [d.by for d in self.decisions.values() if d.approved]:
            return
        self.decisions.setdefault(decision.level, decision)

    async def ask(self, level, order):
        await workflow.execute_activity(mail, level, start_to_close_timeout=SOON)
        try:
            await workflow.wait_condition(lambda: level in self.decisions, timeout=order.deadline_seconds)
        except TimeoutError:
            return None
        return self.decisions[level].approved

    @workflow.run
    async def run(self, order: Order) -> str:
        if await self.ask("lead", order) is False:
            return "rejected"
        match await self.ask("finance", order):
            case None:
                return "expired"
            case False:
                return "rejected"
        await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        return "approved"
