"""Workers in the notebook and as child processes.

An in-notebook Worker has its own thread, loop and Client, so a busy cell never starves it. A child process is for
lessons about crashes: it can be killed with a real SIGKILL.
"""

from course_lib.workers.notebook import NotebookWorker, running_workers, start_worker
from course_lib.workers.process import WorkerProcess

__all__ = ["NotebookWorker", "WorkerProcess", "running_workers", "start_worker"]
