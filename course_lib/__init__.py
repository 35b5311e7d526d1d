"""The helper library of the Temporal course.

A chapter needs one import, ``from course_lib import Lab``. The import is lazy, because workflow modules may
import light parts of this package inside Temporal's sandbox, which imports them afresh for every run.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.lab import Lab as Lab

__all__ = ["Lab"]


def __getattr__(name: str) -> Any:
    if name == "Lab":
        from course_lib.lab import Lab

        return Lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
