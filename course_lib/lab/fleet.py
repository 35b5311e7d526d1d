"""The Workers of one notebook: at most one in the notebook per queue, and one child process per set of modules."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import display

from course_lib import loops, server
from course_lib.cells import Modules
from course_lib.cells.names import parts
from course_lib.errors import CourseError
from course_lib.widgets.log_view import LogView, follow_logs
from course_lib.widgets.look import callout
from course_lib.workers import NotebookWorker, WorkerProcess, start_worker

if TYPE_CHECKING:
    from course_lib.widgets.worker_panel import WorkerPanel

# Workflow tasks of a killed Worker wait on its own, sticky queue until this limit lets another Worker have them. The
# SDK's default is 10 s; lessons kill Workers, and nobody learns from ten silent seconds.
_STICKY_LIMIT = timedelta(seconds=1)
# A Worker that cannot end by itself is left behind after 2 s; this is for a machine that is too busy to count them.
_STOP_LIMIT = 60.0


class Fleet:
    """Starts Workers and ends them with the Lab.

    Args:
        where: The Temporal server.
        task_queue: The queue that is polled unless another is named.
        folder: The chapter's workspace folder.
        modules: The chapter's module cells.
        shop_url: Given to child processes as ``SHOP_URL``.
    """

    def __init__(self, where: server.Server, task_queue: str, folder: Path, modules: Modules, shop_url: str) -> None:
        self._server = where
        self._task_queue = task_queue
        self._folder = folder
        self._modules = modules
        self._shop_url = shop_url
        self._workers: dict[str, NotebookWorker] = {}
        self._processes: dict[str, WorkerProcess] = {}

    @property
    def task_queue(self) -> str:
        """The queue that a Worker of this notebook polls: its own, else another one, such as a mistyped name."""
        running = [queue for queue, worker in self._workers.items() if worker.running]
        running += [process.task_queue for process in self._processes.values() if process.running]
        return self._task_queue if self._task_queue in running or not running else running[-1]

    @property
    def workers(self) -> list[NotebookWorker]:
        """The Workers in this notebook, the newest last."""
        return list(self._workers.values())

    async def worker(
        self, *, workflows: Sequence[type], activities: Sequence[Callable[..., Any]], **options: Any
    ) -> NotebookWorker:
        """See ``Lab.worker``."""
        task_queue = options.pop("task_queue", self._task_queue)
        await self._end_processes(task_queue)
        log = LogView(f"Worker on {task_queue}", empty="running; its log lines appear here")
        worker = await start_worker(
            lambda: server.connect(self._server), task_queue, workflows=workflows, activities=activities,
            on_death=self._say_death, say=log.append, **options,
        )  # fmt: skip
        follow_logs(log)
        display(log)  # type: ignore[no-untyped-call]
        self._workers.pop(task_queue, None)  # the newest is the last
        self._workers[task_queue] = worker
        return worker

    def process(self, modules: Sequence[str | type], options: dict[str, Any]) -> "WorkerPanel":
        """See ``Lab.worker_process``."""
        from course_lib.widgets.worker_panel import WorkerPanel

        found = [self._revision(module) for module in modules]
        task_queue = options.pop("task_queue", self._task_queue)
        name = options.pop("name", _words(found))
        options.setdefault("sticky_queue_schedule_to_start_timeout", _STICKY_LIMIT)
        self._end_notebook_worker(task_queue)
        process = WorkerProcess(
            found,
            self._server,
            task_queue=task_queue,
            folder=self._folder,
            env={"SHOP_URL": self._shop_url},
            worker_options=options,
            key=f"{task_queue}/{name}",
        )
        self._processes[f"{task_queue}/{name}"] = process
        # Whoever names a class, or a build id, means this code and no newer one.
        fixed = "deployment_config" in options or not all(isinstance(module, str) for module in modules)
        return WorkerPanel(
            process,
            title=f"Worker process “{name}”",
            newest=None if fixed else lambda: [self._revision(module) for module in modules],
        )

    def _revision(self, module: str | type) -> str:
        """Return the importable name of a module's newest revision, or of the very one that a class is from."""
        if isinstance(module, str):
            return self._modules.latest(module)
        info = self._modules.of(module)
        if info is None:
            raise CourseError(
                f"{module.__name__} is not from a module cell, so no other process can import it.",
                fix="put `%%module orders` (any name) above its cell, run it, and pass the class again.",
            )
        return info.module

    async def close(self) -> None:
        """Stop all of them."""
        for worker in self._workers.values():
            await worker.stop()
        for process in self._processes.values():
            if process.alive:
                await process.stop()

    # Two Workers on one queue that do not run the same code take each other's tasks: each fails those of the other with
    # "not registered on this worker", again and again (seen on 1.35). So the one in the notebook and a child process
    # replace each other; several child processes on one queue are a lesson's own business.

    async def _end_processes(self, task_queue: str) -> None:
        for process in self._processes.values():
            if process.task_queue == task_queue and process.alive:
                await process.stop()
                print(f"Stopped the worker process of {_words(process.modules)}: this Worker takes its place.")

    def _end_notebook_worker(self, task_queue: str) -> None:
        worker = self._workers.get(task_queue)
        if worker is not None and worker.running:
            loops.background().run(worker.stop(), _STOP_LIMIT)
            print("Stopped the Worker in this notebook: the worker process takes its place.")

    @staticmethod
    def _say_death(reason: str) -> None:
        display(callout("error", "A worker died", reason))  # type: ignore[no-untyped-call]


def _words(modules: Sequence[str]) -> str:
    return ", ".join(parts(module)[0] for module in modules)
