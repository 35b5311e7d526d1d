""".github/workflows/ci.yml, as far as it can be checked without GitHub."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from course_lib.paths import root

WORKFLOW = root() / ".github" / "workflows" / "ci.yml"


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    return yaml.load(WORKFLOW.read_text(), yaml.BaseLoader)  # type: ignore[no-any-return]  # `on` is a word, not a yes


def test_it_is_a_workflow() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing() -> None:
    program = shutil.which("actionlint")
    if program is None:
        pytest.skip("no actionlint on PATH (PyPI has no wheel of it); GitHub runs it in the workflow itself")
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # for shellcheck, which it calls
    done = subprocess.run(
        [program, str(WORKFLOW)], env={**os.environ, "PATH": beside}, capture_output=True, text=True, timeout=240
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_whole_is_what_ci_runs_here(workflow: dict[str, Any]) -> None:
    steps = workflow["jobs"]["whole"]["steps"]
    assert steps[-1]["run"] == "bash .ci/run"
    assert any("rhysd/actionlint" in step.get("uses", "") for step in steps)


def test_the_notebooks_run_as_in_make_test(workflow: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root() / "tools"))
    [stage] = [stage for stage in importlib.import_module("run_checks").STAGES if stage.name == "notebooks"]
    assert " ".join(stage.command).endswith(workflow["env"]["NBVAL"])
    for job in ("notebooks", "compose"):
        assert any("pytest ${{ env.NBVAL }}" in step.get("run", "") for step in workflow["jobs"][job]["steps"])


def test_every_python_and_system_that_readme_names(workflow: dict[str, Any]) -> None:
    matrix = workflow["jobs"]["notebooks"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert [system.split("-")[0] for system in matrix["os"]] == ["ubuntu", "macos", "windows"]
    assert workflow["jobs"]["compose"]["strategy"]["matrix"]["compose"] == ["docker compose", "podman-compose"]
