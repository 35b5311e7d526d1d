"""README.md and CONTRIBUTING.md name only what is there."""

import re

import pytest

from course_lib import cli
from course_lib.paths import root

each_page = pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
MAKE = re.compile(r"^make ([a-z]+)", re.MULTILINE)
COURSE = re.compile(r"^(?:\.venv[/\\](?:bin|Scripts)[/\\])?course ([a-z]+)", re.MULTILINE)
STAGES = re.compile(r'make test ARGS="([a-z ]+)"')
PATH = re.compile(r"(?:tools|tests|deploy|course_lib)[/\\][\w./\\-]+\w")
# By who adds the exercise; tests/authoring/test_contributing.py does.
TO_BE_MADE = {"course_lib/grading/chapters/ch00/ex_0_2.py", "tests/grading/answers/ch00/ex_0_2.py"}


def text(page: str) -> str:
    return (root() / page).read_text("utf-8")


def code(page: str) -> list[str]:
    """Return the commands of a page: fenced blocks and code spans."""
    fenced = re.findall(r"```\w+\n(.*?)```", text(page), re.DOTALL)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text(page), flags=re.DOTALL))


def used(page: str, pattern: re.Pattern[str]) -> set[str]:
    return {name for line in code(page) for name in pattern.findall(line)}


@each_page
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text(page))
    # GitHub knows its own pages by `../../actions`, in every fork.
    local = [target for target in targets if "://" not in target and not target.startswith("../../actions/")]
    assert [target for target in local if not (root() / target).exists()] == []


@each_page
def test_make_commands_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert {"test"} <= used("CONTRIBUTING.md", MAKE) | used(page, MAKE) <= targets


@each_page
def test_course_commands_exist(page: str) -> None:
    assert used(page, COURSE)
    assert used(page, COURSE) <= set(cli.SUBCOMMANDS)


@each_page
def test_stages_exist(page: str) -> None:
    stages = set(re.findall(r'Stage\(\s*"(\w+)"', text("tools/run_checks.py")))
    assert {name for names in STAGES.findall(text(page)) for name in names.split()} <= stages


@each_page
def test_paths_exist(page: str) -> None:
    names = {name.replace("\\", "/") for name in used(page, PATH)} - TO_BE_MADE
    assert {name for name in names if not (root() / name).exists()} == set()


def test_troubleshooting_quotes_what_is_really_said() -> None:
    """A message that nobody says any more is found by nobody."""
    places = [(root() / "tools", "*"), (root() / "course_lib", "**/*.py"), (root() / "tests" / "browser", "*.py")]
    files = [path for folder, pattern in places for path in folder.glob(pattern) if path.is_file()]
    said = " ".join(path.read_text("utf-8") for path in files)
    said = re.sub(r'"\s*f?r?"|\s+', " ", said).replace("$OLDEST", "11").replace("$NEWEST", "14")
    rows = text("README.md").partition("| You see | Do this |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(rows) > 10
    for row in rows:
        quoted = row.split("|")[1].strip().strip("` ").split("` or `")[0]
        if not quoted.startswith(("make: ", "port is already", "exec /course")):  # these others say
            longest = max((piece.strip(" .`") for piece in quoted.split("…")), key=len)
            assert longest in said, f"nothing says {longest!r}"
