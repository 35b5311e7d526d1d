"""Running a whole notebook without a browser, and reading the verdicts of its checks."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course_lib.authoring import notebook as nb
from course_lib.daemons import Daemon

# Seconds for one cell, a last resort: each wait of a cell ends by itself, a check after 900 s.
CELL_LIMIT = 1000.0
_STARTS = 3
VERDICTS = {"✓": "passed", "✗": "failed", "○": "unattempted", "!": "error"}  # first sign of `Verdict.headline`


@dataclass(frozen=True)
class Check:
    """What became of one check cell.

    Args:
        exercise: The exercise, for example ``"1.1"``.
        outcome: ``passed``, ``failed``, ``unattempted`` or ``error``, the last one also when the cell did not run.
        text: The verdict's text, or the error.
    """

    exercise: str
    outcome: str
    text: str


@dataclass
class Result:
    """What became of one notebook.

    Args:
        path: The notebook.
        checks: One entry per check cell, in the notebook's order.
        broken: Other cells that raised, with the error.
        seconds: How long it took.
        notebook: The notebook with its outputs.
    """

    path: Path
    checks: list[Check] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    notebook: Any = None

    @property
    def passed(self) -> bool:
        """Whether every check passed and no other cell raised."""
        return not self.broken and all(check.outcome == "passed" for check in self.checks)


@contextmanager
def own_state(keep: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Give a run a state of its own: server in memory, shop, modules, exports, progress; ended and removed after it.

    Grading somebody's notebook must touch neither the progress of the one who grades nor anything in the clone.

    Args:
        keep: Environment variables to set besides.

    Yields:
        The environment for the kernel.
    """
    with tempfile.TemporaryDirectory(prefix="course-run-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        env = dict(os.environ)
        env |= {
            "COURSE_STATE": str(folder / "state"),
            "COURSE_WORKSPACE": str(folder / "workspace"),
            "COURSE_EXPORTS": str(folder / "exported"),
            "COURSE_DB": "memory",
            "COURSE_STRICT": "1",
            **(keep or {}),
        }
        env.pop("SHOP_URL", None)
        try:
            yield env
        finally:
            for daemon in ("shop", "server"):
                Daemon(daemon, folder / "state").stop()


def execute(
    path: Path, env: Mapping[str, str], say: Callable[[str], None] | None = None, cell_limit: float = CELL_LIMIT
) -> Result:
    """Run all cells of a notebook in a fresh kernel; a cell that raises does not stop those behind it.

    Args:
        path: The notebook. The file is not changed.
        env: The kernel's environment; with ``COURSE_STRICT=1`` a check that is not passed raises.
        say: Told about every code cell before it runs.
        cell_limit: Seconds for one cell, past which the notebook ends.

    Returns:
        The verdicts of the check cells and what else raised.

    Raises:
        CourseError: There is no such notebook.
    """
    notebook = nb.read(path)
    result = Result(path, notebook=notebook)
    started = time.monotonic()
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=cell_limit,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        # ipykernel warns of TCP without encryption, on this machine alone: nothing that a learner could act on.
        extra_arguments=["--log-level=ERROR"],
    )
    stop = asyncio.run(_run(client, code, dict(env), say))
    for cell in code:
        _read_cell(cell, result, stop)
    result.seconds = time.monotonic() - started
    return result


async def _start(client: NotebookClient, env: dict[str, str]) -> None:
    """Start the kernel; again when it dies at once.

    jupyter_client looks for free ports and lets go of them before the kernel takes them. What takes one in between
    (a server, another kernel) kills the kernel; JupyterLab starts it again too.
    """
    for left in reversed(range(_STARTS)):
        client.create_kernel_manager()
        await client.async_start_new_kernel(env=env)
        try:
            await client.async_start_new_kernel_client()
        except RuntimeError:  # nbclient has cleaned up
            if not left:
                raise
        else:
            return


async def _run(
    client: NotebookClient, code: list[nb.Cell], env: dict[str, str], say: Callable[[str], None] | None
) -> str:
    """Run the cells and return why the run ended early, "" when it did not."""
    await _start(client, env)
    async with client.async_setup_kernel(env=env):
        for number, cell in enumerate(code, start=1):
            if say:
                first = next((line for line in cell.source.splitlines() if line.strip()), "")
                say(f"[{number}/{len(code)}] {cell.get('id', '')}: {first[:60]}")
            try:
                await client.async_execute_cell(cell, client.nb.cells.index(cell))
            except CellTimeoutError:
                return f"not run: cell {cell.get('id', '')} did not end within {client.timeout:g} s"
            except DeadKernelError:
                return f"not run: the kernel died in cell {cell.get('id', '')}"
            except CellExecutionError:  # allow_errors covers errors of the cell itself; this one is a reply's
                continue
    return ""


def _read_cell(cell: nb.Cell, result: Result, stop: str) -> None:
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    ran = cell.execution_count is not None
    exercise = nb.check_of(cell)
    expected = "raises-exception" in nb.tags(cell)
    if exercise is None:
        if error and not expected:
            result.broken.append((cell.get("id", ""), f"{error.ename}: {error.evalue}"))
        elif not ran and stop:
            result.broken.append((cell.get("id", ""), stop))
    elif error and error.ename == "CheckFailed":
        result.checks.append(Check(exercise, VERDICTS.get(error.evalue.strip()[:1], "failed"), error.evalue.strip()))
    elif error or not ran:
        text = f"{error.ename}: {error.evalue}" if error else stop or "not run"
        result.checks.append(Check(exercise, "error", text))
    else:
        result.checks.append(Check(exercise, "passed", ""))
