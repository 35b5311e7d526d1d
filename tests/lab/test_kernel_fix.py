"""In a real kernel: messages of widgets come while async cells end and begin, and each cell's end is its own."""

import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

LIMIT = 240.0
OPEN = """
import asyncio
from comm import create_comm
from course_lib.lab.kernel_fix import keep_the_running_cell

widget = create_comm(target_name="test")
widget.on_msg(lambda message: None)
print(widget.comm_id)
"""
CELLS = 150


@pytest.fixture
def client() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, ids: list[str]) -> dict[str, list[Any]]:
    """Return what went out in the name of each request, until all have ended; none of it may be missing for long."""
    found: dict[str, list[Any]] = {one: [] for one in ids}
    replies = 0
    deadline = time.monotonic() + LIMIT
    while replies < len(ids):
        assert time.monotonic() < deadline, f"{len(ids) - replies} cells were not answered"
        replies += client.get_shell_msg(timeout=LIMIT)["parent_header"]["msg_id"] in found
    while True:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            return found
        if (parent := message["parent_header"].get("msg_id")) in found:
            content = message["content"]
            if message["msg_type"] == "stream":
                found[parent] += content["text"].split()
            elif message["msg_type"] == "status":
                found[parent].append(content["execution_state"])


def wrong_ends(client: BlockingKernelClient, prepare: str) -> dict[int, list[Any]]:
    """Run cells amid messages, and return what went out in the name of those that lost or gained something."""
    opened = client.execute(OPEN)
    comm = said(client, [opened])[opened][1]
    client.execute(prepare)
    ids = []
    for number in range(CELLS):
        ids.append(client.execute(f"await asyncio.sleep(0.001 * ({number} % 3)); print({number})"))
        for _ in range(3):
            client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": comm, "data": {}}))
    found = said(client, ids)
    return {n: found[one] for n, one in enumerate(ids) if found[one] != ["busy", str(n), "idle"]}


def test_each_cell_ends_in_its_own_name(client: BlockingKernelClient) -> None:
    twice = "keep_the_running_cell(get_ipython().kernel); keep_the_running_cell(get_ipython().kernel)"
    assert wrong_ends(client, twice) == {}


def test_the_kernel_still_needs_it(client: BlockingKernelClient) -> None:
    # A third of the cells with ipykernel 7.4. Where this fails, ipykernel does it itself: delete own_end.py.
    assert wrong_ends(client, "pass") != {}
