"""What the learner has done, kept in one small file that every kernel and the command line share."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from course_lib.grading.verdict import Outcome, Verdict
from course_lib.paths import state_dir

# Writing takes a millisecond; a lock held for longer means a process that is stopped, and the check goes on without.
_LOCK_SECONDS = 3.0
_KINDS = ("exercises", "quizzes", "predictions")
_VERSION = 1

Record = dict[str, Any]


class Progress:
    """The progress file.

    Losing it costs the learner ticks, never work, so a file that cannot be read is put aside and begun again, and
    a disk that cannot be written is not an error of a check.

    Args:
        path: The file; ``state_dir()/progress.json`` when not given.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_dir() / "progress.json"

    # ---------------------------------------------------------------- exercises

    def exercise(self, exercise_id: str) -> Record:
        """Return what is known of one exercise: ``attempts``, ``passed``, ``hints``, ``last``; empty when nothing."""
        return self.data()["exercises"].get(exercise_id, {})

    def record(self, verdict: Verdict) -> None:
        """Note a verdict. Only "passed" and "failed" count as an attempt; a pass is never taken back.

        Args:
            verdict: What a check said.
        """
        with self._change("exercises", verdict.exercise) as item:
            item["last"] = str(verdict.outcome)
            item["at"] = _now()
            if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
                item["attempts"] = int(item.get("attempts", 0)) + 1
            if verdict.passed and not item.get("passed"):
                item["passed"] = True
                item["passed_at"] = _now()

    def attempted(self, exercise_id: str) -> bool:
        """Return whether a check has seen an attempt, which opens the solution."""
        return bool(self.exercise(exercise_id).get("attempts"))

    def passed(self, exercise_id: str) -> bool:
        """Return whether the exercise has ever been passed."""
        return bool(self.exercise(exercise_id).get("passed"))

    def take_hint(self, exercise_id: str, total: int) -> int:
        """Go one hint further and return its number, from 1; the last one stays.

        Args:
            exercise_id: The exercise.
            total: How many hints there are.
        """
        with self._change("exercises", exercise_id) as item:
            item["hints"] = min(int(item.get("hints", 0)) + 1, total)
            return int(item["hints"])

    def open_solution(self, exercise_id: str) -> None:
        """Note that the solution was looked at."""
        with self._change("exercises", exercise_id) as item:
            item["solution"] = True

    # ---------------------------------------------------------------- questions

    def quiz_answer(self, question_id: str) -> Record:
        """Return ``first`` (the first choice), ``choice`` (the latest) and ``right``; empty when unanswered."""
        return self.data()["quizzes"].get(question_id, {})

    def record_quiz(self, question_id: str, choice: int | list[int], right: bool) -> None:
        """Note an answer of a quiz.

        Args:
            question_id: The question.
            choice: Number of the option, from 0; a list of them where several can be chosen.
            right: Whether it is right.
        """
        with self._change("quizzes", question_id) as item:
            item.setdefault("first", choice)
            item.update(choice=choice, right=right, at=_now())

    def prediction(self, prediction_id: str) -> Record:
        """Return ``choice``, and ``matched`` after the run; empty before the commitment."""
        return self.data()["predictions"].get(prediction_id, {})

    def record_prediction(self, prediction_id: str, choice: int) -> None:
        """Note a prediction. The first commitment stands.

        Args:
            prediction_id: The prediction.
            choice: Number of the option, from 0.
        """
        with self._change("predictions", prediction_id) as item:
            item.setdefault("choice", choice)
            item.setdefault("at", _now())

    def record_reveal(self, prediction_id: str, matched: bool) -> None:
        """Note whether the run showed what was predicted; the first run counts.

        Args:
            prediction_id: The prediction.
            matched: Whether the prediction was right.
        """
        with self._change("predictions", prediction_id) as item:
            item.setdefault("matched", matched)

    # ---------------------------------------------------------------- all of it

    def reset(self, what: str | None = None) -> int:
        """Forget one exercise (``"1.2"``), one chapter (``"01_workflows"`` or ``"1"``), or everything.

        Args:
            what: An item's id, a chapter, or ``None`` for everything.

        Returns:
            How many items were forgotten.
        """
        with self._locked():
            data = self.data()
            gone = 0
            for kind in _KINDS:
                doomed = [key for key in data[kind] if what is None or _belongs(key, what)]
                gone += len(doomed)
                for key in doomed:
                    del data[kind][key]
            self._write(data)
        return gone

    @contextlib.contextmanager
    def _change(self, kind: str, key: str) -> Iterator[Record]:
        with self._locked():
            data = self.data()
            item = data[kind].setdefault(key, {})
            yield item
            self._write(data)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_SECONDS)
        with contextlib.suppress(OSError, Timeout):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def data(self) -> dict[str, dict[str, Record]]:
        """Return everything: ``exercises``, ``quizzes``, ``predictions``, each by id."""
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except OSError:
            data = {}
        except ValueError:
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_suffix(".unreadable.json"))
            data = {}
        data = data if isinstance(data, dict) else {}
        return {kind: _records(data.get(kind)) for kind in _KINDS}

    def _write(self, data: dict[str, dict[str, Record]]) -> None:
        text = json.dumps({"version": _VERSION, **data}, indent=1, sort_keys=True)
        with contextlib.suppress(OSError):
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".progress-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                Path(name).replace(self.path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise


def _records(value: object) -> dict[str, Record]:
    if not isinstance(value, dict):
        return {}
    return {str(key): cast(Record, item) for key, item in value.items() if isinstance(item, dict)}


def _belongs(key: str, what: str) -> bool:
    """Tell whether an item is meant: its own id, or its chapter's number first."""
    if "." in what:
        return key == what
    number = what.split("_", 1)[0]
    return number.isdigit() and key.split(".")[0].isdigit() and int(key.split(".")[0]) == int(number)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
