"""JupyterLab as a child process of ``course lab``."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil

from course_lib import paths, processes
from course_lib.errors import CourseError
from course_lib.server.binary import scripts_dir

_READY_LIMIT = 60.0  # seconds; 1.5 s measured, a cold disk takes longer
_SAY_AFTER = 2.0
_LOOK_EVERY = 0.05
_STOP_LIMIT = 15.0  # JupyterLab gives each kernel up to 5 s
# Settings of JupyterLab that only this start gets: Jupyter reads `labconfig/` in every folder of JUPYTER_CONFIG_PATH.
# They answer the question about Jupyter news, which would cover the chapter; the learner's own settings still win.
_CONFIG = Path(__file__).parent / "jupyter"


class NotebookServer:
    """One JupyterLab that opens one notebook.

    Args:
        root: The folder that it shows.
        notebook: What it opens, relative to ``root``.
        port: Its port, which should be free; Jupyter itself takes another one when it is not.
        ip: The address it binds to.
        browser: Whether it opens a browser.
        log_file: Where its output goes.
    """

    def __init__(self, root: Path, notebook: str, *, port: int, ip: str, browser: bool, log_file: Path) -> None:
        self.root, self.port, self.ip, self.browser = root, port, ip, browser
        self.log_file = log_file
        self._opened = f"lab/tree/{quote(notebook)}" if (root / notebook).is_file() else "lab"
        self._process: subprocess.Popen[bytes] | None = None

    def argv(self) -> list[str]:
        """Return the command line."""
        words = [
            *(sys.executable, "-m", "jupyterlab"),
            f"--port={self.port}",
            f"--ip={self.ip}",
            f"--ServerApp.root_dir={self.root}",
            f"--LabApp.default_url=/{self._opened}",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        if not self.browser:
            words.append("--no-browser")
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # a container's usual user; Jupyter refuses it otherwise
            words.append("--allow-root")
        return words

    def start(self) -> None:
        """Start it, without waiting until it answers.

        Raises:
            CourseError: The log file cannot be written.
        """
        with paths.writing(self.log_file.parent):
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            # JupyterLab writes its token there: for nobody else to read, whatever the umask and an older file say.
            self.log_file.touch(mode=0o600)
            self.log_file.chmod(0o600)
            log = self.log_file.open("wb")
        config = os.pathsep.join(filter(None, [str(_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")]))
        # Terminals inside JupyterLab find `temporal` and `course` although the environment is not activated.
        path = os.pathsep.join(filter(None, [str(scripts_dir()), os.environ.get("PATH")]))
        with log:
            self._process = subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "JUPYTER_CONFIG_PATH": config, "PATH": path},
                # Ctrl-C is for `course lab`, which then ends this process in order; Jupyter would ask first.
                **processes.apart(),
            )

    def wait_ready(self, say: Callable[[str], None]) -> str:
        """Wait until it answers and return the URL to open, with its token.

        Args:
            say: Gets a line when this takes longer than two seconds.

        Raises:
            CourseError: It ended, or did not answer in time.
        """
        begun = time.monotonic()
        next_word = begun + _SAY_AFTER
        while (info := self._info()) is None:
            now = time.monotonic()
            if self._running().poll() is not None:
                raise self._failed("JupyterLab ended while it was starting.")
            if now - begun > _READY_LIMIT:
                raise self._failed(f"JupyterLab did not start within {_READY_LIMIT:g} s.")
            if now > next_word:
                say(f"JupyterLab is starting: {now - begun:.0f} s.")
                next_word = now + _SAY_AFTER
            time.sleep(_LOOK_EVERY)
        host = "127.0.0.1" if self.ip in ("", "*", "0.0.0.0") else str(info["hostname"])
        scheme = "https" if info["secure"] else "http"
        token = f"?{urlencode({'token': info['token']})}" if info["token"] else ""
        return f"{scheme}://{host}:{info['port']}{info['base_url']}{self._opened}{token}"

    def wait(self) -> int:
        """Wait until it ends and return its exit code."""
        return self._running().wait()

    def stop(self) -> None:
        """End it with its kernels; kill it when it does not end, or on a second Ctrl-C."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        try:
            process.terminate()
            process.wait(_STOP_LIMIT)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()  # its kernels notice and end by themselves
            process.wait()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("start() comes first")
        return self._process

    def _info(self) -> dict[str, Any] | None:
        """Return what Jupyter wrote about itself, once it also accepts connections."""
        from jupyter_core.paths import jupyter_runtime_dir

        pids = [self._running().pid]
        with contextlib.suppress(psutil.Error):  # on Windows a venv's python.exe starts the real one
            pids += [child.pid for child in psutil.Process(pids[0]).children()]
        for pid in pids:
            try:
                text = (Path(jupyter_runtime_dir()) / f"jpserver-{pid}.json").read_text(encoding="utf-8")
                info: dict[str, Any] = json.loads(text)
                with socket.create_connection((info["hostname"], info["port"]), timeout=1.0):
                    return info
            except (OSError, ValueError):
                continue
        return None

    def _failed(self, what: str) -> CourseError:
        try:
            lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return CourseError(
            what,
            tried=[" ".join(self.argv()), *(f"its last words: {line[:300]}" for line in lines[-5:])],
            fix=f"`course doctor` looks for the cause; the whole log is {self.log_file}.",
        )


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let a closed terminal and a container's stop end the block the way Ctrl-C does."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup's wish is respected
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
