"""`course progress`: what is done and what comes next."""

import argparse
from typing import Any


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("progress", help="show what is done and what comes next")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one line per exercise, chapter by chapter, and the next one to do."""
    from course_lib import grading
    from course_lib.grading.progress import Progress

    progress = Progress()
    following, done, total = None, 0, 0
    for number in grading.chapter_numbers():
        content = grading.chapter(number)
        right = sum(bool(progress.quiz_answer(question.id).get("right")) for question in content.questions)
        print(f"{content.id}   quiz {right}/{len(content.questions)}")
        for exercise in content.exercises:
            record = progress.exercise(exercise.id)
            passed, attempts = bool(record.get("passed")), int(record.get("attempts", 0))
            state = "passed" if passed else "tried" if attempts else "open"
            sign = "✓" if passed else "·" if attempts else "○"
            tries = f", {attempts} attempt{'s' if attempts != 1 else ''}" if attempts else ""
            print(f"  {sign} {exercise.id}  {exercise.title}  ({exercise.minutes} min, {state}{tries})")
            total, done = total + 1, done + passed
            following = following or (None if passed else (content.id, exercise))
    print(f"{done} of {total} exercises passed.")
    if following:
        chapter, exercise = following
        print(f"Next: {exercise.id} {exercise.title}, in notebooks/{chapter}.ipynb")
    return 0
