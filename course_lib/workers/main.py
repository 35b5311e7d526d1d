"""The child process: ``python -m course_lib.workers.main`` runs one Worker until it is told to stop.

Started by `course_lib.workers.process.WorkerProcess`, which sends the specification on standard input.
"""

import asyncio
import base64
import faulthandler
import importlib
import logging
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from course_lib.errors import CourseError
from course_lib.workers import blame, parent

FAILED_TO_START = 3
"""The exit code after a reported failure to start."""

_AGAIN = "start the worker again"
logger = logging.getLogger("course_lib.workers")


def main() -> NoReturn:
    """Run the Worker; ends the process itself, without the interpreter's finalisation.

    A process that finalises right after its last SDK call can die with 134 or 139 (sdk-python issue 300).
    """
    spec, tell = parent.hear()
    if sys.platform != "win32":
        faulthandler.register(signal.SIGUSR1, all_threads=True)
    _log_to_stdout()
    code = 0
    try:
        from course_lib.workers.isolated_loop import WorkerLoop

        with asyncio.Runner(loop_factory=WorkerLoop) as runner:
            options = _prepare(spec)
            runner.run(_serve(spec, options, tell))
    except BaseException as error:
        known = blame.explained("The worker process could not run", error, _AGAIN)
        logger.error("%s", known)
        tell(state="failed", what=known.what, tried=list(known.tried), fix=known.fix)
        code = FAILED_TO_START
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _log_to_stdout() -> None:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"
    )
    # One line per HTTP request would bury the learner's own lines.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _prepare(spec: dict[str, Any]) -> dict[str, Any]:
    """Import the modules and return the Worker's arguments."""
    from course_lib.workers.definitions import Definitions
    from course_lib.workers.executor import DaemonExecutor

    sys.path.insert(0, spec["folder"])
    modules = []
    for name in spec["modules"]:
        try:
            modules.append(importlib.import_module(name))
        except BaseException as error:  # also SystemExit: a module that calls sys.exit() has to be told
            raise blame.explained(f"The module {name} could not be imported", error, _AGAIN) from error
    found = Definitions(modules)
    options: dict[str, Any] = pickle.loads(base64.b64decode(spec["options"]))
    options["workflows"], options["activities"] = [*found.workflows.values()], [*found.activities.values()]
    if not options["workflows"] and not options["activities"]:
        raise CourseError(
            f"There is no workflow and no activity in {', '.join(spec['modules'])}.",
            fix="decorate the class with @workflow.defn or the function with @activity.defn.",
        )
    if options["activities"]:
        limit = options.get("max_concurrent_activities") or 100
        options.setdefault("activity_executor", DaemonExecutor(limit, "course-activity"))
    options.setdefault("identity", f"worker-process-{os.getpid()}@{socket.gethostname()}")
    return options


async def _serve(spec: dict[str, Any], options: dict[str, Any], tell: Callable[..., None]) -> None:
    """Run the Worker until it fails or the parent asks for the end."""
    from temporalio.worker import Worker

    from course_lib import telemetry
    from course_lib.server import Server, connect
    from course_lib.workers import polling
    from course_lib.workers.task_counter import TaskCounter

    counter = TaskCounter(lambda workflow, activity: tell(state="tasks", workflow=workflow, activity=activity))
    telemetry.install(counter.buffer)
    where, queue = Server.unpacked(spec["server"]), spec["task_queue"]
    try:
        client = await connect(where, limit=None)
    except CourseError as error:
        what = f"The worker process could not reach Temporal at {where.address}."
        raise CourseError(what, tried=error.tried, fix=error.fix) from error
    worker = Worker(client, task_queue=queue, **options)
    _stop_when_asked(worker)
    watch = polling.PollWatch(client, queue, options["identity"], options)
    await watch.begin()

    def polls() -> None:
        names = [thing.__name__ for thing in (*options["workflows"], *options["activities"])]
        logger.info("Worker %s polls %s: %s", os.getpid(), queue, ", ".join(names))
        tell(state="ready", identity=options["identity"])

    counting = asyncio.ensure_future(counter.run())
    try:
        await polling.run(worker, watch, polls)
        await asyncio.sleep(0.05)  # let the core's own threads come to rest
    finally:
        counting.cancel()
        counter.look()


def _stop_when_asked(worker: Any) -> None:
    loop = asyncio.get_running_loop()
    stopping: list[asyncio.Task[None]] = []  # asyncio holds tasks weakly

    def stop() -> None:
        stopping.append(loop.create_task(worker.shutdown()))

    if sys.platform == "win32":
        parent.on_stop(lambda: loop.call_soon_threadsafe(stop))
    else:
        loop.add_signal_handler(signal.SIGTERM, stop)


if __name__ == "__main__":
    main()
