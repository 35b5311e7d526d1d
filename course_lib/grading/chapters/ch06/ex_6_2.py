"""Exercise 6.2: the learner's gate is graded by edits: it lets the harmless ones through and stops the bad ones."""

import ast
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib import history
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT
from course_lib.pitfalls.code import Module
from course_lib.waits import Stuck

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_HERE = Path(__file__).parent
_JUDGE = f"{__package__}.ex_6_2_child:judge"
_RECORDED: list[dict[str, str]] = []
_HARMLESS = {"EditC": "a longer timeout", "EditF": "a new step behind a patch", "EditH": "a new signal handler"}
_BAD = {
    "EditA": "a new step without a patch",
    "EditB": "two steps that change places",
    "EditD": "one that breaks only the open order",
    "EditE": "one that breaks only gifts",
    "EditG": "one that breaks only the declined order",
}
_RAISES = {"EditI": "one that raises for old orders"}
_ALL = (*_HARMLESS, *_BAD, *_RAISES)
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
    """Record four orders, then let the learner's function judge nine classes, and the first of them again."""
    told = await _orders(bench)
    bench.did(f"{gate.name} with the four histories and nine edits, one after the other")
    first = secrets.choice(list(_HARMLESS))
    edits = [edit for edit in _ALL if edit != first]
    secrets.SystemRandom().shuffle(edits)  # no place and no name tells which are harmless
    edits = [first, *edits, first]
    called = await bench.call(gate, str(_HERE), edits, told, quiet=True, through=_JUDGE)
    judged: list[dict[str, Any]] = called.value if called.ok else []
    each = dict(zip(edits, judged, strict=False))
    odd = next((each[edit] for edit in _ALL if each and not isinstance(each[edit]["said"], bool)), None)
    how = _How(gate, judged)
    bench.require(
        called.ok and odd is None,
        f"{gate.name} answers True or False each time",
        expected="True or False",
        seen=called.reason or (odd["raised"] or f"it returned {odd['said']}" if odd else "an answer for each"),
        next_step=how.no_answer(odd["raised"] if odd else called.reason),
    )
    said: dict[str, bool] = {edit: answer["said"] for edit, answer in each.items()}
    _says(bench, "edits that fit all histories are safe", said, _HARMLESS, True, how.turned_down(said))
    _says(bench, "edits that one of the histories does not fit are not", said, _BAD, False, how.let_through(said))
    _says(bench, "an edit that raises for old orders is not", said, _RAISES, False, f"{_ANY}.")


def _says(bench: "Bench", label: str, said: dict[str, bool], edits: dict[str, str], wanted: bool, step: str) -> None:
    bench.require(
        all(said[edit] is wanted for edit in edits),
        label,
        expected=f"{wanted} for each",
        seen="; ".join(f"{words}: {said[edit]}" for edit, words in edits.items()),
        next_step=step,
    )


async def _orders(bench: "Bench") -> list[dict[str, str]]:
    """Return the histories of four orders, which are the course's: recorded once, they do for every check.

    The last one is open, and has the workflow ID of the one before, as after a reset.
    """
    if _RECORDED:
        return _RECORDED
    async with bench.worker(extra=(_HERE / "graded_orders.py",)):
        handles = []
        for customer in ("gift", "gift", "declined"):
            order = {"id": bench.unique(customer), "customer": customer}
            handles.append(await bench.start("OrderWorkflow", order, id=order["id"]))
        runs = [await bench.finish(handle) for handle in handles]
        bench.shop.faults.hold("warehouse", order_id=order["id"])
        held = await bench.start("OrderWorkflow", {**order, "customer": "plain"}, id=order["id"])
        await bench.wait_until(held, lambda seen: "ship_parcel" in set(seen["name"]), "an order is held")
        histories = [*(run.history for run in runs), await history.fetch(held)]
    told = [{"id": each.workflow_id, "json": each.to_json()} for each in histories]
    if not any(isinstance(run.error, Stuck) for run in runs):
        _RECORDED[:] = told
    return told


class _How:
    """How the learner's function goes about it, by its syntax tree and by what it left behind.

    Args:
        gate: The function.
        judged: What it said, raised, lost and took, each time; the last edit is the first one again.
    """

    def __init__(self, gate: "Code", judged: list[dict[str, Any]]) -> None:
        nodes = list(ast.walk(Module(gate.source).tree))
        self.names = names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        self.replays = bool(names & {"replay_workflow", "replay_workflows", "workflow_replay_iterator"})
        self.looks = bool(names & {"replay_failure", "replay_failures"})
        self.words = {node.arg: node.value for node in nodes if isinstance(node, ast.keyword)}
        self.catches = any(isinstance(node, ast.Try) for node in nodes)
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        given = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        unused = [
            each.arg for node in given if node.name == gate.name for each in node.args.args if each.arg not in used
        ]
        self.slip = ""
        if any(answer["lost"] for answer in judged):
            self.slip = _AWAIT
        elif unused and self.replays:
            self.slip = f"use `{unused[0]}`, which is passed in: each call has its own."
        elif judged and judged[0]["said"] != judged[-1]["said"]:
            self.slip = "begin anew with each call: the same class and histories got another answer the second time."
        elif "__name__" in names:
            self.slip = "judge the class itself, each time: its versions all have one name, before and after an edit."
        elif any(answer["took"] for answer in judged):
            self.slip = "leave the list as it is, `for history in histories`: the next call gets the same one."

    def let_through(self, said: dict[str, bool]) -> str:
        """Return what to do when a bad edit is said to be safe."""
        if self.slip:
            return self.slip
        if not self.replays:
            return _REPLAY
        if not all(said[edit] for edit in _BAD):
            return (
                "replay *all* histories before you say yes, those of failed and open runs too: each bad edit breaks "
                "another one. A `return True` inside the loop, a later yes that overwrites a no, a slice, or one "
                "history for each workflow ID misses one."
            )
        if not self.looks and _false(self.words.get("raise_on_replay_failure")):
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

    def turned_down(self, said: dict[str, bool]) -> str:
        """Return what to do when a harmless edit is said to be unsafe."""
        if self.slip:
            return self.slip
        if any(said[edit] for edit in _BAD) and not any(said[edit] for edit in _HARMLESS):
            return "return the opposite: `True` means that every replay agreed."
        if not self.replays and "events" not in self.names:
            return _REPLAY
        if "events" in self.names:
            return (
                "do not look at how the run ended: the declined order failed, rightly, and its history replays. Only "
                "`replay_failure`, or an exception of the Replayer, counts."
            )
        if self.catches and not any(said.values()):
            return (
                "print what your `except` catches: it may be a mistake in this function. `replay_workflow` takes one "
                "history, `replay_workflows` an asynchronous iterator of them."
            )
        if "replay_failures" in self.names:
            return "say no only when a replay failed: `replay_failures` is a dict, and empty when none did."
        return "say no only when a replay failed."

    def no_answer(self, error: str) -> str:
        """Return what to do when the function raised, did not end, or returned something else.

        Args:
            error: Type and message; empty when it returned.
        """
        if "running event loop" in error:
            return "write `async def is_safe`, and `await` in place of `asyncio.run`: the caller's event loop runs it."
        if self.slip:
            return self.slip
        if "type object" in error:
            return (
                "import what you catch by its own name: here `workflow` is the class that is passed in, not the module."
            )
        if "Nondeterminism" in error or "AssertionError" in error:
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
        if "workflow_failure_exception_types" in self.words:
            return (
                "leave out `workflow_failure_exception_types`: it turns what a replay finds into failures of the run."
            )
        if "did not end" in error:
            return "let it come to an end: replay each history once. A replay takes milliseconds."
        return CORRECT if error else "return `True` or `False`."


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


EXERCISE = Exercise(answers=("is_safe",), check=check_gate, early=False)
