"""A prediction: commit to an answer, run, and let the run say whether it was right."""

import weakref
from typing import Any

from course_lib.grading.evidence import short
from course_lib.grading.progress import Progress
from course_lib.grading.questions import Prediction
from course_lib.widgets.choice import Choice, letter
from course_lib.widgets.look import View, callout, plain, stack
from course_lib.widgets.panel import Controls, with_static
from course_lib.widgets.prose import inline

_NOTHING = object()
_shown: "weakref.WeakSet[Predict]" = weakref.WeakSet()


class Predict:
    """One prediction, open, committed, or revealed.

    Args:
        prediction: The question.
        progress: Where the commitment is kept; the first one stands.
    """

    def __init__(self, prediction: Prediction, progress: Progress) -> None:
        self.prediction, self._progress = prediction, progress
        self._seen: Any = _NOTHING
        self._choice = Choice(
            prediction.text, prediction.options, "Commit", lambda numbers: self._committed(numbers[0])
        )
        self.widget = Controls(self._choice.widget)
        if self.committed is not None:
            self._lock()
        _shown.add(self)

    @property
    def locked(self) -> bool:
        """Whether nothing can be committed any more: a commitment was made, or the run was seen."""
        return self._choice.locked

    @property
    def committed(self) -> int | None:
        """The number of the option that the learner committed to, ``None`` before."""
        known = self._progress.prediction(self.prediction.id).get("choice")
        return known if isinstance(known, int) and 0 <= known < len(self.prediction.options) else None

    def commit(self, option: int | str) -> None:
        """Commit to an option, as a press on the button does; a second commitment changes nothing.

        Args:
            option: The option's number from 0, its letter, or its text.

        Raises:
            CourseError: There is no such option.
        """
        self._choice.press(option)

    def reveal(self, seen: Any) -> "Predict":
        """Compare with what the run showed. Without a commitment it only says what the run showed.

        Args:
            seen: What the run showed, for example a number of rows.

        Returns:
            This prediction, to display.
        """
        self._seen = seen
        match = self.prediction.match(seen)
        if match is not None and self.committed is not None:
            chosen = self.prediction.options[self.committed]
            self._progress.record_reveal(self.prediction.id, chosen is match)
        # The cell above, in which the learner was asked, must not take a commitment after the answer.
        for other in self._same():
            other._seen = seen
            other._lock()
        return self

    def outcome(self) -> View:
        """Return what became of it, without the options: the question and what the run says to the answer."""
        question = View(f"<p><b>{inline(self.prediction.text)}</b></p>", plain(self.prediction.text))
        return stack((question, self._said(self.committed)))

    def text(self) -> str:
        """Return the prediction as it stands, in words."""
        return self._choice.words()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return with_static(self.widget, View(self._choice.html(), self.text()))

    def __repr__(self) -> str:
        return self.text()

    def _committed(self, number: int) -> None:
        self._progress.record_prediction(self.prediction.id, number)
        for other in self._same():
            other._lock(number)

    def _same(self) -> "list[Predict]":
        """Return every display of this prediction in this notebook, itself among them."""
        mine = (self.prediction.id, self._progress.path)
        return [other for other in _shown if (other.prediction.id, other._progress.path) == mine]

    def _lock(self, number: int | None = None) -> None:
        # The number is given too, since a place that cannot be written has not kept it.
        number = self.committed if number is None else number
        self._choice.lock()
        view = self._said(number)
        self._choice.show([] if number is None else [number], view.html, view.text)

    def _said(self, number: int | None) -> View:
        options = self.prediction.options
        mine = f"You predicted {letter(number)}) {options[number].text}." if number is not None else ""
        if self._seen is _NOTHING:
            title = f"Committed to {letter(number)})" if number is not None else "Open"
            return _view("info", title, "Now run the next cells: the run shows whether it is so.")
        match = self.prediction.match(self._seen)
        if match is None:
            text = (
                f"The run shows {short(self._seen, 80)}, which no option says. "
                "Run the chapter's cells from the top, in order."
            )
            return _view("warning", "No option fits this run", text)
        place = options.index(match)
        shows = f"The run shows {letter(place)}) {match.text}. {match.why}"
        if number is None:
            return _view(
                "info", "You made no prediction", f"{shows} Next time commit first: a wrong guess teaches most."
            )
        if number == place:
            return _view("ok", "The run agrees with you", f"{mine} {match.why}")
        return _view("fail", "The run shows something else", f"{mine} {options[number].why}\n{shows}")


def _view(kind: Any, title: str, text: str) -> View:
    icon = {"ok": "✓", "fail": "✗", "warning": "▲"}.get(kind, "ℹ")
    html = f'<div class="tc-body">{inline(text)}</div>'
    return callout(kind, title, html=html, words=f"  {icon} {title}: {text}")
