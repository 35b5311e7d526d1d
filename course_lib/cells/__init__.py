"""A notebook cell becomes a real module that Temporal's sandbox can import."""

from course_lib.cells.asyncio_run import allow_nested_run
from course_lib.cells.error import CellError
from course_lib.cells.magic import register
from course_lib.cells.modules import ModuleInfo, Modules
from course_lib.cells.source import CellSource

__all__ = [
    "CellError",
    "CellSource",
    "ModuleInfo",
    "Modules",
    "allow_nested_run",
    "register",
]
