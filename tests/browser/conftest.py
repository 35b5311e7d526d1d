"""A real JupyterLab and a real browser.

On a learner's machine a missing browser is a printed skip; ``COURSE_REQUIRE_BROWSER=1`` (set by ``.ci/run``) makes it
a failure.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from course_lib import paths

from .scene import Scene

# A picture comes in milliseconds; on a machine that runs two other stages beside this one it may take seconds.
expect.set_options(timeout=60_000)  # of a machine that does five things at once
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_TOKEN = "browser-test"


@dataclass(frozen=True)
class JupyterLab:
    """A running JupyterLab over a copy of the notebooks, so that a test never changes the checkout."""

    url: str
    folder: Path
    log: Path

    def notebook_url(self, name: str) -> str:
        # `reset` gives each test a fresh workspace: no panel of an earlier one is restored.
        return f"{self.url}/lab/workspaces/{os.getpid()}{time.monotonic_ns()}/tree/{name}?token={_TOKEN}&reset"


def _browser_path() -> str:
    for name in _BROWSERS:
        if found := shutil.which(name):
            return found
    message = f"no browser: none of {', '.join(_BROWSERS)} is on PATH (Debian: apt-get install chromium)"
    if os.environ.get("COURSE_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = _browser_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )  # fmt: skip
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One context for all pages: in one of its own each page would load and compile all of JupyterLab anew."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    page.close()


@pytest.fixture(scope="session")
def jupyterlab(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    folder = tmp_path_factory.mktemp("lab")
    for notebook in (paths.root() / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if k not in {"CI", "COURSE_STRICT", "JPY_SESSION_NAME"}}
    env |= {
        "JUPYTER_CONFIG_DIR": str(tmp_path_factory.mktemp("config")),
        "JUPYTER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path_factory.mktemp("settings")),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path_factory.mktemp("workspaces")),
        "JUPYTER_CONFIG_PATH": str(paths.root() / "course_lib" / "cli" / "jupyter"),  # as `course lab` starts it
        "COURSE_WORKSPACE": str(tmp_path_factory.mktemp("modules")),
    }
    log = folder / "jupyterlab.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               "--ServerApp.port_retries=0", f"--IdentityProvider.token={_TOKEN}", f"--ServerApp.root_dir={folder}",
               "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
               "--LabApp.expose_app_in_browser=True"]  # fmt: skip
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=env, stdout=sink, stderr=sink, cwd=folder)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(f"{url}/api/status?token={_TOKEN}", process, log)
        yield JupyterLab(url, folder, log)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


@pytest.fixture(scope="module")
def opened(context: BrowserContext, jupyterlab: JupyterLab) -> Iterator[Callable[..., Scene]]:
    """Open notebooks made of the cells that a test gives; one kernel and one page for each, closed with the module."""
    scenes: list[Scene] = []

    def open_notebook(*cells: str, run: bool = True, dark: bool = False) -> Scene:
        name = f"scene_{time.monotonic_ns()}.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, jupyterlab.folder / name)
        page = context.new_page()
        page.set_default_timeout(60_000)
        scenes.append(Scene(page, jupyterlab.folder / name, jupyterlab.notebook_url(name)))
        scenes[-1].open(dark=dark)
        if run:
            scenes[-1].run_all()
        return scenes[-1]

    yield open_notebook
    for scene in scenes:
        scene.close()


def _wait_until_up(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
    tail = re.sub(r"token=\S+", "token=…", log.read_text(errors="replace"))[-2000:]
    pytest.fail(f"JupyterLab did not come up within 60 s:\n{tail}")
