"""Cell ids that a person can read and that stay: progress, reset and diffs find a cell by them."""

import re

from course_lib.authoring.notebook import Notebook, check_of, is_nav, tags
from course_lib.grading.sources import exercise_of, module_name

MACHINE_MADE = re.compile(r"^(?:(?=.*\d)[0-9a-f]{8}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$")
HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)\s*$", re.MULTILINE)
LAB_CALL = re.compile(r"""lab\.(?P<what>predict|quiz|hint|solution)\(\s*["'](?P<which>[\w.]+)["']""")
LONGEST = 48  # of the 64 characters that nbformat allows; the rest is for a counter


def assign(notebook: Notebook) -> None:
    """Give every cell an id, in place: ids that an author gave stay, machine-made and repeated ones are replaced.

    Exercise and check cells are named by their exercise (``ex-3-1``, ``check-3-1``), others by what they do or by
    the heading above them. A check cell, known by its call, also gets the tag ``check``.
    """
    taken: set[str] = set()
    upcoming = _upcoming_checks(notebook)
    section = "start"
    for index, cell in enumerate(notebook.cells):
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" and not is_nav(cell) else None
        if heading:
            section = slug(heading["text"]) or section
        checked = check_of(cell)
        if checked and "check" not in tags(cell):
            cell.metadata["tags"] = [*tags(cell), "check"]
        wanted = cell.get("id", "")
        if checked:
            wanted = f"check-{checked.replace('.', '-')}"
        elif "exercise" in tags(cell) and cell.cell_type == "code" and exercise_of(cell.get("id", "")) is None:
            wanted = f"ex-{upcoming[index].replace('.', '-')}" if upcoming[index] else ""
        if not wanted or MACHINE_MADE.match(wanted) or (wanted in taken and not checked):
            wanted = wanted if wanted.startswith("ex-") else _derived(cell, section, heading is not None)
        cell["id"] = _unique(wanted, taken)
        taken.add(cell["id"])


def slug(text: str) -> str:
    """Return a heading as an id: lower case, words joined by dashes."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST].strip("-")


def _upcoming_checks(notebook: Notebook) -> list[str]:
    """Return for each cell the exercise of the next check cell, "" when none follows."""
    found, result = "", []
    for cell in reversed(notebook.cells):
        found = check_of(cell) or found
        result.append(found)
    return result[::-1]


def _derived(cell: dict[str, object], section: str, is_heading: bool) -> str:
    source = str(cell["source"])
    if cell["cell_type"] != "code":
        return section if is_heading else f"{section}-text"
    if name := module_name(source):
        return f"module-{name}".replace("_", "-")
    if call := LAB_CALL.search(source):
        return f"{call['what']}-{slug(call['which'])}"
    return "export" if "lab.export(" in source else f"{section}-run"


def _unique(wanted: str, taken: set[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name
