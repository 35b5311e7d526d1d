"""A notebook cell becomes a real module that Temporal's sandbox can import."""

from course_lib.cells.asyncio_run import allow_nested_run
from course_lib.cells.lints import DEFAULT_LINTS, Lint, LintContext
from course_lib.cells.magic import register
from course_lib.cells.modules import ModuleInfo, Modules
from course_lib.cells.problems import CellError, Problem
from course_lib.cells.source import CellSource
from course_lib.cells.undefined import undefined_names

__all__ = [
    "DEFAULT_LINTS",
    "CellError",
    "CellSource",
    "Lint",
    "LintContext",
    "ModuleInfo",
    "Modules",
    "Problem",
    "allow_nested_run",
    "register",
    "undefined_names",
]
