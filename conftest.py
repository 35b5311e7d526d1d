"""What both kinds of pytest run need, tests/ and the notebooks: ports for kernels, nbval's harness, an end to all."""

import contextlib
import importlib.util
import random
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.connect import LocalPortCache

# Below the ports that Linux gives to who asks for any (ip_local_port_range) and macOS (from 49152).
_PORTS = range(10_000, 32_000)


@pytest.fixture(scope="session", autouse=True)
def kernel_ports() -> Iterator[None]:
    """Give the kernels that this process starts ports that nobody else is given.

    jupyter_client asks the system for five free ports and lets go of them before the kernel takes them. With servers
    and kernels starting in seven processes, another one had such a port now and then, and the kernel died.
    """

    def find(cache: LocalPortCache, ip: str) -> int:
        for port in random.SystemRandom().sample(_PORTS, 1000):
            if port in cache.currently_used_ports:
                continue
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind((ip, port))
                cache.currently_used_ports.add(port)
                return port
        raise RuntimeError("none of 1,000 ports is free")

    # By class: nbval offers no way to configure the managers that it makes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalPortCache, "find_available_port", find)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """See that nothing outlives this run, and register nbval's harness when it is asked to run notebooks.

    Both by their files, since nothing puts this folder on the path of a bare `pytest`.
    """
    # A shell's background job ignores Ctrl-C, and so would all that the tests start and then interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):  # what a pytest-xdist worker starts ends with the run
        _module("tools/processes.py").guard()
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        config.pluginmanager.register(_module("tests/notebooks/plugin.py"), "course-nbval")


def _module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"course_{Path(path).stem}", Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
