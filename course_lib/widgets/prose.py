"""The course's own short texts: `code` in backquotes, ```python blocks, everything else as it stands."""

import re

from course_lib.widgets.look import escape

_BLOCK = re.compile(r"```(?:\w+)?\n(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def prose(text: str) -> str:
    """Return a text as escaped HTML, with code set as code.

    Args:
        text: Plain text with backquotes; nothing else in it has a meaning.
    """
    pieces = []
    for position, piece in enumerate(_BLOCK.split(text)):
        # `split` with one group gives text and code in turn.
        if position % 2:
            pieces.append(f"<pre>{escape(piece)}</pre>")
        elif piece.strip():
            pieces.append(f'<div class="tc-body">{inline(piece.strip())}</div>')
    return "".join(pieces)


def inline(text: str) -> str:
    """Return one line of text as escaped HTML, with code set as code.

    Args:
        text: Plain text with backquotes.
    """
    return _CODE.sub(r"<code>\1</code>", escape(text))


def unfenced(text: str) -> str:
    """Return a text for a terminal: code blocks indented, without their fences.

    Args:
        text: Plain text with backquotes.
    """
    return _BLOCK.sub(lambda found: "\n" + "\n".join(f"    {line}" for line in found[1].split("\n")), text).strip()
