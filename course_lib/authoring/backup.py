"""A copy of a learner's file before the course writes to it."""

import shutil
import time
from pathlib import Path

from course_lib import paths


def back_up(path: Path) -> Path:
    """Copy a file into the state folder's ``backups/`` and return the copy's path, never an existing one.

    Args:
        path: The file that is about to be changed.
    """
    folder = paths.state_dir() / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%d_%H%M%S")
    copy, number = folder / f"{path.stem}.{stamp}{path.suffix}", 2
    while copy.exists():
        copy, number = folder / f"{path.stem}.{stamp}-{number}{path.suffix}", number + 1
    shutil.copyfile(path, copy)
    return copy
