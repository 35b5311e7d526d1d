"""Known mistakes in Temporal code, found in its source or told by what is said of them: what a replay would not see
again, what hurts a worker, what Temporal cannot take."""

from course_lib.pitfalls.names import kind_of
from course_lib.pitfalls.rules import RULES, Effect, Finding
from course_lib.pitfalls.said import advice
from course_lib.pitfalls.search import find

__all__ = ["RULES", "Effect", "Finding", "advice", "find", "kind_of"]
