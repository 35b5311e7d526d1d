"""Exercise 7.6: remember who was verified, in the one place where a module's variable is what it seems."""

from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_WORDS = ["welcome", "welcome", "refused", "refused"]
_ADVICE = (
    "keep `KNOWN` out of the workflow: each order asks for `verify`, and the activity looks into `KNOWN` before it "
    "asks identity. An activity's module is imported once per process."
)


async def check_customers(bench: "Bench", welcome: "Code") -> None:
    """Four visits on one worker, two of each customer; count the questions to identity; replay each visit."""
    ada, blocked = bench.unique("ada"), bench.unique("blocked")
    async with bench.worker(welcome):
        runs = [await bench.run(welcome, customer) for customer in (ada, ada, blocked, blocked)]
    completed(bench, *runs)
    words = [run.result for run in runs]
    bench.expect(
        words == _WORDS,
        "who is verified is welcome, who is blocked is refused",
        expected=", ".join(_WORDS),
        seen=", ".join(map(str, words)),
        events=next((run for run, right in zip(runs, _WORDS, strict=True) if run.result != right), runs[3]).last_event,
        next_step="go by what identity says of this customer: `KNOWN` holds one answer for each of them.",
    )
    requests = bench.shop.table("requests", operation="verify_customer")
    asked = [int(requests["path"].str.endswith(customer).sum()) for customer in (ada, blocked)]
    bench.expect(
        asked == [1, 1],
        "identity is asked once about a customer who comes twice",
        expected="1 request for each",
        seen=f"{asked[0]} about the first, {asked[1]} about the one who is blocked",
        events=(*runs[1].ids("ActivityTaskScheduled"), *runs[3].ids("ActivityTaskScheduled")),
        next_step=_next(*asked),
    )
    await replays_alike(bench, welcome, *runs, advice=_ADVICE)


def _next(ada: int, blocked: int) -> str:
    if 0 in (ada, blocked):
        return "ask identity the first time: only it knows who is blocked."
    if ada == 1:
        return "a refusal is an answer too: ask whether the customer is in `KNOWN`, not whether the answer is yes."
    return _ADVICE


EXERCISE = Exercise(answers=("Welcome",), check=check_customers)
