"""What moves while the Workers of this process work: their threads here, and their processes."""

from course_lib.waits.processes import Mover
from course_lib.workers.notebook import current_workers
from course_lib.workers.process import PATIENCE, STOP_PATIENCE, all_processes

_SOON = {
    "starting": PATIENCE,
    "stopping": STOP_PATIENCE,
}  # seconds after which such a process is in another state at the latest


def movers() -> list[Mover]:
    """Return what to look at in order to see whether a Worker that this process started computes."""
    threads = [mover for worker in current_workers() for mover in worker.movers()]
    return [*threads, *(process.pid for process in all_processes() if process.pid is not None)]


def stir() -> tuple[object, float]:
    """Return what changes when a Worker starts or ends, and after how many seconds one will at the latest."""
    states = {id(process): process.state for process in all_processes()}
    running = len(current_workers())
    return (running, tuple(states.items())), max((_SOON.get(state, 0.0) for state in states.values()), default=0.0)
