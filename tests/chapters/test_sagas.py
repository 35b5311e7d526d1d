"""Chapter 04's own sagas against a hundred random bad days, a killed worker and a killed server.

The seed of a failure is printed; ``SAGA_SEED=… pytest tests/chapters/test_sagas.py`` draws the same schedules again.
"""

import asyncio
import os
import random
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from course_lib import server as servers
from course_lib.cells import Modules
from course_lib.grading import sources
from course_lib.grading.chapters.ch04.books import Books, books
from course_lib.shop import Shop, open_shop, stop_service
from course_lib.shop.looking import Watcher
from course_lib.workers import WorkerProcess
from tests.conftest import no_revisions
from tests.server.conftest import on_disk, own_state  # noqa: F401 - fixtures
from tests.until import until

pytestmark = pytest.mark.slow

MODULES = ("orders", "forward", "backward", "way_back", "saga", "patience", "grace")
STEPS = (("payments", "charge"), ("warehouse", "reserve_stock"), ("warehouse", "ship"), ("mailer", "send_mail"))
UNDOING = (("payments", "refund_order"), ("warehouse", "release_order"), ("warehouse", "recall_parcel"))
# After 2 s the client gives up, and the service has done nothing.
BAD = ("outage", "error", "timeout", "ok", "duplicate", "latency:0.3", "latency:2.5")
LIMIT, CANCELLING = 100.0, 20.0  # a quiet machine is done in 30 s


@dataclass
class Schedule:
    """What one order meets."""

    order: str
    workflow: str
    sku: str
    scripts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    courier_in: float = 1.0
    cancel: tuple[str, str | float] | None = None
    """When: ("after", seconds), ("under way", operation) or ("asked", operation)."""

    @classmethod
    def drawn(cls, rng: random.Random, order: str) -> "Schedule":
        workflow = rng.choice(("OrderSaga", "GraceSaga", "GraceSaga"))
        made = cls(order, workflow, rng.choice(["teapot"] * 8 + ["samovar", "engraved"]), courier_in=rng.uniform(0, 4))
        for place in (*STEPS, *UNDOING):
            if rng.random() < 0.35:
                made.scripts[place] = [rng.choice(BAD) for _ in range(rng.randint(1, 4))]
        if rng.random() < 0.1:
            made.scripts["payments", "charge"] = ["decline"]
        if workflow == "GraceSaga":
            made._draw_cancel(rng)
        return made

    def _draw_cancel(self, rng: random.Random) -> None:
        place = rng.choice((*STEPS, *UNDOING[:2]))
        kind = rng.choice(("never", "after", "under way", "under way", "asked"))
        if kind == "after":
            self.cancel = ("after", rng.uniform(0, 6))
        if kind in ("under way", "asked"):
            # Nothing else goes wrong, so that it gets there: slow enough for a request to come meanwhile, and quick
            # enough to be answered; or between two tries.
            self.sku, self.cancel = "teapot", (kind, place[1])
            self.scripts = {place: ["latency:1.5"] if kind == "under way" else ["outage"] * 2}
            if place in UNDOING:
                self.scripts["warehouse", "ship"] = ["outage"] * 3

    def wrong(self, left: Books, status: WorkflowExecutionStatus | None, failure: str) -> str:
        """Return what is wrong with how the order ended, or nothing."""
        if status == WorkflowExecutionStatus.COMPLETED:
            return "" if left.whole else "completed and not whole"
        if status not in (WorkflowExecutionStatus.FAILED, WorkflowExecutionStatus.CANCELED):
            return "has not ended"
        if self.sku == "engraved" and left.reserved:
            # Nobody takes an engraved article back; that must be said, and everything else be undone.
            said = "release" in failure and (left.ledger, left.parcels) == (0, 0)
            return "" if said else f"not undone, or not said: {failure!r}"
        return "" if left.undone else f"{status.name.lower()} and not undone"


@pytest.fixture
def modules(tmp_path: Path) -> Iterator[Modules]:
    """The chapter's module cells, solved."""
    with no_revisions():
        made = Modules(tmp_path / "cells")
        for cell in sources.cells("04", "solution"):
            if cell.module in MODULES:
                made.run(cell.module, cell.code, {})
        yield made


@asynccontextmanager
async def working(modules: Modules, where: servers.Server, shop: Shop, **options: Any) -> AsyncIterator[WorkerProcess]:
    process = WorkerProcess(
        [modules.latest(name) for name in MODULES],
        where,
        task_queue=shop.name,
        folder=modules.folder,
        env={"SHOP_URL": shop.url},
        worker_options={"sticky_queue_schedule_to_start_timeout": timedelta(seconds=1), **options},
    )
    await process.start()
    try:
        yield process
    finally:
        process.kill()


async def killed(worker: WorkerProcess, pauses: list[float]) -> None:
    for pause in pauses:
        await asyncio.sleep(pause)
        worker.kill()
        await worker.start()


def set_faults(shop: Shop, schedules: list[Schedule]) -> None:
    """Turn all the switches in one request: hundreds of them one by one would take longer than the orders."""
    rules = [
        {"kind": "script", "service": service, "operation": operation, "order_id": schedule.order}
        | {"script": script, "seconds": 0.2}
        for schedule in schedules
        for (service, operation), script in schedule.scripts.items()
    ]
    shop.faults._ask("POST", "/admin/faults", {"rules": rules})


async def begin(client: Client, shop: Shop, schedule: Schedule) -> WorkflowHandle[Any, Any]:
    order = {"id": schedule.order, "sku": schedule.sku, "courier_in": schedule.courier_in}
    return await client.start_workflow(schedule.workflow, order, id=schedule.order, task_queue=shop.name)


async def cancel_all(shop: Shop, handles: dict[str, WorkflowHandle[Any, Any]], schedules: list[Schedule]) -> None:
    """Cancel each order at its moment, until there is none left or they can come no more."""
    watcher, begun = Watcher(shop.path, most=2000), time.monotonic()
    todo = {schedule.order: schedule.cancel for schedule in schedules if schedule.cancel}
    while todo and time.monotonic() - begun < CANCELLING:
        look = watcher.look()
        now = {("under way", row["order_id"], row["operation"]) for row in look.waiting}
        now |= {("asked", row["order_id"], row["operation"]) for row in look.rows}
        for order, (kind, what) in list(todo.items()):
            over = isinstance(what, float) and time.monotonic() - begun > what
            if order in handles and (over or (kind, order, what) in now):
                del todo[order]
                with suppress(RPCError):  # it has ended already
                    await handles[order].cancel()
        await asyncio.sleep(0.05)


async def ended(handle: WorkflowHandle[Any, Any]) -> tuple[WorkflowExecutionStatus | None, str]:
    failure = ""
    try:
        async with asyncio.timeout(LIMIT):
            await handle.result()
    except WorkflowFailureError as error:
        failure = str(error.cause)
    except TimeoutError:
        failure = str((await handle.describe()).raw_description.pending_activities)
    return (await handle.describe()).status, failure


async def test_a_hundred_bad_days_and_a_killed_worker(
    course_server: servers.Server, client: Client, shop: Shop, modules: Modules
) -> None:
    seed = int(os.environ.get("SAGA_SEED") or secrets.randbelow(10**6))
    rng = random.Random(seed)
    shop.set_stock("samovar", 0)
    schedules = [Schedule.drawn(rng, f"order-{seed}-{number}") for number in range(100)]
    set_faults(shop, schedules)
    # With few workflows in the cache most are replayed all the time, as they are after a crash. With few slots no try
    # waits long for its turn inside the worker: a call that begins late may outlive its try, and land after its undo.
    options = {"max_cached_workflows": rng.choice((50, 1000)), "max_concurrent_activities": 20}
    async with working(modules, course_server, shop, **options) as worker:
        handles: dict[str, WorkflowHandle[Any, Any]] = {}
        async with asyncio.TaskGroup() as group:
            group.create_task(killed(worker, [rng.uniform(0.5, 2.5) for _ in range(2)]))
            group.create_task(cancel_all(shop, handles, schedules))
            for schedule in schedules:
                handles[schedule.order] = await begin(client, shop, schedule)
        ends = await asyncio.gather(*(ended(handle) for handle in handles.values()))
        left = await settled(shop, schedules)
    found = [
        f"{schedule}\n    {wrong}: {left[schedule.order]}\n    {end}"
        for schedule, end in zip(schedules, ends, strict=True)
        if (wrong := schedule.wrong(left[schedule.order], *end))
    ]
    assert not found, f"SAGA_SEED={seed}: {len(found)} of 100\n" + "\n".join(found)
    kinds = {status for status, _ in ends}
    assert len(kinds) == 3, f"SAGA_SEED={seed}: only {kinds}: these days were not bad enough to prove anything"


async def settled(shop: Shop, schedules: list[Schedule]) -> dict[str, Books]:
    """Return the books when no request can be under way any more: what was overtaken must have landed."""
    await asyncio.sleep(2.6)  # no client waits longer than 2 s, and no latency is longer than 2.5 s
    return books(shop.tables(), [schedule.order for schedule in schedules])


@pytest.fixture
async def breakable(on_disk: Path) -> AsyncIterator[servers.Server]:  # noqa: F811 - a fixture's name
    """A server of this test alone, with its data on disk, and a shop service beside it."""
    found = await servers.ensure()
    assert found.owned, "this test kills its server"
    yield found
    stop_service()


def asked(shop: Shop) -> set[tuple[str, str]]:
    requests = shop.requests
    return set(zip(requests["operation"], requests["order_id"], strict=True))


AT_THE_KILL: dict[str, Callable[[Schedule], None]] = {
    "charging": lambda schedule: schedule.scripts.update({("payments", "charge"): ["latency:1.5"]}),
    "shipping": lambda schedule: schedule.scripts.update({("warehouse", "ship"): ["latency:1.5", "timeout", "ok"]}),
    "undoing": lambda schedule: schedule.scripts.update(
        {("warehouse", "reserve_stock"): ["outage"] * 3, ("payments", "refund_order"): ["outage"] * 6}
    ),
    "refused": lambda schedule: schedule.scripts.update({("payments", "charge"): ["decline"]}),
    "waiting": lambda schedule: None,
}


async def test_a_killed_server_leaves_no_order_half_way(breakable: servers.Server, modules: Modules) -> None:
    shop = open_shop(f"test-{secrets.token_hex(4)}")
    schedules = [
        Schedule(f"{name}-{n}", ("OrderSaga", "GraceSaga")[n], "teapot", courier_in=3.0)
        for name in AT_THE_KILL
        for n in (0, 1)
    ]
    for schedule in schedules:
        AT_THE_KILL[schedule.order.partition("-")[0]](schedule)
    set_faults(shop, schedules)
    client = await servers.connect(breakable)
    async with working(modules, breakable, shop):
        handles = [await begin(client, shop, schedule) for schedule in schedules]
        refunds = {("refund_order", "undoing-0"), ("refund_order", "undoing-1")}
        await until(lambda: refunds <= asked(shop), "both orders are being undone")
        assert breakable.pid is not None
        os.kill(breakable.pid, signal.SIGKILL)
        again = await servers.ensure()
        assert (again.address, again.pid != breakable.pid) == (breakable.address, True)
        client = await servers.connect(again)
        ends = await asyncio.gather(*(ended(client.get_workflow_handle(handle.id)) for handle in handles))
        left = await settled(shop, schedules)
    wrong = [schedule.wrong(left[schedule.order], *end) for schedule, end in zip(schedules, ends, strict=True)]
    assert wrong == [""] * len(schedules), [f"{end}: {left[s.order]}" for s, end in zip(schedules, ends, strict=True)]
    assert {status for status, _ in ends} == {WorkflowExecutionStatus.COMPLETED, WorkflowExecutionStatus.FAILED}
