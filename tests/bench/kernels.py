"""A real kernel to measure in: what a learner's cell costs, not what a script costs."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from jupyter_client.manager import start_new_kernel

_LIMIT = 120.0


class Kernel:
    """Runs cells and returns what they print as JSON."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, source: str) -> Any:
        """Run one cell.

        Args:
            source: The cell; what it measured is its last printed line, as JSON.

        Returns:
            That value, ``None`` when its last line is no JSON.

        Raises:
            RuntimeError: The cell raised.
        """
        printed: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(source, timeout=_LIMIT, output_hook=hook)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"].get("traceback", ["the cell failed"])))
        lines = "".join(printed).strip().splitlines()
        try:
            return json.loads(lines[-1]) if lines else None
        except ValueError:  # the course's own line under the cell, such as a module's revision
            return None

    def click(self, button: str, shows: str) -> float:
        """Click a button, by the message that a front end sends, and wait until a widget shows what comes of it.

        Args:
            button: The ``model_id`` of an ``ipywidgets.Button``.
            shows: A text in what the kernel then sends to the widgets.

        Returns:
            When the message was sent, in seconds of the system's clock.
        """
        content = {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}}
        message = self._client.session.msg("comm_msg", content)
        began = time.time()
        self._client.shell_channel.send(message)
        while shows not in json.dumps(self._client.get_iopub_msg(timeout=_LIMIT)["content"], default=str):
            pass
        return began


@contextlib.contextmanager
def kernel() -> Iterator[Kernel]:
    """Start a kernel, and end it with the block."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
