# expect: ✗ two payments at once never take more than the voucher is worth
import asyncio
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from steps import SOON, Order, charge_card


@workflow.defn
class Voucher:
    @workflow.init
    def __init__(self, cents: int) -> None:
        self.left, self.closed, self.busy = cents, False, False

    @workflow.update
    async def pay(self, order: Order) -> int:
        await workflow.wait_condition(lambda: not self.busy)
        self.busy = True
        try:
            if order.amount_cents > self.left:
                raise ApplicationError(f"only {self.left} cents are left")
            await workflow.execute_activity(charge_card, order, start_to_close_timeout=SOON)
            self.left -= order.amount_cents
            return self.left
        finally:
            self.busy = False

    @workflow.signal
    def close(self) -> None:
        self.closed = True

    @workflow.run
    async def run(self, cents: int) -> int:
        await workflow.wait_condition(lambda: self.closed)
        await workflow.wait_condition(lambda: workflow.all_handlers_finished())
        return self.left
