"""Temporal Cloud, as far as a client can tell: TLS and an API key, from every process of the course."""

import json
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

from course_lib import server
from course_lib.cells import Modules
from course_lib.errors import CourseError
from course_lib.grading import CLIENT, Bench, Code, Exercise, grade
from course_lib.server import Server
from tests.grading.conftest import run_cell
from tests.lab.test_lab_in_a_kernel import MODULE, Notebook
from tests.server.tls import API_KEY, CERTIFICATE, behind_tls

STARTER = """
    from temporalio.client import Client

    async def start(client: Client, name: str, queue: str):
        return await client.start_workflow("Parcel", name, id=name, task_queue=queue)
"""
KERNEL = """
from course_lib import Lab
lab = await Lab.open("00_start_here")
"""
WORK = """
panel = lab.worker_process("parcels")
await panel.start()
handle = await lab.client.start_workflow(Parcel.run, "o-1", id=lab.id("parcel"), task_queue=lab.task_queue)
print(await lab.result(handle))
await lab.worker(workflows=[Parcel])
handle = await lab.client.start_workflow(Parcel.run, "o-2", id=lab.id("parcel"), task_queue=lab.task_queue)
print(await lab.result(handle))
await lab.temporal("operator namespace describe default --output json")
print(lab._server)
"""


@pytest.fixture
def address(course_server: Server) -> Iterator[str]:
    with behind_tls(course_server.address) as address:
        yield address


@pytest.fixture(params=["variables", "profile"])
def named(request: pytest.FixtureRequest, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names the server, in one of the two ways."""
    if request.param == "variables":
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        monkeypatch.setenv("TEMPORAL_API_KEY", API_KEY)
        monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(CERTIFICATE))
        return address
    profile = f'[profile.cloud]\naddress = "{address}"\napi_key = "{API_KEY}"\n'
    tls = f"[profile.cloud.tls]\nserver_ca_cert_path = {json.dumps(str(CERTIFICATE))}\n"
    (tmp_path / "temporal.toml").write_text(profile + tls)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.setenv("TEMPORAL_PROFILE", "cloud")
    return address


def _secret_on_a_command_line() -> bool:
    words = [word for child in psutil.Process().children(recursive=True) for word in child.cmdline()]
    assert words
    return any(API_KEY in word for word in words)


async def test_without_the_key_it_is_refused(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "another-key")
    with pytest.raises(CourseError, match="cannot be used"):
        await server.ensure()


async def test_a_check_its_worker_its_calls_and_its_own_server(named: str, tmp_path: Path) -> None:
    found = await server.ensure()
    assert (found.address, found.origin) == (named, "environment")
    modules = Modules(tmp_path / "cells")
    source = MODULE.partition("\n")[2]
    parcel, start = run_cell(modules, "parcels", source)["Parcel"], run_cell(modules, "starter", STARTER)["start"]

    async def check(bench: Bench, parcel: Code, start: Code) -> None:
        async with bench.worker(parcel):
            assert not _secret_on_a_command_line()
            called = await bench.call(start, CLIENT, bench.unique("parcel"), bench.task_queue)
            bench.require(called.ok, "the call returns", expected="a handle", seen=called.reason)
            run = await bench.finish(called.value)
            bench.expect(run.completed, "the run ends", expected="its end", seen=run.reason)
        # Of the key and of TLS it must hear nothing: it has neither.
        async with bench.crash_server() as (other, _), other.worker(parcel):
            run = await other.run(parcel, "o-1")
            bench.expect(run.completed, "also on a server without TLS", expected="its end", seen=run.reason)

    exercise = Exercise(("parcel", "start"), check, early=False, id="9.9")
    verdict = await grade(exercise, (parcel, start), server=found, modules=modules)
    assert verdict.passed, verdict.text()


def test_a_kernel_its_workers_and_the_command_line(named: str) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        book = Notebook(manager, client)
        assert f"{named}, version" in book.run(KERNEL)
        book.run(MODULE)
        shown = book.run(WORK)
        assert "parcel of o-1" in shown
        assert "parcel of o-2" in shown
        assert '"name": "default"' in shown
        assert not _secret_on_a_command_line()
        assert API_KEY not in shown
        assert book.run("await lab.close()") == ""
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
