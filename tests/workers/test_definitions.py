"""What the child finds in modules, and what it says when it cannot register them."""

import types
from typing import Any

import pytest
from temporalio import activity, workflow

from course_lib.errors import CourseError
from course_lib.workers.definitions import Definitions


@workflow.defn(name="shop-order")
class Order:
    @workflow.run
    async def run(self) -> None: ...


def _module(name: str, **content: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    for thing in content.values():
        if getattr(thing, "__module__", None) == __name__:
            thing.__module__ = name
    vars(module).update(content)
    return module


def _ship(version: int) -> Any:
    @activity.defn
    async def ship() -> int:
        return version

    return ship


def test_finds_workflows_functions_and_methods_once() -> None:
    class Payments:
        @activity.defn
        async def charge(self) -> None: ...

    module = _module("orders__r1", Order=Order, Alias=Order, Payments=Payments, ship=_ship(1), timeout=3, text="x")
    found = Definitions([module])
    assert found.workflows == {"shop-order": Order}
    assert [a.__name__ for a in found.activities.values()] == ["charge", "ship"]


def test_own_definitions_win_over_imported_older_ones() -> None:
    old, new = _ship(1), _ship(2)
    shipping = _module("shipping__r2", ship=new)
    orders = _module("orders__r1", nothing=None)
    _module("shipping__r1", ship=old)
    orders.ship = old  # type: ignore[attr-defined]
    assert Definitions([orders, shipping]).activities == {"ship": new}
    assert Definitions([orders]).activities == {"ship": old}


def test_two_of_one_name_in_the_named_modules_are_refused() -> None:
    with pytest.raises(CourseError, match="share the name 'ship'"):
        Definitions([_module("a__r1", ship=_ship(1)), _module("b__r1", ship=_ship(2))])


def test_an_instance_made_in_the_module_is_used() -> None:
    class Payments:
        def __init__(self, url: str) -> None:
            self.url = url

        @activity.defn
        async def charge(self) -> None: ...

    with pytest.raises(CourseError, match=r"Payments\(\) failed: .*url"):
        Definitions([_module("a__r1", Payments=Payments)])
    Payments.__module__ = "a__r2"
    mine = Payments("http://shop")
    (bound,) = Definitions([_module("a__r2", Payments=Payments, mine=mine)]).activities.values()
    assert bound.__self__ is mine
