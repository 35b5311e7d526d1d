"""The `temporal` command, run for a notebook: its words and its output, as in a terminal."""

import asyncio
import os
import shlex

from course_lib import server
from course_lib.errors import CourseError
from course_lib.server import binary

_LIMIT = 20.0  # seconds; what follows a run for ever, such as `workflow show --follow`, belongs in a terminal


async def run(command: str, where: server.Server) -> str:
    """Run ``temporal`` with a command against the server of this course and return what it printed.

    Args:
        command: What follows the word ``temporal``, for example ``"worker deployment list"``.
        where: The server; named by the environment, the command finds it there with its TLS and API key.

    Raises:
        CourseError: There is no such program, it refused the command, or it did not end.
    """
    words = shlex.split(command)
    path = await asyncio.to_thread(binary.locate)
    env = {**os.environ, "NO_COLOR": "1"}
    if where.origin != "environment":
        env |= {"TEMPORAL_ADDRESS": where.address, "TEMPORAL_NAMESPACE": where.namespace}
    child = await asyncio.create_subprocess_exec(
        str(path), *words, env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_LIMIT):
            out, err = await child.communicate()
    except TimeoutError:
        raise CourseError(
            f"`temporal {command}` did not end within {_LIMIT:g} s and was stopped.",
            fix="run it in a terminal if it is meant to go on.",
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        said = err.decode(errors="replace").strip() or out.decode(errors="replace").strip()
        raise CourseError(
            f"`temporal {command}` was refused: {said}", fix="correct the command and run the cell again."
        )
    return out.decode(errors="replace").rstrip()
