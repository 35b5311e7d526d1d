# expect: the lead's yes is not finance's
from temporalio import workflow

from steps import SOON, Decision, Order, charge_card, mail


@workflow.defn
class TwoLevels:
    def __init__(self) -> None:
        self.level, self.lead, self.decision = "", "", None

    @workflow.signal
    def decide(self, decision: Decision) -> None:
        if self.decision is None and decision.level == self.level and decision.by != self.lead:
            self.decision = decision

    @workflow.run
    async def run(self, order: Order) -> str:
        approved = False
        for self.level in ("lead", "finance"):
            self.decision = None
            await workflow.execute_activity(mail, self.level, start_to_close_timeout=SOON)
            try:
                await workflow.wait_condition(lambda: self.decision is not None, timeout=order.deadline_seconds)
            except TimeoutError:
                continue
            if not self.decision.approved:
                return "rejected"
            approved = True
            self.lead = self.decision.by
        if approved:
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
        return "approved" if approved else "expired"
