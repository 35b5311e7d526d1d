"""The `temporal` command, run for a notebook: its words and its output, as in a terminal."""

import asyncio
import shlex

from course_lib import server
from course_lib.errors import CourseError
from course_lib.server import binary
from course_lib.waits import Idle

# Seconds for which it may stand still: what follows a run for ever, as `workflow show --follow`, belongs in a terminal.
_PATIENCE = 20.0
_LOOK = 0.5


async def run(command: str, where: server.Server) -> str:
    """Run ``temporal`` with a command against the server of this course and return what it printed.

    Args:
        command: What follows the word ``temporal``, for example ``"worker deployment list"``.
        where: The server.

    Raises:
        CourseError: There is no such program, it refused the command, or it did not end.
    """
    path = await asyncio.to_thread(binary.locate)
    env = {**where.environ(), "NO_COLOR": "1"}
    child = await asyncio.create_subprocess_exec(
        str(path), *shlex.split(command), env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = asyncio.ensure_future(child.communicate())
    idle = Idle(lambda: [child.pid])
    try:
        while not (await asyncio.wait({said}, timeout=_LOOK))[0]:
            idle.look()
            if max(idle.seconds, idle.burnt) > _PATIENCE:
                raise CourseError(
                    f"`temporal {command}` did not end and was stopped: for {_PATIENCE:g} s there was nothing to see.",
                    fix="run it in a terminal if it is meant to go on.",
                )
        out, err = said.result()
    finally:
        said.cancel()
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        words = err.decode(errors="replace").strip() or out.decode(errors="replace").strip()
        raise CourseError(
            f"`temporal {command}` was refused: {words}", fix="correct the command and run the cell again."
        )
    return out.decode(errors="replace").rstrip()
