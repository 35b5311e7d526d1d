"""A question to answer by choosing: what quiz and predict share."""

from course_lib.widgets.choice.choice import Choice, bundle, letter

__all__ = ["Choice", "bundle", "letter"]
