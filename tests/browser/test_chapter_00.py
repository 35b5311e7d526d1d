"""Chapter 00 as a learner takes it: open it, run all, press kill, press start, see the order finish."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from .conftest import JupyterLab

NOTEBOOK = "00_start_here.ipynb"


def _code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


def _text(cell: dict[str, Any]) -> str:
    pieces = [output.get("text", "") for output in cell["outputs"]]
    pieces += [output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
    return "".join("".join(piece) for piece in pieces)


def test_run_all_kill_and_finish(page: Page, jupyterlab: JupyterLab) -> None:
    page.goto(jupyterlab.notebook_url(NOTEBOOK))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # The execution indicator says "idle" before there is a kernel, too; the status bar names the kernel.
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()

    kill = page.get_by_role("button", name="kill -9")
    expect(page.get_by_text("Your turn: press “kill -9”").first).to_be_visible(timeout=90_000)
    kill.click()
    expect(page.get_by_text("You pressed “kill -9”").first).to_be_visible(timeout=10_000)
    expect(page.get_by_text("killed by SIGKILL").first).to_be_visible(timeout=10_000)
    expect(page.get_by_text("Your turn: press “Start”").first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Start", exact=True).click()

    # The last cell has run when its prompt holds a number.
    expect(page.locator(".jp-CodeCell .jp-InputArea-prompt").last).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    page.keyboard.press("Control+s")
    saved = jupyterlab.folder / NOTEBOOK
    page.wait_for_function("document.title.indexOf('*') < 0 && !document.querySelector('.jp-mod-dirty')")

    cells = _code_cells(saved)
    assert [cell["id"] for cell in cells if cell["execution_count"] is None] == [], "Run All dropped a cell"
    errors = {cell["id"]: out["evalue"] for cell in cells for out in cell["outputs"] if out["output_type"] == "error"}
    assert errors == {}
    by_id = {cell["id"]: _text(cell) for cell in cells}
    assert "is complete" in by_id["start-again"]
