"""Where the logs of Temporal's SDK go: into Python logging, never straight to a file descriptor.

The SDK's core is written in Rust and logs to fd 2 on its own. In a notebook that is the terminal of JupyterLab, where
no learner looks, so the core's records are forwarded into Python logging before the first Client exists.
"""

import atexit
import logging
import re
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from temporalio.runtime import MetricBuffer

CORE_LOGGER = "temporalio.core"
"""The logger that receives the records of the SDK's core."""

REST = 0.1
"""Seconds that the core's threads get to come to rest before the interpreter finalises. A process that ends right
after its last SDK call can die with 134 or 139 (sdk-python issue 300; measured here: 1 of 12 without, 0 of 12 with)."""

_lock = threading.Lock()
_installed = False
# The core's line for each call that it tries again (1.35), with the Rust types of the error behind it.
_RETRIED = re.compile(r"gRPC call (?P<call>\w+) retried (?P<times>\d+) times(?P<rest>.*)", re.DOTALL)
_QUIET = 10.0
# And what follows other lines when a call failed.
_STATUS = re.compile(r"^(?P<said>.*?) \{'error': 'Status \{.*?message: \"(?P<why>[^\"]+)\".*", re.DOTALL)


class _Calm(logging.Filter):
    """Says in words, and once in ten seconds, that the server does not answer.

    While a server is gone the core writes several such lines a second, each of 400 characters.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        found = _RETRIED.match(str(record.msg))
        if found is None:
            if status := _STATUS.match(str(record.msg)):
                record.msg = f"{status['said']}: {status['why']}"
            return True
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + _QUIET
        why = re.search(r'message: "([^"]+)"', found["rest"])
        reason = f": {why[1]}" if why else ""
        record.msg = f"The Temporal server does not answer; {found['call']} is retried by itself{reason}"
        return True


def install(metrics: "MetricBuffer | None" = None) -> None:
    """Forward the core's log records to Python logging, once per process, before the first Client.

    Also takes the dictionary of ids off the end of each workflow and activity log line: it stays on the record (as
    ``record.temporal_workflow`` and ``record.temporal_activity``), and a line that a learner reads stays short.

    A Runtime that somebody else made the default first is left alone: its Clients and Workers are bound to it.

    Args:
        metrics: Receives the SDK's metrics; without one there are none. Somebody has to empty it.
    """
    global _installed
    with _lock:
        if _installed:
            return
        from temporalio import activity, workflow
        from temporalio.runtime import (
            LogForwardingConfig,
            LoggingConfig,
            Runtime,
            TelemetryConfig,
            TelemetryFilter,
        )

        logging.getLogger(CORE_LOGGER).addFilter(_Calm())
        forwarding = LogForwardingConfig(
            logger=logging.getLogger(CORE_LOGGER),
            append_target_to_name=False,
            prepend_target_on_message=False,
        )
        runtime = Runtime(
            telemetry=TelemetryConfig(
                logging=LoggingConfig(
                    filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding
                ),
                metrics=metrics,
            )
        )
        try:
            Runtime.set_default(runtime)
        except RuntimeError:
            logging.getLogger(CORE_LOGGER).debug("a default Runtime exists already; its logging stays as it is")
        workflow.logger.workflow_info_on_message = False
        activity.logger.activity_info_on_message = False
        # Registered before the course's other exit handlers, so it runs after them.
        atexit.register(time.sleep, REST)
        _installed = True
