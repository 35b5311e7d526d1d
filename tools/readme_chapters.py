"""Writes the table of chapters in README.md from notebooks/CONTENTS.md, which `course build` makes.

python tools/readme_chapters.py [--check]   (`make format` runs it; `make test` checks it)
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- chapters: written by `make format` -->\n", "<!-- /chapters -->\n"
ROW = re.compile(r"^\| \[(?P<title>[^]]+)\]\((?P<file>(?P<number>\d\d)_\w+\.ipynb)\) \|.*\| (?P<minutes>\d+) \|$", re.M)

# After the chapter you can ... One line for each chapter, in README's words.
PROMISES = {
    "00": "see a killed worker's order finish with no step done twice, where a plain script charges the card again",
    "01": "write a workflow, start it once and only once, and read from its history what happened",
    "02": "write activities that are safe to retry, that report progress, and that go on after a crash",
    "03": "say how often and how soon a step is tried again, catch a call that hangs, mend a stuck workflow",
    "04": "bring every order to its end, whole or undone, through failures, lost answers, kills and cancellation",
    "05": "tell, ask and change a running workflow: approvals with deadlines and escalation that never pay a no",
    "06": "change a workflow while it runs, prove before the deploy that no run breaks, roll out and roll back",
    "07": "name the Python that breaks a replay, find its line by time travel, and write what never breaks",
}


def table(contents: str) -> str:
    """Return the table for README.md.

    Args:
        contents: The text of notebooks/CONTENTS.md.

    Raises:
        SystemExit: A chapter has no promise in this file.
    """
    lines = ["| Chapter | After it you can | Minutes |", "|---|---|---:|"]
    minutes = 0
    for row in ROW.finditer(contents):
        promise = PROMISES.get(row["number"])
        if promise is None:
            raise SystemExit(f"tools/readme_chapters.py: write a promise for chapter {row['number']} into PROMISES.")
        lines.append(f"| [{row['title']}](notebooks/{row['file']}) | {promise} | {row['minutes']} |")
        minutes += int(row["minutes"])
    return "\n".join([*lines, f"| | **All chapters** | **{minutes}** |"]) + "\n"


def rewritten(readme: str, contents: str) -> str:
    """Return README.md with its table of chapters made anew."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit("README.md has lost the two comments around its table of chapters.")
    return f"{before}{BEGIN}{table(contents)}{END}{after}"


def main(check: bool) -> int:
    """Write the table, or only say whether it is right; return the exit code."""
    file = ROOT / "README.md"
    old = file.read_text("utf-8")
    new = rewritten(old, (ROOT / "notebooks" / "CONTENTS.md").read_text("utf-8"))
    if check and new != old:
        print("README.md: the table of chapters differs from notebooks/CONTENTS.md: run `make format`.")
        return 1
    if not check:
        file.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
