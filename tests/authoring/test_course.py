"""The course's own chapters: both editions in line, and the chapter format kept."""

import pytest

from course_lib import paths
from course_lib.authoring import build
from course_lib.authoring.lint import lint, ruffing

ROOT = paths.root()


def test_the_learners_edition_is_what_the_build_makes() -> None:
    changes = build.differences(ROOT)
    told = "\n".join(f"{change.path.name}:\n{change.diff(20)}" for change in changes)
    assert not changes, f"run this and commit what it writes: {build.COMMAND}\n{told}"


@pytest.mark.skipif(not ruffing.available(), reason="ruff is not installed: pip install ruff")
def test_every_chapter_keeps_the_format() -> None:
    problems = lint(ROOT)
    assert not problems, "\n" + "\n".join(map(str, problems))
