"""Charts are drawn by what JupyterLab has on board, and their numbers are there as text."""

import json
import sys
from importlib.metadata import distribution
from pathlib import Path

import altair as alt
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell

from course_lib.widgets import chart


def drawn() -> alt.LayerChart:
    data = pd.DataFrame({"rows": [100, 200], "kilobytes": [12.5, 25.0]})
    points = alt.Chart(data, title="Growth").mark_line(point=True).encode(x="rows", y="kilobytes")
    return points + alt.Chart(pd.DataFrame({"kilobytes": [20]})).mark_rule().encode(y="kilobytes")


def test_a_chart_is_shown_as_vega_lite_5_with_its_numbers_as_text() -> None:
    shell = InteractiveShell()
    chart.register(shell)
    data, metadata = shell.display_formatter.format(drawn())
    assert set(data) == {chart.MIME, "text/plain"}
    assert data[chart.MIME]["$schema"].endswith("/v5.json")
    lines = data["text/plain"].splitlines()
    assert [line.split() for line in lines] == [["Growth"], ["rows", "kilobytes"], ["100", "12.5"], ["200", "25.0"]]
    assert data[chart.MIME]["description"] == data["text/plain"]
    assert metadata[chart.MIME]["embed_options"] == {"actions": False, "renderer": "svg"}
    json.dumps(data)


def test_jupyterlab_has_vega_lite_5_on_board() -> None:
    licenses = Path(sys.prefix) / "share/jupyter/lab/static/third-party-licenses.json"
    packages = json.loads(licenses.read_text("utf-8"))["packages"]
    (version,) = {package["versionInfo"] for package in packages if package["name"] == "vega-lite"}
    assert version.split(".")[0] == "5", "course_lib/widgets/chart.py names another version: let them agree"
    assert distribution("altair").version.split(".")[0] == "6", "the class that `register` names has another module"
