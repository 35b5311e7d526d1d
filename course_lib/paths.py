"""Where the course keeps things on disk."""

import os
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
