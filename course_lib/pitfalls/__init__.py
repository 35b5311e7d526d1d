"""Determinism pitfalls, found in source text: what a replay would not see again, with the line and the replacement."""

from course_lib.pitfalls.finding import Effect, Pitfall, find

__all__ = ["Effect", "Pitfall", "find"]
