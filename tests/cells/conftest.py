"""Module cells in a folder of their own, real kernels, and a Temporal server in memory."""

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from temporalio.client import Client

from course_lib.cells import Modules
from tests.conftest import no_revisions


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A workspace folder; what it put into this process is taken out again."""
    workspace = tmp_path / "01_chapter"
    with no_revisions():
        yield workspace


@pytest.fixture
def modules(folder: Path) -> Modules:
    return Modules(folder)


@dataclass
class Notebook:
    """What a kernel with one chapter looks like to the modules: names, and lines of output."""

    modules: Modules
    names: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def run(self, name: str, source: str) -> list[str]:
        """Run a module cell and return what it said."""
        self.said.clear()
        self.modules.run(name, source, self.names, say=self.said.append)
        return list(self.said)


@pytest.fixture
def notebook(modules: Modules) -> Notebook:
    return Notebook(modules)


@pytest.fixture
def temporal(client: Client) -> Client:
    """The session's server, by the name that these tests use."""
    return client


@dataclass
class Cell:
    """What became of one cell: its output, its error, and the position in which it was executed."""

    status: str
    count: int
    out: str
    error: str


class Kernel:
    """A real ipykernel, driven over its sockets as JupyterLab does."""

    def __init__(self, cwd: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(cwd))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run_all(self, cells: list[str], timeout: float = 60.0) -> list[Cell]:
        """Send every cell at once, as Run All does, and wait for all of them."""
        ids = [self.client.execute(source, stop_on_error=False) for source in cells]
        out, idle, replies = dict.fromkeys(ids, ""), set[str](), {}
        deadline = time.monotonic() + timeout
        while idle != set(ids) or len(replies) < len(ids):
            missing = [ids.index(i) for i in ids if i not in replies]
            assert time.monotonic() < deadline, f"cells {missing} were never executed; output so far: {out}"
            for channel in (self.client.get_iopub_msg, self.client.get_shell_msg):
                try:
                    message = channel(timeout=0.05)
                except queue.Empty:
                    continue
                parent, kind, content = message["parent_header"].get("msg_id"), message["msg_type"], message["content"]
                if parent not in out:
                    continue
                if kind == "stream":
                    out[parent] += content["text"]
                elif kind == "execute_result":
                    out[parent] += content["data"]["text/plain"]
                elif kind == "status" and content["execution_state"] == "idle":
                    idle.add(parent)
                elif kind == "execute_reply":
                    replies[parent] = content
        return [
            Cell(reply["status"], reply.get("execution_count", 0), out[i], "\n".join(reply.get("traceback", [])))
            for i in ids
            for reply in [replies[i]]
        ]

    def run(self, source: str) -> Cell:
        """Run one cell."""
        return self.run_all([source])[0]

    def wait_for_output(self, message: str, text: str, timeout: float = 30.0) -> None:
        """Wait until a cell that still runs has written a text."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            received = self.client.get_iopub_msg(timeout=timeout)
            if received["parent_header"].get("msg_id") == message and text in received["content"].get("text", ""):
                return
        raise AssertionError(f"no output {text!r} within {timeout:g} s")

    def restart(self) -> None:
        """Restart the kernel: another process, the same files."""
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=60)

    def stop(self) -> None:
        """End the kernel and its sockets."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


OPEN = """
%colors NoColor
from pathlib import Path
from course_lib.cells import Modules, register
modules = Modules(Path("ws"))
register(get_ipython(), modules)
"""


@pytest.fixture
def kernels(tmp_path: Path) -> Iterator[Callable[[], Kernel]]:
    """Start kernels with the chapter opened; each is ended after the test."""
    started: list[Kernel] = []

    def start() -> Kernel:
        kernel = Kernel(tmp_path)
        started.append(kernel)
        assert kernel.run(OPEN).status == "ok"
        return kernel

    yield start
    for kernel in started:
        kernel.stop()
