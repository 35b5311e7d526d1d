"""From the modules of a chapter to the files of a plain project."""

import ast
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from course_lib.authoring.export import templates
from course_lib.authoring.export.imports import Places, rewrite
from course_lib.authoring.export.reading import Module, Workflow, read_modules, used
from course_lib.authoring.export.splitting import Piece, pieces
from course_lib.errors import CourseError
from course_lib.pitfalls.code import imported_modules

PACKAGES = {"workflows": "Workflows.", "activities": "Activities.", "shared": "Types and helpers of both sides."}
DOTTED_CLIENT = "shop_client"


@dataclass
class Plan:
    """What is exported and what is not.

    Args:
        modules: The modules that go into the project.
        left_out: Why a module does not, by its name.
        start: The module and the workflow that the starter starts.
        example: Its argument as a Python expression, "" for none.
    """

    modules: dict[str, Module]
    start: tuple[Module, Workflow]
    example: str
    left_out: dict[str, str] = field(default_factory=dict)


def plan(sources: Mapping[str, str], start: str, example: str) -> Plan:
    """Decide which modules make a project that runs.

    What the started workflow needs must be exportable; another module that is not, or that defines a type once
    more, stays behind with a reason.

    Args:
        sources: The chapter's modules by name.
        start: The workflow class to start.
        example: Its argument as a Python expression, "" for none.

    Raises:
        CourseError: No module defines the workflow, or what it needs cannot leave the course.
    """
    modules = read_modules(sources)
    defining = [(module, found) for module in modules.values() for found in module.workflows if found.cls == start]
    if not defining:
        known = sorted(found.cls for module in modules.values() for found in module.workflows)
        raise CourseError(
            f"No module cell of this chapter defines the workflow {start}.",
            tried=[f"module {name}" for name in modules] or ["no module cell has been run"],
            fix=f"run its %%module cell first{f', or use one of {(chr(44) + chr(32)).join(known)}' if known else ''}.",
        )
    first, workflow = defining[-1]
    names = set().union(*(module.defines() for module in modules.values()))
    wanted = {name for name, m in modules.items() if example and _names(example) & names & m.defines()}
    needed = _closure({first.name}, modules)
    have = set().union(*(modules[name].defines() for name in needed))
    needed |= _closure({name for name in wanted if not _names(example) & have}, modules)
    needed |= _by_name(needed, modules)
    for name in needed:
        if modules[name].problem:
            raise CourseError(
                f"Module {name} cannot leave the course: {modules[name].problem}.",
                fix="take that out of the module's cell, run it and export again.",
            )
    result = Plan({name: modules[name] for name in modules if name in needed}, (first, workflow), example)
    for name, module in modules.items():
        if name in result.modules:
            continue
        taken = set().union(*(one.types() for one in result.modules.values()))
        double = sorted(module.types() & taken, reverse=True)
        missing = sorted(module.siblings & result.left_out.keys() - result.modules.keys())
        if module.problem:
            result.left_out[name] = module.problem
        elif double:
            result.left_out[name] = f"it defines {double[0]} once more"
        elif missing:
            result.left_out[name] = f"it needs {missing[0]}"
        elif not module.workflows and not module.activities:
            result.left_out[name] = "no workflow or activity of the project uses it"
        else:
            extra = _closure({name}, modules) - set(result.modules)
            if any(modules[one].problem for one in extra):
                result.left_out[name] = f"it needs {', '.join(sorted(extra - {name}))}"
                continue
            result.modules |= {one: modules[one] for one in extra}
    return result


def _names(expression: str) -> set[str]:
    try:
        return used(ast.parse(expression, mode="eval"))
    except SyntaxError as error:
        raise CourseError(
            f"The example {expression!r} is no Python expression: {error.msg}.",
            fix="give the workflow's argument as text, for example example='Order(\"A1\", 1200)'.",
        ) from error


def _closure(names: set[str], modules: Mapping[str, Module]) -> set[str]:
    found, waiting = set(names), list(names)
    while waiting:
        new = modules[waiting.pop()].siblings - found
        found |= new
        waiting.extend(new)
    return found


def _by_name(needed: set[str], modules: Mapping[str, Module]) -> set[str]:
    """Return modules whose activities the needed ones call by a string, as in ``execute_activity("charge")``."""
    strings = {
        node.value
        for name in needed
        for node in ast.walk(modules[name].tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    have = {activity.name for name in needed for activity in modules[name].activities}
    called = {
        name
        for name, module in modules.items()
        if name not in needed and not module.problem and {a.name for a in module.activities} & (strings - have)
    }
    return _closure(called, modules)


def files(chosen: Plan, chapter: str, task_queue: str, title: str) -> dict[str, str]:
    """Return the project's files by their relative path.

    Args:
        chosen: What goes into it.
        chapter: The chapter's id.
        task_queue: The task queue of worker and starter.
        title: The project's name.
    """
    whole = {name for module in chosen.modules.values() for name in _imported_whole(module, set(chosen.modules))}
    cut = {name: pieces(module, whole=name in whole) for name, module in chosen.modules.items()}
    places: Places = {name: _places(parts) for name, parts in cut.items()}
    made: dict[str, str] = {}
    for parts in cut.values():
        for piece in parts:
            in_workflow = piece.package == "workflows"
            made[f"{piece.package}/{piece.name}.py"] = rewrite(piece.source, places, in_workflow=in_workflow)
    for name, module in chosen.modules.items():
        if module.workflows and module.activities and len(cut[name]) == 1:
            made[f"activities/{name}.py"] = _passed_on(module)
    used_packages = {path.split("/")[0] for path in made} | {"workflows", "activities"}
    made |= {f"{package}/__init__.py": f'"""{PACKAGES[package]}"""\n' for package in sorted(used_packages)}
    made["connection.py"] = templates.CONNECTION.format(task_queue=json.dumps(task_queue))
    made["worker/__init__.py"] = '"""The process that runs workflows and activities."""\n'
    made["worker/__main__.py"] = _worker(chosen)
    made["starter/__init__.py"] = '"""The process that starts a workflow."""\n'
    made["starter/__main__.py"] = _starter(chosen, places)
    made["README.md"] = _readme(chosen, made, chapter, title)
    made["requirements.txt"] = "\n".join(requirements(made.values())) + "\n"
    return made


def _imported_whole(module: Module, names: set[str]) -> set[str]:
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & names
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.module in names:
            found.add(str(node.module))
    return found


def _places(parts: list[Piece]) -> dict[str, str]:
    where = {name: f"{piece.package}.{piece.name}" for piece in parts for name in piece.names}
    return where | {"": f"{parts[-1].package}.{parts[-1].name}"}


def _passed_on(module: Module) -> str:
    names = sorted({activity.expression.split("(")[0] for activity in module.activities})
    return (
        f'"""The activities of workflows/{module.name}.py, which share code with its workflows."""\n\n'
        f"from workflows.{module.name} import {', '.join(names)}\n\n__all__ = {names!r}\n"
    )


def _worker(chosen: Plan) -> str:
    modules = chosen.modules.values()
    files = [f"activities.{m.name}" for m in modules if m.activities] + [
        f"workflows.{m.name}" for m in modules if m.workflows
    ]
    workflows = [f"workflows.{m.name}.{found.cls}" for m in modules for found in m.workflows]
    makers = {(m.name, a.expression.split(".")[0]) for m in modules for a in m.activities if "()" in a.expression}
    names = {maker: f"{maker[1].removesuffix('()').lower()}_{number}" for number, maker in enumerate(sorted(makers), 1)}
    activities = []
    for m in modules:
        for activity in m.activities:
            maker, _, method = activity.expression.rpartition(".")
            own = names.get((m.name, maker))
            activities.append(f"{own}.{method}" if own else f"activities.{m.name}.{activity.expression}")
    threads = any(not activity.is_async for m in modules for activity in m.activities)
    options = (
        "\n        activity_executor=ThreadPoolExecutor(max_workers=20),\n        max_concurrent_activities=20,"
        if threads
        else ""
    )
    made = "".join(f"    {own} = activities.{module}.{maker}\n" for (module, maker), own in names.items())
    body = templates.WORKER_BODY.format(workflows=_lines(workflows), activities=_lines(activities), options=options)
    return templates.WORKER.format(
        executor_import="from concurrent.futures import ThreadPoolExecutor\n" if threads else "",
        imports="\n".join(f"import {file}" for file in sorted(files)),
        body=made + body,
    )


def _lines(items: list[str]) -> str:
    return "".join(f"\n            {item}," for item in items)


def _starter(chosen: Plan, places: Places) -> str:
    module, workflow = chosen.start
    wanted = {workflow.cls} | (_names(chosen.example) if chosen.example else set())
    by_file: dict[str, set[str]] = {
        "connection": {"TASK_QUEUE", "connect"},
        places[module.name][workflow.cls]: {workflow.cls},
    }
    # The started module's own names come first, when two modules define the same one.
    for name in (module.name, *(_closure({module.name}, chosen.modules) - {module.name}), *chosen.modules):
        for found in wanted & set(places[name]):
            by_file.setdefault(places[name][found], set()).add(found)
            wanted.discard(found)
    imports = [f"from {file} import {', '.join(sorted(names))}" for file, names in sorted(by_file.items())]
    argument = f"\n        {chosen.example}," if chosen.example and workflow.parameters else ""
    return templates.STARTER.format(
        imports="\n".join(imports), run=f"{workflow.cls}.{workflow.run}", argument=argument, prefix=module.name
    )


def _readme(chosen: Plan, made: Mapping[str, str], chapter: str, title: str) -> str:
    modules = chosen.modules.values()
    listed = {
        "workflows": ", ".join(f"`{found.cls}`" for m in modules for found in m.workflows),
        "activities": ", ".join(f"`{found.name}`" for m in modules for found in m.activities) or "none",
    }
    left = "".join(f"- `{name}`: {why}\n" for name, why in chosen.left_out.items())
    text = templates.README.format(
        title=title,
        chapter=chapter,
        shop=templates.SHOP if _uses_client(made.values()) else "",
        left_out=f"\nModules of the chapter that stayed behind:\n\n{left}" if left else "",
        **listed,
    )
    return text if "shared/__init__.py" in made else text.replace("| `shared/` | types and helpers of both |\n", "")


def _uses_client(sources: Iterable[str]) -> bool:
    return any("shop_client" in source and "import" in source for source in sources)


def requirements(sources: Iterable[str]) -> list[str]:
    """Return the packages that a project needs, each held to the minor version that is installed here.

    Args:
        sources: The project's files; those that are no Python are skipped.
    """
    roots = {"temporalio"}
    own = {"workflows", "activities", "shared", "worker", "starter", "connection", DOTTED_CLIENT}
    for source in sources:
        try:
            found = {name.split(".")[0] for name in imported_modules(ast.parse(source))}
        except SyntaxError:
            continue
        roots |= found - own - set(sys.stdlib_module_names)
        if DOTTED_CLIENT in found:
            roots.add("httpx")
    known = importlib.metadata.packages_distributions()
    names = sorted({known.get(root, [root])[0] for root in roots})
    return [
        f"{name}~={'.'.join(importlib.metadata.version(name).split('.')[:2])}" for name in names if _installed(name)
    ]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
