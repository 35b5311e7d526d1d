"""The child process: ``python -m course_lib.workers.main`` runs one Worker until it is told to stop.

Started by `course_lib.workers.process.WorkerProcess`, which sends the specification on standard input.
"""

import asyncio
import base64
import faulthandler
import importlib
import json
import logging
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from course_lib.errors import CourseError
from course_lib.workers import blame, lifeline
from course_lib.workers.child import MARK

if TYPE_CHECKING:
    from temporalio.client import Client

FAILED_TO_START = 3
"""The exit code after a reported failure to start."""


def main() -> NoReturn:
    """Run the Worker; ends the process itself, without the interpreter's finalisation.

    A process that finalises right after its last SDK call can die with 134 or 139 (sdk-python issue 300).
    """
    spec: dict[str, Any] = json.loads(sys.stdin.buffer.readline())

    def tell(**message: Any) -> None:
        # One write: it cannot be torn apart by a print of another thread.
        os.write(1, f"{MARK}{spec['token']}{json.dumps(message)}\n".encode())

    lifeline.hold(spec["parent"])
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
        known = error if isinstance(error, CourseError) else _explain(error)
        logging.getLogger("course_lib.workers").error("%s", known)
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
            raise _explain(error, f"The module {name} could not be imported") from error
    found = Definitions(modules)
    options: dict[str, Any] = _seconds(pickle.loads(base64.b64decode(spec["options"])))
    options["workflows"] = found.choose("workflow", spec["workflows"])
    options["activities"] = found.choose("activity", spec["activities"])
    if not options["workflows"] and not options["activities"]:
        raise CourseError(
            f"There is no workflow and no activity in {', '.join(spec['modules'])}.",
            fix="decorate the class with @workflow.defn or the function with @activity.defn.",
        )
    if options["activities"]:
        limit = options.get("max_concurrent_activities") or 100
        options.setdefault("activity_executor", DaemonExecutor(limit, "course-activity"))
    if spec["identity"]:
        options["identity"] = spec["identity"]
    options.setdefault("identity", f"worker-process-{os.getpid()}@{socket.gethostname()}")
    return options


def _seconds(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with a timedelta wherever the SDK wants one and a number was given."""
    import inspect

    from temporalio.worker import Worker

    wanted = {name for name, p in inspect.signature(Worker).parameters.items() if "timedelta" in str(p.annotation)}
    return {
        name: timedelta(seconds=value) if name in wanted and isinstance(value, int | float) else value
        for name, value in options.items()
    }


async def _connect(spec: dict[str, Any]) -> "Client":
    from temporalio.client import Client

    try:
        if spec["profile"]:
            from temporalio.envconfig import ClientConfig

            return await Client.connect(**ClientConfig.load_client_connect_config())
        return await Client.connect(spec["address"], namespace=spec["namespace"])
    except Exception as error:
        raise CourseError(
            f"The worker process could not reach Temporal at {spec['address']}: {error}",
            fix="run `course server status`.",
        ) from error


async def _serve(spec: dict[str, Any], options: dict[str, Any], tell: Callable[..., None]) -> None:
    from course_lib import telemetry
    from course_lib.workers.orders import Orders
    from course_lib.workers.serving import Serving
    from course_lib.workers.tally import Tally

    tally = Tally(lambda workflow, activity: tell(state="tasks", workflow=workflow, activity=activity))
    telemetry.install(tally.buffer)
    counting = asyncio.ensure_future(tally.run())
    try:
        await Serving(lambda: _connect(spec), spec["task_queue"], options, tell).run(Orders(spec["control"]))
    finally:
        counting.cancel()
        tally.look()


def _explain(error: BaseException, what: str = "The worker process could not run") -> CourseError:
    if isinstance(error, CourseError):
        return error
    line = blame.learner_line(error)
    return CourseError(
        f"{what}: {blame.in_words(error)}",
        tried=[str(line)] if line else [],
        fix="correct that line and run its cell, then start the worker again." if line else "",
    )


if __name__ == "__main__":
    main()
