"""Code pasted from the docs that ends in ``asyncio.run(main())`` works in a cell.

The kernel's loop runs already, so Python refuses a second run on it. nest-asyncio2 makes one loop re-entrant; it does
so by changing the loop's class and the module asyncio for every thread. Here it gets a class that only the kernel's
loop has, and asyncio's other names stay as they are, so no Worker's thread is touched.
"""

import ast
import asyncio
import contextlib
import functools
import re
import sys
from collections.abc import Coroutine
from types import ModuleType
from typing import Any

from course_lib.errors import CourseError
from course_lib.pitfalls.code import is_main
from course_lib.private.kernel import nest

_MARK = "_course_kernel_loop"
_NEST = re.compile(r"^\s*(?:import|from)\s+nest_asyncio", re.MULTILINE)


def wants_nested_loop(source: str) -> bool:
    """Return whether a cell's text calls ``asyncio.run`` or ``loop.run_until_complete``.

    Args:
        source: The cell as typed. In a ``%%module`` cell, what stands under ``if __name__ == "__main__":`` does not
            run and does not count.
    """
    if "asyncio" not in source and "run_until_complete" not in source:
        return False
    if _NEST.search(source):
        return True
    module = source.lstrip().startswith("%%module")
    if source.lstrip().startswith("%%"):  # %%time and its like run their body in this kernel
        source = source.lstrip().partition("\n")[2]
    lines = ("pass" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n"))
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return False
    return any(_runs_loop(node) for node in _nodes(tree, skip_main=module))


def _nodes(tree: ast.AST, skip_main: bool) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if skip_main and is_main(node):
            continue
        found.append(node)
        found.extend(_nodes(node, False))
    return found


def _runs_loop(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        # Any alias of asyncio has an attribute `run`; so has much else, but a false alarm here does no harm.
        return node.attr == "run_until_complete" or ast.unparse(node) in ("asyncio.run", "aio.run")
    if isinstance(node, ast.ImportFrom):
        return node.module == "asyncio" and any(alias.name in ("run", "*") for alias in node.names)
    if isinstance(node, ast.Import):
        return any(alias.name == "asyncio" and alias.asname for alias in node.names)
    return False


def allow_nested_run() -> None:
    """Make ``asyncio.run`` work on the loop that runs in this thread, and on no other; twice is once."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no loop runs here: plain asyncio.run works
        return
    if getattr(loop, _MARK, False):
        return
    import nest_asyncio2

    if not isinstance(loop, asyncio.BaseEventLoop):
        raise CourseError(
            f"asyncio.run() cannot work in this kernel: its event loop is a {type(loop).__name__}.",
            fix="write `await main()` instead of `asyncio.run(main())`.",
        )
    # nest-asyncio2 writes its methods into the class of the loop it is given: this one belongs to one loop alone.
    loop.__class__ = type(f"Kernel{type(loop).__name__}", (type(loop),), {_MARK: True})
    nest(loop)
    if not hasattr(asyncio.run, _MARK):
        asyncio.run = _dispatching(asyncio.run)
    _take_over_apply(nest_asyncio2)


def _take_over_apply(nest_asyncio2: Any) -> None:
    """Let pasted ``nest_asyncio.apply()`` do what was done above, instead of patching every thread.

    The original nest-asyncio 1.6.0 moreover drops the cells queued behind it on ipykernel 7.
    """

    def apply(loop: Any = None, **_: Any) -> None:
        allow_nested_run()

    original = ModuleType("nest_asyncio", "Stands in for nest-asyncio; the course makes asyncio.run() work itself.")
    vars(original)["apply"] = apply
    sys.modules["nest_asyncio"] = original
    nest_asyncio2.apply = apply


def _dispatching(plain: Any) -> Any:
    @functools.wraps(plain)
    def run(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return plain(main, **options)
        if not getattr(loop, _MARK, False):
            return plain(main, **options)
        if not asyncio.iscoroutine(main):
            raise ValueError(f"a coroutine was expected, got {main!r}")
        task = loop.create_task(main)
        try:
            return loop.run_until_complete(task)
        finally:
            if not task.done():  # interrupted: asyncio.run would not leave it behind either
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    loop.run_until_complete(task)

    setattr(run, _MARK, True)
    return run
