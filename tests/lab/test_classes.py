"""The class of a workflow type: the newest module cell, then what a Worker runs, then the notebook's names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import RawValue

from course_lib.cells import Modules
from course_lib.lab.classes import workflow_class
from tests.conftest import no_revisions
from tests.lab.flows import Order

CELL = """
from temporalio import workflow

@workflow.defn{named}
class {cls}:
    @workflow.run
    async def run(self) -> int:
        return {value}
"""


@dataclass
class Registered:
    """The part of a Worker that is asked: which classes it was given."""

    workflows: tuple[type, ...]


@workflow.defn(dynamic=True)
class AnyType:
    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None: ...


@pytest.fixture
def modules(tmp_path: Path) -> Iterator[Modules]:
    with no_revisions():
        yield Modules(tmp_path / "01_chapter")


def _cell(cls: str, value: int, named: str = "") -> str:
    return CELL.format(cls=cls, value=value, named=f'(name="{named}")' if named else "")


def test_the_newest_revision_of_a_cell_wins_over_a_worker_on_an_older_one(modules: Modules) -> None:
    names: dict[str, Any] = {}
    modules.run("orders", _cell("Order", 1), names)
    worker = Registered((names["Order"],))
    modules.run("orders", _cell("Order", 2), names)
    found = workflow_class("Order", modules, names, [worker])
    assert found is not None
    assert found.__module__ == "orders__r2"


def test_it_goes_by_the_workflow_type_not_by_the_name_of_the_class(modules: Modules) -> None:
    names: dict[str, Any] = {}
    modules.run("orders", _cell("Order", 1, named="order-v2"), names)
    assert workflow_class("order-v2", modules, names, []) is names["Order"]
    assert workflow_class("Order", modules, names, []) is None


def test_of_two_cells_with_the_same_type_the_one_that_the_notebook_names(modules: Modules) -> None:
    names: dict[str, Any] = {}
    modules.run("orders", _cell("Order", 1), names)
    modules.run("drafts", _cell("Order", 2), names)
    assert workflow_class("Order", modules, names, []) is names["Order"]
    modules.run("orders", _cell("Order", 3), names)
    found = workflow_class("Order", modules, names, [])
    assert found is names["Order"]
    assert found.__module__ == "orders__r2"


def test_a_class_that_is_no_cell_is_found_through_the_worker_or_the_notebook(modules: Modules) -> None:
    assert workflow_class("Order", modules, {}, [Registered((Order,))]) is Order
    assert workflow_class("Order", None, {"Anything": Order}, []) is Order
    assert workflow_class("Order", modules, {"Order": "no class", "x": object()}, []) is None


def test_a_dynamic_workflow_takes_what_nobody_else_has() -> None:
    worker = Registered((AnyType, Order))
    assert workflow_class("Order", None, {}, [worker]) is Order
    assert workflow_class("Refund", None, {}, [worker]) is AnyType
