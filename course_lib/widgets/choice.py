"""Options, a button and an answer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course_lib.errors import CourseError
from course_lib.grading.questions import Option
from course_lib.widgets.look import STYLE, plain
from course_lib.widgets.panel.bundle import bundle
from course_lib.widgets.prose import inline

_STYLE = (
    ".tc-choice{max-width:1100px}.tc-choice fieldset{border:0;margin:0;padding:0;min-width:0}"
    ".tc-choice legend{font-weight:600;padding:0;margin-bottom:4px}"
    ".tc-choice label{display:flex;gap:8px;align-items:baseline;padding:3px 6px;border-radius:4px;cursor:pointer}"
    ".tc-choice label:hover{background:rgba(128,128,128,.12)}"
    ".tc-choice fieldset:disabled label{cursor:default}.tc-choice fieldset:disabled label:hover{background:none}"
    ".tc-choice label:has(input:checked){font-weight:600}"
    ".tc-choice input{flex:none;margin:0;position:relative;top:1px;accent-color:var(--tc-info)}"
    ".tc-choice input:focus-visible,.tc-choice button:focus-visible{outline:2px solid var(--tc-info);"
    "outline-offset:2px}"
    ".tc-choice button{margin:6px 0 2px}.tc-choice button:disabled{opacity:.5;cursor:default}"
)


class _Widget(anywidget.AnyWidget):
    _esm = bundle(Path(__file__).with_name("choice.js"))
    css = traitlets.Unicode(STYLE + _STYLE).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    multiple = traitlets.Bool().tag(sync=True)
    button = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    locked = traitlets.Bool().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)


class Choice:
    """One question to answer by choosing.

    Args:
        text: The question.
        options: What can be chosen.
        button: The button's text.
        on_choose: Called with the numbers of the chosen options when the button is pressed.
        several: Whether several options may be chosen.

    Attributes:
        widget: All of it, to display.
    """

    def __init__(
        self,
        text: str,
        options: Sequence[Option],
        button: str,
        on_choose: Callable[[tuple[int, ...]], None],
        *,
        several: bool = False,
    ) -> None:
        self.text, self.options, self.several = text, tuple(options), several
        self._on_choose = on_choose
        self._words = ""
        self.widget = _Widget(
            question=inline(text) + (' <span class="tc-quiet">(choose all that are right)</span>' if several else ""),
            options=[f"{letter(number)}) {inline(option.text)}" for number, option in enumerate(options)],
            multiple=several,
            button=button,
        )
        self.widget.on_msg(self._heard)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The numbers of the options that are chosen now."""
        return tuple(self.widget.chosen)

    @property
    def locked(self) -> bool:
        """Whether nothing can be chosen any more."""
        return bool(self.widget.locked)

    def press(self, *options: int | str) -> None:
        """Choose options and press the button, as a learner does.

        Args:
            *options: Their numbers from 0, their letters, or their texts.

        Raises:
            CourseError: There is no such option, or several where one can be chosen.
        """
        numbers = sorted({self._number(option) for option in options})
        if not self.several and len(numbers) != 1:
            raise CourseError("One option can be chosen here.", fix=f"use one of {self._letters()}.")
        self._press(numbers)

    def show(self, numbers: Sequence[int], html: str, words: str) -> None:
        """Show options as chosen, and an answer below.

        Args:
            numbers: The options; empty for none.
            html: Prepared HTML.
            words: The same in words.
        """
        self.widget.chosen = [number for number in numbers if 0 <= number < len(self.options)]
        self.widget.said, self._words = html, words

    def lock(self) -> None:
        """Let nothing be chosen any more."""
        self.widget.locked = True

    def words(self) -> str:
        """Return the question as it stands, in words."""
        on, off = ("[x]", "[ ]") if self.several else ("(•)", "( )")
        lines = [plain(self.text) + (" (choose all that are right)" if self.several else "")]
        for number, option in enumerate(self.options):
            lines.append(f"  {on if number in self.chosen else off} {letter(number)}) {plain(option.text)}")
        return "\n".join([*lines, self._words] if self._words else lines)

    def html(self) -> str:
        """Return the question as it stands, as HTML for where no widget can be shown."""
        items = "".join(
            f"<li>{'<b>' if number in self.chosen else ''}{inline(option.text)}"
            f"{'</b> (chosen)' if number in self.chosen else ''}</li>"
            for number, option in enumerate(self.options)
        )
        return (
            f'<div class="tc"><style>{STYLE}</style><b>{self.widget.question}</b>'
            f'<ol type="a">{items}</ol></div>{self.widget.said}'
        )

    def _heard(self, _: object, content: Any, __: object) -> None:
        numbers = content.get("pressed") if isinstance(content, dict) else None
        if isinstance(numbers, list):
            self._press([number for number in numbers if number in range(len(self.options))])

    def _press(self, numbers: list[int]) -> None:
        if numbers and not self.locked:
            self.widget.chosen = numbers
            self._on_choose(tuple(numbers))

    def _number(self, option: int | str) -> int:
        for number, known in enumerate(self.options):
            if option in (number, letter(number), known.text) and not isinstance(option, bool):
                return number
        raise CourseError(f"There is no option {option!r}.", fix=f"use one of {self._letters()}.")

    def _letters(self) -> str:
        return ", ".join(letter(number) for number in range(len(self.options)))


def letter(number: int) -> str:
    """Return the letter of an option: ``a`` for 0."""
    return "abcdefghijklmnopqrstuvwxyz"[number]
