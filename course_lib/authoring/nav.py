"""The bar previous | contents | next, and the tables of chapters."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from course_lib.authoring.notebook import NAV_BOTTOM, NAV_TOP, Course, Notebook, is_nav, node
from course_lib.errors import CourseError

CONTENTS = "CONTENTS.md"
README_BLOCK = re.compile(r"(<!-- chapters: [^>]*-->\n).*?(<!-- /chapters -->)", re.DOTALL)


def add_bars(notebook: Notebook, courses: Sequence[Course], here: Course, contents: str) -> None:
    """Put the bar at both ends of a chapter, in place; an older bar is replaced.

    Args:
        notebook: The chapter.
        courses: All chapters in their order.
        here: This chapter.
        contents: The relative link to the table of contents.
    """
    place = [course.id for course in courses].index(here.id)
    parts = []
    if place > 0:
        before = courses[place - 1]
        parts.append(f"[← {before.label}]({before.id}.ipynb)")
    parts.append(f"[Contents]({contents})")
    if place + 1 < len(courses):
        after = courses[place + 1]
        parts.append(f"[{after.label} →]({after.id}.ipynb)")
    text = " | ".join(parts)
    body = [cell for cell in notebook.cells if not is_nav(cell)]
    notebook.cells = [_bar(NAV_TOP, text), *body, _bar(NAV_BOTTOM, text)]


def _bar(cell_id: str, text: str) -> Notebook:
    return node({"cell_type": "markdown", "id": cell_id, "metadata": {"tags": ["nav"]}, "source": text})


def contents_page(courses: Sequence[Course]) -> str:
    """Return the text of ``notebooks/CONTENTS.md``."""
    needs = {course.id: ", ".join(need[:2] for need in course.needs) or "nothing" for course in courses}
    table = _table(courses, "", "Needs", needs)
    return f"# Contents\n\n<!-- Written by `course build`: edit the chapters in solutions/. -->\n\n{table}"


def readme_with_table(readme: Path, courses: Sequence[Course]) -> str | None:
    """Return README's text with a fresh table between its two comments, ``None`` when there is no README.

    Raises:
        CourseError: It has lost the comments.
    """
    if not readme.is_file():
        return None
    text = readme.read_text(encoding="utf-8")
    if not README_BLOCK.search(text):
        raise CourseError(
            "README.md has lost the two comments around its table of chapters.", fix="git diff README.md shows them."
        )
    table = _table(courses, "notebooks/", "After it you can", {course.id: course.promise for course in courses})
    return README_BLOCK.sub(lambda found: f"{found[1]}{table}{found[2]}", text, count=1)


def _table(courses: Sequence[Course], folder: str, heading: str, told: Mapping[str, str]) -> str:
    lines = [f"| Chapter | {heading} | Minutes |", "|---|---|---:|"]
    for course in courses:
        lines.append(f"| [{course.label}]({folder}{course.id}.ipynb) | {told[course.id]} | {course.minutes} |")
    lines.append(f"| **All chapters** | | **{sum(course.minutes for course in courses)}** |")
    return "\n".join(lines) + "\n"
