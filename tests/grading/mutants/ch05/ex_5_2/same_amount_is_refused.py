# expect: and the amount that the order has
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from steps import SOON, Order, charge_card


@workflow.defn
class OpenOrder:
    @workflow.init
    def __init__(self, order: Order) -> None:
        self.order, self.confirmed = order, False

    @workflow.update
    def correct(self, amount_cents: int) -> int:
        replaced, self.order.amount_cents = self.order.amount_cents, amount_cents
        return replaced

    @correct.validator
    def check_amount(self, amount_cents: int) -> None:
        if self.confirmed:
            raise ApplicationError("the order is confirmed")
        if not 1 <= amount_cents <= 100_000 or amount_cents == self.order.amount_cents:
            raise ApplicationError("an amount is 1 to 100,000 cents")

    @workflow.signal
    def confirm(self) -> None:
        self.confirmed = True

    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.wait_condition(lambda: self.confirmed)
        return await workflow.execute_activity(charge_card, self.order, start_to_close_timeout=SOON)
