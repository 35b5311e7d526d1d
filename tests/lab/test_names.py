"""Names that keep learners, notebooks and runs apart."""

import re

import pytest

from course_lib.lab import names


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [("COURSE_LEARNER", "Ada Lovelace", "ada-lovelace"), ("JUPYTERHUB_USER", "gr@ce", "gr-ce"),
     ("COURSE_LEARNER", "日本", "learner")],
)  # fmt: skip
def test_the_learner_is_a_short_word(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str) -> None:
    monkeypatch.delenv("COURSE_LEARNER", raising=False)
    monkeypatch.setenv(variable, value)
    assert names.learner() == expected


def test_a_user_without_an_entry_has_a_name_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid 12345")

    monkeypatch.delenv("COURSE_LEARNER", raising=False)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr(names.getpass, "getuser", nobody)
    assert names.learner() == "learner"


def test_the_notebook_keeps_its_key_and_another_one_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/course/notebooks/01_workflows.ipynb")
    first = names.notebook_key()
    assert first == names.notebook_key()
    assert re.fullmatch(r"[0-9a-f]{4}", first)
    monkeypatch.setenv("JPY_SESSION_NAME", "/course/solutions/01_workflows.ipynb")
    assert names.notebook_key() != first
