"""Form fields made from annotations: what was typed comes out raw, pydantic makes the value, faults go back to them."""

from course_lib.widgets.messages.fields.base import Field, Leaf, styled
from course_lib.widgets.messages.fields.groups import Group, Maybe, Rows, gather
from course_lib.widgets.messages.fields.leaves import json_leaf, read_json
from course_lib.widgets.messages.fields.make import field_for

__all__ = ["Field", "Group", "Leaf", "Maybe", "Rows", "field_for", "gather", "json_leaf", "read_json", "styled"]
