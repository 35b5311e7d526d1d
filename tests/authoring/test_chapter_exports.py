"""What each chapter takes outside at its end: its solved modules, as two processes without the course."""

import ast
from pathlib import Path

import pytest

from course_lib import paths
from course_lib.authoring.export import export_project
from course_lib.grading import sources
from course_lib.server import Server
from course_lib.shop import Shop

from .test_export import run_project

pytestmark = pytest.mark.slow

CHAPTERS = sorted(path.stem for path in (paths.root() / "solutions").glob("[0-9][0-9]_*.ipynb"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_outside(chapter: str, tmp_path: Path, course_server: Server, shop: Shop) -> None:
    cells = sources.cells(chapter[:2], "solution")
    modules = {cell.module: cell.code for cell in cells if cell.module}  # the last cell of a name is what is exported
    [call] = [
        node
        for cell in cells
        if not cell.module
        for node in ast.walk(ast.parse(cell.code))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lab.export"
    ]
    name = ast.literal_eval(call.args[0])
    said = {keyword.arg: keyword.value for keyword in call.keywords}
    project = export_project(
        tmp_path / "workspace" / chapter,
        modules,
        tmp_path / "exported" / name,
        task_queue=name,
        start=ast.unparse(said["start"]),
        example=ast.literal_eval(said["example"]),
    )
    assert "result: " in run_project(project, tmp_path, course_server, shop)
