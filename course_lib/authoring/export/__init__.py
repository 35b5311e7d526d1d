"""`lab.export`: the chapter's modules as a plain project with a worker and a starter, without the course."""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path

from course_lib import paths
from course_lib.authoring.export.project import files, plan

__all__ = ["export_project"]

_RECORD = ".course-export.json"


def export_project(
    chapter_folder: Path, modules: Mapping[str, str], target: Path, *, task_queue: str, start: str, example: str = ""
) -> Path:
    """Write the modules of a chapter as a plain project: ``workflows/ activities/ worker/ starter/``.

    A project that was exported before is written over; when somebody has changed it since, it is first renamed.

    Args:
        chapter_folder: The chapter's folder in the workspace; its name is the chapter's id.
        modules: Each module's source by its name, as the learner last ran it.
        target: The project's folder.
        task_queue: The task queue of the project's worker and starter.
        start: The name of the workflow class that the starter starts.
        example: Its argument as a Python expression, "" for a workflow without one.

    Returns:
        The project's folder.

    Raises:
        CourseError: The workflow is unknown, the example is no expression, or a module that the workflow needs
            cannot leave the course.
    """
    chosen = plan(modules, start, example)
    made = files(chosen, chapter_folder.name, task_queue, target.name)
    if any("shop_client" in source for path, source in made.items() if path.endswith(".py")):
        client = Path(paths.__file__).parent / "shop" / "client.py"
        made["shop_client.py"] = client.read_text(encoding="utf-8")
    if _changed_by_hand(target):
        target.rename(target.with_name(f"{target.name}-before-{time.strftime('%Y-%m-%d_%H%M%S')}"))
    elif target.is_dir():
        for stale in _record(target).keys() - made.keys():
            (target / stale).unlink(missing_ok=True)
    for path, source in made.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8", newline="\n")
    sums = {path: _sum(source) for path, source in made.items()}
    (target / _RECORD).write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return target


def _record(target: Path) -> dict[str, str]:
    try:
        record = json.loads((target / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(path): str(value) for path, value in record.items()} if isinstance(record, dict) else {}


def _changed_by_hand(target: Path) -> bool:
    if not target.is_dir() or not any(target.iterdir()):
        return False
    record = _record(target)
    if not record:
        return True
    present = {path: target / path for path in record if (target / path).is_file()}
    return any(
        _sum(file.read_text(encoding="utf-8", errors="replace")) != record[path] for path, file in present.items()
    )


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
