"""A hint, below the ones that were taken before it."""

from course_lib.grading.hints import Hint
from course_lib.widgets.look import View, callout
from course_lib.widgets.prose import prose, unfenced


def hint_view(hint: Hint) -> View:
    """Return the newest hint, with the earlier ones above it.

    Args:
        hint: From ``grading.next_hint``.
    """
    left = hint.total - hint.number
    more = f'Run lab.hint("{hint.exercise}") again for the next one.' if left else "This was the last hint."
    if not left:
        more += f' After an attempt, lab.solution("{hint.exercise}") shows the solution beside your code.'
    title = f"{hint.exercise}, hint {hint.number} of {hint.total}"
    body = "".join(f'<div class="tc-quiet">{prose(text)}</div>' for text in hint.texts[:-1])
    body += f'{prose(hint.text)}<div class="tc-quiet">{prose(more)}</div>'
    words = [f"{number}. {unfenced(text)}" for number, text in enumerate(hint.texts, 1)]
    return callout("note", title, html=body, words="\n".join([f"ℹ Note: {title}", *words, more]))
