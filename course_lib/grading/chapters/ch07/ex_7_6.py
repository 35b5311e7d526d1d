"""Exercise 7.6: remember who was verified, in the one place where a module's variable is what it seems."""

import re
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run

_WORDS = ["welcome", "refused", "welcome", "welcome", "refused"]
_CACHED = re.compile(r"@(?:functools\.)?(?:lru_)?cache(?:\(.*\))?\s+(?:@.*\s+)*async def")
_AGAIN = 3  # the first visit that is somebody's second
_ADVICE = (
    "let the activity look into the module's `KNOWN`, by the customer's ID, before it asks identity, and keep the "
    "answer there. An activity's module is imported once per process; what belongs to a run or a call is gone with it."
)


async def check_customers(bench: "Bench", welcome: "Code") -> None:
    """Five visits on one worker, two of them second ones; count what identity answers; replay each visit."""
    ada, blocked = bench.unique("ada"), bench.unique("blocked")
    visitors = [ada, blocked, f"{ada}0"]
    bench.require(
        not _CACHED.search(welcome.source),
        "the answer is kept, not the call",
        expected="no `cache` above an `async def`",
        seen="`cache` above an `async def`: it keeps a coroutine, which can be awaited only once",
        next_step=_ADVICE,
    )
    runs: list[Run] = []
    bench.shop.faults.next_calls("identity", ["outage"])
    bench.did("identity refuses the first request")
    async with bench.worker(welcome):
        for customer in (*visitors, ada, blocked):
            runs.append(await bench.run(welcome, customer))
            if not runs[-1].completed:
                break
    completed(bench, *runs)
    words = [run.result for run in runs]
    bench.require(
        words == _WORDS,
        "who is verified is welcome, who is blocked is refused",
        expected=", ".join(_WORDS),
        seen=", ".join(map(str, words)),
        events=next((run for run, right in zip(runs, _WORDS, strict=True) if run.result != right), runs[0]).last_event,
        next_step="let the activity fail when identity does not answer: Temporal retries it. Keep only an answer."
        if words[:3] == ["refused", "refused", "welcome"]  # the first request alone is a no
        else "go by what `verify` returned, and let it return what identity says of this customer, known or not.",
    )
    requests = bench.shop.table("requests", operation="verify_customer", status=200)
    asked = [int(requests["path"].str.endswith(customer).sum()) for customer in visitors]
    bench.expect(
        asked == [1] * len(visitors),
        "identity answers once about each customer",
        expected="1 answer for each",
        seen=", ".join(f"{count} about {customer}" for count, customer in zip(asked, visitors, strict=True)),
        events=tuple(event for run in runs[_AGAIN:] for event in run.ids("ActivityTaskScheduled")),
        next_step=_next(*asked),
    )
    # The second visits first: nothing that a replay of the first one leaves in the process may help them.
    await replays_alike(bench, welcome, *runs[_AGAIN:], *runs[:_AGAIN], advice=_ADVICE)


def _next(ada: int, blocked: int, other: int) -> str:
    if 0 in (ada, blocked, other):
        return "ask identity about each customer, under the whole ID, and keep what it has answered, nothing else."
    if (ada, other) == (1, 1):
        return "a refusal is an answer too: ask whether the customer is in `KNOWN`, not whether the answer is yes."
    return _ADVICE


EXERCISE = Exercise(answers=("Welcome",), check=check_customers)
