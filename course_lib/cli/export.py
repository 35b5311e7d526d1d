"""`course export`: a chapter's modules as a plain project."""

import argparse
import re
from pathlib import Path
from typing import Any

from course_lib import paths
from course_lib.errors import CourseError

REVISION = re.compile(r"__r\d+$")


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "export",
        help="write a chapter's modules as a plain project",
        description="Writes the modules that you ran in a chapter as workflows/ activities/ worker/ starter/.",
    )
    parser.add_argument("name", metavar="NAME", help="the project's name; it is made in exported/NAME")
    parser.add_argument("--chapter", help="the chapter, such as 01 or 01_workflows (default: the one you ran last)")
    parser.add_argument("--start", metavar="WORKFLOW", help="the workflow class to start (default: the only one)")
    parser.add_argument(
        "--example", default="", metavar="EXPRESSION", help="its argument, such as 'Order(\"A1\", 1200)'"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export and print the folder."""
    from course_lib.authoring.export import export_project
    from course_lib.authoring.export.reading import read_modules

    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", options.name):
        raise CourseError(f"{options.name!r} cannot be a folder's name.", fix="use letters, digits and dashes.")
    folder = _folder(options.chapter)
    sources = saved(folder)
    workflows = [found.cls for module in read_modules(sources).values() for found in module.workflows]
    start = options.start or (workflows[0] if len(set(workflows)) == 1 else "")
    if not start:
        raise CourseError(
            f"Chapter {folder.name} has {len(set(workflows))} workflows.",
            tried=sorted(set(workflows)),
            fix=f"say which one the starter starts: course export {options.name} --start NAME --example 'ARGUMENT'.",
        )
    target = paths.exports() / options.name
    print(export_project(folder, sources, target, task_queue=options.name, start=start, example=options.example))
    return 0


def saved(folder: Path) -> dict[str, str]:
    """Return the chapter's modules as the learner last ran them; kept older revisions are left out.

    Args:
        folder: The chapter's folder in the workspace.
    """
    files = [path for path in sorted(folder.glob("*.py")) if not REVISION.search(path.stem)]
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def _folder(chapter: str | None) -> Path:
    parent = paths.workspace("x").parent
    folders = [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
    if chapter is not None:
        stem = Path(chapter).stem  # `01`, `01_workflows` and the notebook's file name, as in `course reset`
        folder = next((path for path in sorted(folders) if path.name.split("_")[0] == stem), paths.workspace(stem))
    else:
        folder = max(folders, key=lambda path: path.stat().st_mtime, default=paths.workspace("00_start_here"))
    if not saved(folder):
        raise CourseError(
            "No module cell of this chapter has been run yet.",
            tried=[str(folder)],
            fix="run the chapter's cells first.",
        )
    return folder
