# expect: the number of the line that asks for the command
from datetime import timedelta
from random import Random

from temporalio import workflow

from gifts import pack, wrap

SOON = timedelta(seconds=5)


@workflow.defn
class Ada:
    @workflow.run
    async def run(self, skus: list[str]) -> dict[str, str]:
        steps = {sku: wrap if Random(sku).random() < 0.5 else pack for sku in skus}
        return {sku: await workflow.execute_activity(steps[sku], sku, start_to_close_timeout=SOON) for sku in steps}


@workflow.defn
class Grace:
    @workflow.run
    async def run(self, skus: list[str]) -> dict[str, str]:
        steps = {sku: wrap if hash(sku) % 2 else pack for sku in skus}
        return {sku: await workflow.execute_activity(steps[sku], sku, start_to_close_timeout=SOON) for sku in steps}


@workflow.defn
class Edsger:
    @workflow.run
    async def run(self, skus: list[str]) -> dict[str, str]:
        steps = {sku: pack for sku in set(skus)}
        return {sku: await workflow.execute_activity(steps[sku], sku, start_to_close_timeout=SOON) for sku in steps}


VERDICTS = {"Ada": ("fine", 0), "Grace": ("breaks", 25), "Edsger": ("lies", 33)}
