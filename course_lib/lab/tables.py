"""A table with bars in its cells is read as a table where nobody looks at bars."""

from typing import Any


def read_as_text(shell: Any) -> None:
    """Let a pandas ``Styler`` say its table as plain text, too; pandas itself gives only the object's name.

    Args:
        shell: The notebook's IPython shell.
    """
    # By name: pandas is not imported before a chapter needs it.
    plain = shell.display_formatter.formatters["text/plain"]
    plain.for_type_by_name("pandas.io.formats.style", "Styler", _as_text)


def _as_text(styler: Any, printer: Any, _: bool) -> None:
    printer.text(styler.data.round(2).to_string())
