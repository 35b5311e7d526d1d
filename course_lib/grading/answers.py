"""What the learner handed in, made safe to look at: code is named, never called in the kernel."""

import ast
import contextlib
import dataclasses
import datetime
import decimal
import enum
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from temporalio.client import Client, WorkflowHandle

from course_lib.cells import Modules
from course_lib.grading import sources
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import Part
from course_lib.private.sdk import activity_definition, definition

Kind = Literal["workflow", "activity", "class", "function"]

_ATOMS = (
    str, bytes, int, float, complex, type(None), type(...), datetime.date, datetime.time, datetime.timedelta,
    decimal.Decimal,
)  # fmt: skip


@dataclass(frozen=True)
class Code:
    """One class or function that the learner wrote.

    Args:
        name: Its name in the module.
        cell: The module cell's name, for example ``"orders"``.
        module: The importable revision, for example ``"orders__r3"``.
        source: The module's Python.
        kind: What it is.
        type_name: The name under which Temporal knows it.
    """

    name: str
    cell: str
    module: str
    source: str
    kind: Kind
    type_name: str


class AnswerProblem(Exception):
    """An answer that cannot be graded as it is, said as a failed part.

    Args:
        label: What does not hold.
        expected: What should have been seen.
        seen: What was seen.
        next_step: What to do.
        events: Ids of the history's events that show it.
    """

    def __init__(self, label: str, expected: str, seen: str, next_step: str, events: tuple[int, ...] = ()) -> None:
        self.part = Part(False, label, expected, seen, events, next_step)
        super().__init__(label)


def read(name: str, answer: Any, modules: Modules, wanted: str = "") -> Any:
    """Turn one answer into what a check may look at: ``Code``, plain data, or a workflow handle.

    Args:
        name: The name that the exercise gives it.
        answer: What the learner passed.
        modules: The chapter's module cells.
        wanted: The type that the check names for it.

    Raises:
        AnswerProblem: It is none of these, or not the one that is wanted.
    """
    _look_at_kind(name, answer, wanted)
    if inspect.isclass(answer) or inspect.isroutine(answer):
        return _module_code(name, answer, modules)
    if inspect.iscoroutine(answer):
        answer.close()
        raise AnswerProblem(
            f"{name} is a result",
            "the value that `await` gives",
            "a coroutine that was never awaited",
            f"write `await` where you make {name}, then run the check again.",
        )
    if isinstance(answer, WorkflowHandle):
        return answer
    if _of_pandas(answer) and getattr(answer, "shape", None):
        raise AnswerProblem(
            f"{name} is one value",
            "a number, a text …",
            f"a whole {type(answer).__name__}, of {len(answer)}",
            "take the one value out of it, for example with `.iloc[-1]`, or count with `len(…)`.",
        )
    try:
        return _plain(answer, depth=0)
    except _NotPlain as problem:
        odd = problem.value
    if inspect.isclass(odd):
        raise AnswerProblem(
            f"{name} is a plain value",
            "numbers, texts, lists … of them",
            f"the class `{odd.__name__}` in it",
            f'write a name in quotes: "{odd.__name__}".',
        )
    if modules.of(type(answer)) is not None:
        raise AnswerProblem(
            f"{name} is the class itself",
            f"`{type(answer).__name__}`",
            f"`{type(answer).__name__}()`, an object of it",
            "pass the class without the parentheses: Temporal makes the object.",
        )
    raise AnswerProblem(
        f"{name} is a plain value",
        "a number, a text, a list …",
        f"a {type(answer).__name__}",
        f"set {name} to the value itself and run the check again.",
    )


def _look_at_kind(name: str, answer: Any, wanted: str) -> None:
    """Raise when an answer is of another kind than the check wants; `read` tells what no check takes."""
    code, handle = inspect.isclass(answer) or inspect.isroutine(answer), isinstance(answer, WorkflowHandle)
    if "Code" in wanted and (handle or isinstance(answer, (*_ATOMS, list, tuple, dict, set))):
        label, expected = f"{name} is code", "the class or the function that your cell defines"
        step = f"pass {name} itself: the class or function, without quotes, and no run of it."
    elif "WorkflowHandle" in wanted and not (handle or inspect.iscoroutine(answer)):
        label, expected = f"{name} is a workflow's handle", "what `await lab.client.start_workflow(…)` gives"
        step = f"set {name} to the handle of the run, and check again."
    elif code and wanted and "Code" not in wanted and "WorkflowHandle" not in wanted:
        label, expected = f"{name} is a plain value", "a number, a text, a list …"
        step = f"set {name} to the value itself: the type of an error, for example, is its name, in quotes."
    else:
        return
    named = f"the {'class' if inspect.isclass(answer) else 'function'} {getattr(answer, '__name__', '')}"
    seen = named if code else repr(answer) if isinstance(answer, _ATOMS) else f"a {type(answer).__name__}"
    raise AnswerProblem(label, expected, seen, step)


def missing(answer: Any) -> bool:
    """Tell whether nothing was answered: ``None``, ``...``, or a collection of nothing else."""
    if answer is None or answer is ...:
        return True
    if type(answer) is dict:
        return all(missing(item) for item in answer.values())
    return type(answer) in (list, tuple, set) and all(missing(item) for item in answer)


def untouched(exercise: Exercise, answers: Sequence[Any], modules: Modules) -> bool:
    """Tell whether the learner has not begun: code is still the stub, values are what the stub sets.

    A workflow handle beside other answers is the run that they are about, not an answer of the learner's.

    Args:
        exercise: The exercise.
        answers: What ``read`` returned for each answer.
        modules: The chapter's module cells.
    """
    others = [answer for answer in answers if not isinstance(answer, WorkflowHandle)] or list(answers)
    if all(missing(answer) for answer in others):
        return True
    stubs = sources.exercise_cells(exercise, "learner")
    if not stubs:
        return False
    by_module = {cell.module: cell.code for cell in stubs if cell.module}
    preset = _presets(cell.code for cell in stubs if not cell.module)
    begun = [
        not _is_stub(answer, by_module) if isinstance(answer, Code) else not _is_preset(name, answer, preset)
        for name, answer in zip(exercise.answers, answers, strict=False)
    ]
    # A module cell of the exercise may hold something that is not itself an answer, such as the activities.
    written = set(by_module) & set(modules.names())
    return not any(begun) and all(sources.same_code(modules.source(name), by_module[name]) for name in written)


def rebind(answer: Any, client: Client) -> Any:
    """Return a handle of the check's own client for a handle, anything else as it is."""
    if isinstance(answer, WorkflowHandle):
        run_id = answer.run_id or answer.result_run_id or answer.first_execution_run_id
        return client.get_workflow_handle(answer.id, run_id=run_id)
    return answer


def _module_code(name: str, answer: Any, modules: Modules) -> Code:
    target = inspect.unwrap(getattr(answer, "__func__", answer))
    info = modules.of(target)
    own_name = getattr(target, "__name__", name).replace("<lambda>", name)
    if info is None:
        raise AnswerProblem(
            f"{own_name} lives in a module cell",
            "a cell that begins with `%%module …`",
            f"it was defined in module {getattr(target, '__module__', '?')!r}",
            f"put `%%module orders` (or another name) on the first line of the cell that defines {own_name}, "
            "run it, and check again: a Worker can only import what lies in a file.",
        )
    owner = target.__qualname__.rpartition(".")[0].rpartition(".<locals>.")[2]
    if owner and inspect.isfunction(target) and activity_definition(target) is None:
        step = f"pass the class, {owner}: its methods come with it."
        raise AnswerProblem(f"{name} is the class itself", f"`{owner}`", f"its method `{owner}.{own_name}`", step)
    if modules.latest(info.name) != info.module:  # its cell has run again since, and what it defines now is elsewhere
        raise AnswerProblem(
            f"{name} is what its cell defines now",
            f"`{own_name}`, as the cell `%%module {info.name}` ran last",
            f"`{own_name}` of an earlier run of that cell",
            f"let the cell `%%module {info.name}` define `{own_name}`, under this name, run it, and check again.",
        )
    return _code(own_name, info.name, info.module, modules.source(info.name), target)


def _code(name: str, cell: str, revision: str, source: str, target: Any) -> Code:
    workflow, activity = definition(target), activity_definition(target)
    if workflow is not None:
        return Code(name, cell, revision, source, "workflow", workflow.name or name)
    if activity is not None:
        return Code(name, cell, revision, source, "activity", activity.name or name)
    return Code(name, cell, revision, source, "class" if inspect.isclass(target) else "function", name)


def _is_stub(code: Code, stubs: dict[str, str]) -> bool:
    return code.cell in stubs and sources.same_code(code.source, stubs[code.cell])


def _is_preset(name: str, answer: Any, preset: dict[str, Any]) -> bool:
    return missing(answer) or (name in preset and type(preset[name]) is type(answer) and preset[name] == answer)


def _presets(codes: Any) -> dict[str, Any]:
    """What a stub's plain cells set by literals: ``attempts = 0``."""
    found: dict[str, Any] = {}
    for code in codes:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    with contextlib.suppress(ValueError, TypeError):
                        found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def _of_pandas(value: Any) -> bool:
    return type(value).__module__.split(".")[0] in ("pandas", "numpy")


class _NotPlain(Exception):
    """A value, or one within it, is no plain data."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _plain(value: Any, depth: int) -> Any:
    """Copy plain data; a class of the learner's own could run code in the kernel when it is compared."""
    if depth > 20:
        raise _NotPlain(value)
    if type(value) in (*_ATOMS, bool, datetime.datetime):
        return value
    if type(value) in (list, tuple, set, frozenset):
        return type(value)([_plain(item, depth + 1) for item in value])
    if isinstance(value, tuple):  # a named one; walked over as a tuple is, whatever its class says
        return tuple(_plain(item, depth + 1) for item in tuple.__iter__(value))
    if type(value) is dict:
        return {_plain(key, depth + 1): _plain(item, depth + 1) for key, item in value.items()}
    if type(value).__name__ == "NAType":
        return None
    if _of_pandas(value):
        return value.item() if getattr(value, "ndim", 1) == 0 and hasattr(value, "item") else value
    if isinstance(value, enum.Enum):
        return _plain(value.value, depth + 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name, None), depth + 1) for field in fields}
    if type(value).__module__.startswith("temporalio."):
        return value
    raise _NotPlain(value)
