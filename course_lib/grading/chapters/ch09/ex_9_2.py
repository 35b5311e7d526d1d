"""Exercise 9.2: a window of five children, which slides while one of them hangs and another one fails."""

from typing import TYPE_CHECKING

from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code

_ORDERS, _SLOTS = 14, 5
_STARTED = "StartChildWorkflowExecutionInitiated"
_ENDS = ("ChildWorkflowExecutionCompleted", "ChildWorkflowExecutionFailed", "ChildWorkflowExecutionTerminated")


async def check_window(bench: "Bench", bill_all: "Code") -> None:
    """Hold all charges and count the children; let all but one go; then that one."""
    faults = bench.shop.faults
    async with bench.worker(bill_all):
        orders = [bench.unique("order") for _ in range(_ORDERS)]
        hanging, declined = orders[3], orders[6]
        # The one that hangs is among the first five, and no batch of five ends without it.
        faults.hold("payments", order_id=hanging)
        faults.hold("payments", operation="charge")
        faults.decline(order_id=declined)
        handle = await bench.start(bill_all, orders, id=bench.unique("month"))
        await bench.until(lambda: len(_waiting(bench, orders)) >= _SLOTS, handle)
        events = await bench.events(handle)
        bench.require(
            _open(events) >= 1,
            "children are started",
            expected=f"{_SLOTS} open children",
            seen="no child is open",
            events=tuple(events["event_id"].tail(1)),
            next_step='start `Bill` with `workflow.execute_child_workflow(Bill.run, order, id=f"bill-{order}")`.',
        )
        at_once = _open(await bench.rest(handle))
        bench.did("all charges but one go on; one is declined")
        faults.release("payments", operation="charge")
        others = set(orders) - {hanging, declined}
        through = await bench.until(lambda: others <= set(bench.shop.payments["order_id"]), handle)
        events = await bench.rest(handle)
        faults.release("payments", order_id=hanging)
        run = await bench.finish(handle, alone=True)
    most = max(_most(run.events), at_once)
    bench.expect(
        most <= _SLOTS,
        "at most five children are open at a time",
        expected=f"at most {_SLOTS}",
        seen=f"{most} at a time",
        events=run.ids(_STARTED)[_SLOTS : _SLOTS + 1],
        next_step="let each order wait for one of five slots, `asyncio.Semaphore(5)`, made once for all orders, before "
        "its child is started.",
    )
    bench.expect(
        at_once >= _SLOTS,
        "five children are open while there is work",
        expected=_SLOTS,
        seen=at_once,
        events=run.ids(_STARTED)[-1:],
        next_step="do not wait for a child before the next one is started: `gather` over a helper that takes a slot.",
    )
    charged = len(set(bench.shop.payments["order_id"]))
    if run.completed:  # else its failure says why it went no further
        bench.expect(
            through or most > _SLOTS,
            "the window slides: one slow child holds up no other",
            expected=f"{len(others)} charges while one order hangs",
            seen=f"{_ended(events)} of {_ORDERS} children had ended, and no further one was started",
            events=tuple(events["event_id"].tail(1)),
            next_step="do not work in batches: the next child begins when any child ends.",
        )
    ids = set(_child_ids(run.history))
    bench.expect(
        ids <= {f"bill-{order}" for order in orders} and bool(ids),
        "a child's ID is made of its order's",
        expected=f"bill-{orders[0]}",
        seen=", ".join(sorted(ids)[:2]),
        events=run.ids(_STARTED)[:1],
        next_step='pass `id=f"bill-{order}"`: whoever bills the same order again meets the same child.',
    )
    if not bench.expect(
        run.completed,
        "a child that fails leaves the parent alone",
        expected="the parent completes",
        seen=run.reason or f"completed; {charged} charged",
        events=run.last_event,
        next_step='catch `ChildWorkflowError` around each single child, and return `"failed"` for it.',
    ):
        return
    paid = dict(zip(bench.shop.payments["order_id"], bench.shop.payments["id"], strict=True))
    wanted = [paid.get(order, "failed") for order in orders]
    bench.expect(
        run.result == wanted,
        "the results are in the order of the input",
        expected=wanted,
        seen=run.result,
        events=run.last_event,
        next_step="`gather` returns its results in the order of what it was given, whatever ends first; for the child "
        'that failed, the word is `"failed"`.',
    )


def _waiting(bench: "Bench", orders: list[str]) -> list[str]:
    return [order for order in orders if bench.shop.waiting(order)]


def _ended(events: "pd.DataFrame") -> int:
    return int(events["type"].isin(_ENDS).sum())


def _open(events: "pd.DataFrame") -> int:
    return int((events["type"] == _STARTED).sum()) - _ended(events)


def _most(events: "pd.DataFrame") -> int:
    """Return how many children were open at most."""
    steps = [1 if kind == _STARTED else -1 if kind in _ENDS else 0 for kind in events["type"]]
    now = most = 0
    for step in steps:
        now += step
        most = max(most, now)
    return most


def _child_ids(recorded: object) -> list[str]:
    events = getattr(recorded, "events", [])
    bodies = [event.start_child_workflow_execution_initiated_event_attributes for event in events]
    return [body.workflow_id for body in bodies if body.workflow_id]


EXERCISE = Exercise(answers=("BillAll",), check=check_window)
