"""`course lab`, run for real: JupyterLab and the server come up, Ctrl-C ends what it started."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import psutil
import pytest

from course_lib.cli import lab
from course_lib.cli.notebook_server import NotebookServer
from course_lib.daemons import Daemon, free_port

# The subcommand alone: the others are no part of this test.
RUN = (
    "import argparse, sys\nfrom course_lib.cli import lab\nparser = argparse.ArgumentParser()\n"
    "lab.add(parser.add_subparsers())\noptions = parser.parse_args()\nsys.exit(options.run(options))"
)


class Terminal:
    """A running `course lab` and what it printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.seen: list[str] = []
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(self, pattern: str) -> "re.Match[str]":
        while True:
            try:
                self.seen.append(self._lines.get(timeout=240))
            except Empty:
                pytest.fail(f"{pattern!r} never came; it printed: {''.join(self.seen)}")
            if match := re.search(pattern, self.seen[-1]):
                return match


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TEMPORAL_", "DISPLAY"))}
    environment |= {
        "COURSE_STATE": str(tmp_path / "state"),
        "COURSE_DB": "memory",
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
    }
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = [sys.executable, "-c", RUN, "lab", "--no-browser", "--port", str(taken.getsockname()[1])]
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        with process:
            yield Terminal(process)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=240) as reply:
        return str(reply.read().decode())


def test_it_runs_shows_the_chapter_without_news_and_ctrl_c_ends_it(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for(r"Port \d+ is taken: JupyterLab gets \d+")
    url = terminal.wait_for(r"(http://127\.0\.0\.1:\d+/\S+)")[1]
    base, token = url.split("/lab")[0], url.split("token=")[1]
    holding = [file for file in tmp_path.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]
    assert tmp_path / "state" / "jupyter.log" in holding
    for file in holding:  # Jupyter's own page that opens the browser is in a folder that nobody else may enter
        closed = file.parent if file.parent.name == "runtime" else file
        assert stat.S_IMODE(closed.stat().st_mode) & 0o077 == 0, file
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(f"{base}/api/contents")  # the token is kept
    assert "pyproject.toml" in get(f"{base}/api/contents?token={token}")
    notifications = json.loads(
        get(f"{base}/lab/api/settings/@jupyterlab/apputils-extension:notification?token={token}")
    )
    assert notifications["schema"]["properties"]["fetchNews"]["default"] == "false"

    server, shop = Daemon("server", tmp_path / "state"), Daemon("shop", tmp_path / "state")
    running = server.read()
    assert running is not None
    # A chapter would start the shop: any process by that name stands in for it here.
    shopkeeper = shop.spawn([sys.executable, "-c", "import time; time.sleep(600)"], ports={})
    jupyter = [child for child in psutil.Process(terminal.process.pid).children() if child.pid != running.pid]

    os.killpg(terminal.process.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
    assert terminal.process.wait(240) == 0
    assert server.read() is None
    assert shop.read() is None
    assert not psutil.pid_exists(running.pid)
    assert not psutil.pid_exists(shopkeeper.pid)  # reading its state has reaped it
    assert psutil.wait_procs(jupyter, timeout=60)[1] == []


def test_as_root_without_display_and_without_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def argv(browser: bool) -> list[str]:
        server = NotebookServer(tmp_path, lab.NOTEBOOK, port=1, ip="127.0.0.1", browser=browser, log_file=tmp_path)
        return server.argv()

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--allow-root" in argv(browser=False)
    assert "--no-browser" in argv(browser=False)
    assert "--LabApp.default_url=/lab" in argv(browser=True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "--allow-root" not in argv(browser=True)
    assert "--no-browser" not in argv(browser=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / lab.NOTEBOOK).write_text("{}")
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in argv(browser=True)


@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY tells only on Linux")
def test_a_display_is_what_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not lab.has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert lab.has_display()


def _that_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NotebookServer:
    server = NotebookServer(
        tmp_path, "x.ipynb", port=free_port(None), ip="127.0.0.1", browser=False, log_file=tmp_path / "jupyter.log"
    )
    monkeypatch.setattr(server, "argv", lambda: [sys.executable, "-c", "raise SystemExit('no such jupyter')"])
    return server


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
@pytest.mark.parametrize("there", [False, True])
def test_the_log_with_the_token_is_the_learners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int, there: bool
) -> None:
    server = _that_ends_at_once(tmp_path, monkeypatch)
    if there:
        server.log_file.write_text("of an older course")
        server.log_file.chmod(0o644)
    before = os.umask(umask)
    try:
        server.start()
    finally:
        os.umask(before)
    assert stat.S_IMODE(server.log_file.stat().st_mode) == 0o600
    server.wait()
    assert "no such jupyter" in server.log_file.read_text()


def test_a_jupyter_that_cannot_start_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from course_lib.errors import CourseError

    server = _that_ends_at_once(tmp_path, monkeypatch)
    server.start()
    with pytest.raises(CourseError, match="ended while it was starting") as error:
        server.wait_ready(print)
    assert "no such jupyter" in str(error.value)
    assert "jupyter.log" in error.value.fix
