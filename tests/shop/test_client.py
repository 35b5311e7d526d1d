"""The client alone: light to import, the same in both kinds, at home in Temporal's sandbox."""

import asyncio
import importlib
import inspect
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from course_lib.server import switches
from course_lib.shop import Shop, client
from course_lib.shop.client import BlockingShopClient, ShopClient, ShopError, ShopUnavailable


def methods(kind: type) -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(value) for name, value in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"
    }


def test_both_clients_have_the_same_methods():
    asynchronous, blocking = methods(ShopClient), methods(BlockingShopClient)
    assert asynchronous == blocking
    assert len(asynchronous) >= 15
    assert all(inspect.iscoroutinefunction(getattr(ShopClient, name)) for name in asynchronous)


def test_the_file_works_alone_and_imports_nothing_heavy(tmp_path: Path):
    shutil.copy(client.__file__, tmp_path / "shop_client.py")
    script = textwrap.dedent("""
        import sys
        before = set(sys.modules)
        import shop_client
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        assert shop_client.ShopClient()
        print(sorted(name for name in new if name in ("course_lib", "httpx", "asyncio", "ssl", "pandas", "tornado")))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_importing_the_package_stays_light():
    script = (
        "import sys; from course_lib.shop import ShopClient, CardDeclined;"
        "print(sorted({'httpx', 'pandas', 'tornado', 'psutil', 'course_lib.shop.handle'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


async def test_the_address_comes_from_the_environment_when_it_is_needed(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SHOP_URL", raising=False)
    made_early = ShopClient()
    with pytest.raises(ShopError, match="SHOP_URL"):
        await made_early.ship("o1")
    monkeypatch.setenv("SHOP_URL", shop.url)
    assert await made_early.ship("o1")


async def test_a_service_that_does_not_run_has_done_nothing():
    with pytest.raises(ShopUnavailable, match="payments cannot be reached") as caught:
        await ShopClient("http://127.0.0.1:1/shops/x").charge("o1", 5)
    assert caught.value.status is None


async def test_a_proxy_in_the_environment_is_ignored(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert await shop.client().ship("o1")
    assert shop.blocking_client().ship("o1")


def test_one_client_serves_several_loops_one_after_the_other(shop: Shop):
    shared = shop.client()
    assert asyncio.run(shared.ship("o1")) == asyncio.run(shared.ship("o1"))


def test_threads_share_a_blocking_client(shop: Shop):
    with shop.blocking_client() as shared, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: shared.charge(f"o{number}", 5), range(40)))
    assert len(shop.payments) == 40
    assert shop.payments.id.is_unique


MODULE = """
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from course_lib.shop import BlockingShopClient, CardDeclined, ShopClient

shop = ShopClient()  # made at import, also in the sandbox


@activity.defn
async def charge(order_id: str) -> str:
    return await shop.charge(order_id, 500, idempotency_key=f"pay-{order_id}")


@activity.defn
def ship(order_id: str) -> str:
    with BlockingShopClient() as blocking:
        return blocking.ship(order_id)


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order_id: str) -> list[str]:
        once = RetryPolicy(non_retryable_error_types=[CardDeclined.__name__], maximum_attempts=3)
        limit = timedelta(seconds=10)
        paid = await workflow.execute_activity(charge, order_id, start_to_close_timeout=limit, retry_policy=once)
        sent = await workflow.execute_activity(ship, order_id, start_to_close_timeout=limit, retry_policy=once)
        return [paid, sent]
"""


async def test_a_sandboxed_workflow_module_may_import_the_client_at_its_top(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name = f"orders_{uuid.uuid4().hex[:8]}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SHOP_URL", shop.url)
    module = importlib.import_module(name)
    binary = shutil.which("temporal", path=sysconfig.get_path("scripts")) or shutil.which("temporal")
    shop.faults.next_calls("payments", ["error"])
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=binary, dev_server_extra_args=switches.arguments()
    ) as server:
        with ThreadPoolExecutor(2) as pool:
            async with Worker(
                server.client,
                task_queue=name,
                workflows=[module.OrderWorkflow],
                activities=[module.charge, module.ship],
                activity_executor=pool,
            ):
                handle = await server.client.start_workflow(module.OrderWorkflow.run, "o1", id=name, task_queue=name)
                result = await asyncio.wait_for(handle.result(), 120)
    assert result == [shop.payments.id[0], shop.shipments.id[0]]
    assert shop.requests.fault.tolist() == ["error_rate", None, None]
