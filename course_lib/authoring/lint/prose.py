"""Text: links that resolve, callouts that both themes show well, pictures with a text twin."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import NOTEBOOKS, SOLUTIONS, Chapter
from course_lib.authoring.ids import HEADING
from course_lib.authoring.lint.problem import Problem
from course_lib.authoring.lint.shape import FENCE
from course_lib.authoring.nav import CONTENTS

LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
HTML_LINK = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["'](?P<target>[^"']+)["']""")
HTML_PICTURE = re.compile(r"<img\b(?P<attributes>[^>]*)>")
DIV = re.compile(r"""<div\b[^>]*?style=["'](?P<style>[^"']*)["'][^>]*>(?P<body>.*?)</div>""", re.DOTALL)
CALLOUTS = ("Note", "Warning", "Try it")
FOREIGN_CALLOUT = re.compile(r"^> ?\[!\w+\]|class=[\"'][^\"']*\balert\b|^:::", re.MULTILINE)
PROPERTY = re.compile(r"(?P<name>[\w-]+)\s*:\s*(?P<value>[^;]+)")


def check(root: Path, chapter: Chapter, files: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's text.

    Args:
        root: The checkout.
        chapter: The chapter.
        files: The names of all chapters' files, which exist in both editions once they are built.
    """
    file = f"{SOLUTIONS}/{chapter.path.name}"
    for edition, notebook in ((NOTEBOOKS, chapter.learner), (SOLUTIONS, chapter.author)):
        made = {root / edition / name for name in files} | {root / NOTEBOOKS / CONTENTS}
        anchors = {anchor(h["text"]) for c in notebook.cells if c.cell_type == "markdown" for h in _headings(c.source)}
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                yield from _links(file, cell, root / edition, made, anchors)
    for cell in chapter.author.cells:
        if cell.cell_type == "markdown":
            yield from _callouts(file, cell)
            yield from _pictures(file, cell)


def anchor(heading: str) -> str:
    """Return the fragment by which JupyterLab reaches a heading: its text with dashes for spaces."""
    return re.sub(r"[`*]", "", heading).strip().replace(" ", "-")


def _headings(markdown: str) -> Iterator[re.Match[str]]:
    return HEADING.finditer(FENCE.sub("", markdown))


def _links(
    file: str, cell: nb.Cell, folder: Path, made: Collection[Path], anchors: Collection[str]
) -> Iterator[Problem]:
    text = FENCE.sub("", cell.source)
    for found in (*LINK.finditer(text), *HTML_LINK.finditer(text)):
        target = urlsplit(found["target"])
        if target.scheme or target.netloc:
            continue
        if not target.path:
            if unquote(target.fragment) not in anchors:
                yield Problem(file, cell.id, "link", f"no heading answers to {found['target']}")
            continue
        path = Path(unquote(target.path))
        goal = (folder / path).resolve()
        if path.is_absolute():
            yield Problem(file, cell.id, "link", f"{found['target']} is no relative link")
        elif not goal.exists() and goal not in {one.resolve() for one in made}:
            yield Problem(file, cell.id, "link", f"{found['target']} does not exist, seen from {folder.name}/")


def _callouts(file: str, cell: nb.Cell) -> Iterator[Problem]:
    text = FENCE.sub("", cell.source)
    if FOREIGN_CALLOUT.search(text):
        yield Problem(file, cell.id, "callout", "JupyterLab does not render this form; use the <div style=…> callout")
    for found in DIV.finditer(text):
        style = {p["name"].lower(): p["value"].strip() for p in PROPERTY.finditer(found["style"])}
        title = re.search(r"(?:<(?:b|strong)>|\*\*)\s*(.*?)\s*(?:</(?:b|strong)>|\*\*)", found["body"], re.DOTALL)
        name = title[1].rstrip(".:! ") if title else ""
        if not name.startswith(CALLOUTS):
            yield Problem(
                file, cell.id, "callout", f"starts with {name!r}; there are only {', '.join(CALLOUTS)}, in bold"
            )
        if "border-left" not in style:
            yield Problem(file, cell.id, "callout", "has no border-left")
        background = style.get("background", style.get("background-color", ""))
        if not background.startswith(("rgba(", "var(--jp-")):
            yield Problem(file, cell.id, "callout", f"background {background!r}: use rgba(…) or a JupyterLab variable")
        if "color" in style and not style["color"].startswith("var(--jp-"):
            yield Problem(file, cell.id, "callout", f"colour {style['color']!r} is unreadable in one of the themes")


def _pictures(file: str, cell: nb.Cell) -> Iterator[Problem]:
    for found in LINK.finditer(cell.source):
        if found["picture"] and not found["text"].strip():
            yield Problem(file, cell.id, "alt-text", f"the picture {found['target']} has no alternative text")
    for found in HTML_PICTURE.finditer(cell.source):
        if not re.search(r"\balt=[\"'][^\"']+[\"']", found["attributes"]):
            yield Problem(file, cell.id, "alt-text", "an <img> has no alternative text")
    for fence in re.finditer(r"^```mermaid.*?^```", cell.source, re.DOTALL | re.MULTILINE):
        rest = cell.source.replace(fence[0], "")
        if not re.search(r"\w", re.sub(r"^#.*$", "", rest, flags=re.MULTILINE)):
            yield Problem(file, cell.id, "text-twin", "a diagram stands alone; say in words what it shows")
