"""conda, the dev container and Binder install the lock that pip installs, and the scripts are sound."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from course_lib.paths import root

from .checkout import Checkout

PROJECT_LINE = "pip install --no-deps --no-build-isolation --no-index --editable ."


def supported() -> SpecifierSet:
    text = (root() / "pyproject.toml").read_text()
    match = re.search(r'requires-python = "(.+)"', text)
    assert match
    return SpecifierSet(match[1])


def test_conda_pins_what_the_lock_pins() -> None:
    """By naming the lock itself: one list of versions, so there is no second one to fall behind."""
    text = (root() / "environment.yml").read_text()
    wishes = yaml.safe_load(text)["dependencies"]
    own = [wish for wish in wishes if isinstance(wish, str)]
    assert [re.split(r"[=<>]", wish)[0] for wish in own] == ["python", "pip"], "conda's own list may hold no package"
    assert own[0].removeprefix("python=") in supported()
    [pip] = [wish["pip"] for wish in wishes if isinstance(wish, dict)]
    assert pip == ["--requirement requirements.txt"]
    assert PROJECT_LINE in text


def test_pip_takes_condas_list_by_hash(tiny: Checkout) -> None:
    """conda writes the list into a file beside environment.yml and gives it to pip, which must then heed the hashes."""
    wishes = yaml.safe_load((root() / "environment.yml").read_text())["dependencies"]
    tiny.wheel("1.0")
    tiny.lock("1.0", "0" * 64)
    (tiny.folder / "condaenv.requirements.txt").write_text("\n".join(wishes[-1]["pip"]))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "-r", "condaenv.requirements.txt"],
        cwd=tiny.folder,
        env=os.environ | tiny.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_the_dev_container_uses_the_bootstrap() -> None:
    settings = json.loads((root() / ".devcontainer" / "devcontainer.json").read_text())
    assert "tools/bootstrap.sh" in settings["postCreateCommand"]
    version = re.search(r"PYTHON=python(3\.\d+)", settings["postCreateCommand"])
    assert version
    assert version[1] in settings["image"], "the image and the command name two Pythons"
    assert version[1] in supported()
    assert not settings["image"].endswith("latest")


def test_binder_uses_the_lock() -> None:
    wishes = [
        line for line in (root() / "binder/requirements.txt").read_text().splitlines() if not line.startswith("#")
    ]
    assert wishes == ["-r ../requirements.txt"]
    assert (root() / "binder" / "runtime.txt").read_text().strip().removeprefix("python-") in supported()
    assert PROJECT_LINE in (root() / "binder" / "postBuild").read_text()


def scripts() -> list[Path]:
    return [
        *sorted(root().glob("tools/*.sh")),
        *sorted(root().glob("deploy/*.sh")),
        root() / ".ci/run",
        root() / "binder/postBuild",
    ]


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    beside = Path(sys.executable).parent / "shellcheck"
    program = str(beside) if beside.exists() else shutil.which("shellcheck")
    if not program:
        pytest.skip("no shellcheck: its package has no wheel for this machine, and none is on PATH")
    done = subprocess.run([program, str(script)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
def test_scripts_can_be_executed(script: Path) -> None:
    assert os.access(script, os.X_OK)


def test_make_help_names_every_command() -> None:
    """And nothing more: what `make help` shows is what the Makefile has."""
    text = (root() / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE)) - {"help"}
    assert set(re.findall(r'echo "make (\w+)', text)) == targets
