"""``%%module`` and the other things that a notebook's shell learns from the course."""

from types import TracebackType
from typing import Any

from course_lib.cells.asyncio_run import allow_nested_run, wants_nested_loop
from course_lib.cells.error import CellError
from course_lib.cells.modules import Modules
from course_lib.errors import CourseError
from course_lib.pitfalls import Finding, find
from course_lib.pitfalls.code import parsed

_HOOK = "_course_pre_run_cell"
LINT_OFF = "lint: off"  # `%%module riddles  # lint: off`: the learner is to find what the lint would say


def register(shell: Any, modules: Modules) -> None:
    """Teach a shell ``%%module`` and pasted ``asyncio.run(main())``; a later call takes the place of an earlier one.

    Args:
        shell: IPython's ``InteractiveShell``, as ``get_ipython()`` returns it.
        modules: The chapter's modules.
    """

    def module(line: str, cell: str | None = None) -> None:
        if cell is None:
            raise CellError(
                "`%module` with one percent sign does nothing.",
                fix=f"write `%%module {line.strip() or 'orders'}` as the first line of a cell.",
            )
        name, _, comment = line.partition("#")
        try:
            modules.run(name.strip(), cell, shell.user_ns, say=print, doubts=comment.strip() != LINT_OFF)
        except CourseError:
            raise
        except BaseException as error:
            _show_only_the_cell(shell, error, str(modules.folder))
            raise

    shell.register_magic_function(module, "line_cell", "module")

    def pre_run_cell(info: Any) -> None:
        source = str(info.raw_cell or "")
        if wants_nested_loop(source):
            allow_nested_run()
        for slip in missing_awaits(shell.transform_cell(source)):
            print(f"Line {slip.line}: {slip.message}. {slip.fix[0].upper()}{slip.fix[1:]}.")
        for name in workflows_in_a_plain_cell(source):
            print(
                f"{name} is defined in the notebook itself, where Temporal's sandbox cannot import it: "
                "write `%%module orders` (any name) as the first line of the cell that defines it, "
                "and run it with a cell below."
            )

    earlier = getattr(shell, _HOOK, None)
    if earlier is not None:
        shell.events.unregister("pre_run_cell", earlier)
    shell.events.register("pre_run_cell", pre_run_cell)
    setattr(shell, _HOOK, pre_run_cell)


def workflows_in_a_plain_cell(source: str) -> list[str]:
    """Return the workflow classes that a cell defines in the notebook itself, where no Worker can run them.

    Args:
        source: The cell as typed.
    """
    if "workflow.defn" not in source or source.lstrip().startswith("%%"):
        return []
    try:
        return [cls.name for cls in parsed(source).workflow_classes]
    except (SyntaxError, ValueError):
        return []


def missing_awaits(source: str) -> list[Finding]:
    """Return the calls of a plain cell that only an `await` would run.

    Args:
        source: The cell as Python.
    """
    try:
        return [slip for slip in find(source, effects={"wrong"}) if slip.name == "forgotten await"]
    except (SyntaxError, ValueError):
        return []


def _show_only_the_cell(shell: Any, error: BaseException, folder: str) -> None:
    """Let IPython's traceback begin at the learner's line, not in the magic, the course and the import system."""
    own: TracebackType | None = error.__traceback__
    while own is not None and not own.tb_frame.f_code.co_filename.startswith(folder):
        own = own.tb_next
    if own is None:
        return
    # IPython asks an exception for its own rendering first; only this object gets one. Rendered late, with all notes.
    error._render_traceback_ = lambda: shell.InteractiveTB.structured_traceback(  # type: ignore[attr-defined]
        type(error), error, own
    )
