"""The check of the warm-up: a greeting that greets."""

import secrets
from typing import TYPE_CHECKING

from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

# Each with what is lost when a name is cut, spelt anew, or searched for signs.
_NAMES = (
    "Grace M. O'Hära & sons",
    "edsger W. DIJKSTRA & Søn's",
    "Barbara v. d. Grünewald & l'Été",
    "alan M. & Zoë Turing-O'Clarke",
)


async def check_greeting(bench: "Bench", greeting: "Code") -> None:
    """Greet two customers, whose names change with every check, and read the results in the histories."""
    # Two, so that a name written into the code cannot pass; drawn, so that no two names can be written in either.
    async with bench.worker(greeting):
        for name in secrets.SystemRandom().sample(_NAMES, 2):
            run = await bench.run(greeting, name)
            wanted = f"Welcome to the shop, {name}!"
            if run.result != wanted:
                break
    bench.require_completed(run)
    bench.expect(
        run.result == wanted,
        "each customer is welcomed to the shop by name",
        expected=repr(wanted),
        seen=repr(run.result),
        events=run.last_event,
        next_step=_next_step(run.result, name, greeting.source),
    )


def _next_step(result: object, name: str, source: str) -> str:
    if result is None:
        return "end the method with `return`: what it prints is not its result."
    if not isinstance(result, str):
        return 'return one text, `f"…"` alone: no list, tuple or dict around it.'
    if "{" in result:
        return 'put an `f` in front of the quotation mark: only `f"… {name}"` fills in the name.'
    nameless = name.split()[0].lower() not in result.lower()
    if "Welcome" in source and ("Welcome" not in result or (nameless and "{name" in source)):
        return "return the new greeting for every name: no `if`, and no other text."
    if result.startswith("Hello"):
        return "change the text in the `return` line and run that cell again, so that the Worker gets the new revision."
    if name not in result and not nameless:
        return "use the whole name, as it is: `name` inside the braces, without a change."
    if name not in result:
        return "use the parameter: `name` inside the braces of the f-string, not one customer's name."
    return "compare the two texts character by character: quotation marks, comma, space and exclamation mark count."


EXERCISE = Exercise(answers=("Greeting",), check=check_greeting)
