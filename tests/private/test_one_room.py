"""Private names stand in one room."""

import ast
from pathlib import Path

import course_lib

ROOM = Path(course_lib.__file__).parent
# Documented in Python's own library reference, in spite of their names.
PUBLIC = {"_exit", "_getframe", "_current_frames", "_replace", "_fields"}


def private(name: str) -> bool:
    """Return whether a name is a private one; what begins and ends with two underscores is Python's."""
    return name.startswith("_") and not name.endswith("__")


def names(path: Path) -> set[str]:
    """Return the private attributes that a file asks other objects for, and the private modules that it imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr=name) if private(name):
                found.add(name)
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name)), *_]) if private(name):
                found.add(name)
            case ast.ImportFrom(module=str(module), level=0) if not module.startswith("course_lib"):
                found |= {part for part in module.split(".") if part.startswith("_") or part == "bridge"} - {
                    "__future__"
                }
            case ast.Import(names=several):
                found |= {each.name for each in several if private(each.name)}
    return found


def own() -> set[str]:
    """Return the private names that the course itself defines."""
    found = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case (
                    ast.Attribute(value=ast.Name("self" | "cls"), attr=name, ctx=ast.Store())
                    | ast.Name(id=name, ctx=ast.Store())
                ):
                    found.add(name)
    return found


def test_no_other_room_uses_a_private_name_of_a_package() -> None:
    ours = own() | PUBLIC
    strange = {
        f"{path.relative_to(ROOM)}: {name}"
        for path in ROOM.rglob("*.py")
        if path.parent.name != "private"
        for name in names(path) - ours
    }
    assert not strange, f"put these into course_lib/private, with a contract test: {sorted(strange)}"


def test_the_search_finds_one() -> None:
    assert {"_fut_waiter", "_children", "bridge"} <= set().union(*map(names, (ROOM / "private").glob("*.py")))
