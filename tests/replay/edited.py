"""The workflows of `flows` as a learner may have edited them while a run was on its way."""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from tests.replay.flows import SOON, Mail, Order, charge, reserve


@workflow.defn(name="Buy")
class BuyOther:
    """Another activity first."""

    @workflow.run
    async def run(self, order: Order) -> str:
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        await workflow.sleep(0.05)
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return f"{receipt} {shelf}"


@workflow.defn(name="Buy")
class BuyById:
    """The same activity under another id."""

    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(charge, order, activity_id="pay", start_to_close_timeout=SOON)


@workflow.defn(name="Buy")
class BuySleepFirst:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.sleep(0.05)
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return receipt


@workflow.defn(name="Buy")
class BuyNoSleep:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)


@workflow.defn(name="Buy")
class BuyForAnother:
    """The same commands with other values; the end is another one, too."""

    @workflow.run
    async def run(self, order: Order) -> str:
        other = Order("order-2", 1)
        await workflow.execute_activity(charge, other, start_to_close_timeout=SOON)
        await workflow.sleep(7)
        await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return "another receipt"


@workflow.defn(name="Buy")
class BuyEndsEarly:
    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        await workflow.sleep(0.05)
        return receipt


@workflow.defn(name="Buy")
class BuyMore:
    """One more activity at the end."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        await workflow.sleep(0.05)
        await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return receipt


@workflow.defn(name="Buy")
class BuyBoth:
    """One more activity beside the first."""

    @workflow.run
    async def run(self, order: Order) -> str:
        one = workflow.start_activity(charge, order, start_to_close_timeout=SOON)
        two = workflow.start_activity(reserve, order, start_to_close_timeout=SOON)
        receipt = await one
        await workflow.sleep(0.05)
        return receipt + await two


@workflow.defn(name="Buy")
class BuyNothing:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.wait_condition(lambda: False)
        return "never"


@workflow.defn(name="Buy")
class BuyBroken:
    """A mistake of Python's: the workflow task fails."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return receipt.nothing  # type: ignore[attr-defined,no-any-return]


@workflow.defn(name="Buy")
class BuyFails:
    """Fails the run instead of going on."""

    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        raise ApplicationError("out of stock")


@workflow.defn(name="Buy")
class BuyAgain:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        workflow.continue_as_new(order)


@workflow.defn(name="Buy")
class BuyPatched:
    """Edited as one should: old runs keep the old way."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        if not workflow.patched("no-wait"):
            await workflow.sleep(0.05)
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return f"{receipt} {shelf}"


@workflow.defn(name="Buy")
class BuyDeprecated:
    """The old way is gone although old runs need it."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        workflow.deprecate_patch("no-wait")
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return f"{receipt} {shelf}"


@workflow.defn(name="Buy")
class BuyLonger:
    """Only a timer's length and an argument differ: Temporal does not mind."""

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, Order("other", 1), start_to_close_timeout=SOON)
        await workflow.sleep(5)
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return f"{receipt} {shelf}"


@workflow.defn(name="Buy")
class BuyMail:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_child_workflow(Mail.run, "ada", id=f"{workflow.info().workflow_id}-mail")


@workflow.defn(name="Buy")
class BuyLocal:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn(name="Wide")
class WideTurned:
    """The parts of a gather in another order."""

    @workflow.run
    async def run(self, order: Order) -> list[Any]:
        return await asyncio.gather(
            workflow.sleep(0.1),
            workflow.execute_activity(charge, order, start_to_close_timeout=SOON),
        )


@workflow.defn(name="Approve")
class ApproveMails:
    """Answers a signal with a command that the history does not have."""

    def __init__(self) -> None:
        self.approved_by: list[str] = []

    @workflow.signal
    async def approve(self, who: str) -> None:
        await workflow.execute_activity(charge, Order(who, 1), start_to_close_timeout=SOON)
        self.approved_by.append(who)

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        await workflow.wait_condition(lambda: len(self.approved_by) >= needed, timeout=60)
        return self.approved_by


@workflow.defn(name="Approve")
class ApproveWithoutUpdate:
    """The update's handler is gone."""

    def __init__(self) -> None:
        self.approved_by: list[str] = []

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved_by.append(who)

    @workflow.signal
    async def remind(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        await workflow.wait_condition(lambda: len(self.approved_by) >= needed, timeout=60)
        return self.approved_by


@workflow.defn(name="Family")
class FamilyOtherLocal:
    @workflow.run
    async def run(self, order: Order, other: str) -> str:
        return await workflow.execute_local_activity(reserve, order, start_to_close_timeout=SOON)


@workflow.defn(name="Family")
class FamilyOtherChild:
    @workflow.run
    async def run(self, order: Order, other: str) -> str:
        receipt = await workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON)
        workflow.upsert_memo({"receipt": receipt})
        await workflow.sleep(0.01)
        return await workflow.execute_child_workflow(Mail.run, "ada", id="another-id")


@workflow.defn(name="Loop")
class LoopNoMore:
    @workflow.run
    async def run(self, left: int) -> str:
        await workflow.sleep(0.01)
        return "done"


@workflow.defn(name="Family")
class FamilyNoLocal:
    """The local activity is gone."""

    @workflow.run
    async def run(self, order: Order, other: str) -> str:
        await workflow.sleep(0.01)
        return "nothing"


@workflow.defn(name="Stay")
class StayTimer:
    """Another way to wait, and to end, when it is cancelled."""

    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_activity(
            "hang", order, start_to_close_timeout=SOON, cancellation_type=workflow.ActivityCancellationType.ABANDON
        )
        return "never"


@workflow.defn(name="Patched")
class PatchRenamed:
    """The same patch under another id."""

    @workflow.run
    async def run(self, order: Order) -> str:
        if workflow.patched("other-id"):
            await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn(name="Parent")
class ParentSignalsNobody:
    @workflow.run
    async def run(self, order: Order) -> str:
        child = await workflow.start_child_workflow("Approve", 5, id=f"{workflow.info().workflow_id}-child")
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return await child  # type: ignore[no-any-return]


@workflow.defn(name="Approve")
class ApproveAsksInBetween:
    """An open run does not notice yet that the code asks for more."""

    def __init__(self) -> None:
        self.approved_by: list[str] = []

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved_by.append(who)

    @workflow.signal
    async def remind(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @workflow.update
    async def set_note(self, note: str) -> str:
        await workflow.sleep(0.05)
        await workflow.execute_activity(charge, Order(note, 1), start_to_close_timeout=SOON)
        return note

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        await workflow.wait_condition(lambda: len(self.approved_by) >= needed, timeout=60)
        return self.approved_by


@workflow.defn(name="Fails")
class FailsElsewhere:
    @workflow.run
    async def run(self, order: Order, way: str) -> None:
        await workflow.sleep(0.01)


@workflow.defn(name="Quiet")
class QuietAsks:
    """Asks for an activity where the old code only waited."""

    def __init__(self) -> None:
        self.closed = False

    @workflow.signal
    def close(self) -> None:
        self.closed = True

    @workflow.run
    async def run(self) -> str:
        await workflow.execute_activity(charge, Order("late", 1), start_to_close_timeout=SOON)
        await workflow.wait_condition(lambda: self.closed)
        return "closed"
