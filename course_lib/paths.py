"""Where the course keeps things on disk."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from course_lib.errors import CourseError


def root() -> Path:
    """Return the folder of the checkout: the one with ``notebooks/`` and ``solutions/``."""
    here = Path(__file__).resolve().parent.parent
    if (here / "pyproject.toml").is_file():
        return here
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "course_lib").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise CourseError(
        "The course's own folder was not found.",
        tried=[str(here), f"{Path.cwd()} and the folders above it"],
        fix="start JupyterLab with `make lab` in the folder that you cloned.",
    )


def state_dir() -> Path:
    """Return the folder of run-time state: server database, shop, logs, progress.

    ``COURSE_STATE`` names another folder (tests use that). The folder is not created here.
    """
    named = os.environ.get("COURSE_STATE")
    return Path(named).expanduser().absolute() if named else root() / ".course"


def workspace(chapter: str) -> Path:
    """Return the folder where the module cells of one chapter are saved as files.

    ``COURSE_WORKSPACE`` names another parent folder. The folder is not created here.

    Args:
        chapter: The chapter's id, for example ``"01_workflows"``.
    """
    named = os.environ.get("COURSE_WORKSPACE")
    parent = Path(named).expanduser().absolute() if named else root() / "workspace"
    return parent / chapter


def exports() -> Path:
    """Return the folder of exported projects; ``COURSE_EXPORTS`` names another. It is not created here."""
    named = os.environ.get("COURSE_EXPORTS")
    return Path(named).expanduser().absolute() if named else root() / "exported"


@contextlib.contextmanager
def writing(
    folder: Path, what: str = "The course cannot write to its state folder", variable: str = "COURSE_STATE"
) -> Iterator[None]:
    """Say what to do when a folder cannot be written in the block.

    Args:
        folder: The folder.
        what: What went wrong then, for a learner to read.
        variable: The environment variable that names another folder.

    Raises:
        CourseError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"{what}: {error.strerror or error}.",
            tried=[f"to write in {folder}"],
            fix="make room on that disk and make the folder writable, or name another folder: "
            f"set the environment variable {variable}.",
        ) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one.

    Args:
        path: The file, in a folder that exists.
        text: What it is to hold.

    Raises:
        OSError: It cannot be written; the old one is still there.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
