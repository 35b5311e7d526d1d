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
    assert len(found[0].fix) > 15


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


# What happens to each was run on temporalio 1.35; what is stopped keeps the worker from starting.
@pytest.mark.parametrize(
    ("line", "effect"),
    [("STARTED = datetime.now()", "stopped"), ("TOKEN = uuid.uuid4()", "breaks"), ("DIE = random.random()", "stopped"),
     ("HOME = os.environ['HOME']", "breaks"), ("TEXT = open('x').read()", "breaks"), ("RNG = Random()", "breaks"),
     ("TEXT = Path('x').read_text()", "stopped"), ("print('imported')", "breaks"), ("SHOP = ShopClient()", "breaks"),
     ("class C:\n    made = time.time()", "breaks"), ("def at(now=time.time()): ...", "breaks")],
)  # fmt: skip
def test_what_runs_at_import_is_found(line: str, effect: str) -> None:
    source = module("module_alias").replace("clock = datetime.now", line, 1).replace("clock()", "1")
    found = pitfalls.find(source.replace("random, secrets", "secrets", 1).replace("import asyncio", f"{RANDOM}", 1))
    assert ("import", effect) in [(pitfall.name, pitfall.effect) for pitfall in found]


def test_a_module_without_a_workflow_may_do_it_all() -> None:
    source = "import random, time\nNOW = time.time()\ndef draw():\n    print(random.random())\n"
    assert pitfalls.find(source) == []


def test_a_base_class_and_a_handler_are_workflow_code_too() -> None:
    source = (
        "import random\nfrom temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n"
        "    async def run(self): ...\n    @workflow.signal\n    def pay(self):\n        self.x = random.random()\n"
    )
    assert [(pitfall.name, pitfall.line) for pitfall in pitfalls.find(source)] == [("random", 9)]


def test_a_query_that_changes_by_a_method_of_its_own_is_found_there() -> None:
    source = (
        "from temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self): ...\n"
        "    @workflow.query\n    def status(self):\n        return self.look()\n"
        "    def look(self):\n        self.asked = self.look()\n"
    )
    assert [(pitfall.name, pitfall.line) for pitfall in pitfalls.find(source, effects=["wrong"])] == [("reader", 10)]


@pytest.mark.parametrize(
    ("awaited", "swallowed"),
    [("workflow.wait_condition(lambda: True, timeout=1)", False), ("workflow.execute_activity('pay')", True)],
)
def test_a_wait_that_times_out_may_be_caught_as_any_exception(awaited: str, swallowed: bool) -> None:
    source = (
        "from temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self):\n"
        f"        try:\n            await {awaited}\n        except Exception:\n            return 'expired'\n"
    )
    found = pitfalls.find(source, effects=["wrong"])
    assert ("swallowed exception" in [pitfall.name for pitfall in found]) is swallowed


def test_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        pitfalls.find("def (")


RANDOM = "import random\nfrom random import Random\nimport asyncio"

TWO = """
import time
from datetime import datetime
from temporalio import workflow

STARTED = time.time()


def stamp() -> str:
    return str(datetime.now())


@workflow.defn
class Sound:
    @workflow.run
    async def run(self) -> str:
        return stamped() if False else "sound"


def stamped() -> str:
    return "no time"


@workflow.defn(sandboxed=False)
class Unsound:
    made = time.time()

    @workflow.run
    async def run(self) -> str:
        return stamp() + str(STARTED) + str(hash("a")) + str(time.time())
"""


def test_one_workflow_is_not_blamed_for_another() -> None:
    assert pitfalls.find(TWO, only="Sound") == []
    of_the_other = [pitfall.name for pitfall in pitfalls.find(TWO, only="Unsound")]
    assert of_the_other == ["import", "clock", "import", "clock", "hash"]
    assert pitfalls.find(TWO, only="Nobody") == pitfalls.find(TWO)


def test_without_the_sandbox_nothing_is_stopped() -> None:
    assert {pitfall.effect for pitfall in pitfalls.find(TWO, only="Unsound")} == {"breaks"}


def test_a_function_beside_is_not_blamed_for_a_workflow_beside() -> None:
    source = USER.format(imports="from two import stamped", line="stamped()")
    assert pitfalls.find(source, {"two": TWO}) == []


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
        ("from .helpers import stamp", "stamp()", [("clock", "stopped")]),
        ("from . import helpers", "helpers.stamp()", [("clock", "stopped")]),
        # A neighbour's name is no module of Python's.
        ("from .random import roll", "roll()", []),
        ("from helpers import clock", "await clock()", [("activity", "stopped")]),
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
