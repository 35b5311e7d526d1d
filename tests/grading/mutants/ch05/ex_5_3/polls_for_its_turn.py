# expect: do not ask again and again whether it is your turn
import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from steps import SOON, Order, charge_card


@workflow.defn
class Voucher:
    @workflow.init
    def __init__(self, cents: int) -> None:
        self.left, self.closed = cents, False
        self.busy = False

    @workflow.update
    async def pay(self, order: Order) -> int:
        while self.busy:
            await asyncio.sleep(0.1)
        self.busy = True
        try:
            if order.amount_cents > self.left:
                raise ApplicationError("too little")
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
        await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
        return self.left
