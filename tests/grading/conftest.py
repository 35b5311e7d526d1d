"""Fixtures of the grading tests: module cells without a notebook, and one call that grades."""

import textwrap
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from course_lib.cells import Modules
from course_lib.grading import Exercise, Verdict, grade
from course_lib.grading.exercises import Check
from course_lib.server import Server

from .forks import forked_children
from .load import pytest_addoption, pytest_configure

__all__ = ["forked", "grader", "modules", "pytest_addoption", "pytest_configure", "run_cell"]

Grader = Callable[..., Awaitable[Verdict]]


@pytest.fixture(scope="module")
def forked() -> Iterator[None]:
    """See `tests.grading.forks`."""
    with forked_children():
        yield


@pytest.fixture
def modules(tmp_path: Path) -> Modules:
    """The module cells of a chapter of this test alone."""
    return Modules(tmp_path / "cells")


@pytest.fixture
def grader(course_server: Server, modules: Modules) -> Grader:
    """Grade answers with a check: ``await grader(check, OrderWorkflow)``."""

    async def run(check: Check, *answers: Any, **options: Any) -> Verdict:
        names = options.pop("names", tuple(f"answer_{number}" for number in range(len(answers))))
        exercise = Exercise(names, check, id="9.9", title="A test", **options)
        return await grade(exercise, answers, server=course_server, modules=modules)

    return run


def run_cell(modules: Modules, name: str, source: str) -> dict[str, Any]:
    """Run one module cell and return what it publishes."""
    namespace: dict[str, Any] = {}
    modules.run(name, textwrap.dedent(source), namespace)
    return namespace
