"""Find, start, share, heal."""

import asyncio
import json
import os
import signal
import socket
import sys
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from course_lib import server
from course_lib.daemons import DaemonState
from course_lib.errors import CourseError
from course_lib.server import binary, embedded, folder, search


async def remember_something(found: server.Server, workflow_id: str) -> None:
    client = await server.connect(found)
    await client.start_workflow("Nobody", id=workflow_id, task_queue="nobody-listens")


async def remembers(found: server.Server, workflow_id: str) -> bool:
    client = await server.connect(found)
    return (await client.get_workflow_handle(workflow_id).describe()).workflow_type == "Nobody"


async def test_ensure_starts_one_server_and_finds_it_again(own_state: Path) -> None:
    assert await server.find() is None
    first, started = await server.ensure_started()
    again, started_again = await server.ensure_started()
    assert (started, started_again) == (True, False)
    assert first == again
    assert first.owned
    assert first.origin == "course"
    assert first.version.count(".") == 2
    assert server.status().state
    assert server.status().database is None
    assert await server.stop() is True
    assert await server.stop() is False
    assert await server.find() is None


async def test_two_processes_that_race_get_one_server(own_state: Path) -> None:
    code = (
        "import asyncio\nfrom course_lib import server\n"
        "async def main():\n    print((await server.ensure()).pid)\n    await asyncio.sleep(0.05)\n"
        "asyncio.run(main())"
    )
    racers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [(await asyncio.wait_for(racer.communicate(), 60))[0].strip() for racer in racers]
    assert len(set(outputs)) == 1
    assert int(outputs[0]) == embedded.daemon().read().pid  # type: ignore[union-attr]


async def test_two_tasks_of_one_kernel_that_race_get_one_server(own_state: Path) -> None:
    found = await asyncio.gather(server.ensure(), server.ensure(), server.ensure())
    assert len({one.pid for one in found}) == 1


async def test_a_killed_server_comes_back_on_its_ports_with_its_data(on_disk: Path) -> None:
    first = await server.ensure()
    await remember_something(first, "order-1")
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first.pid)] if psutil.pid_exists(first.pid) else [], timeout=5)
    second = await server.ensure()
    assert second.pid != first.pid
    assert (second.address, second.ui_url) == (first.address, first.ui_url)
    assert await remembers(second, "order-1")
    assert server.status().database == folder.database(binary.verified(binary.locate()).version)


async def test_restart_keeps_the_data(on_disk: Path) -> None:
    first = await server.ensure()
    await remember_something(first, "order-1")
    second = await server.restart()
    assert second.pid != first.pid
    assert await remembers(second, "order-1")


async def test_a_hung_server_is_replaced(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await server.ensure()
    for name in ("_HEALTH_LIMIT", "_PATIENT_LIMIT", "_STOP_LIMIT"):
        monkeypatch.setattr(embedded, name, 0.5)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)
    async with asyncio.timeout(120):  # a signal is no stop yet: on a busy machine it answered once more
        while psutil.Process(first.pid).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
    said: list[str] = []
    second = await server.ensure(said.append)
    assert second.pid != first.pid
    assert any("does not answer" in line for line in said)
    assert not psutil.pid_exists(first.pid)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1, "create_time": 0, "ports": 7}'])
async def test_a_damaged_state_file_heals(own_state: Path, content: str) -> None:
    embedded.daemon().state_file.write_text(content)
    assert await server.find() is None
    assert embedded.daemon().read() is None


async def test_a_state_file_that_names_another_process_heals_and_spares_it(own_state: Path) -> None:
    stale = DaemonState(os.getpid(), 1.0, {"grpc": 1, "ui": 2}, ["temporal"], {})
    embedded.daemon().state_file.write_text(json.dumps(asdict(stale)))
    found = await server.ensure()  # would end this very process if it took the pid at its word
    assert found.pid != os.getpid()


async def test_a_server_without_state_file_keeps_its_database_to_itself(on_disk: Path) -> None:
    first = await server.ensure()
    embedded.daemon().state_file.unlink()
    second = await server.ensure()
    assert second.pid == first.pid
    assert second.address == first.address


async def test_ports_taken_gives_the_next_free_and_remembers_them(on_disk: Path) -> None:
    wanted = json.loads((on_disk / "ports.json").read_text())
    with socket.create_server(("127.0.0.1", wanted["grpc"])), socket.create_server(("127.0.0.1", wanted["ui"])):
        found = await server.ensure()
        taken = json.loads((on_disk / "ports.json").read_text())
        assert found.address == f"127.0.0.1:{taken['grpc']}"
        assert found.ui_url == f"http://127.0.0.1:{taken['ui']}"
        assert not {wanted["grpc"], wanted["ui"]} & set(taken.values())
    await server.stop(timeout=0.2)
    assert (await server.ensure()).address == found.address


async def test_a_healthy_server_on_the_usual_port_is_used_and_never_stopped(
    own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await server.ensure()
    monkeypatch.setattr(search, "_LOCAL", other.address)
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "another-checkout"))
    monkeypatch.delenv("COURSE_DB")
    found = await server.ensure()
    assert (found.origin, found.address, found.pid, found.owned) == ("local", other.address, None, False)
    assert await server.stop() is False
    assert psutil.pid_exists(other.pid or 0)
    monkeypatch.setenv("COURSE_DB", "memory")  # a test asks for its own
    assert await server.find() is None


async def test_every_connection_is_a_new_client_and_a_lost_server_is_explained(own_state: Path) -> None:
    found = await server.ensure()
    one, two = await server.connect(found), await server.connect(found, namespace="other")
    assert one.service_client is not two.service_client
    assert (one.namespace, two.namespace) == ("default", "other")
    await server.stop(timeout=0.2)
    with pytest.raises(CourseError, match="does not answer") as error:
        await server.connect(found)
    assert found.address in str(error.value)
    assert "course server status" in error.value.fix


async def test_the_log_is_at_hand(own_state: Path) -> None:
    assert server.log_tail(5) == []
    await server.ensure()
    assert server.log_tail(0) == []
    await server.stop()  # its first words come a little after its first answer
    assert any("Temporal" in line for line in server.log_tail(20))
    assert len(server.log_tail(1)) == 1


async def test_somebody_who_starts_it_for_too_long_is_reported(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LOCK_LIMIT", 0.2)
    with embedded.daemon().lock(1.0), pytest.raises(CourseError, match="Another process has been starting"):
        await server.ensure()
