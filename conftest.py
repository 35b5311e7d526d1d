"""Loads the harness of tests/notebooks when pytest is asked to run notebooks (`--nbval`, `--nbval-lax`)."""

import importlib.util
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the harness by its file, since nothing puts this folder on the path of a bare `pytest`."""
    if not (config.getoption("nbval", False) or config.getoption("nbval_lax", False)):
        return
    file = Path(__file__).parent / "tests" / "notebooks" / "plugin.py"
    spec = importlib.util.spec_from_file_location("course_nbval_plugin", file)
    assert spec is not None
    assert spec.loader is not None
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    config.pluginmanager.register(plugin, "course-nbval")
