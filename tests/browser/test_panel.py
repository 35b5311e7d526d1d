"""What every panel has: a word when the kernel is gone, and no serious fault that axe-core finds."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .scene import Scene

CELL = """
from course_lib.widgets.panel import Panel
import ipywidgets

class Counter(Panel):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.shown = ipywidgets.HTML()
        self.more = self.button("More", "Count one more", lambda: self.act("counting", self.add()))
        self.assemble(self.shown, self.more, label="Counter")

    async def add(self):
        self.count += 1

    def draw(self):
        self.shown.value = f"count {self.count}"

    def text(self):
        return f"count {self.count}"

Counter()
"""


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(CELL)


def test_a_press_while_a_cell_awaits_is_seen(scene: Scene) -> None:
    scene.run_cell("import asyncio; await asyncio.sleep(8)")
    button = scene.page.get_by_role("button", name="More")
    button.press("Enter")
    expect(scene.page.get_by_text("count 1", exact=True)).to_be_visible(timeout=5_000)


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, dark: bool) -> None:
    scene.theme(dark=dark)
    assert scene.faults(".tc-panel") == []


def test_a_kernel_restart_is_said_and_disables_the_controls(scene: Scene) -> None:
    button = scene.page.get_by_role("button", name="More")
    expect(button).to_be_enabled()
    scene.restart_kernel()
    expect(scene.page.get_by_text("no longer connected")).to_be_visible(timeout=10_000)
    expect(button).to_be_disabled()


def test_a_kernel_that_dies_is_said_too(opened: Callable[..., Scene]) -> None:
    scene = opened(CELL)
    scene.run_cell("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    expect(scene.page.get_by_text("no longer connected")).to_be_visible(timeout=30_000)
    expect(scene.page.get_by_role("button", name="More")).to_be_disabled()


def test_it_works_in_notebook_7(opened: Callable[..., Scene]) -> None:
    scene = opened(CELL, run=False)
    scene.page.goto(re.sub(r"/lab/.*", f"/notebooks/{scene.file.name}", scene.url))  # the token is a cookie by now
    cell = scene.page.locator(".jp-Notebook .jp-CodeCell").first
    cell.wait_for()
    expect(scene.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible(timeout=60_000)
    cell.click()
    scene.page.keyboard.press("Shift+Enter")
    scene.page.get_by_role("button", name="More").click()
    expect(scene.page.get_by_text("count 1", exact=True)).to_be_visible(timeout=10_000)
