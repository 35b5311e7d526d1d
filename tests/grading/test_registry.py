"""Chapters, exercises and predictions are found by their names."""

import pytest

from course_lib import grading
from course_lib.errors import CourseError


@pytest.mark.parametrize("name", ["00_start_here", "00", "0", "0.1"])
def test_a_chapter_is_found_by_stem_and_number(name: str) -> None:
    assert grading.chapter(name).id == "00_start_here"


@pytest.mark.parametrize("name", ["00_start_hear", "99_nothing", "", "start", "../x"])
def test_an_unknown_chapter_is_said(name: str) -> None:
    with pytest.raises(CourseError, match="00_start_here"):
        grading.chapter(name)


def test_an_unknown_exercise_names_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"use one of 0\.1"):
        grading.exercise("0.9")
    with pytest.raises(CourseError, match=r"use one of 0\.a"):
        grading.prediction("0.z")
