"""`course doctor`: every prerequisite, ok or with its fix.

Nothing beyond the standard library is imported at module level: this command has to run where packages are missing.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from course_lib.errors import CourseError
from course_lib.paths import root, state_dir, workspace

_INSTALL = (
    "make lab (it installs what is missing), or: pip install --require-hashes -r requirements.txt && "
    "pip install --no-deps --no-build-isolation --no-index --editable ."
)
_PYTHON = (3, 11)
_IPYKERNEL = (7, 4)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Prerequisite:
    """One thing that the course needs, and how it is on this machine.

    Args:
        state: ``ok``; ``broken`` when the course needs it; ``note`` when the course runs without it.
        subject: What was looked at.
        detail: What was seen.
        fix: What to do, when not ok.
    """

    state: Literal["ok", "broken", "note"]
    subject: str
    detail: str
    fix: str = ""

    def __str__(self) -> str:
        word = {"ok": "ok", "broken": "BROKEN", "note": "note"}[self.state]
        fix = f"\n{'':<24} Do this: {self.fix}" if self.fix else ""
        return f"{word:<7} {self.subject:<16} {self.detail}{fix}"


def _needed(good: bool, subject: str, detail: str, fix: str) -> Prerequisite:
    return Prerequisite("ok", subject, detail) if good else Prerequisite("broken", subject, detail, fix)


def add(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the subcommand to the ``course`` command."""
    text = "check every prerequisite; exit code 1 when something that the course needs is broken"
    subparsers.add_parser("doctor", help=text, description=text).set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print how everything is and return 1 when something is broken."""
    broken = 0
    for found in examine():
        broken += found.state == "broken"
        print(found, flush=True)
    print(f"\n{broken} to repair." if broken else "\nEverything that the course needs is here.")
    return 1 if broken else 0


def examine() -> Iterator[Prerequisite]:
    """Look at everything that the course needs, one after the other; never raises."""
    looks: tuple[tuple[str, Callable[[], Iterator[Prerequisite]]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("Jupyter kernel", _kernel),
        ("temporal binary", _binary),
        ("state folder", _folders),
        ("server", _server),
        ("ports", _ports),
        ("browser tests", _browser),
    )
    for subject, look in looks:
        try:
            yield from look()
        except CourseError as error:
            detail = "; ".join([error.what, *(f"tried {step}" for step in error.tried)])
            yield Prerequisite("broken", subject, detail, error.fix)
        except Exception as error:  # a doctor reports what it cannot examine, and goes on
            yield Prerequisite("broken", subject, f"{type(error).__name__}: {error}", _INSTALL)


def _python() -> Iterator[Prerequisite]:
    detail = f"{sys.version.split()[0]} at {sys.executable}"
    fix = "install Python 3.11 or newer, and run: make lab PYTHON=python3.11"
    yield _needed(sys.version_info[:2] >= _PYTHON, "Python", detail, fix)


def _packages() -> Iterator[Prerequisite]:
    """Compare what is installed with what the project requires, and with the lock."""
    from importlib import metadata

    try:
        required = metadata.requires("temporal-course") or []
    except metadata.PackageNotFoundError:
        yield Prerequisite("broken", "packages", "the course itself is not installed in this environment", _INSTALL)
        return
    count, wrong = _compared(required)
    yield _needed(not wrong, "packages", "; ".join(wrong) or f"all {count} that the course requires", _INSTALL)
    lock = root() / "requirements.txt"
    if not lock.is_file():
        detail = "no requirements.txt in the course's folder"
        yield Prerequisite("note", "lock", detail, "git checkout requirements.txt")
        return
    lines = lock.read_text(encoding="utf-8").splitlines()
    pinned = [line.rstrip(" \\") for line in lines if "==" in line and not line.startswith((" ", "#", "-"))]
    count, different = _compared(pinned)
    if different:
        shown = ", ".join(different[:5]) + (f" and {len(different) - 5} more" if len(different) > 5 else "")
        yield Prerequisite("note", "lock", f"not as tested: {shown}", _INSTALL)
    else:
        yield Prerequisite("ok", "lock", f"all {count} packages have the tested versions")


def _compared(required: Iterable[str]) -> tuple[int, list[str]]:
    """Return how many requirements count on this machine, and which of them are not met."""
    from importlib import metadata

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    installed = {canonicalize_name(found.metadata["Name"]): found.version for found in metadata.distributions()}
    needs = [Requirement(text) for text in required]
    needs = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    wrong = []
    for need in needs:
        version = installed.get(canonicalize_name(need.name))
        if version is None:
            wrong.append(f"{need.name} is missing")
        elif not need.specifier.contains(version, prereleases=True):
            wrong.append(f"{need.name} {version} is not {need.specifier}")
    return len(needs), wrong


def _kernel() -> Iterator[Prerequisite]:
    from importlib import metadata

    from jupyter_client.kernelspec import KernelSpecManager

    version = metadata.version("ipykernel")
    recent = tuple(int(part) for part in version.split(".")[:2]) >= _IPYKERNEL
    detail = version if recent else f"{version}: the live views need 7.4 or newer"
    yield _needed(recent, "ipykernel", detail, _INSTALL)
    program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    ours = program in ("python", "python3") or Path(program).absolute() == Path(sys.executable).absolute()
    detail = "python3 is this environment's Python"
    if not ours:
        detail = f"the kernel python3 runs {program}, not this environment"
    fix = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
    yield _needed(ours, "Jupyter kernel", detail, fix)


def _binary() -> Iterator[Prerequisite]:
    from course_lib.server import binary

    found = binary.verified(binary.locate())
    yield Prerequisite("ok", "temporal binary", f"{found.version} at {found.path}")


def _folders() -> Iterator[Prerequisite]:
    from course_lib.server import folder

    folder.prepare(state_dir(), for_database=True)
    free = shutil.disk_usage(state_dir()).free
    yield Prerequisite("ok", "state folder", f"{state_dir()} is writable, {free / 1e9:.1f} GB free")
    parent = workspace("x").parent
    folder.prepare(parent, for_database=False, what="workspace", variable="COURSE_WORKSPACE")
    yield Prerequisite("ok", "workspace", f"{parent} is writable")


def _server() -> Iterator[Prerequisite]:
    from course_lib import server
    from course_lib.cli.running import run_async

    found = run_async(server.find())
    if found is not None:
        yield Prerequisite("ok", "server", f"{found.version} at {found.address} ({found.origin}) is healthy")
    elif server.status().state:
        yield Prerequisite("broken", "server", "the course's server runs but does not answer", "course server restart")
    else:
        yield Prerequisite("ok", "server", "not running; the first cell of a chapter starts it")


def _ports() -> Iterator[Prerequisite]:
    from course_lib import server
    from course_lib.daemons import free_port

    if (state := server.status().state) is not None:
        numbers = f"{state.ports['grpc']}, Web UI {state.ports['ui']}"
        yield Prerequisite("ok", "ports", f"in use by the course's server: {numbers}")
        return
    for number, user in ((7233, "Temporal"), (8233, "Web UI")):
        free = free_port(number)
        detail = f"{number} is free" if free == number else f"{number} is taken; {free} is free and would be used"
        yield Prerequisite("ok", f"port {number}", f"{user}: {detail}")


def _browser() -> Iterator[Prerequisite]:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        yield Prerequisite("ok", "browser tests", found)
    else:
        hint = "apt-get install chromium (as root)" if os.name == "posix" else "install Chrome or Chromium"
        yield Prerequisite("note", "browser tests", "no Chromium: only contributors' browser tests need it", hint)
