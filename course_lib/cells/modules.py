"""The module cells of one chapter: saved, checked, imported as revisions, brought into the notebook."""

import contextlib
import importlib
import linecache
import sys
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from course_lib.cells.checking import check
from course_lib.cells.error import CellError
from course_lib.cells.files import RevisionFiles
from course_lib.cells.names import REVISION, check_name, revision_name
from course_lib.cells.publish import public_names, publish
from course_lib.cells.revision import Revision, report
from course_lib.cells.source import CellSource
from course_lib.errors import CourseError


@dataclass(frozen=True)
class ModuleInfo:
    """Where a class or function of a module cell comes from.

    Args:
        name: The module's name, for example ``"orders"``.
        revision: The number of its revision.
        path: The revision's file.
        module: The name to import, for example ``"orders__r3"``.
    """

    name: str
    revision: int
    path: Path
    module: str


class Modules:
    """The module cells of one chapter.

    Each run of a changed cell is a new revision, a module of its own name (``orders__r3``), which keeps using the
    revisions of the other modules that were current then. So a Worker that runs ``orders__r2`` is not touched by any
    later edit, in this process, in the sandbox and in a child process that has only the folder on its path.

    Args:
        folder: The chapter's workspace folder; it is put at the end of ``sys.path``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._files = RevisionFiles(self.folder)
        self._current: dict[str, Revision] = {}
        self._failed: set[str] = set()
        # At the end: no file of a learner can then hide a module that something else needs.
        if str(self.folder) not in sys.path:
            sys.path.append(str(self.folder))

    def run(
        self,
        name: str,
        source: str,
        user_ns: MutableMapping[str, Any],
        say: Callable[[str], None] | None = None,
        *,
        doubts: bool = True,
    ) -> ModuleType:
        """Check a cell, save it, import it and bring its public names into the notebook.

        A source that has not changed keeps its revision and is not run again.

        Args:
            name: The module's name, for example ``"orders"``.
            source: The cell's text, with or without its ``%%module`` line.
            user_ns: The notebook's names; changed only when all went well.
            say: Gets the lines that tell what happened.
            doubts: Whether these lines also tell what the checks doubt.

        Returns:
            The imported revision.

        Raises:
            CellError: The cell was turned down; none of it ran.
            Exception: Whatever the cell's own code raised; the revision before it stays current.
        """
        check_name(name, self.folder)
        self._failed.add(name)  # until all of this has gone well
        cell = CellSource.of(name, source)
        warned = check(cell, self._siblings(cell, user_ns), user_ns)
        before = self._current.get(name)
        revision, created = self._stage(cell, (name,))
        module = self._import(revision, created)
        names = public_names(cell, module, self._current)
        self._files.save(name, cell.text)
        again = revision is before and before.ran
        revision.ran = True
        earlier = before.published if before else {}
        revision.published = publish(module, names, earlier, user_ns)
        self._current[name] = revision
        self._failed.discard(name)
        sys.modules[name] = module  # so that `import orders` in a plain cell gets the newest one
        if say:
            for line in report(revision, self._current, again, warned if doubts else ()):
                say(line)
            # A renamed class is the usual case, and the next cell would only say "name is not defined".
            for gone in sorted(earlier.keys() - user_ns.keys()):
                say(f"{gone} is gone: this revision of {name} does not define it any more.")
        return module

    def latest(self, name: str) -> str:
        """Return the name under which the newest revision can be imported, for example ``"orders__r3"``.

        After a kernel restart this is the module as last saved, until its cell runs.

        Raises:
            CourseError: There is no such module.
        """
        return self._need(name).module

    def failed(self, name: str) -> bool:
        """Return whether the last run of a module's cell ended in an error, so that the revision before is current."""
        return name in self._failed

    def names(self) -> list[str]:
        """Return the modules whose cells ran in this kernel, in the order of their first run."""
        return [name for name, revision in self._current.items() if revision.ran]

    def saved(self) -> list[str]:
        """Return every module of the chapter that lies in the folder, also from earlier kernels."""
        files = sorted(path.stem for path in self.folder.glob("*.py"))
        return [name for name in files if not REVISION.match(name) and self._saved_cell(name)]

    def source(self, name: str) -> str:
        """Return a module's newest source as the learner wrote it, without the ``%%module`` line.

        Raises:
            CourseError: There is no such module.
        """
        return self._need(name).cell.body

    def of(self, obj: object) -> ModuleInfo | None:
        """Return the module cell that defines a class, function or instance; None if it is from anywhere else."""
        module = getattr(obj, "__module__", None)
        match = REVISION.match(module) if isinstance(module, str) else None
        if match is None:
            return None
        path = self._files.path(match["name"], int(match["number"]))
        loaded = sys.modules.get(match[0])
        if loaded is None or Path(getattr(loaded, "__file__", None) or "") != path:
            return None
        return ModuleInfo(match["name"], int(match["number"]), path, match[0])

    def _need(self, name: str) -> Revision:
        if name not in self._current:
            cell = self._saved_cell(name)
            if cell is None:
                known = ", ".join(dict.fromkeys([*self.names(), *self.saved()]))
                raise CourseError(
                    f"There is no module “{name}” in this chapter yet.",
                    fix=f"run the cell that begins with `%%module {name}`"
                    + (f"; the chapter has: {known}." if known else "."),
                )
            self._current[name] = self._stage(cell, (name,))[0]
        return self._current[name]

    def _saved_cell(self, name: str) -> CellSource | None:
        text = self._files.saved(name)
        if text is None or not text.startswith(f"# %%module {name}\n"):
            return None
        return CellSource(name, text.partition("\n")[2])

    def _cell(self, name: str) -> CellSource | None:
        current = self._current.get(name)
        return current.cell if current else self._saved_cell(name)

    def _siblings(self, cell: CellSource, user_ns: MutableMapping[str, Any]) -> dict[str, CellSource]:
        """Return the chapter's other modules: those of this kernel, and saved ones that are imported."""
        found = {name: revision.cell for name, revision in self._current.items() if name != cell.name}
        wanted = [item.package for item in cell.imports]
        while wanted:
            name = wanted.pop()
            if name not in found and name != cell.name and (saved := self._saved_cell(name)):
                found[name] = saved
                with _blame(saved):
                    wanted.extend(item.package for item in saved.imports)
        return found

    def _stage(self, cell: CellSource, importers: tuple[str, ...]) -> tuple[Revision, bool]:
        """Return the revision for a source, and whether its file is new; nothing is imported."""
        pins: dict[str, int] = {}
        for item in cell.imports:
            name = item.module
            if item.level or name in pins or (saved := self._cell(name)) is None:
                continue
            if name in importers:
                circle = " imports ".join([*importers[importers.index(name) :], name])
                raise CellError(
                    f"{importers[0]}.py was not run: modules import each other in a circle ({circle}).",
                    fix="move what both need into a third module, and import it from there.",
                )
            if name not in self._current:
                with _blame(saved):
                    self._current[name] = self._stage(saved, (*importers, name))[0]
            else:
                self._restore(self._current[name])
            pins[name] = self._current[name].number
        text = cell.pinned(lambda module: revision_name(module, pins[module]) if module in pins else None)
        current = self._current.get(cell.name)
        number = current.number if current else self._files.newest(cell.name)
        if number and self._reusable(cell.name, number, text, current):
            if current is not None:
                return current, False
            created = False
        else:
            number, created = self._files.create(cell.name, text, lambda n: self._taken(cell.name, n)), True
        revision = Revision(cell, number, text, pins)
        self._show_as_typed(revision)
        return revision, created

    def _reusable(self, name: str, number: int, text: str, current: Revision | None) -> bool:
        if current is not None:
            return current.text == text and self._restore(current)
        return self._files.read(name, number) == text and not self._foreign(name, number)

    def _restore(self, revision: Revision) -> bool:
        """Bring back a revision's file if the learner deleted it; False if it now holds something else."""
        return self._files.restore(revision.cell.name, revision.number, revision.text)

    def _foreign(self, name: str, number: int) -> bool:
        """Return whether an import would get that revision from elsewhere: another chapter's module of this name."""
        full = revision_name(name, number)
        loaded = sys.modules.get(full)
        if loaded is not None:
            return getattr(loaded, "__file__", None) != str(self._files.path(name, number))
        elsewhere = [entry for entry in sys.path if entry != str(self.folder)]
        return PathFinder.find_spec(full, elsewhere) is not None

    def _taken(self, name: str, number: int) -> bool:
        """Return whether a new revision cannot have that number in this process."""
        return revision_name(name, number) in sys.modules or self._foreign(name, number)

    def _import(self, revision: Revision, created: bool) -> ModuleType:
        importlib.invalidate_caches()  # another kernel may have written a file since this one listed the folder
        try:
            return importlib.import_module(revision.module)
        except BaseException:
            sys.modules.pop(revision.module, None)
            if created:
                self._files.discard(revision.cell.name, revision.number)
            raise

    def _show_as_typed(self, revision: Revision) -> None:
        """Let tracebacks and ``inspect.getsource`` show the learner's lines, without the pinned names."""
        lines = [f"{line}\n" for line in revision.cell.lines[:-1]]
        path = str(self._files.path(revision.cell.name, revision.number))
        # Without a time the entry is never compared with the file, which may also be gone: a failed revision's is.
        linecache.cache[path] = (len(revision.cell.text), None, lines, path)


@contextlib.contextmanager
def _blame(saved: CellSource) -> Iterator[None]:
    """Say whose cell is to be mended when a saved file of a sibling is broken."""
    try:
        yield
    except CellError as error:
        if "circle" in error.what:
            raise
        raise CellError(
            f"The module {saved.name}, which this cell imports, is broken as it lies in the workspace folder.",
            error.findings,
            fix=f"run its cell `%%module {saved.name}` again.",
        ) from None
