"""Every bad sample is found, by its kind and line; correct code and the course's own solutions raise no alarm."""

import json

import pytest

from course_lib import paths, pitfalls
from tests.pitfalls.samples import BAD, GOOD, module


@pytest.mark.parametrize("name", BAD)
def test_each_bad_sample_is_found_once_with_line_and_replacement(name: str) -> None:
    kind, effect, _ = BAD[name]
    source = module(name)
    found = pitfalls.find(source)
    assert [(pitfall.name, pitfall.effect) for pitfall in found] == [(kind, effect)]
    assert source.split("\n")[found[0].line - 1].strip() == found[0].code
    assert len(found[0].replacement) > 15


def test_correct_code_raises_no_alarm() -> None:
    assert [pitfall.text() for pitfall in pitfalls.find(GOOD)] == []


def test_the_solutions_of_the_course_raise_no_alarm() -> None:
    alarms, read = [], 0
    for path in sorted((paths.root() / "solutions").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            # A cell with this tag holds a pitfall on purpose.
            if not source.startswith("%%module") or "pitfall" in cell["metadata"].get("tags", []):
                continue
            read += 1
            alarms += [f"{path.name} {cell['id']}: {found.text()}" for found in pitfalls.find(f"# {source}")]
    assert read > 10
    assert alarms == []


@pytest.mark.parametrize(
    "line",
    ["STARTED = datetime.now()", "TOKEN = uuid.uuid4()", "HOME = os.environ['HOME']", "TEXT = open('x').read()",
     "print('imported')", "SHOP = ShopClient()", "class C:\n    made = time.time()"],
)  # fmt: skip
def test_what_runs_at_import_is_found(line: str) -> None:
    found = pitfalls.find(module("datetime_now").replace("COUNT = 0", line, 1))
    assert ("import", "breaks") in [(pitfall.name, pitfall.effect) for pitfall in found]


def test_a_module_without_a_workflow_may_do_it_all() -> None:
    source = "import random, time\nNOW = time.time()\ndef draw():\n    print(random.random())\n"
    assert pitfalls.find(source) == []


def test_a_base_class_and_a_handler_are_workflow_code_too() -> None:
    source = (
        "import random\nfrom temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n"
        "    async def run(self): ...\n    @workflow.signal\n    def pay(self):\n        self.x = random.random()\n"
    )
    assert [(pitfall.name, pitfall.line) for pitfall in pitfalls.find(source)] == [("random", 9)]


def test_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        pitfalls.find("def (")


HELPERS = """
import time
from datetime import datetime
from temporalio import activity

SEEN: dict[str, str] = {}
RATE = 3


def stamp() -> str:
    return str(datetime.now())


def names(order: set[str]) -> list[str]:
    return [name for name in order]


def rate() -> int:
    return RATE


@activity.defn
async def clock() -> float:
    return time.time()
"""
USER = """
from datetime import timedelta
from temporalio import workflow
{imports}

@workflow.defn
class W:
    @workflow.run
    async def run(self, order: str) -> str:
        {line}
        return order
"""
PASSED = "with workflow.unsafe.imports_passed_through():\n    {}"


@pytest.mark.parametrize(
    ("imports", "line", "kinds"),
    [
        ("from helpers import stamp", "stamp()", [("clock", "stopped")]),
        ("import helpers", "helpers.stamp()", [("clock", "stopped")]),
        ("import helpers as h", "h.stamp()", [("clock", "stopped")]),
        # The sandbox does not look into what is passed through.
        (PASSED.format("import helpers"), "helpers.stamp()", [("clock", "breaks")]),
        ("import helpers", "helpers.names(set(order))", [("set order", "breaks")]),
        ("import helpers", "helpers.SEEN[order] = order", [("global", "lies")]),
        ("from helpers import SEEN", "SEEN.setdefault(order, order)", [("global", "lies")]),
        (PASSED.format("from helpers import SEEN"), "SEEN[order] = order", [("global", "breaks")]),
        ("import helpers", "helpers.rate()", []),
        ("import helpers", "helpers.SEEN.get(order)", []),
        ("import other", "other.stamp()", []),
        (
            "from helpers import clock",
            "await workflow.execute_activity(clock, start_to_close_timeout=timedelta(seconds=1))",
            [],
        ),
    ],
)
def test_what_a_module_beside_it_does(imports: str, line: str, kinds: list[tuple[str, str]]) -> None:
    source = USER.format(imports=imports, line=line)
    found = pitfalls.find(source, {"helpers": HELPERS, "broken": "def ("})
    assert [(pitfall.name, pitfall.effect) for pitfall in found] == kinds
    assert all(pitfall.code == line for pitfall in found)
