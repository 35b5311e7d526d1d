"""What the course's servers ask of the network, and whom they answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from temporalio.service import RPCError, RPCStatusCode

from course_lib import server
from course_lib.server import connect, switches
from course_lib.server.crashing import CrashServer
from course_lib.server.embedded import log_tail
from course_lib.server.server import Server


@pytest.fixture(params=["embedded", "crashing"])
async def started(request: pytest.FixtureRequest, own_state: Path, tmp_path: Path) -> AsyncIterator[Server]:
    if request.param == "embedded":
        yield await server.ensure()
        return
    crashing = CrashServer(tmp_path)
    yield await crashing.start()
    await crashing.kill()


def ports(found: Server) -> list[int]:
    """Return all ports on which a server listens, without the Web UI's, which has its own guard for writes."""
    assert found.pid is not None
    listening = [c.laddr.port for c in psutil.Process(found.pid).net_connections("tcp") if c.status == "LISTEN"]
    return [port for port in listening if str(port) not in str(found.ui_url)]


def lookups() -> list[str]:
    """Return what Go's resolver wrote to the log: with GODEBUG=netdns=2 a line about each name that it is asked for."""
    return [line for line in log_tail(100) if "hostLookupOrder(" in line]


def post(port: int, host: str) -> str:
    """Start a workflow as any web page can, by a form; return the answer, empty when it is no HTTP."""
    try:
        answer = httpx.post(
            f"http://127.0.0.1:{port}/api/v1/namespaces/default/workflows/stolen",
            content='{"workflowType": {"name": "Order"}, "taskQueue": {"name": "orders"}}',
            headers={"Host": host, "Origin": "https://evil.example", "Content-Type": "text/plain"},
            timeout=5,
            trust_env=False,
        )
    except httpx.TransportError:  # gRPC
        return ""
    return f"{answer.status_code} {answer.text}"


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "evil.example"], ids=["no-cors", "DNS rebinding"])
async def test_no_foreign_page_starts_a_workflow(started: Server, host: str) -> None:
    answers = [await asyncio.to_thread(post, port, host.format(port=port)) for port in ports(started)]
    assert [answer for answer in answers if answer.startswith("2")] == []
    # The HTTP API itself was among them.
    assert [answer for answer in answers if "Host not allowed" in answer] == [
        '403 {"code": 7, "message": "Host not allowed"}'
    ]
    client = await connect(started)
    with pytest.raises(RPCError) as caught:
        await client.get_workflow_handle("stolen").describe()
    assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_grpc_and_the_web_ui_go_on(own_state: Path) -> None:
    found = await server.ensure()
    await (await connect(found)).start_workflow("Order", id="order-1", task_queue="nobody")
    async with httpx.AsyncClient(base_url=str(found.ui_url), timeout=5, trust_env=False) as web, asyncio.timeout(120):
        assert "/_app/" in (await web.get("/")).text
        path = "/api/v1/namespaces/default/workflows/order-1"
        # It is up before the server, and tries to reach it again after a second.
        while (run := await web.get(path)).status_code == 503:  # noqa: ASYNC110 - the server is another process
            await asyncio.sleep(0.05)
    assert run.json()["workflowExecutionInfo"]["type"] == {"name": "Order"}


async def test_it_looks_up_no_name(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GODEBUG", "netdns=2")
    await server.ensure()
    # A second one, started later, whose check for a new version is on: when it has asked, the first would have.
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "asks"))
    asks = [switch for switch in switches.DYNAMIC if "VersionCheck" not in switch]
    assert len(asks) == len(switches.DYNAMIC) - 1
    monkeypatch.setattr(switches, "DYNAMIC", asks)
    await server.ensure()
    try:
        async with asyncio.timeout(120):
            while not lookups():  # noqa: ASYNC110 - the server is another process
                await asyncio.sleep(0.05)
    finally:
        await server.stop()
    monkeypatch.setenv("COURSE_STATE", str(own_state))
    assert lookups() == []


async def test_every_server_has_the_same_switches(started: Server) -> None:
    command = psutil.Process(started.pid).cmdline()
    for switch in switches.DYNAMIC:
        assert command[command.index(switch) - 1] == "--dynamic-config-value"
