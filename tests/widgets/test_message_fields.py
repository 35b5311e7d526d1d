"""Forms from annotations: the right control, the right value, and a fault in words at the field it belongs to."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import ipywidgets
import pytest
from pydantic import BaseModel, Field

from course_lib.widgets.messages.fields import Group, Leaf, Maybe, Rows, field_for
from course_lib.widgets.messages.values import Converter, Faulty

Cents = NewType("Cents", int)


class Tier(enum.Enum):
    PLAIN = "plain"
    GOLD = "gold"


@dataclass
class Address:
    street: str
    zip: int = 10115


@dataclass
class Order:
    id: str
    address: Address
    notes: list[str] = field(default_factory=lambda: ["fragile"])
    gift: bool = True
    made_by_code: int = field(default=0, init=False)


class Line(BaseModel):
    sku: str
    count: Annotated[int, Field(gt=0)] = 1
    price: float = Field(default=1.5, alias="unitPrice")


class Basket(BaseModel):
    lines: list[Line] = []
    coupon: str | None = None


@dataclass
class Tree:
    name: str
    left: Tree | None = None


class Stranger:
    """A class that pydantic cannot look into."""


def _value(made: Any, annotation: Any) -> Any:
    return Converter(annotation).value(made.raw())


def _typed(annotation: Any, text: Any, **options: Any) -> Any:
    """Return what comes of a text or a value in the one control of a field."""
    made = field_for(annotation, "it", **options)
    assert isinstance(made, Leaf)
    made.control.value = text
    return _value(made, annotation)


@pytest.mark.parametrize(
    ("annotation", "control", "typed", "value"),
    [
        (str, ipywidgets.Text, "  as it is ", "  as it is "),
        (int, ipywidgets.Text, " 12 ", 12),
        (Cents, ipywidgets.Text, "12", 12),
        (Annotated[int, Field(gt=0)], ipywidgets.Text, "12", 12),
        (float, ipywidgets.Text, "2.5", 2.5),
        (bool, ipywidgets.Checkbox, True, True),
        (Tier, ipywidgets.Dropdown, Tier.GOLD, Tier.GOLD),
        (Literal["a", 2], ipywidgets.Dropdown, 2, 2),
        (date, ipywidgets.DatePicker, date(2026, 3, 1), date(2026, 3, 1)),
        (datetime, ipywidgets.DatetimePicker, datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)),
        (timedelta, ipywidgets.Text, "90", timedelta(seconds=90)),
        (timedelta, ipywidgets.Text, "1 h 30 min", timedelta(minutes=90)),
        (timedelta, ipywidgets.Text, "PT2M", timedelta(minutes=2)),
        (timedelta, ipywidgets.Text, "2 days", timedelta(days=2)),
        (UUID, ipywidgets.Text, "6f1c2d3e-0000-4000-8000-000000000000", UUID("6f1c2d3e-0000-4000-8000-000000000000")),
        (dict[str, int], ipywidgets.Textarea, '{"a": 1}', {"a": 1}),
        (int | str, ipywidgets.Textarea, '"a"', "a"),
        (Any, ipywidgets.Textarea, "[1, null]", [1, None]),
    ],
)
def test_each_type_has_its_control_and_gives_its_value(annotation: Any, control: type, typed: Any, value: Any) -> None:
    made = field_for(annotation, "it")
    assert isinstance(made, Leaf)
    assert isinstance(made.control, control)
    assert made.control.description == "it"
    assert _typed(annotation, typed) == value


@pytest.mark.parametrize(
    ("annotation", "typed", "words"),
    [
        (int, "three", "type a whole number, for example 3"),
        (int, "", "type a whole number, for example 3"),
        (int, "2.5", "type a whole number, for example 3"),
        (float, "much", "type a number, for example 2.5"),
        (Annotated[int, Field(gt=0)], "0", "this must be greater than 0"),
        (date, None, "choose a date"),
        (datetime, None, "choose a date and a time"),
        (timedelta, "soon", "type a duration, for example 30 s, 1 h 30 min or 2 days"),
        (dict[str, int], '{"a": "x"}', "type a whole number, for example 3"),
        (Any, "approved", 'text needs quotes: "approved"'),
        (Any, '{"a": ', "this is no JSON"),
    ],
)
def test_what_is_no_value_is_said_in_words(annotation: Any, typed: Any, words: str) -> None:
    with pytest.raises(Faulty) as raised:
        _typed(annotation, typed)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("annotation", "default", "shown"),
    [
        (int, 3, "3"),
        (timedelta, timedelta(minutes=1), "60 s"),
        (Tier, Tier.GOLD, Tier.GOLD),
        (bool, True, True),
        (dict[str, int], {"a": 1}, '{"a":1}'),
        (date, date(2026, 3, 1), date(2026, 3, 1)),
    ],
)
def test_a_default_stands_in_the_field_and_comes_back(annotation: Any, default: Any, shown: Any) -> None:
    made = field_for(annotation, "it", default)
    assert isinstance(made, Leaf)
    assert str(made.control.value).replace(" ", "") == str(shown).replace(" ", "")
    assert _value(made, annotation) == default


def test_a_naive_default_time_stays_naive() -> None:
    default = datetime(2026, 3, 1, 9)
    assert _value(field_for(datetime, "at", default), datetime) == default


def test_optional_is_a_box_to_tick() -> None:
    made = field_for(str | None, "note")
    assert isinstance(made, Maybe)
    assert made.raw() is None
    assert made.widget.children == (made.tick,)
    made.tick.value = True
    inner = made.field
    assert isinstance(inner, Leaf)
    assert inner.control.description == "note", "for a screen reader"
    inner.control.value = "late"
    assert _value(made, str | None) == "late"
    assert _value(field_for(int | None, "level", 4), int | None) == 4
    assert _value(field_for(int | None, "level", None), int | None) is None


def test_a_dataclass_in_a_dataclass() -> None:
    made = field_for(Order, "order")
    assert isinstance(made, Group)
    assert list(made.parts) == ["id", "address", "notes", "gift"], "what code sets is not asked for"
    address = made.parts["address"]
    assert isinstance(address, Group)
    _put(made, "id", "o-1")
    _put(address, "street", "Elm Street")
    assert _value(made, Order) == Order("o-1", Address("Elm Street", 10115), ["fragile"], True)


def test_a_default_object_fills_the_parts() -> None:
    default = Order("o-2", Address("Oak Street", 2), [], gift=False)
    assert _value(field_for(Order, "order", default), Order) == default


def test_a_pydantic_model_with_an_alias_and_rows_of_models() -> None:
    made = field_for(Basket, "basket")
    assert isinstance(made, Group)
    lines = made.parts["lines"]
    assert isinstance(lines, Rows)
    lines.add_button.click()
    line = lines.fields[0]
    assert isinstance(line, Group)
    assert list(line.parts) == ["sku", "count", "unitPrice"]
    _put(line, "sku", "mug")
    _put(line, "unitPrice", "2.5")
    basket = _value(made, Basket)
    assert basket == Basket(lines=[Line(sku="mug", count=1, unitPrice=2.5)])


@pytest.mark.parametrize("annotation", [list[int], Sequence[int], tuple[int, ...], set[int]])
def test_rows_are_added_and_removed(annotation: Any) -> None:
    made = field_for(annotation, "levels")
    assert isinstance(made, Rows)
    for text in ("1", "2", "3"):
        leaf = made.add()
        assert isinstance(leaf, Leaf)
        leaf.control.value = text
    made.widget.children[1].children[1].children[-1].click()  # "Remove" of the second row
    assert sorted(_value(made, annotation)) == [1, 3]
    assert [leaf.control.description for leaf in made.fields if isinstance(leaf, Leaf)] == ["levels 1", "levels 2"]


def test_faults_stand_at_their_fields_and_go_away() -> None:
    made = field_for(Basket, "basket")
    assert isinstance(made, Group)
    lines = made.parts["lines"]
    assert isinstance(lines, Rows)
    lines.add()
    lines.add()
    for line, count in zip(lines.fields, ("2", "<b>none"), strict=True):
        assert isinstance(line, Group)
        _put(line, "sku", "mug")
        _put(line, "count", count)
    with pytest.raises(Faulty) as raised:
        _value(made, Basket)
    assert [fault.path for fault in raised.value.faults] == [("lines", 1, "count")]
    assert str(raised.value.faults[0]) == "lines[1].count: type a whole number, for example 3"
    for fault in raised.value.faults:
        made.show(fault.path, fault.words)
    bad = lines.fields[1]
    assert isinstance(bad, Group)
    assert "type a whole number" in bad.parts["count"].widget.children[-1].value
    assert len(bad.parts["sku"].widget.children) == 1
    made.clear()
    assert len(bad.parts["count"].widget.children) == 1


def test_a_fault_deeper_than_its_field_says_where_and_is_escaped() -> None:
    made = field_for(dict[str, int], "prices")
    assert isinstance(made, Leaf)
    made.show(("<b>", 2), "<img src=x>")
    assert "&lt;b&gt;[2]: &lt;img src=x&gt;" in made.widget.children[-1].value


def test_a_type_that_contains_itself_ends_as_json() -> None:
    made: Any = field_for(Tree, "tree")
    depth = 0
    while isinstance(made, Group):
        depth += 1
        branch: Any = made.parts["left"]
        branch.tick.value = True
        made = branch.field
    assert isinstance(made.control, ipywidgets.Textarea)
    assert depth < 6


def test_a_class_unknown_to_pydantic_is_converted_as_a_worker_does() -> None:
    stranger = Stranger()
    assert Converter(Stranger).value(stranger) is stranger
    with pytest.raises(Faulty):
        Converter(Stranger).value({"a": 1})


def _put(group: Any, part: str, text: str) -> None:
    leaf = group.parts[part]
    assert isinstance(leaf, Leaf)
    leaf.control.value = text
