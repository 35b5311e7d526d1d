"""The course map: every chapter with what is done in it, and one clear next step."""

from dataclasses import dataclass

from course_lib.grading import ChapterContent, Exercise, Progress, chapter, chapter_numbers
from course_lib.widgets.look import View, escape, page

_STYLE = (
    ".tc.tc.tc .tc-map{list-style:none;margin:10px 0 0;padding:0;display:grid;gap:8px;"
    "grid-template-columns:repeat(auto-fill,minmax(240px,1fr))}"
    ".tc.tc.tc .tc-map>li{border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));"
    "border-left:4px solid var(--tc-tone);border-radius:4px;padding:6px 10px;margin:0}"
    ".tc-map>li.here{outline:2px solid var(--tc-info);outline-offset:-1px}"
    ".tc.tc.tc .tc-map ul{list-style:none;margin:4px 0;padding:0}.tc.tc.tc .tc-map ul li{margin:0}"
    ".tc.tc.tc .tc-map h4{margin:0;font-size:13px;font-weight:600}"
    ".tc-bar{display:inline-block;vertical-align:middle;width:180px;height:8px;border-radius:4px;margin:0 8px;"
    "background:var(--tc-quiet-bg);overflow:hidden}.tc-bar>span{display:block;height:100%;background:var(--tc-ok)}"
)
_WORDS = {"✓": ("passed", "ok"), "◐": ("tried", "warn"), "○": ("open", "quiet")}


@dataclass(frozen=True)
class _Row:
    content: ChapterContent
    marks: tuple[tuple[str, Exercise], ...]
    quiz: tuple[int, int]
    predictions: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.content.id[:2]} {self.content.title or self.content.id[3:].replace('_', ' ')}"

    @property
    def icon(self) -> str:
        whole = all(icon == "✓" for icon, _ in self.marks) and self.quiz[0] == self.quiz[1]
        begun = any(icon != "○" for icon, _ in self.marks) or self.quiz[0] or self.predictions[0]
        return "✓" if whole else "◐" if begun else "○"

    @property
    def state(self) -> str:
        return {"✓": "done", "◐": "begun", "○": "not begun"}[self.icon]


def progress_view(progress: Progress, here: str = "") -> View:
    """Return the course map, and the next step.

    Args:
        progress: The progress file.
        here: The id of the chapter that is open; its next step comes before those of earlier chapters.
    """
    rows = _rows(progress)
    done = sum(icon == "✓" for row in rows for icon, _ in row.marks)
    total = sum(len(row.marks) for row in rows)
    headline = f"{done} of {total} exercises passed"
    step = _next(rows, here)
    share = 100 * done / total if total else 0
    body = (
        f'<div class="tc-box"><b>{headline}</b><span class="tc-bar" role="img" aria-label="{headline}">'
        f'<span style="width:{share:.0f}%"></span></span>'
        f"<div><b>▷ Next:</b> {escape(step)}</div>"
        f'<ol class="tc-map">{"".join(_card(row, here) for row in rows)}</ol></div>'
    )
    lines = [headline, f"▷ Next: {step}", *(line for row in rows for line in _lines(row, here))]
    return page(body, "\n".join(lines), style=_STYLE, role="group", label="Course map")


def _rows(progress: Progress) -> list[_Row]:
    data = progress.data()
    exercises, quizzes, predictions = data["exercises"], data["quizzes"], data["predictions"]

    def mark(exercise: Exercise) -> str:
        state = exercises.get(exercise.id, {})
        return "✓" if state.get("passed") else "◐" if state.get("attempts") else "○"

    return [
        _Row(
            content,
            tuple((mark(exercise), exercise) for exercise in content.exercises),
            (sum(bool(quizzes.get(q.id, {}).get("right")) for q in content.questions), len(content.questions)),
            (sum("choice" in predictions.get(p.id, {}) for p in content.predictions), len(content.predictions)),
        )
        for content in map(chapter, chapter_numbers())
    ]


def _next(rows: list[_Row], here: str) -> str:
    """Return the one thing to do now: in the open chapter first, then from the first chapter on."""
    ordered = sorted(rows, key=lambda row: row.content.id != here)
    for row in ordered:
        where = "in this chapter" if row.content.id == here else f"in notebooks/{row.content.id}.ipynb"
        for icon, exercise in row.marks:
            if icon != "✓":
                return f"exercise {exercise.id}, {exercise.title} (about {exercise.minutes} min), {where}."
        if row.quiz[0] < row.quiz[1]:
            return f"the quiz {where}: {row.quiz[1] - row.quiz[0]} of {row.quiz[1]} questions are open."
    return "nothing is left: every exercise is passed and every question answered. Build something of your own."


def _card(row: _Row, here: str) -> str:
    word, tone = row.state, _WORDS[row.icon][1]
    items = "".join(
        f'<li><span class="tc-{_WORDS[icon][1]}">{icon}</span> {escape(exercise.id)} {escape(exercise.title)} '
        f'<span class="tc-{_WORDS[icon][1]}">{_WORDS[icon][0]}</span></li>'
        for icon, exercise in row.marks
    )
    mine = row.content.id == here
    return (
        f'<li class="{"here" if mine else ""}" style="--tc-tone:var(--tc-{tone})">'
        f"<h4>{escape(row.name)}{' (you are here)' if mine else ''}</h4>"
        f'<span class="tc-{tone}">{row.icon} {word}</span><ul>{items}</ul>'
        f'<div class="tc-quiet">Quiz {row.quiz[0]} of {row.quiz[1]} · '
        f"predictions {row.predictions[0]} of {row.predictions[1]}</div></li>"
    )


def _lines(row: _Row, here: str) -> list[str]:
    mine = " (you are here)" if row.content.id == here else ""
    counts = f"quiz {row.quiz[0]}/{row.quiz[1]}, predictions {row.predictions[0]}/{row.predictions[1]}"
    exercises = (
        f"  {icon} {exercise.id} {_WORDS[icon][0]}: {exercise.title} ({exercise.minutes} min)"
        for icon, exercise in row.marks
    )
    return [f"{row.content.id}{mine}: {counts}", *exercises]
