"""A log in a cell's output that grows, and that an executed notebook keeps."""

import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from IPython.display import publish_display_data

from course_lib.widgets.look import escape, page, plain
from course_lib.widgets.panel.kernel_side import KernelSide, after_cells

_STYLE = (
    # Reversed, a long log shows its end: an exception's last line is the one that says what happened.
    ".tc.tc.tc.tc pre.tc-log{margin:2px 0;padding:4px 8px;max-height:18em;overflow:auto;background:none;"
    "display:flex;flex-direction:column-reverse;"
    "border-left:3px solid var(--jp-border-color1,rgba(128,128,128,.5))}"
)
# Seconds that lines are collected before they are drawn together.
_PAUSE = 0.2
_SHOWN = 15  # lines


class LogView:
    """The last 15 lines of a log, under one ``display_id``.

    Output of background threads is lost in executed notebooks: nbclient keeps only what belongs to the cell that runs.
    So lines are only *noted* by other threads; the kernel's own loop draws them while a cell awaits, and each cell's
    end draws what is left.

    Args:
        title: Shown above the lines; a callable is asked at each drawing.
        source: Where the lines are; by default those given to `append`, of which 1000 are kept.
        empty: What stands there while there are none.
    """

    def __init__(
        self,
        title: str | Callable[[], str],
        *,
        source: Callable[[], Iterable[str]] | None = None,
        empty: str = "no lines yet",
    ) -> None:
        self._lines: deque[str] = deque(maxlen=1000)
        self._title = title
        self._source = source or (lambda: self._lines)
        self._empty = empty
        self._id = uuid.uuid4().hex
        self._side = KernelSide(self.flush, _PAUSE)
        self._drawn = ""  # until it is displayed

    def append(self, line: str) -> None:
        """Add a line, from any thread."""
        self._lines.append(line)
        self.touch()

    def touch(self) -> None:
        """Say, from any thread, that there is something new to draw."""
        self._side.soon()

    def flush(self) -> None:
        """Draw what is new; only on the kernel's own loop."""
        bundle = self._repr_mimebundle_()
        if self._drawn not in ("", bundle["text/plain"]):
            self._publish(bundle, update=True)

    def _publish(self, bundle: dict[str, str], *, update: bool) -> None:
        self._drawn = bundle["text/plain"]
        publish_display_data(bundle, transient={"display_id": self._id}, update=update)  # type: ignore[no-untyped-call]

    def _ipython_display_(self) -> None:
        self._publish(self._repr_mimebundle_(), update=False)
        after_cells(self.flush)

    def last(self) -> list[str]:
        """Return the lines that are drawn, without control characters."""
        lines = deque(self._source(), maxlen=_SHOWN)
        return [plain(line) for line in lines]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        title = plain(self._title() if callable(self._title) else self._title)
        lines = self.last() or [f"({self._empty})"]
        # A long log scrolls in its box, and the arrow keys reach it only there where it can have the focus.
        log = f'<pre class="tc-log" tabindex="0" data-lm-suppress-shortcuts="true">{escape(chr(10).join(lines))}</pre>'
        body = f'<div class="tc-quiet">{escape(title)}</div>{log}'
        text = "\n".join([title, *(f"  {line}" for line in lines)])
        return page(body, text, style=_STYLE, role="log", label=title)._repr_mimebundle_()


class _ViewHandler(logging.Handler):
    """Writes records into a view, a line of the record per line of the view."""

    def __init__(self, view: LogView) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"))
        self.view = view

    def emit(self, record: logging.LogRecord) -> None:
        """Add one record; never raises into the code that logs."""
        try:
            if _is_routine(record):
                return
            for line in self.format(record).split("\n"):
                self.view.append(line)
        except Exception:
            self.handleError(record)


_WATCHED = ("temporalio", "course_lib")


def _is_routine(record: logging.LogRecord) -> bool:
    # Said at each change of a Worker, which every chapter has a dozen of; the panel or the next Worker tells it too.
    return record.levelno <= logging.INFO and str(record.msg).startswith("Beginning worker shutdown")


def follow_logs(view: LogView) -> None:
    """Show the logs of the SDK and of in-notebook Workers in a view, instead of in an earlier one.

    Args:
        view: Where they go.
    """
    for name in _WATCHED:
        watched = logging.getLogger(name)
        for handler in list(watched.handlers):
            if isinstance(handler, _ViewHandler):
                watched.removeHandler(handler)
        if watched.getEffectiveLevel() > logging.INFO or watched.level == logging.NOTSET:
            watched.setLevel(logging.INFO)
        watched.addHandler(_ViewHandler(view))
