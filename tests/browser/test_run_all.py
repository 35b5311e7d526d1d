"""Every chapter as a learner takes it, in a real JupyterLab: Run All, and a hand that presses what a cell asks for.

nbval sends one cell at a time to a kernel without a page. Here the cells wait in JupyterLab's queue, widgets live in a
browser, and no cell presses its own button.

A chapter takes half a minute to a minute here, longer than any other test of a page but one. So `make test` takes the
first alone, which opens JupyterLab as a beginner does, and `make prove` the rest. ``COURSE_RUN_ALL=solutions`` takes
the solved edition.
"""

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError

from course_lib import paths

from .conftest import JupyterLab
from .scene import Scene

EDITION = os.environ.get("COURSE_RUN_ALL", "notebooks")
CHAPTERS = [
    pytest.param(path.name, marks=pytest.mark.core if path.name.startswith("00_") else [], id=path.stem)
    for path in sorted((paths.root() / EDITION).glob("[0-9]*.ipynb"))
]
LIMIT = 600.0  # seconds; a chapter takes 20 to 40 on a quiet machine

# Chapter: a cell, and words in its output that only a run to the end brings.
SAID = {
    "00": ("start-again", "is complete"),
    "01": ("panel", "Receipt("),
    "02": ("kill", "result: 10000"),
    "03": ("failure-run", "result: rsv_"),
    "04": ("saga-run", "failed:"),
    "05": ("reject-run", "result: approved"),
    "06": ("drain", "upgrading, after the roll-back: parcel"),
    "07": ("gifts-break", "Nondeterminism error"),
    "08": ("limits-run", "TIMED_OUT after"),
    "09": ("watch-run", "watched in the end: ['SKU-00001']"),
    "10": ("overlap-run", "BUFFER_ALL: 3 started, 0 skipped"),
}

# What is to be done next: a button to press, or nothing, because each cell has run (``done``).
NEXT = """pressed => {
    const outputs = [...document.querySelectorAll(".jp-OutputArea-output")].map(output => output.textContent);
    const asks = /Your turn: press “([^”]+)” above/g;
    const turns = outputs.flatMap(text => [...text.matchAll(asks)].map(found => found[1]));
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")].map(each => each.textContent);
    if (prompts.length && prompts.every(text => /\\[\\d+\\]:/.test(text))) return {done: true};
    const broken = document.querySelector(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']");
    if (broken) return {done: true};
    for (const name of turns) {
        const named = text => (text ?? "").trim().toLowerCase() === name.toLowerCase();
        const found = [...document.querySelectorAll("button, [role=switch]")].filter(button => !button.disabled
            && (named(button.textContent) || named(button.getAttribute("aria-label"))));
        if (found.length && !pressed.includes(name + found.length)) {
            found.at(-1).setAttribute("data-to-press", name + found.length);
            return {press: name + found.length};
        }
    }
    return null;
}"""


# Where a notebook stands that does not end: each cell that has not run, the kernel, and what is waited for.
STANDS = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const kernel = panel.sessionContext.session?.kernel;
    const cells = [...document.querySelectorAll(".jp-CodeCell")].map(cell => [
        cell.querySelector(".jp-InputArea-prompt")?.textContent ?? "",
        cell.querySelector(".jp-InputArea-editor")?.textContent.slice(0, 60) ?? "",
        [...cell.querySelectorAll(".jp-OutputArea-output")].map(each => each.textContent).join(" / ").slice(-300)]);
    const waiting = cells.filter(([prompt]) => !/\\[\\d+\\]:/.test(prompt)).map(cell => cell.join(" | "));
    return [`kernel ${kernel?.status}, connection ${kernel?.connectionStatus}`,
        `${cells.length} cells, ${waiting.length} not run, the first:`, ...waiting.slice(0, 2)].join("\\n");
}"""


def _play(page: Page) -> list[str]:
    """Press what the cells ask for until all have run, and return what was pressed."""
    pressed: list[str] = []
    deadline = time.monotonic() + LIMIT
    while True:
        left = (deadline - time.monotonic()) * 1000
        try:
            # By the clock: by frames it would read all outputs sixty times a second.
            step = page.wait_for_function(NEXT, arg=pressed, timeout=max(left, 1), polling=250).json_value()
        except TimeoutError:
            stands = page.evaluate(STANDS)
            pytest.fail(f"the notebook did not end within {LIMIT:.0f} s; pressed: {pressed}\n{stands}", pytrace=False)
        if step.get("done"):
            return pressed
        button = page.locator(f'[data-to-press="{step["press"]}"]').last
        button.click()
        pressed.append(step["press"])


def _text(cell: dict[str, Any]) -> str:
    pieces = [output.get("text", "") for output in cell["outputs"]]
    pieces += [output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
    return "".join("".join(piece) for piece in pieces)


def _turns(path: Path) -> int:
    cells = json.loads(path.read_text())["cells"]
    return sum(len(re.findall(r"lab\.your_turn\(", "".join(cell["source"]))) for cell in cells)


@pytest.mark.timeout(LIMIT + 60)
@pytest.mark.parametrize("name", CHAPTERS)
def test_run_all(name: str, page: Page, jupyterlab: JupyterLab) -> None:
    shutil.copy(paths.root() / EDITION / name, jupyterlab.folder / name)
    scene = Scene(page, jupyterlab.folder / name, jupyterlab.notebook_url(name))
    scene.open()
    scene.command("notebook:run-all-cells")
    pressed = _play(page)
    cells = scene.saved()
    errors = {cell["id"]: out["evalue"] for cell in cells for out in cell["outputs"] if out["output_type"] == "error"}
    assert errors == {}
    assert [cell["id"] for cell in cells if cell["execution_count"] is None] == [], "Run All dropped a cell"
    texts = {cell["id"]: _text(cell) for cell in cells}
    cell, words = SAID[name[:2]]
    assert words in texts[cell]
    # Every press was the hand's: none came too late, and none was left to the course.
    said = " ".join(texts.values())
    assert len(pressed) == said.count("You pressed “") == _turns(scene.file), said
