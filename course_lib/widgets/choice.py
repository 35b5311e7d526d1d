"""Radio buttons, a button and an answer: what quiz and predict share."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from course_lib.errors import CourseError
from course_lib.grading.model import Option
from course_lib.widgets.look import STYLE, plain
from course_lib.widgets.prose import inline

# Native radio buttons and buttons: Tab, Space and Enter work without a line of script. The rules only let long
# options wrap instead of being cut.
_STYLE = (
    ".tc-choice .widget-radio{width:auto}.tc-choice .widget-radio-box{max-width:none;height:auto}"
    ".tc-choice .widget-radio-box label{height:auto;white-space:normal;line-height:1.4;margin:2px 0;overflow:visible}"
)


class Choice:
    """One question to answer by choosing.

    Args:
        text: The question.
        options: What can be chosen.
        button: The button's text.
        on_choose: Called with the option's number when the button is pressed with something chosen.

    Attributes:
        radio: The radio buttons; ``radio.value`` is the chosen option's number, ``None`` at first.
        button: The button.
        widget: All of it, to display.
    """

    def __init__(self, text: str, options: Sequence[Option], button: str, on_choose: Callable[[int], None]) -> None:
        self.text, self.options = text, tuple(options)
        self._on_choose = on_choose
        self._words = ""
        wide = ipywidgets.Layout(width="auto", max_width="1100px")
        question = ipywidgets.HTML(f'<div class="tc"><style>{STYLE}{_STYLE}</style><b>{inline(text)}</b></div>')
        self.radio = ipywidgets.RadioButtons(
            options=[(f"{letter(number)}) {plain(option.text)}", number) for number, option in enumerate(options)],
            value=None,
            layout=wide,
        )
        self.button = ipywidgets.Button(description=button, disabled=True, tooltip=f"{button}: {plain(text)}")
        self._said = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([question, self.radio, self.button, self._said], layout=wide)
        self.widget.add_class("tc-choice")
        self.radio.observe(lambda change: self._enable(), names="value")
        self.button.on_click(lambda _: self._pressed())
        self._locked = False

    def press(self, option: int | str) -> None:
        """Choose an option and press the button, as a learner does.

        Args:
            option: Its number from 0, its letter, or its text.

        Raises:
            CourseError: There is no such option.
        """
        if not self._locked:
            self.radio.value = self._number(option)
            self.button.click()

    def show(self, number: int, html: str, words: str) -> None:
        """Show an option as chosen, and an answer below.

        Args:
            number: The option, negative for none.
            html: Prepared HTML.
            words: The same in words.
        """
        self.radio.value = number if 0 <= number < len(self.options) else None
        self._said.value, self._words = html, words

    def lock(self) -> None:
        """Let nothing be chosen any more."""
        self._locked = True
        self.radio.disabled = self.button.disabled = True

    def words(self) -> str:
        """Return the question as it stands, in words."""
        lines = [plain(self.text)]
        for number, option in enumerate(self.options):
            lines.append(f"  {'(•)' if number == self.radio.value else '( )'} {letter(number)}) {plain(option.text)}")
        return "\n".join([*lines, self._words] if self._words else lines)

    def html(self) -> str:
        """Return the question as it stands, as HTML for where no widget can be shown."""
        items = "".join(
            f"<li>{'<b>' if number == self.radio.value else ''}{inline(option.text)}"
            f"{'</b> (chosen)' if number == self.radio.value else ''}</li>"
            for number, option in enumerate(self.options)
        )
        return (
            f'<div class="tc"><style>{STYLE}</style><b>{inline(self.text)}</b>'
            f'<ol type="a">{items}</ol></div>{self._said.value}'
        )

    def _number(self, option: int | str) -> int:
        for number, known in enumerate(self.options):
            if option in (number, letter(number), known.text) and not isinstance(option, bool):
                return number
        names = ", ".join(letter(number) for number in range(len(self.options)))
        raise CourseError(f"There is no option {option!r}.", fix=f"use one of {names}.")

    def _enable(self) -> None:
        self.button.disabled = self._locked or self.radio.value is None

    def _pressed(self) -> None:
        if self.radio.value is not None and not self._locked:
            self._on_choose(int(self.radio.value))


def letter(number: int) -> str:
    """Return the letter of an option: ``a`` for 0."""
    return "abcdefghijklmnopqrstuvwxyz"[number]


def bundle(widget: Any, html: str, words: str) -> dict[str, Any]:
    """Return what a notebook stores: the widget, and beside it HTML and text for where no widget can be shown.

    JupyterLab prefers the widget. nbconvert takes the HTML when the notebook holds no widget state.

    Args:
        widget: The ipywidget.
        html: The static form.
        words: The text twin.
    """
    found: dict[str, Any] = dict(widget._repr_mimebundle_() or {})
    return {**found, "text/html": html, "text/plain": words}
