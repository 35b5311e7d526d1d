"""Edits of the recorded orders' workflow that 6.2's function has to judge; a file of its own for the sandbox.

Neither the names nor the docstrings say which are harmless: a function that reads them has not replayed anything.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

OPTIONS: dict[str, Any] = dict(
    start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1)
)
LONGER: dict[str, Any] = dict(start_to_close_timeout=timedelta(minutes=4))
Order = dict[str, str]


async def _call(name: str, order: Order, options: dict[str, Any] = OPTIONS) -> str:
    result: str = await workflow.execute_activity(name, order, result_type=str, **options)
    return result


# Harmless: arguments of a call are not compared.
@workflow.defn(name="OrderWorkflow")
class EditC:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order, LONGER)
        if order["customer"] == "gift":
            await _call("wrap_gift", order, LONGER)
        return await _call("ship_parcel", {**order, "express": "yes"}, LONGER)


# Harmless: the new step is behind a patch.
@workflow.defn(name="OrderWorkflow")
class EditF:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order)
        if workflow.patched("receipt"):
            await _call("send_receipt", order)
        if order["customer"] == "gift":
            await _call("wrap_gift", order)
        return await _call("ship_parcel", order)


# Harmless: a handler that no old run ever heard of.
@workflow.defn(name="OrderWorkflow")
class EditH:
    """One of the edits."""

    def __init__(self) -> None:
        self.note = ""

    @workflow.signal
    def remark(self, note: str) -> None:
        """Keep a note."""
        self.note = note

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order)
        if order["customer"] == "gift":
            await _call("wrap_gift", order)
        return await _call("ship_parcel", order)


# Bad: breaks what got past the charge.
@workflow.defn(name="OrderWorkflow")
class EditA:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order)
        await _call("send_receipt", order)
        if order["customer"] == "gift":
            await _call("wrap_gift", order)
        return await _call("ship_parcel", order)


# Bad, and no non-determinism: the workflow task of every order that lacks the new field fails.
@workflow.defn(name="OrderWorkflow")
class EditI:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        address = order["address"]
        await _call("charge_card", order)
        if order["customer"] == "gift":
            await _call("wrap_gift", order)
        return await _call("ship_parcel", {**order, "address": address})


# Bad: another order of the same commands; breaks every history.
@workflow.defn(name="OrderWorkflow")
class EditB:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        parcel = await _call("ship_parcel", order)
        await _call("charge_card", order)
        return parcel


# Bad: breaks the histories of gifts alone.
@workflow.defn(name="OrderWorkflow")
class EditE:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order)
        return await _call("ship_parcel", order)


# Bad: breaks the open order's history alone, as it is plain.
@workflow.defn(name="OrderWorkflow")
class EditD:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        await _call("charge_card", order)
        await _call("wrap_gift", order)
        return await _call("ship_parcel", order)


# Bad: breaks the declined order's history alone, by going on where it ended.
@workflow.defn(name="OrderWorkflow")
class EditG:
    """One of the edits."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """See the class."""
        try:
            await _call("charge_card", order)
        except Exception:
            await _call("send_receipt", order)
        if order["customer"] == "gift":
            await _call("wrap_gift", order)
        return await _call("ship_parcel", order)
