"""Import time in a kernel: the course's face against the parts of the SDK that it stands on."""

import statistics

from course_lib import server
from tests.bench.kernels import kernel
from tests.bench.report import Row

ROUNDS = 7

TIMED = "import json, time\nbegan = time.perf_counter()\n{what}\nprint(json.dumps(time.perf_counter() - began))"
PLAIN = "import temporalio.client, temporalio.worker, temporalio.envconfig"
OURS = "from course_lib import Lab"


def measure(where: server.Server) -> list[Row]:
    """Alternate fresh kernels, in which IPython and ipykernel are loaded already on both sides."""
    spent: dict[str, list[float]] = {"import course_lib": [], OURS: [], PLAIN: []}
    for _ in range(ROUNDS):
        for what, times in spent.items():
            with kernel() as notebook:
                times.append(notebook.run(TIMED.format(what=what)))
    base = statistics.median(spent[PLAIN])
    return [
        Row(f"{what} / import temporalio's client and worker", statistics.median(spent[what]), base, "s", "≤ 1.2")
        for what in ("import course_lib", OURS)
    ]
