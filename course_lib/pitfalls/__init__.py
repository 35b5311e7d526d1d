"""Known mistakes in Temporal code, found in its source: what a replay would not see again, and what hurts a worker."""

from course_lib.pitfalls.names import kind_of
from course_lib.pitfalls.rules import RULES, Effect, Finding
from course_lib.pitfalls.said import advice
from course_lib.pitfalls.search import find

__all__ = ["RULES", "Effect", "Finding", "advice", "find", "kind_of"]
