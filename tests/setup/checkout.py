"""A tiny checkout to try the set-up on: this project's real tools, a package of a few bytes, and no network."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.paths import root

# All that tools/bootstrap.sh needs besides a Python, so that no interpreter of this machine is on the test's PATH.
POSIX_TOOLS = ("sh", "sed", "awk", "sort", "cut", "head", "tr", "dirname", "env", "cat")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny-course"
version = "1.0"
"""

BACKEND = '''
"""A build backend of ten lines, so that the tests need no hatchling: an editable install that holds nothing."""
import zipfile

def build_editable(folder, settings=None, metadata=None):
    name = "tiny_course-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        info = "tiny_course-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-course\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
'''


Done = subprocess.CompletedProcess[str]


@dataclass
class Checkout:
    """One folder with the tools in it, a folder of wheels as its package index, and a PATH of its own."""

    folder: Path
    wheels: Path
    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def wheel(self, version: str, tag: str = "py3-none-any") -> str:
        """Put version ``version`` of the package ``tiny`` into the index and return its hash."""
        file = self.wheels / f"tiny-{version}-{tag}.whl"
        info = f"tiny-{version}.dist-info"
        with zipfile.ZipFile(file, "w") as wheel:
            wheel.writestr("tiny.py", f"version = {version!r}\n")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: {tag}\n")
            wheel.writestr(f"{info}/RECORD", "")
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def lock(self, version: str, digest: str) -> None:
        """Write both locks: version ``version`` of ``tiny``, with this hash."""
        text = f"--only-binary :all:\n\ntiny=={version} \\\n    --hash=sha256:{digest}\n"
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.folder / name).write_text(text)

    def fake(self, name: str, version: str, answer: int = 0, folder: str = "bin") -> None:
        """Put an interpreter on PATH that says it is ``version`` and ends the set-up with exit code ``answer``.

        It notes its name in the file ``used``, so that a test sees which interpreters were asked to build.
        """
        major, minor = version.split(".")
        self.script(
            name,
            f"case $1 in\n"
            f"-c) printf 'course-python\\t{major}\\t{minor}\\t/opt/{folder}/{version}\\n' ;;\n"
            f'*) echo {folder}/{name} >>used; [ {answer} -eq 0 ] || echo "{name} cannot" >&2; exit {answer} ;;\nesac\n',
            folder,
        )

    def broken(self, name: str, folder: str = "bin") -> None:
        """Put a version manager's shim on PATH: executable, on PATH, and no interpreter behind it."""
        self.script(name, f'echo "pyenv: {name}: command not found" >&2\nexit 127\n', folder)

    def real(self, name: str) -> None:
        """Put the interpreter that runs this test on PATH."""
        self.script(name, f'exec "{sys._base_executable}" "$@"\n')  # type: ignore[attr-defined]

    def script(self, name: str, body: str, folder: str = "bin") -> None:
        """Put a shell script on PATH."""
        place = self.path.parent / folder
        place.mkdir(exist_ok=True)
        (place / name).write_text("#!/bin/sh\n" + body)
        (place / name).chmod(0o755)

    def used(self) -> list[str]:
        """Return which fake interpreters were asked to build, in order."""
        file = self.folder / "used"
        return file.read_text().split() if file.exists() else []

    def run(self, *arguments: str, shell: str = "sh", folders: str = "bin", **more: str) -> Done:
        """Run tools/bootstrap.sh and return what it said."""
        path = os.pathsep.join(str(self.path.parent / name) for name in [*folders.split(), "posix"])
        return subprocess.run(
            [shell, "tools/bootstrap.sh", *arguments],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder)} | self.environment | more,
            capture_output=True,
            text=True,
            timeout=240,
        )

    def ask(self, code: str) -> str:
        """Run a line of Python in the finished .venv and return what it prints."""
        python = self.folder / ".venv" / "bin" / "python"
        return subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=True, timeout=240
        ).stdout.strip()


def make(folder: Path) -> Checkout:
    """Make a checkout in an empty folder."""
    checkout = Checkout(folder / "checkout", folder / "wheels", folder / "bin")
    for place in (checkout.folder / "tools", checkout.wheels, checkout.path, folder / "posix"):
        place.mkdir(parents=True)
    for name in ("bootstrap.sh", "setup_venv.py", "setup_pip.py"):
        shutil.copy(root() / "tools" / name, checkout.folder / "tools" / name)
    for name in POSIX_TOOLS:
        found = shutil.which(name)
        assert found, f"this machine has no {name}"
        (folder / "posix" / name).symlink_to(found)
    (checkout.folder / "pyproject.toml").write_text(PYPROJECT)
    (checkout.folder / "backend.py").write_text(BACKEND)
    checkout.lock("1.0", checkout.wheel("1.0"))
    checkout.environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout.wheels), "PIP_CONFIG_FILE": os.devnull}
    return checkout
