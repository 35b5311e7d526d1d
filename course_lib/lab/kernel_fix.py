"""A fix for ipykernel 7.4, where a widget's message can take the end of a cell away.

``Kernel.shell_main`` handles such a message beside the async cell that runs, and then calls ``set_parent`` with the
cell that ran when the message came. By then another cell may have begun. What that one still says, its status "idle"
among it, goes out in the name of the cell before: it has run, and JupyterLab shows ``[*]`` for ever.
"""

import inspect
import threading
from typing import Any

_MARK = "_course_running_cell"


class _Thread(threading.local):
    """One for the kernel's own thread, and one for each subshell's."""

    opening = ""  # a request that is about to name itself the parent: "alone", or "beside" a cell
    running: tuple[Any, Any] | None = None  # the newest request that was alone, by its sockets' identities and itself


def keep_the_running_cell(kernel: Any) -> None:
    """Let a kernel put back the cell that runs now, not the one that ran when a message came; twice is once.

    Args:
        kernel: An ``ipykernel.kernelbase.Kernel``. One that handles nothing beside a cell is left as it is.
    """
    parameters = inspect.signature(kernel.dispatch_shell).parameters
    if hasattr(kernel, _MARK) or "concurrent" not in parameters:
        return
    dispatch, set_parent = kernel.dispatch_shell, kernel.set_parent
    thread = _Thread()

    async def dispatch_shell(message: Any, /, *args: Any, concurrent: bool = False, **named: Any) -> None:
        # Nothing is awaited between here and the call of set_parent in it, so no other request comes between.
        thread.opening = "beside" if concurrent else "alone"
        try:
            await dispatch(message, *args, concurrent=concurrent, **named)
        finally:
            thread.opening = ""

    def set_own_parent(ident: Any, parent: Any, channel: str = "shell") -> None:
        if channel == "shell":
            if thread.opening == "alone":
                thread.running = ident, parent
            elif not thread.opening and thread.running is not None:  # what was before a message is put back
                ident, parent = thread.running
            thread.opening = ""
        set_parent(ident, parent, channel)

    kernel.dispatch_shell, kernel.set_parent = dispatch_shell, set_own_parent
    setattr(kernel, _MARK, True)
