"""A notebook that is open in a real JupyterLab, and what a test does with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# What a learner cannot use. JupyterLab's own faults are not ours: only outputs are looked at.
_SERIOUS = ("serious", "critical")


@dataclass
class Scene:
    """One notebook, one kernel, one page.

    Args:
        page: The browser page.
        file: The notebook's file.
        url: Its address, with the token.
    """

    page: Page
    file: Path
    url: str

    def open(self, *, dark: bool = False) -> None:
        """Open the notebook and wait until its kernel is there."""
        self.page.goto(self.url)
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        # The execution indicator says "idle" before there is a kernel, too; the status bar names the kernel.
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
        self.theme(dark=dark)

    def reload(self) -> None:
        """Save, load the page again, and wait until it is connected to the kernel."""
        self.save()
        self.page.reload()
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)

    def theme(self, *, dark: bool) -> None:
        """Take JupyterLab's dark or light theme."""
        name = "JupyterLab Dark" if dark else "JupyterLab Light"
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg="false" if dark else "true"
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Carry out one of JupyterLab's commands, as its menus do."""
        self.page.evaluate("([name, args]) => { window.jupyterapp.commands.execute(name, args); }", [name, arguments])

    def run_all(self, timeout: float = 60.0) -> None:
        """Run all cells and wait until each has run.

        Args:
            timeout: Seconds.
        """
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")];
                return prompts.length > 0 && prompts.every(prompt => /\\[\\d+\\]:/.test(prompt.textContent));
            }""",
            timeout=timeout * 1000,
        )

    def run_cell(self, code: str) -> Locator:
        """Add a cell below all others, run it without waiting for its end, and return its output.

        Args:
            code: What stands in it.
        """
        count = self.cells().count()
        self.page.evaluate(
            """code => {
                const panel = window.jupyterapp.shell.currentWidget;
                const model = panel.content.model.sharedModel;
                model.addCell({cell_type: "code", source: code});
                panel.content.activeCellIndex = panel.content.widgets.length - 1;
                window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            code,
        )
        expect(self.cells()).to_have_count(count + 1)
        return self.output(count)

    def cells(self) -> Locator:
        """Return all code cells."""
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    def output(self, cell: int) -> Locator:
        """Return the output of a cell, by its number from 0."""
        return self.cells().nth(cell).locator(".jp-Cell-outputWrapper")

    def restart_kernel(self) -> None:
        """Restart the kernel, and confirm it."""
        self.command("kernelmenu:restart")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)

    def save(self) -> None:
        """Save the notebook, and return when it is in the file: a page that is left before loses what is new."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function("!document.querySelector('.jp-mod-dirty')")

    def saved(self) -> list[dict[str, Any]]:
        """Save the notebook and return its code cells as the file holds them."""
        self.save()
        return [cell for cell in json.loads(self.file.read_text())["cells"] if cell["cell_type"] == "code"]

    def faults(self, selector: str = ".jp-OutputArea-output") -> list[str]:
        """Return the serious findings of axe-core, contrast among them, for what a selector matches.

        Args:
            selector: A CSS selector; outputs of cells by default.
        """
        found = Axe().run(self.page, context={"include": [[selector]]}, options={"resultTypes": ["violations"]})
        return [
            f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for violation in found.response["violations"]
            if violation["impact"] in _SERIOUS
            for node in violation["nodes"]
        ]

    def picture(self, path: Path | str) -> None:
        """Save a screenshot, for a person to look at."""
        self.page.screenshot(path=str(path))

    def close(self) -> None:
        """Shut the kernel down and close the page."""
        self.page.evaluate("window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
        self.page.close()
