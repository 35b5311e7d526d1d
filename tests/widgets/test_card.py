import pytest

from course_lib.diagnosis import Diagnosis
from course_lib.server import Server
from course_lib.widgets.card import status_card
from course_lib.widgets.diagnosis_view import diagnosis_view


class _Shop:
    name = "01-ada"
    url = "http://127.0.0.1:4711/shops/01-ada"


def _server(**changes: object) -> Server:
    facts = {"address": "127.0.0.1:7233", "namespace": "default", "ui_url": "http://127.0.0.1:8233",
             "origin": "course", "version": "1.32.0", "pid": 42}  # fmt: skip
    return Server(**{**facts, **changes})  # type: ignore[arg-type]


def test_the_card_says_everything_in_html_and_in_text() -> None:
    card = status_card(_server(), _Shop(), "01_workflows-ada-1f")
    for said in (
        "127.0.0.1:7233",
        "1.32.0",
        "default",
        "01_workflows-ada-1f",
        "01-ada",
        "4711",
        "pid 42",
    ):
        assert said in card.html, said
        assert said in card.text, said
    assert '<a href="http://127.0.0.1:8233"' in card.html
    assert "Web UI      http://127.0.0.1:8233" in card.text
    assert 'role="status"' in card.html


@pytest.mark.parametrize(
    ("origin", "words"),
    [("course", "started by this course"), ("local", "found running"), ("environment", "TEMPORAL_ADDRESS")],
)
def test_the_card_says_whose_server_it_is(origin: str, words: str) -> None:
    assert words in status_card(_server(origin=origin), _Shop(), "q").text


def test_no_web_ui() -> None:
    card = status_card(_server(ui_url=None), _Shop(), "q")
    assert "no Web UI found" in card.html


def test_hostile_names_stay_text_and_only_web_addresses_become_links() -> None:
    card = status_card(_server(ui_url="javascript:alert(1)", namespace="<script>x</script>"), _Shop(), '"><img src=x>')
    assert "<script>x" not in card.html
    assert "<img" not in card.html
    assert "href" not in card.html


def test_a_diagnosis_shows_finding_details_and_fix() -> None:
    found = Diagnosis(
        "workflow_task_failing",
        "The workflow task fails: KeyError: '<b>'.",
        "fix that line, run `await lab.worker(…)` again.",
        (("your line", "orders, line 7: x = {}['<b>']"),),
    )
    view = diagnosis_view(found)
    assert "<b>'" not in view.html
    assert "orders, line 7" in view.html
    assert "<code>await lab.worker(…)</code>" in view.html
    assert view.text.split("\n")[0].endswith("KeyError: '<b>'.")
    assert "Do this: fix that line" in view.text
    assert found.text == f"{found.what} {found.fix}"
    assert found.detail("your line").startswith("orders")
    assert found.detail("nothing") == ""
