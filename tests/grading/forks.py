"""The exercise proofs start some thousand children; each would spend half a second on what is the same in all of them.

Here a child is forked from a process that has imported the SDK and done nothing else (Linux only). What the child then
runs, and how it is spoken to and killed, is the same. Every child outside the proofs is a new process from its first
instruction: tests/workers, tests/chapters and nbval run those.
"""

import contextlib
import ctypes
import gc
import importlib
import inspect
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from temporalio.worker._worker import load_default_build_id

from course_lib.workers import child

_MODULES = ("course_lib.workers.main", "course_lib.grading.call_child")
_IMPORTED = (
    *_MODULES,
    *("temporalio.client", "temporalio.worker", "course_lib.shop.client", "course_lib.telemetry"),
    *(f"course_lib.workers.{name}" for name in ("definitions", "executor", "isolated_loop", "polling", "task_counter")),
    "course_lib.replay.in_child",
    *("httpx", "httpcore", "anyio._backends._asyncio"),  # the first call of an activity to the shop
)
_ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 100_000  # bytes of one request; the environment is most of it
_LIMIT = 120.0  # seconds for what takes milliseconds, or one for the first child
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h


@contextlib.contextmanager
def forked_children() -> Iterator[None]:
    """Let `course_lib.workers.child` fork its processes while the block runs, where that is possible."""
    if not sys.platform.startswith("linux"):
        yield
        return
    # Who forks twice has no child: it becomes that of the next process above that takes orphans in, which is this one.
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        nurseries: dict[str, Nursery] = {}
        making = threading.Lock()

        def start(argv: list[str], *, env: dict[str, str], **options: Any) -> Any:
            if argv[:3] != [sys.executable, "-P", "-m"] or argv[3] not in _MODULES:
                return subprocess.Popen(argv, env=env, **options)
            seed = env.get("PYTHONHASHSEED", "")  # decided when an interpreter starts, so each has a nursery of its own
            with making:
                if seed not in nurseries:
                    nurseries[seed] = Nursery(seed)
                    stack.callback(nurseries[seed].close)
            return nurseries[seed].fork(argv, env=env, **options)

        patch.setattr(child, "Popen", start)
        yield


class Nursery:
    """A process that has imported the SDK, and forks children.

    Args:
        seed: Its PYTHONHASHSEED; empty for one that is drawn.
    """

    def __init__(self, seed: str) -> None:
        self._post, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-c", f"from tests.grading import forks; forks.nursery({theirs.fileno()})"]
        env = {**os.environ, "PYTHONPATH": str(_ROOT), **({"PYTHONHASHSEED": seed} if seed else {})}
        self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), env=env)
        theirs.close()
        self._post.settimeout(_LIMIT)
        self._asking = threading.Lock()

    def close(self) -> None:
        """End it; its children live on."""
        self._post.close()
        self._process.wait(_LIMIT)

    def fork(self, argv: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        """Return a child that runs a command, as ``subprocess.Popen`` makes one."""
        post, asking = self._post, self._asking

        class Forked(subprocess.Popen[bytes]):
            """A process that is asked for, instead of made; all else is `subprocess.Popen`'s."""

            def _execute_child(self, *args: Any) -> None:
                named = inspect.signature(super()._execute_child).bind(*args).arguments  # type: ignore[misc]
                kept = sorted(named["pass_fds"])
                words, env = named["args"][3:], named["env"]
                request = {"words": words, "env": env, "fds": [0, 1, 2, *kept], "parent": os.getpid()}
                pipes = [named["p2cread"], named["c2pwrite"], named["c2pwrite"]]
                with asking:
                    socket.send_fds(post, [json.dumps(request).encode()], [*pipes, *kept])
                    self.pid = int(post.recv(32))
                self._child_created = True
                os.close(named["p2cread"])
                os.close(named["c2pwrite"])

        return Forked(argv, **options)


def nursery(own: int) -> None:
    """Fork a child for each request, until the other end is closed.

    Args:
        own: The descriptor of the socket that the requests come from.
    """
    for name in _IMPORTED:
        importlib.import_module(name)
    load_default_build_id()  # a Worker's default: a hash of all imported code, a tenth of a second; nobody looks at it
    gc.freeze()  # else each child's garbage collector walks over, and so copies, all of this
    post = socket.socket(fileno=own)
    while True:
        request, fds, _, _ = socket.recv_fds(post, _LONGEST, 16)
        if not request:
            return
        middle = os.fork()
        if middle == 0:
            if os.fork():
                os._exit(0)
            _become(json.loads(request), fds, post)
        os.waitpid(middle, 0)
        for each in fds:
            os.close(each)


def _become(told: dict[str, Any], fds: list[int], post: socket.socket) -> NoReturn:
    """Be the child that was asked for."""
    try:
        os.setsid()
        deadline = time.monotonic() + _LIMIT
        while os.getppid() != told["parent"]:  # until the one in the middle has ended: some microseconds
            if time.monotonic() > deadline:
                os._exit(1)  # who asked is dead
            time.sleep(0.0005)
        post.send(str(os.getpid()).encode())
        _take(fds, told["fds"])
        os.environ.clear()
        os.environ.update(told["env"])
        time.tzset()
        sys.path[:0] = [path for path in told["env"].get("PYTHONPATH", "").split(os.pathsep) if path]
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - these live as long as the child
        sys.stdout, sys.stderr = (open(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))  # noqa: SIM115
        sys.argv = told["words"]
        sys.modules.pop(sys.argv[0], None)
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except BaseException:
        traceback.print_exc()
    os._exit(1)  # both modules end the process themselves


def _take(fds: list[int], numbers: list[int]) -> None:
    """Give descriptors the numbers that they have in the process that asked, and close all others."""
    high = max(*fds, *numbers) + 1
    moved = [os.dup2(each, high + place) for place, each in enumerate(fds)]
    for number, each in zip(numbers, moved, strict=True):
        os.dup2(each, number)
    last = 0
    for number in sorted(numbers):
        if number > last:  # closerange(0, 0) closes everything (Python 3.11)
            os.closerange(last, number)
        last = number + 1
    os.closerange(last, os.sysconf("SC_OPEN_MAX"))
