"""Charts of Altair, drawn by JupyterLab itself: no network, in its light or dark theme, with the numbers as text.

Altair 6 writes for Vega-Lite 6 and, left to itself, loads the code that draws from the internet. JupyterLab 4.6 has
Vega-Lite 5.6 on board, which draws the same lines, points and bars: a test looks at the version, and one at the chart.
"""

from __future__ import annotations

from typing import Any

MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_ROWS = 60  # of the numbers in the text twin


def register(shell: Any) -> None:
    """Let a chart as the last line of a cell be drawn so; Altair is not imported before a chapter needs it.

    Args:
        shell: The notebook's IPython shell.
    """
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", output)


def output(chart: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a chart as a notebook's output: what draws it, and its numbers as text.

    Args:
        chart: Any chart of Altair's.

    Returns:
        The data by MIME type, and the metadata.
    """
    spec = {**chart.to_dict(), "$schema": _SCHEMA}
    text = _text(spec)
    # What a screen reader says of the drawing; a chart may have its own words.
    spec.setdefault("description", text)
    options = {"actions": False, "renderer": "svg"}
    return {MIME: spec, "text/plain": text}, {MIME: {"embed_options": options}}


def _text(spec: dict[str, Any]) -> str:
    import pandas as pd

    titles = [part["title"] for part in (spec, *spec.get("layer", ())) if "title" in part]
    lines = [str(titles[0]) if titles else "Chart"]
    for rows in spec.get("datasets", {}).values():
        if len(rows) > 1:  # a line that is drawn at one value has its words in the chart
            lines.append(pd.DataFrame(rows).to_string(index=False, max_rows=_ROWS))
    return "\n".join(lines)
