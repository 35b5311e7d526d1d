"""The text of a module cell: parsed, searched for imports, pinned to revisions of its siblings."""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from course_lib.cells.error import CellError
from course_lib.pitfalls import Finding


@dataclass(frozen=True)
class Import:
    """One imported name in a module cell.

    Args:
        module: The module as written, for example ``"os.path"``; empty in ``from . import x``.
        name: What is imported from it; None for ``import module``.
        asname: The name that it gets, if it is renamed.
        line: Line of the cell.
        level: Number of leading dots.
        start: Offset in the file's bytes at which the module's name stands.
        top: Whether it runs when the module is imported: not in a function, nor for the type checker alone.
        optional: Whether it stands in a ``try`` statement.
    """

    module: str
    name: str | None
    asname: str | None
    line: int
    level: int
    start: int
    top: bool
    optional: bool

    @property
    def package(self) -> str:
        """The first word of the module's name."""
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class CellSource:
    """A module cell's text.

    Its file begins with the magic line as a comment, so that a line has one number in the cell, in the file and in a
    traceback.

    Args:
        name: The module's name.
        body: What stands below the ``%%module`` line.
    """

    name: str
    body: str

    @classmethod
    def of(cls, name: str, source: str) -> "CellSource":
        """Return the source of a cell, given with or without its ``%%module`` line."""
        first, _, rest = source.partition("\n")
        body = rest if first.startswith("%%module") else source
        body = body.replace("\r\n", "\n")
        return cls(name, body if body.endswith("\n") or not body else body + "\n")

    @property
    def text(self) -> str:
        """The readable file's text."""
        return f"{self.header}\n{self.body}"

    @property
    def header(self) -> str:
        """The file's first line."""
        return f"# %%module {self.name}"

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines, without line ends."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Return one line by its number in the cell, or an empty string."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file.

        Raises:
            CellError: It is not valid Python.
        """
        return self._parsed[0]

    @property
    def doubts(self) -> list[Finding]:
        """What Python itself warns about when it compiles the cell."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[ast.Module, list[Finding]]:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                tree = ast.parse(self.text)
                compile(self.text, f"{self.name}.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise CellError(f"{self.name}.py was not run: it is not valid Python.", [self._syntax(error)]) from None
        doubts = {(entry.lineno, str(entry.message)) for entry in caught}  # parsing and compiling both warn
        return tree, [Finding(line, text, effect="doubtful", code=self.line(line)) for line, text in sorted(doubts)]

    @cached_property
    def imports(self) -> list[Import]:
        """Every import in the cell, in the order of the text."""
        return list(self._imports(self.tree.body, True, False))

    def pinned(self, revision: Callable[[str], str | None]) -> str:
        """Return the file's text with imports of siblings bound to one revision each.

        No line moves. ``from shipping import ship`` becomes ``from shipping__r2 import ship``, and ``import shipping``
        becomes ``import shipping__r2 as shipping``.

        Args:
            revision: Gives a sibling's importable name, or None for a module that is no sibling.
        """
        data = self.text.encode()
        places = {item.start: item for item in self.imports if item.level == 0}  # names of one `from` share a place
        for start, item in sorted(places.items(), reverse=True):
            target = revision(item.module)
            if target is None:
                continue
            if item.name is None and item.asname is None:
                target = f"{target} as {item.module}"
            data = data[:start] + target.encode() + data[start + len(item.module.encode()) :]
        return data.decode()

    def _imports(self, body: list[ast.stmt], top: bool, optional: bool) -> Iterator[Import]:
        for node in body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    start = self._offset(alias.lineno, alias.col_offset)
                    yield Import(alias.name, None, alias.asname, node.lineno, 0, start, top, optional)
            elif isinstance(node, ast.ImportFrom):
                module, start = node.module or "", self._after_from(node)
                for alias in node.names:
                    names = (alias.name, alias.asname)
                    yield Import(module, *names, node.lineno, node.level, start, top, optional)
            else:
                yield from self._nested(node, top, optional)

    def _nested(self, node: ast.stmt, top: bool, optional: bool) -> Iterator[Import]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            top = False
        elif isinstance(node, ast.Try | ast.TryStar):
            optional = True
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from self._imports(node.body, False, optional)
            yield from self._imports(node.orelse, top, optional)
            return
        for field in ("body", "orelse", "finalbody"):
            yield from self._imports(getattr(node, field, []), top, optional)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from self._imports(part.body, top, optional)

    def _offset(self, line: int, column: int) -> int:
        return sum(len(text.encode()) + 1 for text in self.lines[: line - 1]) + column

    def _after_from(self, node: ast.ImportFrom) -> int:
        start = self._offset(node.lineno, node.col_offset)
        match = re.compile(rb"from(?:\s|\\\n)+").match(self.text.encode(), start)
        return match.end() if match and node.level == 0 else -1

    def _syntax(self, error: SyntaxError | ValueError) -> Finding:
        line = getattr(error, "lineno", None) or 1
        message = getattr(error, "msg", None) or str(error)
        code = self.line(line)
        return Finding(line, message, _syntax_fix(code.strip(), message), code=code)


def _syntax_fix(code: str, message: str) -> str:
    if "outside async function" in message:
        return "write `async def` instead of `def` for the function around this line"
    if "outside function" in message and "await" in message:
        return (
            "a module is a plain Python file: `await` outside a function works only in the notebook, "
            "so move this line to a cell below"
        )
    if code.startswith(("%", "!")) or code.endswith("?"):
        return "`%`, `!` and `?` commands work only in the notebook: move this line to a cell of its own"
    if "indent" in message:
        return "check the spaces at the start of this line and of the one above it"
    return ""
