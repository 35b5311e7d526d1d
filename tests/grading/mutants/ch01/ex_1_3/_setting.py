"""A checkout that met a failing payment service, as the cell above exercise 1.3 makes it."""

import os
from typing import Any

from course_lib import history


async def setting(stage: Any) -> dict[str, Any]:
    os.environ["SHOP_URL"] = stage.shop.url
    workflow, activity = stage.names["CheckoutWorkflow"], stage.names["charge_card"]
    worker = await stage.worker(workflows=[workflow], activities=[activity])
    # The try that works takes a while, so that the whole run is clearly longer than what was lost.
    stage.shop.faults.next_calls("payments", ["decline", "latency:0.5"])
    order = stage.names["Order"](stage.names["lab"].id("order"), "edsger", 1900)
    bumpy = await stage.client.start_workflow(workflow.run, order, id=order.id, task_queue=stage.task_queue)
    await bumpy.result()
    await worker.stop()
    return {"bumpy": bumpy, "happened": history.events_frame(await history.fetch(bumpy))}
