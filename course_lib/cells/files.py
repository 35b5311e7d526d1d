"""The files of a chapter's modules: one readable file each, and one immutable file per revision."""

import contextlib
import importlib.util
import py_compile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock

from course_lib import paths
from course_lib.cells.names import REVISION, revision_name
from course_lib.errors import CourseError

# Writing a file takes milliseconds; whoever holds the lock longer has hung.
_LOCK_TIMEOUT = 10.0


class RevisionFiles:
    """The workspace folder of one chapter, shared by every kernel that has the chapter open.

    ``orders.py`` is the newest text, for the learner to read. ``orders__r3.py`` is what is imported: it never changes
    once written, so a Worker that started with it keeps it, and two kernels never write to the same one.

    Args:
        folder: The workspace folder; created when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = filelock.FileLock(folder / ".lock")

    def path(self, name: str, number: int) -> Path:
        """Return where a revision lies."""
        return self.folder / f"{revision_name(name, number)}.py"

    def read(self, name: str, number: int) -> str | None:
        """Return a revision's text, or None."""
        return _read(self.path(name, number))

    def newest(self, name: str) -> int:
        """Return the highest revision number on disk, 0 if there is none."""
        matches = (REVISION.match(path.stem) for path in self.folder.glob(f"{name}__r*.py"))
        return max((int(match["number"]) for match in matches if match and match["name"] == name), default=0)

    def create(self, name: str, text: str, taken: Callable[[int], bool]) -> int:
        """Write a new revision and return its number.

        Args:
            name: The module.
            text: What to import.
            taken: Tells whether a number means something else in this process.

        Raises:
            CourseError: The folder cannot be written, or another kernel holds it.
        """
        with self._held():
            number = self.newest(name) + 1
            while taken(number):
                number += 1
            self._write(self.path(name, number), text)
        return number

    def restore(self, name: str, number: int, text: str) -> bool:
        """Write a revision again that was deleted; return False when its file now holds another text."""
        with self._held():
            path = self.path(name, number)
            found = _read(path)
            if found is None:
                self._write(path, text)
            return found in (None, text)

    def discard(self, name: str, number: int) -> None:
        """Remove a revision that failed to import."""
        path = self.path(name, number)
        for file in (path, Path(importlib.util.cache_from_source(str(path)))):
            with contextlib.suppress(OSError):
                file.unlink()

    def saved(self, name: str) -> str | None:
        """Return the text of the readable file, or None."""
        return _read(self.folder / f"{name}.py")

    def save(self, name: str, text: str) -> None:
        """Write the readable file."""
        if self.saved(name) != text:
            with self._held():
                self._write(self.folder / f"{name}.py", text)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with paths.writing(
            self.folder, "The cell was not run, because it cannot be saved", variable="COURSE_WORKSPACE"
        ):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with self._lock.acquire(timeout=_LOCK_TIMEOUT):
                    yield
            except filelock.Timeout:
                raise CourseError(
                    "Another notebook has been saving modules of this chapter for more than "
                    f"{_LOCK_TIMEOUT:g} s, so this one was not run.",
                    tried=[f"to lock {self.folder / '.lock'}"],
                    fix="run the cell again; if it stays, restart the other notebook's kernel.",
                ) from None

    def _write(self, path: Path, text: str) -> None:
        paths.write_whole(path, text)
        _compile(path)
        importlib.invalidate_caches()


def _compile(path: Path) -> None:
    """Put a byte code file in place that Python checks by the source's hash.

    By default Python compares time and size, and a file of the same size written again within the same second would
    run its old code.
    """
    with contextlib.suppress(OSError, py_compile.PyCompileError):
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said once already, when the cell was checked
            # Also when PYTHONDONTWRITEBYTECODE is set, as in many containers: the sandbox imports the module for every
            # workflow run, and would compile it and repeat Python's warnings each time.
            py_compile.compile(str(path), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
