"""``Lab.open`` on a running server, against a bare ``Client.connect`` in the same kind of kernel."""

import statistics

from course_lib import server
from tests.bench.kernels import kernel
from tests.bench.report import Row

ROUNDS = 5

OURS = """
import json, time
began = time.perf_counter()
from course_lib import Lab
lab = await Lab.open("00_start_here")
print(json.dumps(time.perf_counter() - began))
"""

PLAIN = """
import json, time
began = time.perf_counter()
from temporalio.client import Client
client = await Client.connect({address!r})
print(json.dumps(time.perf_counter() - began))
"""

AGAIN = """
import json, time
began = time.perf_counter()
lab = await Lab.open("00_start_here")
print(json.dumps(time.perf_counter() - began))
"""


def measure(where: server.Server) -> list[Row]:
    """A fresh kernel for each round and side: the first cell of a chapter, imports included."""
    ours, plain, again = [], [], []
    for _ in range(ROUNDS):
        with kernel() as notebook:
            ours.append(notebook.run(OURS))
            again.append(notebook.run(AGAIN))
        with kernel() as notebook:
            plain.append(notebook.run(PLAIN.format(address=where.address)))
    base = statistics.median(plain)
    return [
        Row("Lab.open with its imports / Client.connect with its own", statistics.median(ours), base, "s", "< 1 s"),
        Row("Lab.open run again / Client.connect with its imports", statistics.median(again), base, "s", ""),
    ]
