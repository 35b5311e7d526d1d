"""How the child of one Worker is started: its command, its environment, what is written to it first."""

import base64
import os
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.workers import blame

_PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent.parent)


@dataclass(frozen=True)
class Recipe:
    """Everything that a child needs to know; see `WorkerProcess` for the words."""

    modules: Sequence[str]
    task_queue: str
    address: str
    namespace: str
    folder: Path
    env: Mapping[str, str]
    identity: str | None
    workflows: Sequence[str] | None
    activities: Sequence[str] | None
    options: Mapping[str, Any]

    def argv(self) -> list[str]:
        """Return the command."""
        # -P: the current folder is not on sys.path, so a learner's file never hides a library.
        return [sys.executable, "-P", "-m", "course_lib.workers.main", "--task-queue", self.task_queue, *self.modules]

    def environment(self) -> dict[str, str]:
        """Return the whole environment of the child."""
        env = {**os.environ, **self.env}
        env["TEMPORAL_ADDRESS"], env["TEMPORAL_NAMESPACE"] = self.address, self.namespace
        env["PYTHONUNBUFFERED"], env["PYTHONIOENCODING"] = "1", "utf-8"
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (_PACKAGE_PARENT, env.get("PYTHONPATH", ""))))
        return env

    def spec(self) -> dict[str, Any]:
        """Return what the child reads first.

        Raises:
            CourseError: An option of the Worker cannot be sent to another process.
        """
        try:
            options = base64.b64encode(pickle.dumps(dict(self.options))).decode()
        except Exception as error:
            raise CourseError(
                f"A worker option cannot be sent to another process: {blame.in_words(error)}",
                fix="define what it refers to in a %%module cell, or use a Worker in the notebook.",
            ) from error
        return {
            "folder": str(self.folder),
            "modules": list(self.modules),
            "task_queue": self.task_queue,
            "address": self.address,
            "namespace": self.namespace,
            "identity": self.identity,
            "workflows": None if self.workflows is None else list(self.workflows),
            "activities": None if self.activities is None else list(self.activities),
            "options": options,
            "parent": os.getpid(),
            # TLS and API key of a profile apply only where the learner named the server: the course's own has none.
            "profile": any(name in {**os.environ, **self.env} for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE")),
        }
