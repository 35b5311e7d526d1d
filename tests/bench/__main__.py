"""`make bench`: every measurement in turn, each a ratio against a plain baseline of the same run."""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable

from course_lib import server
from course_lib.daemons import Daemon
from course_lib.paths import state_dir
from tests.bench import clicks, histories, imports, opening, painting, replays, workers
from tests.bench.report import Row, show

BENCHES: dict[str, Callable[[server.Server], list[Row]]] = {
    "worker": workers.measure,
    "open": opening.measure,
    "import": imports.measure,
    "history": histories.measure,
    "paint": painting.measure,
    "replay": replays.measure,
    "click": clicks.measure,
}


def main() -> int:
    """Run the measurements that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*BENCHES, []], help="which measurements; all when none is named")
    chosen = parser.parse_args().only or list(BENCHES)
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        os.environ |= {"COURSE_STATE": folder, "COURSE_DB": "memory", "COURSE_WORKSPACE": f"{folder}/workspace"}
        # Byte code is part of what a learner has; without it every import would compile the course anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        where = asyncio.run(server.ensure())
        rows: list[Row] = []
        try:
            for name in chosen:
                print(f"measuring: {name} …", file=sys.stderr, flush=True)
                rows += BENCHES[name](where)
        finally:
            for name in ("server", "shop"):
                with contextlib.suppress(Exception):
                    Daemon(name, state_dir()).stop()
    show(rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
