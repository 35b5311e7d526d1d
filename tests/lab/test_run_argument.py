"""A forgotten `await`, an ID, anything else in place of a handle: one sentence, whichever call gets it."""

import inspect
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from temporalio.client import WorkflowHandle

from course_lib.errors import CourseError
from course_lib.lab import Lab
from course_lib.server import Server
from tests.lab.flows import Order

CALLS: dict[str, Callable[[Lab, Any], Any]] = {
    "lab.result": lambda lab, run: lab.result(run),
    "lab.your_turn": lambda lab, run: lab.your_turn(ipywidgets.Button(), run=run),
    "lab.timeline": lambda lab, run: lab.timeline(run),
    "lab.compare": lambda lab, run: lab.compare(run, run),
    "lab.events": lambda lab, run: lab.events(run),
    "lab.messages": lambda lab, run: lab.messages(run),
    "lab.event_table": lambda lab, run: lab.event_table(run),
    "lab.step_through": lambda lab, run: lab.step_through(run),
    "lab.diagnose": lambda lab, run: lab.diagnose(run),
    "lab.skip": lambda lab, run: lab.skip(run),
}


@pytest.fixture
async def lab(course_server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lab]:
    monkeypatch.setenv("SHOP_URL", "which opening a Lab sets, and this fixture puts back")
    opened = await Lab.open("00_start_here")
    yield opened
    await opened.close()


async def refused(call: str, lab: Lab, given: object) -> CourseError:
    """Return the error of a call, which must be one that the course itself raises."""

    async def asked() -> None:
        answer = CALLS[call](lab, given)
        if inspect.isawaitable(answer):
            await answer

    with pytest.raises(CourseError) as caught:
        await asked()
    assert f"`{call}`" in caught.value.what
    return caught.value


def test_every_call_that_takes_a_run_is_tried_here() -> None:
    takes = {
        f"lab.{name}"
        for name, method in inspect.getmembers(Lab, inspect.isfunction)
        for parameter in inspect.signature(method).parameters.values()
        if "WorkflowHandle" in str(parameter.annotation) and not name.startswith("_")
    }
    assert takes == set(CALLS)


async def test_a_forgotten_await_is_named(lab: Lab) -> None:
    for call in CALLS:
        handle = lab.client.start_workflow(Order.run, "o-1", id=lab.id("order"), task_queue=lab.task_queue)
        error = await refused(call, lab, handle)
        assert error.what.startswith("An `await` is missing: ")
        assert "`handle = await lab.client.start_workflow(…)`" in error.fix
        handle.close()


async def test_a_forgotten_await_of_the_learners_own_function_is_named(lab: Lab) -> None:
    async def buy() -> None: ...

    handle = buy()
    assert "`handle = await buy(…)`" in (await refused("lab.timeline", lab, handle)).fix
    handle.close()


async def test_an_id_is_no_handle(lab: Lab) -> None:
    for call in CALLS:
        error = await refused(call, lab, "order-ada-1")
        assert error.what.endswith("'order-ada-1' is a workflow ID.")
        assert "lab.client.get_workflow_handle('order-ada-1')" in error.fix


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "None"),
        (Order, "the class Order"),
        (Order.run, "the function run"),
        (Order().run, "the function run"),
        (lambda: None, "the function `lambda`"),
        (7, "an object of the type int"),
        ("Welcome to the shop!", "an object of the type str"),  # a result, hardly an ID
    ],
)
async def test_anything_else_is_named(lab: Lab, given: object, words: str) -> None:
    for call in CALLS.keys() - ({"lab.your_turn"} if given is None else set()):  # whose default is None
        assert (await refused(call, lab, given)).what.endswith(f"was given {words}.")


async def test_the_name_of_a_file_is_left_to_the_reader_of_files(lab: Lab, tmp_path: Path) -> None:
    for missing in ("orders.json", tmp_path / "orders"):
        with pytest.raises(CourseError, match="orders") as caught:
            lab.step_through(missing)
        assert "handle" not in caught.value.what


async def test_the_second_of_two_runs_is_looked_at_too(lab: Lab) -> None:
    handle: WorkflowHandle[Any, Any] = await lab.client.start_workflow(
        Order.run, "o-1", id=uuid.uuid4().hex, task_queue=lab.task_queue
    )
    with pytest.raises(CourseError, match=r"`lab\.compare` needs a workflow's handle"):
        lab.compare(handle, "order-ada-1")  # type: ignore[arg-type]
    await handle.terminate()
