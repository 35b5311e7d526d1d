"""No key that is pressed in a panel reaches the notebook around it: real presses, on every control of every panel.

With a dropdown focused, `x` cut the cell and `b` inserted one: JupyterLab leaves only text fields alone by itself.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene
from .test_messages import MODULE, OPEN

RUN = """worker = await lab.worker(workflows=[Approvals])
handle = await lab.client.start_workflow(Approvals.run, id=lab.id("order"), task_queue=lab.task_queue)
print(await handle.query("street_now"))
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec
action = ScheduleActionStartWorkflow(Approvals.run, id=lab.id("daily"), task_queue=lab.task_queue)
schedule = await lab.client.create_schedule(
    lab.id("daily"), Schedule(action=action, spec=ScheduleSpec()), trigger_immediately=True
)
"""
QUESTION = """import tempfile
from pathlib import Path
from course_lib.grading import ChapterContent, Option, Prediction, Progress, Question
from course_lib.widgets.predict import Predict
from course_lib.widgets.quiz import Quiz
progress = Progress(Path(tempfile.mkdtemp()) / "progress.json")
options = (Option("This", "Yes.", right=True, value=1), Option("That", "No.", value=2))
Quiz(ChapterContent("09_test", questions=(Question("9.q1", "Which?", options),)), progress)
"""
PANELS = {
    "messages": "lab.messages(handle)",
    "faults": "lab.shop.faults",
    "worker process": "lab.worker_process('approvals')",
    "two worker processes": "lab.workers(*(lab.worker_process('approvals', name=name) for name in 'ab'))",
    "server": "lab.server_panel()",
    "schedule": "lab.schedule_panel(schedule)",
    "quiz": QUESTION,
    "prediction": "Predict(Prediction('9.a', 'How many?', options), progress)",
    "timeline": "lab.timeline(handle)",
    "comparison": "lab.compare(handle, handle)",
    "event table": "lab.event_table(handle)",
    "stepper": "lab.step_through(handle)",
}
_FIRST = 3  # the cell of the first panel
# What JupyterLab's command mode would do: cut, insert, copy and paste, undo, change the type, move on, delete.
_LETTERS = ("x", "b", "a", "c", "v", "z", "m", "y", "r", "j", "k", "d", "d", "Shift+M")
# Run the cell, move it, select more cells. On a button, Enter is a press.
_CHORDS = ("Shift+Enter", "Control+Enter", "Alt+Enter", "Control+Shift+ArrowDown", "Control+Shift+ArrowUp", "Escape")
_CONTROLS = "button, input, select, textarea, summary, a[href], [tabindex='0']"
# Everything of the notebook that a key could change.
_NOTEBOOK = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const cells = notebook.widgets.map(({ model }) =>
        [model.id, model.type, model.sharedModel.getSource(), model.executionCount ?? null]);
    const selected = notebook.widgets.filter((cell) => notebook.isSelected(cell)).length;
    return { active: notebook.activeCellIndex, mode: notebook.mode, selected, cells };
}"""


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(OPEN, MODULE, RUN, *PANELS.values())


def _notebook(scene: Scene) -> Any:
    return scene.page.evaluate(_NOTEBOOK)


def _controls(panel: Locator) -> list[Locator]:
    return [each for each in panel.locator(_CONTROLS).filter(visible=True).all() if each.is_enabled()]


def _tag(control: Locator) -> str:
    return str(control.evaluate("element => element.tagName + (element.type ? ` ${element.type}` : '')"))


@pytest.mark.parametrize("name", PANELS)
def test_no_key_reaches_the_notebook(scene: Scene, name: str) -> None:
    number = _FIRST + list(PANELS).index(name)
    panel = scene.output(number)
    panel.scroll_into_view_if_needed()
    expect(panel.locator(_CONTROLS).filter(visible=True).first).to_be_visible()
    controls = _controls(panel)
    assert len(controls) > 1
    before = None
    for control in controls:
        control.focus()
        now = _notebook(scene)
        assert (now["active"], now["mode"]) == (number, "command"), "the focus makes its cell the active one"
        before = before or now
        tag = _tag(control)
        for key in (*_LETTERS, *(() if re.match("BUTTON|A|SUMMARY|INPUT (button|text|search)", tag) else _CHORDS)):
            scene.page.keyboard.press(key)
        assert _notebook(scene) == before, f"a key that was pressed on {tag}"
    # JupyterLab carries keys out a moment later, in their order: when this one has done its work, all have.
    scene.cells().nth(number).focus()
    scene.page.keyboard.press("b")
    expect(scene.cells()).to_have_count(len(before["cells"]) + 1)
    after = _notebook(scene)
    assert [cell for at, cell in enumerate(after["cells"]) if at != number + 1] == before["cells"]
    scene.page.keyboard.press("d")
    scene.page.keyboard.press("d")
    expect(scene.cells()).to_have_count(len(before["cells"]))
    assert _notebook(scene)["cells"] == before["cells"]


@pytest.mark.parametrize("name", ["messages", "faults", "event table", "quiz"])
def test_what_is_a_short_cut_of_the_whole_page_still_works(scene: Scene, name: str) -> None:
    expect(scene.run_cell("print('done')").get_by_text("done", exact=True)).to_be_visible()
    scene.page.locator(".jp-mod-dirty").first.wait_for(state="attached")
    panel = scene.output(_FIRST + list(PANELS).index(name))
    panel.scroll_into_view_if_needed()
    panel.locator("select, input").first.focus()
    scene.page.keyboard.press("Control+s")
    expect(scene.page.locator(".jp-mod-dirty")).to_have_count(0)


def test_it_is_so_in_notebook_7(opened: Callable[..., Scene]) -> None:
    # It listens on the way down, where no panel can stop a key.
    scene = opened(OPEN, "lab.shop.faults", run=False)
    scene.page.goto(re.sub(r"/lab/.*", f"/notebooks/{scene.file.name}", scene.url))  # the token is a cookie by now
    scene.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    expect(scene.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible(timeout=60_000)
    scene.cells().first.click()
    for _ in range(2):
        scene.page.keyboard.press("Shift+Enter")
    scenario = scene.page.get_by_label("Scenario", exact=True)
    scenario.focus()
    for key in ("x", "b", "a", "Shift+Enter"):
        scene.page.keyboard.press(key)
    count = scene.cells().count()  # Shift+Enter on the last cell has added one
    scene.cells().nth(1).focus()
    scene.page.keyboard.press("b")
    expect(scene.cells()).to_have_count(count + 1)
    assert "lab.shop.faults" in scene.cells().nth(1).inner_text()
    assert count == 3
