"""How the course starts another process: its command, its environment, and a session of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def python(module: str, *words: str) -> list[str]:
    """Return the command that runs a module of the course. Others can read it: no secret belongs there.

    Args:
        module: Its name.
        *words: The arguments.
    """
    # -P: the current folder is not on sys.path, so a learner's file never hides a library.
    return [sys.executable, "-P", "-m", module, *words]


def importing_course(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Python finds this very course.

    Args:
        env: The environment otherwise.
    """
    # Not at the module's top: a workflow's file may import the course, and the sandbox lets no import look at files.
    parent = str(Path(__file__).resolve().parent.parent)
    return {**env, "PYTHONPATH": os.pathsep.join(filter(None, (parent, env.get("PYTHONPATH", ""))))}


def apart(*, outlives: bool = False) -> dict[str, Any]:
    """Return the arguments of ``Popen`` that put a process into a session of its own.

    Ctrl-C in the kernel's terminal, the Interrupt button and the kernel's end reach the kernel's group only.

    Args:
        outlives: Whether it goes on when the terminal is closed (Windows; elsewhere a session is enough).
    """
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | (subprocess.DETACHED_PROCESS if outlives else 0)}
    return {"start_new_session": True}
