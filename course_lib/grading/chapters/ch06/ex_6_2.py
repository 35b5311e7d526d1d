"""Exercise 6.2: the learner's gate is graded by edits: it lets the harmless ones through and stops the bad ones."""

import ast
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.grading.exercises import Exercise
from course_lib.pitfalls.code import Module
from course_lib.waits import Stuck

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_HERE = Path(__file__).parent
_JUDGE = f"{__package__}.ex_6_2_child:judge"
_RECORDED: list[dict[str, str]] = []
_HARMLESS = {
    "EditC": "a longer timeout is let through",
    "EditF": "a new step behind a patch is let through",
    "EditH": "a new signal handler is let through",
}
_BAD = {
    "EditA": "a new step without a patch is stopped",
    "EditB": "two steps that change places are stopped",
    "EditD": "an edit that breaks only the plain order is stopped",
    "EditE": "an edit that breaks only the gift is stopped",
    "EditG": "an edit that breaks only the declined order is stopped",
    "EditI": "an edit that raises for old orders is stopped",
}
_ANY = (
    "count every failure of a replay, not only a `NondeterminismError`: code that raises for an old order leaves it as "
    "stuck as code that asks for something else"
)
_REPLAY = (
    "replay: `await Replayer(workflows=[workflow]).replay_workflow(history)`. How a run ended says nothing about "
    "whether this class could have written its history."
)
_AWAIT = "write `await` in front of the replay: without it nothing is replayed, there is only a coroutine."


async def check_gate(bench: "Bench", gate: "Code") -> None:
    """Record three orders, then let the learner's function judge nine classes."""
    told = await _orders(bench)
    bench.did(f"{gate.name} with the three histories and nine edits, one after the other")
    edits = [*_HARMLESS, *_BAD]
    secrets.SystemRandom().shuffle(edits)  # no place and no name tells which are harmless
    called = await bench.call(gate, str(_HERE), edits, told, quiet=True, through=_JUDGE)
    bench.require(
        called.ok,
        f"{gate.name} answers for every edit",
        expected="nine answers",
        seen=called.reason or "nine answers",
        next_step="correct what is named there; a replay takes milliseconds.",
    )
    answers = dict(zip(edits, called.value, strict=True))
    how = _How(gate.source, lost=any(answer["lost"] for answer in answers.values()))
    for edit, label in _HARMLESS.items():
        _says(bench, label, answers[edit], True, how, how.turned_down(answers, edits))
    for edit, label in _BAD.items():
        _says(bench, label, answers[edit], False, how, how.let_through(answers))


async def _orders(bench: "Bench") -> list[dict[str, str]]:
    """Return the histories of three orders, which are the course's: recorded once, they do for every check."""
    if _RECORDED:
        return _RECORDED
    async with bench.worker(extra=(_HERE / "graded_orders.py",)):
        handles = []
        for customer in ("plain", "gift", "declined"):
            order = {"id": bench.unique(customer), "customer": customer}
            handles.append(await bench.start("OrderWorkflow", order, id=order["id"]))
        runs = [await bench.finish(handle) for handle in handles]
    told = [{"id": run.handle.id, "json": run.history.to_json()} for run in runs]
    if not any(isinstance(run.error, Stuck) for run in runs):
        _RECORDED[:] = told
    return told


class _How:
    """How the learner's function goes about it, by its syntax tree.

    Args:
        source: The module.
        lost: Whether a coroutine was made and never awaited.
    """

    def __init__(self, source: str, *, lost: bool) -> None:
        self.lost = lost
        tree = Module(source).tree
        nodes = list(ast.walk(tree))
        self.names = names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        self.replays = bool(names & {"replay_workflow", "replay_workflows", "workflow_replay_iterator"})
        self.looks = bool(names & {"replay_failure", "replay_failures"})
        self.silent = any(
            isinstance(node, ast.keyword) and node.arg == "raise_on_replay_failure" and _false(node.value)
            for node in nodes
        )
        self.catches = any(isinstance(node, ast.Try) for node in nodes)
        self.reads_events = "events" in names

    def let_through(self, answers: dict[str, dict[str, Any]]) -> str:
        """Return what to do when a bad edit is said to be safe."""
        stopped = [edit for edit in _BAD if answers[edit]["said"] is False]
        if self.lost:
            return _AWAIT
        if not self.replays:
            return _REPLAY
        if stopped == [edit for edit in _BAD if edit != "EditI"]:
            return f"{_ANY}."
        if stopped:
            return (
                "replay *all* histories before you say yes: each bad edit breaks another one. A `return True` inside "
                "the loop, or one history alone, misses the others."
            )
        if self.silent and not self.looks:
            return (
                "with `raise_on_replay_failure=False` the Replayer raises nothing: look at `replay_failure` of what "
                "`replay_workflow` returns, or leave that argument out and catch the exception."
            )
        if self.catches:
            return (
                "do not swallow what the Replayer raises: that exception *is* the answer. `return False` in the "
                "`except`."
            )
        return "return `False` as soon as one replay fails, `True` when none did."

    def turned_down(self, answers: dict[str, dict[str, Any]], edits: list[str]) -> str:
        """Return what to do when a harmless edit is said to be unsafe."""
        if all(answers[edit]["said"] is not True for edit in _HARMLESS) and any(
            answers[edit]["said"] is True for edit in _BAD
        ):
            return "return the opposite: `True` means that every replay agreed."
        if not self.replays and not self.reads_events:
            return _REPLAY
        if self.reads_events:
            return (
                "do not look at how the run ended: the declined order failed, rightly, and its history replays. Only "
                "`replay_failure`, or an exception of the Replayer, counts."
            )
        if self.catches and not any(answers[edit]["said"] is True for edit in edits):
            return (
                "print what your `except` catches: it may be a mistake in this function. `replay_workflow` takes one "
                "history, `replay_workflows` an asynchronous iterator of them."
            )
        if "replay_failures" in self.names:
            return "say no only when a replay failed: `replay_failures` is a dict, and empty when none did."
        return "say no only when a replay failed."

    def raised(self, error: str) -> str:
        """Return what to do when the function raised.

        Args:
            error: Type and message.
        """
        if self.lost:
            return _AWAIT
        if "Nondeterminism" in error:
            return (
                "answer instead of raising: catch what the Replayer raises and `return False`, or pass "
                "`raise_on_replay_failure=False` and look at `replay_failure`."
            )
        if self.replays and "Workflow activation completion failed" in error:
            return f"{_ANY}. Catch `Exception`, or look at `replay_failure`."
        if "__aiter__" in error:
            return (
                "give `replay_workflows` an asynchronous iterator, not a list; or replay one by one, with "
                "`replay_workflow`."
            )
        return "correct what it raised."


def _false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _says(bench: "Bench", label: str, answer: dict[str, Any], wanted: bool, how: _How, step: str) -> None:
    if answer["raised"]:
        seen = f"it raised {answer['raised']}"
        step = how.raised(answer["raised"])
    elif not isinstance(answer["said"], bool):
        seen = f"it returned {answer['said']}"
        step = "return `True` or `False`."
    else:
        seen = f"it returned {answer['said']}"
    bench.expect(answer["said"] is wanted, label, expected=wanted, seen=seen, next_step=step)


EXERCISE = Exercise(answers=("is_safe",), check=check_gate, early=False)
