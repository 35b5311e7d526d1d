"""`course doctor`: every prerequisite, ok or with its fix.

Nothing beyond the standard library is imported at module level: this command has to run where packages are missing.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
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
class Finding:
    """What one look at this machine found.

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

    def lines(self) -> list[str]:
        """Return the finding as lines of text."""
        word = {"ok": "ok", "broken": "BROKEN", "note": "note"}[self.state]
        first = f"{word:<7} {self.subject:<16} {self.detail}"
        return [first, *([f"{'':<24} Do this: {self.fix}"] if self.fix else [])]


def add(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the subcommand to the ``course`` command."""
    text = "check every prerequisite; exit code 1 when something that the course needs is broken"
    subparsers.add_parser("doctor", help=text, description=text).set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every finding and return 1 when one of them is broken."""
    broken = 0
    for finding in examine():
        broken += finding.state == "broken"
        print("\n".join(finding.lines()), flush=True)
    print(f"\n{broken} to repair." if broken else "\nEverything that the course needs is here.")
    return 1 if broken else 0


def examine() -> Iterator[Finding]:
    """Look at everything that the course needs, one after the other; never raises."""
    looks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
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
            yield Finding("broken", subject, detail, error.fix)
        except Exception as error:  # a doctor reports what it cannot examine, and goes on
            yield Finding("broken", subject, f"{type(error).__name__}: {error}", _INSTALL)


def _python() -> Iterator[Finding]:
    detail = f"{sys.version.split()[0]} at {sys.executable}"
    if sys.version_info[:2] < _PYTHON:
        yield Finding("broken", "Python", detail, "install Python 3.11 or newer, and run: make lab PYTHON=python3.11")
    else:
        yield Finding("ok", "Python", detail)


def _packages() -> Iterator[Finding]:
    """Compare what is installed with what the project requires, and with the lock."""
    from importlib import metadata

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    installed = {canonicalize_name(found.metadata["Name"]): found.version for found in metadata.distributions()}
    try:
        required = [Requirement(text) for text in metadata.requires("temporal-course") or []]
    except metadata.PackageNotFoundError:
        yield Finding("broken", "packages", "the course itself is not installed in this environment", _INSTALL)
        return
    wrong = []
    for need in required:
        if need.marker is not None and not need.marker.evaluate({"extra": ""}):
            continue
        version = installed.get(canonicalize_name(need.name))
        if version is None:
            wrong.append(f"{need.name} is missing")
        elif not need.specifier.contains(version, prereleases=True):
            wrong.append(f"{need.name} {version} is not {need.specifier}")
    if wrong:
        yield Finding("broken", "packages", "; ".join(wrong), _INSTALL)
    else:
        yield Finding("ok", "packages", f"all {len(required)} that the course requires")
    yield _lock({str(name): version for name, version in installed.items()})


def _lock(installed: dict[str, str]) -> Finding:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    file = root() / "requirements.txt"
    if not file.is_file():
        return Finding("note", "lock", "no requirements.txt in the course's folder", "git checkout requirements.txt")
    different, count = [], 0
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith((" ", "#", "-")) or "==" not in line:
            continue
        try:
            pinned = Requirement(line.rstrip(" \\"))
        except InvalidRequirement:
            continue
        if pinned.marker is not None and not pinned.marker.evaluate({"extra": ""}):
            continue
        count += 1
        version = installed.get(canonicalize_name(pinned.name))
        if version is None or not pinned.specifier.contains(version, prereleases=True):
            different.append(f"{pinned.name} {version or 'missing'} ({pinned.specifier})")
    if different:
        shown = ", ".join(different[:5]) + (f" and {len(different) - 5} more" if len(different) > 5 else "")
        return Finding("note", "lock", f"not as tested: {shown}", _INSTALL)
    return Finding("ok", "lock", f"all {count} packages have the tested versions")


def _kernel() -> Iterator[Finding]:
    from importlib import metadata

    from jupyter_client.kernelspec import KernelSpecManager

    version = metadata.version("ipykernel")
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < _IPYKERNEL:
        yield Finding("broken", "ipykernel", f"{version}: the live views need 7.4 or newer", _INSTALL)
    else:
        yield Finding("ok", "ipykernel", version)
    program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    same = program in ("python", "python3") or Path(program).absolute() == Path(sys.executable).absolute()
    if same:
        yield Finding("ok", "Jupyter kernel", "python3 is this environment's Python")
    else:
        yield Finding(
            "broken",
            "Jupyter kernel",
            f"the kernel python3 runs {program}, not this environment",
            f"{sys.executable} -m ipykernel install --sys-prefix --name python3",
        )


def _binary() -> Iterator[Finding]:
    from course_lib.server import binary

    found = binary.verified(binary.locate())
    yield Finding("ok", "temporal binary", f"{found.version} at {found.path}")


def _folders() -> Iterator[Finding]:
    from course_lib.server import folder

    folder.prepare(state_dir(), for_database=True)
    free = shutil.disk_usage(state_dir()).free
    yield Finding("ok", "state folder", f"{state_dir()} is writable, {free / 1e9:.1f} GB free")
    parent = workspace("x").parent
    folder.prepare(parent, for_database=False, what="workspace", variable="COURSE_WORKSPACE")
    yield Finding("ok", "workspace", f"{parent} is writable")


def _server() -> Iterator[Finding]:
    from course_lib import server
    from course_lib.cli.running import run_async

    found = run_async(server.find())
    if found is not None:
        yield Finding("ok", "server", f"{found.version} at {found.address} ({found.origin}) is healthy")
    elif server.status().state:
        yield Finding("broken", "server", "the course's server runs but does not answer", "course server restart")
    else:
        yield Finding("ok", "server", "not running; the first cell of a chapter starts it")


def _ports() -> Iterator[Finding]:
    from course_lib import server
    from course_lib.daemons import free_port

    if (state := server.status().state) is not None:
        numbers = f"{state.ports['grpc']}, Web UI {state.ports['ui']}"
        yield Finding("ok", "ports", f"in use by the course's server: {numbers}")
        return
    for number, user in ((7233, "Temporal"), (8233, "Web UI")):
        free = free_port(number)
        detail = f"{number} is free" if free == number else f"{number} is taken; {free} is free and would be used"
        yield Finding("ok", f"port {number}", f"{user}: {detail}")


def _browser() -> Iterator[Finding]:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        yield Finding("ok", "browser tests", found)
    else:
        hint = "apt-get install chromium (as root)" if os.name == "posix" else "install Chrome or Chromium"
        yield Finding("note", "browser tests", "no Chromium: only contributors' browser tests need it", hint)
