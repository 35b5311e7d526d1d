"""What a log view shows: the last lines, clean, escaped, from any thread and from Python logging."""

import logging
import threading

import pytest

from course_lib.widgets import log_view
from course_lib.widgets.log_view import LogView, follow_logs


def test_last_lines_without_terminal_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_view, "_SHOWN", 2)
    view = LogView("Log of <orders>")
    assert "(no lines yet)" in view._repr_mimebundle_()["text/plain"]
    for line in ("first", "\x1b[31mred\x1b[0m", "a\x00b <script>"):
        view.append(line)
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"] == "Log of <orders>\n  red\n  ab <script>"
    assert "<script>" not in bundle["text/html"]
    assert "Log of &lt;orders&gt;" in bundle["text/html"]


def test_lines_of_many_threads_all_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_view, "_SHOWN", 1000)
    view = LogView("Log")
    threads = [threading.Thread(target=lambda: [view.append("x") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(view.last()) == 400


def test_following_logs_moves_to_the_newest_view() -> None:
    first, second = LogView("first"), LogView("second")
    loggers = [logging.getLogger("temporalio"), logging.getLogger("course_lib")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    try:
        follow_logs(first)
        logging.getLogger("temporalio.activity").info("charged %s", "o-1")
        follow_logs(second)
        logging.getLogger("course_lib.workers").warning("left behind")
        logging.getLogger("temporalio.activity").debug("too fine")
        assert [line[9:] for line in first.last()] == ["INFO    charged o-1"]
        assert [line[9:] for line in second.last()] == ["WARNING left behind"]
    finally:
        for logger, (level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.handlers[:] = handlers


def test_the_shutdown_of_a_replaced_worker_is_no_news() -> None:
    view = LogView("log")
    logger = logging.getLogger("test-routine")
    logger.setLevel(logging.INFO)
    logger.addHandler(log_view._ViewHandler(view))
    logger.info("Beginning worker shutdown, will wait 0:00:00 before cancelling activities")
    logger.info("charged")
    assert [line.split()[-1] for line in view.last()] == ["charged"]
