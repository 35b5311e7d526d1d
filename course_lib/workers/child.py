"""One child process: its lifeline, its output line by line, its end."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from subprocess import Popen
from typing import TYPE_CHECKING, Any

from course_lib import processes
from course_lib.workers.parent import MARK
from course_lib.workers.waiting import settle

if TYPE_CHECKING:
    from course_lib.server import Server


class Child:
    """A running child process: a module of the course that hears its parent (`course_lib.workers.parent`).

    The child reads its specification from the first line of its standard input and then keeps that pipe open: the
    pipe ends with this process, however it ends, and the child ends with the pipe.

    Args:
        module: What it runs, as ``python -m`` does.
        words: Its command line, for whoever lists processes.
        server: Where it connects. It gets it with its secrets through the pipe; its environment leads there, too.
        env: Added to this process's environment.
        spec: What it is for; JSON-able.
        on_line: Called with each line of output, from the reader's thread.
        on_message: Called with each message of the course's own code in the child, from the reader's thread.
        on_exit: Called with the exit code after the last line, from the watcher's thread.
    """

    def __init__(
        self,
        module: str,
        words: Sequence[str] = (),
        *,
        server: "Server",
        env: Mapping[str, str],
        spec: dict[str, Any],
        on_line: Callable[[str], None],
        on_message: Callable[[dict[str, Any]], None],
        on_exit: Callable[[int], None],
    ) -> None:
        self.exited: Future[int] = Future()
        self.started = time.monotonic()
        self._on_line, self._on_message, self._on_exit = on_line, on_message, on_exit
        # A secret token marks the child's messages: no output of a learner's program passes for one.
        told = {**spec, "server": server.packed(), "parent": os.getpid(), "token": secrets.token_hex(8)}
        self._mark = MARK + told["token"]
        self.popen = Popen(
            processes.python(module, *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=processes.importing_course(
                {**server.environ(), **env, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
            ),
            **processes.apart(),
        )
        self.pid = self.popen.pid
        try:
            self._reader = threading.Thread(target=self._read, name=f"course-child-{self.pid}-log", daemon=True)
            self._reader.start()
            threading.Thread(target=self._watch, name=f"course-child-{self.pid}-exit", daemon=True).start()
            self._write(json.dumps(told))
        except BaseException:
            self.kill()
            raise

    def _write(self, line: str) -> None:
        assert self.popen.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended already, and its pipe may be closed
            self.popen.stdin.write(f"{line}\n".encode())
            self.popen.stdin.flush()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        # A line without end is cut: no output of a learner's program may fill the kernel's memory.
        with contextlib.suppress(OSError, ValueError):
            while raw := self.popen.stdout.readline(65536):
                text, mark, message = raw.decode("utf-8", "replace").rstrip("\r\n").partition(self._mark)
                if mark:
                    with contextlib.suppress(json.JSONDecodeError):
                        self._on_message(json.loads(message))
                if text or not mark:
                    self._on_line(text)

    def _watch(self) -> None:
        code = self.popen.wait()
        # A grandchild may hold the pipe open; the end of the child is told all the same.
        self._reader.join(0.5)
        for stream in (self.popen.stdin, self.popen.stdout):
            if stream is not None and not self._reader.is_alive():
                with contextlib.suppress(OSError):
                    stream.close()
        self._on_exit(code)
        settle(self.exited, code)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self.popen.poll() is None

    def terminate(self) -> None:
        """Ask the process to end: SIGTERM, or its equivalent on the lifeline where signals do not exist."""
        if sys.platform == "win32":
            self._write("stop")
        else:
            self._signal(signal.SIGTERM, group=False)

    def kill(self) -> None:
        """End the process and all that it started, at once: SIGKILL to its group."""
        if sys.platform == "win32":
            self.popen.kill()
        else:
            self._signal(signal.SIGKILL, group=True)

    def dump_stacks(self) -> None:
        """Make the child print where each of its threads is (POSIX only)."""
        if sys.platform != "win32":
            self._signal(signal.SIGUSR1, group=False)

    def _signal(self, number: int, *, group: bool) -> None:
        if not self.alive:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def exit_in_words(code: int) -> str:
    """Return an exit code in words: ``killed by SIGKILL (exit code -9)``."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"killed by {name} (exit code {code})"
