"""The server is killed: every look at a run says so in words, and a wait goes on when it is back."""

import asyncio
import uuid
from pathlib import Path

import ipywidgets
import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from course_lib import history, server, telemetry
from course_lib.diagnosis import diagnose
from course_lib.errors import CourseError
from course_lib.lab import StillRunning, server_calls
from course_lib.lab.pictures import described
from course_lib.lab.started_runs import Started
from course_lib.lab.waiting import Waits
from course_lib.lab.your_turn import wait_for_press
from course_lib.shop import Shop
from course_lib.waits.until import Condition
from tests.lab.flows import Order, charge
from tests.server.conftest import on_disk, own_state
from tests.until import until

pytestmark = pytest.mark.slow

__all__ = ["on_disk", "own_state"]  # fixtures: a server of its own


async def _client() -> tuple[server.Server, Client]:
    found = await server.ensure()
    return found, await server.connect(found)


def _waits(found: server.Server, client: Client, shop: Shop) -> Waits:
    return Waits(client, found, shop, Started())


async def test_a_wait_for_a_result_outlives_the_server(
    shop: Shop, on_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found, client = await _client()
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue="gone")
    said: list[str] = []
    # The patience is for the Worker below, which has to be started yet when the server is back.
    waiting = asyncio.create_task(_waits(found, client, shop).result(handle, "gone", said.append, patience=60.0))
    await asyncio.sleep(0)
    await server.kill()
    # Longer than the SDK's own patience, which ends with an RPCError after 6 s.
    await until(lambda: sum("does not answer" in line for line in said) >= 4, "what a learner reads")
    assert not waiting.done()
    # The core's own lines: one in words, not one of 400 characters for each try.
    core = [record.getMessage() for record in caplog.records if record.name == telemetry.CORE_LOGGER]
    assert len(core) in (1, 2)
    assert core[0].startswith("The Temporal server does not answer; ")
    assert "Status {" not in "".join(core)
    assert (await server.ensure()).address == found.address
    async with Worker(await server.connect(found), task_queue="gone", workflows=[Order], activities=[charge]):
        assert await waiting == "charge of o-1"


async def test_a_wait_that_ends_while_the_server_is_gone_says_so(
    shop: Shop, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, client = await _client()
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue="gone")
    await server.kill()
    monkeypatch.setattr("course_lib.waits.until.AWAY", 1.0)
    with pytest.raises(StillRunning, match="has no result, and the server has been gone for") as raised:
        await asyncio.wait_for(_waits(found, client, shop).result(handle, "gone", lambda _: None), 120)
    assert raised.value.diagnosis.cause == "server_gone"
    assert f"The Temporal server at {found.address} does not answer." in str(raised.value)
    assert "lab.server_panel()" in str(raised.value)
    assert (await diagnose(handle, client, "gone")).detail("reason") == "nothing listens there"


async def test_a_look_at_a_run_says_it_before_the_sdk_gives_up(own_state: Path) -> None:
    found, client = await _client()
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue="gone")
    recorded = await asyncio.to_thread(server_calls.look, history.fetch(handle), client, found, print)
    assert len(recorded.events) == 2
    await server.kill()
    with pytest.raises(CourseError, match="does not answer: nothing listens there") as raised:
        await asyncio.to_thread(server_calls.look, history.fetch(handle), client, found, print)
    assert found.address in str(raised.value)
    assert "press Start on `lab.server_panel()`" in raised.value.fix


async def _killed_under_a_turn(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, timeout: float
) -> tuple[server.Server, ipywidgets.Button, list[str], "asyncio.Task[None]"]:
    """Hand over to a learner as `Lab.your_turn` does, and kill the server; return what is said from then on."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setenv("COURSE_WIDGETS", "live")  # somebody looks
    found, client = await _client()
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue="gone")

    async def over() -> bool:
        return (await server_calls.watched(described(handle), client, found)).close_time is not None

    async def patiently(condition: Condition, what: str) -> None:
        await _waits(found, client, shop).until(condition, what, lambda _: None)

    button, said = ipywidgets.Button(description="kill -9"), list[str]()
    waiting = asyncio.create_task(wait_for_press(button, said.append, None, timeout, patiently, over))
    await until(lambda: bool(said), "the turn is announced")
    await server.kill()
    await until(lambda: "does not answer" in said[-1], "the death is said")
    assert found.address in said[-1]
    assert "press Start on `lab.server_panel()`" in said[-1]
    assert not waiting.done()
    return found, button, said, waiting


async def test_a_turn_outlives_the_server(shop: Shop, on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, button, said, waiting = await _killed_under_a_turn(shop, monkeypatch, 120.0)
    await server.ensure()
    await until(lambda: said[-1].startswith("Your turn: press “kill -9”"), "the turn is announced again")
    button.click()
    await asyncio.wait_for(waiting, 120)
    assert said[-1] == "You pressed “kill -9”."


async def test_a_turn_ends_in_words_when_the_server_stays_away(
    shop: Shop, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, button, _, waiting = await _killed_under_a_turn(shop, monkeypatch, 15.0)
    pressed: list[object] = []
    button.on_click(pressed.append)
    with pytest.raises(CourseError, match="does not answer: ") as raised:
        await asyncio.wait_for(waiting, 120)
    assert "then run this cell again" in raised.value.fix
    assert pressed == [], "a press would show nothing"


async def test_a_condition_that_asks_the_server_itself_goes_on_when_it_is_back(
    shop: Shop, on_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, client = await _client()
    waits, said = _waits(found, client, shop), list[str]()
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue="gone")

    async def asked() -> bool:
        return (await handle.describe()).history_length >= 2

    await server.kill()
    monkeypatch.setattr("course_lib.waits.until.AWAY", 1.0)
    with pytest.raises(CourseError, match=f"{found.address} does not answer: "):
        await waits.until(asked, "two events", lambda _: None)
    monkeypatch.setattr("course_lib.waits.until.AWAY", 60.0)
    waiting = asyncio.create_task(waits.until(asked, "two events", said.append))
    words = "Waiting for this to be so: two events. "
    await until(lambda: any(words in line and "does not answer" in line for line in said), "what a learner reads")
    await server.ensure()
    await asyncio.wait_for(waiting, 120)
