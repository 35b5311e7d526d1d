"""What is done and what comes next, for the whole course."""

from course_lib.grading import ChapterContent, Progress, chapter, chapter_numbers
from course_lib.widgets.look import View, escape, page

_STYLE = ".tc-course td:last-child{white-space:nowrap}"


def progress_view(progress: Progress) -> View:
    """Return one row per chapter: its exercises, its quiz, its predictions; and the next exercise.

    Args:
        progress: The progress file.
    """
    data = progress.data()
    exercises, quizzes, predictions = data["exercises"], data["quizzes"], data["predictions"]
    rows, lines = [], []
    done = total = 0
    upcoming = ""
    for content in map(chapter, chapter_numbers()):
        marks = []
        for exercise in content.exercises:
            state = exercises.get(exercise.id, {})
            icon, word = ("✓", "passed") if state.get("passed") else ("○", "open")
            if icon == "○" and state.get("attempts"):
                icon, word = "◐", "tried"
            marks.append((icon, word, exercise.id, exercise.title))
            done += icon == "✓"
            total += 1
            if not upcoming and icon != "✓":
                upcoming = f"{exercise.id} {exercise.title} (about {exercise.minutes} min) in {content.id}"
        right = sum(bool(quizzes.get(question.id, {}).get("right")) for question in content.questions)
        made = sum("choice" in predictions.get(item.id, {}) for item in content.predictions)
        quiz, predicted = f"{right}/{len(content.questions)}", f"{made}/{len(content.predictions)}"
        rows.append(_row(content, marks, quiz, predicted))
        shown = ", ".join(f"{icon} {number} {word}" for icon, word, number, _ in marks)
        lines.append(f"{content.id}: {shown or 'no exercises'}; quiz {quiz}, predictions {predicted}")
    next_line = f"Next: {upcoming}." if upcoming else "Every exercise is passed."
    headline = f"{done} of {total} exercises passed"
    body = (
        f'<div class="tc-box"><b>{headline}</b><table class="tc-course"><thead><tr><th>Chapter</th><th>Exercises</th>'
        f"<th>Quiz</th><th>Predictions</th></tr></thead><tbody>{''.join(rows)}</tbody></table>{escape(next_line)}</div>"
    )
    return page(body, "\n".join([headline, *lines, next_line]), style=_STYLE, label="Your progress")


def _row(content: ChapterContent, marks: list[tuple[str, str, str, str]], quiz: str, predicted: str) -> str:
    tones = {"✓": "ok", "◐": "warn", "○": "quiet"}
    cells = " ".join(
        f'<span class="tc-{tones[icon]}" title="{escape(title)}: {word}">{icon} {escape(number)} {word}</span>'
        for icon, word, number, title in marks
    )
    name = escape(f"{content.id[:2]} {content.title or content.id[3:].replace('_', ' ')}")
    return f"<tr><td>{name}</td><td>{cells or '–'}</td><td>{quiz}</td><td>{predicted}</td></tr>"
