"""What the checks of chapter 07 share: a new process replays what the runs have recorded."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from course_lib import pitfalls
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory

    from course_lib.grading import Bench, Code, Run
    from course_lib.replay import Replayed

HERE = {"PYTHONHASHSEED": "1"}
"""For the Worker that records: texts hash here otherwise than in a replay."""
# Not the time zone of this machine, wherever the learner sits.
_ZONE = "America/New_York" if time.localtime().tm_gmtoff == 9 * 3600 else "Asia/Tokyo"
ELSEWHERE = {"PYTHONHASHSEED": "2", "TZ": _ZONE}


_CURES = (
    (
        "Cannot access urllib",
        "let the server call the activity: `await workflow.execute_activity(…)`. Called by its name it runs in the "
        "workflow, where the sandbox refuses the network.",
    ),
    (
        "Cannot access os.",
        "read it in an activity, and call that with `await workflow.execute_activity(…)`: the workflow may not look.",
    ),
    ("Cannot access threading", "take the thread away: a workflow waits with `await workflow.sleep(…)`."),
    ("Cannot access", "correct the line that is named: what the sandbox refuses would be another value in a replay."),
    (
        "already awaited coroutine",
        "keep the answer, not the call: a coroutine can be awaited only once.",
    ),
    ("Potential deadlock", "wait with `await`: until the next `await` the workflow's clock stands still."),
    (
        "Nondeterminism error",
        "the new process asks for something else, or in another order: look for the value that it gets otherwise. The "
        "⚠ below the cell names it, or `lab.step_through(…)` its line.",
    ),
    ("NotImplementedError", "take the thread away: a workflow has none, it waits with `await workflow.sleep(…)`."),
    (
        "Unserializable type during conversion: <class 'datetime",
        "ask `workflow.now()` for the time: the history has it, and it needs no activity. (In the sandbox the type "
        "`datetime` of an activity's result is not recognised; text, `….isoformat()`, is.)",
    ),
    ("waits for a timer", "wait as long as the exercise says: the number of `workflow.sleep` is seconds."),
    (
        "waits for a signal or an update",
        "no event makes this `wait_condition` true, and time that passes is none: use `await workflow.sleep(…)`, or "
        "give it a `timeout`.",
    ),
    (
        "_RestrictedProxy",
        "keep UTC, as `workflow.now()` has it: in the sandbox `datetime` refuses `ZoneInfo`. A reader's own zone is "
        "for whoever shows the time.",
    ),
    ("which starts one, too", "start no child that does the same: it would never come to an end."),
    (
        "CancelledError: Application error",
        "when the time is up, `wait_condition` and `wait_for` raise `TimeoutError`: catch it, or wait with "
        "`await workflow.sleep(…)`, which raises nothing.",
    ),
    ("KeyError: 'FREE_FROM_CENTS'", 'leave the default in: `os.environ.get("FREE_FROM_CENTS", "5000")`.'),
    (
        "workflow task fails again and again: KeyError",
        "use what the activity returned: the workflow has a copy of the module's variables for each run, which no "
        "activity and no other run fills.",
    ),
    (
        "not supported between instances of 'int' and 'str'",
        "let the activity return a number, `int(…)`: what the environment holds is text.",
    ),
    ("operand type(s) for +: 'function'", "call it, with parentheses: `workflow.now()`."),
    (
        "identity is down",
        "keep what identity has answered, not the call: one that has failed fails whenever it is awaited.",
    ),
    ("The idempotency key", "give each thing a key of its own, with the cart and the thing in it."),
    ("The activity", "correct the activity: its error stands above."),
)
"""What to do, by words of the reason why a run did not complete."""


def completed(bench: "Bench", *runs: "Run") -> None:
    """Require that the runs completed.

    Args:
        bench: The grading run.
        *runs: What was run.
    """
    run = next((run for run in runs if not run.completed), runs[0])
    bench.require_completed(run, cure(run.reason))


def cure(reason: str) -> str:
    """Return what to do about a run that did not complete.

    Args:
        reason: Why it did not, see `Run.reason`.
    """
    return next((cure for words, cure in _CURES if words in reason), CORRECT)


async def replays_alike(
    bench: "Bench",
    workflow: "Code",
    *runs: "Run",
    env: Mapping[str, str] | None = None,
    besides: "Sequence[WorkflowHistory]" = (),
    advice: str,
    shown: str = "",
) -> "tuple[Replayed, ...]":
    """Look whether a new process asks for what the histories hold: the same commands, with the same values.

    Args:
        bench: The grading run.
        workflow: The learner's class.
        *runs: Whose histories are replayed.
        env: What is different in that process, besides hashes and time zone.
        besides: What the same process replays, too.
        advice: What to do when the lint has no word for it.
        shown: What comes of it, said before what the replay asks for.

    Returns:
        The replays of ``besides``.
    """
    bench.did("a new process replays the history")
    step = slips(workflow) or advice
    told = await bench.replay(workflow, *runs, *besides, env={**ELSEWHERE, **(env or {})})
    replays, others = told[: len(runs)], told[len(runs) :]
    parted = next((each for each in replays if not each.agrees), None)
    where = parted.divergence if parted is not None else None
    other = next((each.other_values for each in replays if each.other_values), "").partition(" Temporal compares")[0]
    bench.require(
        parted is None and not other,
        "a replay in a new process asks for the same",
        expected="the commands and values that the history holds",
        seen=shown + (where.what if where is not None else parted.error if parted is not None else other),
        events=(where.event_id,) if where is not None else (),
        next_step=step,
    )
    return others


def slips(workflow: "Code") -> str:
    """Return what the lint says of the first pitfall that slips through the sandbox; empty when it finds none.

    Args:
        workflow: The learner's class.
    """
    for found in pitfalls.find(workflow.source, only=workflow.name):
        if found.effect != "stopped":
            return f"line {found.line + 1}: {found.message}; {found.fix}."
    return ""
