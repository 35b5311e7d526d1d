"""The check of the warm-up: a greeting that greets."""

import secrets
from typing import TYPE_CHECKING

from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Alan", "Margaret")


async def check_greeting(bench: "Bench", greeting: "Code") -> None:
    """Greet two customers, whose names change with every check, and read the results in the histories."""
    # Two, so that a name written into the code cannot pass; drawn, so that no two names can be written in either.
    first, second = secrets.SystemRandom().sample(_NAMES, 2)
    async with bench.worker(greeting):
        run = await bench.run(greeting, first)
        bench.require_completed(run, "correct that line, run the cell again (a new revision), then check again.")
        other = await bench.run(greeting, second)
    wanted = f"Welcome to the shop, {first}!"
    bench.expect(
        run.result == wanted,
        "the customer is welcomed to the shop",
        expected=repr(wanted),
        seen=run.result,
        events=run.last_event,
        next_step=_next_step(run.result, first),
    )
    bench.expect(
        other.completed and second in str(other.result) and first not in str(other.result),
        "each customer is greeted by their own name",
        expected=f"{second!r} in the result for {second!r}",
        seen=other.result if other.completed else other.reason,
        events=other.last_event,
        next_step="use the parameter: `name` inside the braces of the f-string, not one customer's name.",
    )


def _next_step(result: object, name: str) -> str:
    if result is None:
        return "end the method with `return`: what it prints is not its result."
    if "{" in str(result):
        return 'put an `f` in front of the quotation mark: only `f"… {name}"` fills in the name.'
    if str(result).startswith("Hello"):
        return "change the text in the `return` line and run that cell again, so that the Worker gets the new revision."
    if name not in str(result):
        return "use the parameter: `name` inside the braces of the f-string, not one customer's name."
    return "compare the two texts character by character: comma, space and exclamation mark count."


EXERCISE = Exercise(answers=("Greeting",), check=check_greeting)
