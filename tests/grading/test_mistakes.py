"""Every rule finds its mistake, says the cure, and leaves good code alone."""

import textwrap

import pytest

from course_lib.grading import mistakes

HEAD = """
import asyncio, random, time, uuid, sys, os
import datetime as dt
from datetime import datetime, timedelta
from time import sleep as nap
from temporalio import activity, workflow
from course_lib.shop import ShopClient
"""
GOOD = """
async def helper(x: str) -> None:
    await asyncio.sleep(1)

@activity.defn
async def charge(order_id: str) -> str:
    async with ShopClient() as shop:
        return await shop.charge(order_id, 100)

@activity.defn
def slow(order_id: str) -> str:
    time.sleep(0.1)
    return datetime.now().isoformat()

@workflow.defn
class Order:
    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.amount = 0

    @workflow.query
    def status(self, word: str) -> str:
        shown = dict(self.seen)
        shown[f"{self.amount}"] = 1
        shown.update(a=2)
        return f"{word}{shown}"

    @workflow.update
    def correct(self, amount: int) -> None:
        before, self.amount = self.amount, amount
        self.seen.update(before=before)

    @correct.validator
    def check_amount(self, amount: int) -> None:
        if amount < 0:
            raise ValueError(amount)

    @workflow.run
    async def run(self, order_id: str) -> str:
        started = workflow.now()
        dice = random.Random(7).random()
        both = [workflow.execute_activity(charge, order_id, start_to_close_timeout=timedelta(seconds=5)) for _ in "ab"]
        await asyncio.gather(*both)
        later = workflow.execute_activity(charge, order_id, schedule_to_close_timeout=timedelta(seconds=5))
        task = asyncio.create_task(later)
        await task
        await helper("a")
        try:
            await asyncio.sleep(1)
        except Exception:
            workflow.logger.info("x")
            raise
        while True:
            await asyncio.sleep(5)
            if workflow.random().random() > 0.5:
                break
        kwargs = {"start_to_close_timeout": timedelta(seconds=1)}
        return await workflow.execute_activity(charge, order_id, **kwargs)
"""


def in_run(body: str) -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
    return f"{HEAD}\n@workflow.defn\nclass Order:\n    @workflow.run\n    async def run(self, order: str):\n{lines}\n"


def in_activity(body: str) -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip(), " " * 4)
    return f"{HEAD}\n@activity.defn\nasync def charge(order: str):\n{lines}\n"


def labels(source: str) -> list[str]:
    return [part.label for part in mistakes.find(source)]


def test_good_code_has_none() -> None:
    assert mistakes.find(HEAD + GOOD) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (HEAD + "class Order:\n    @workflow.run\n    async def run(self): ...", "@workflow.defn"),
        (HEAD + "@workflow.defn\nclass Order:\n    @workflow.run\n    def run(self): ...", "async def"),
        (HEAD + "@workflow.defn\nclass Order:\n    @workflow.run\n    async def run(self, a, b): ...", "one dataclass"),
        (in_run("time.sleep(1)"), "await asyncio.sleep"),
        (in_run("nap(1)"), "await asyncio.sleep"),
        (in_activity("time.sleep(1)"), "freezes every other"),
        (in_run("return datetime.now()"), "workflow.now()"),
        (in_run("return dt.datetime.utcnow()"), "workflow.now()"),
        (in_run("return time.time()"), "workflow.now()"),
        (in_run("return 1").replace("class Order:", "class Order:\n    made = time.time()"), "workflow.now()"),
        (in_run("return random.random()"), "workflow.random()"),
        (in_run("return uuid.uuid4()"), "workflow.uuid4()"),
        (in_run("return open('x').read()"), "into an activity"),
        (in_run("async with ShopClient() as shop:\n    await shop.charge(order, 1)"), "into an activity"),
        (in_run("await workflow.execute_activity('charge', order)"), "start_to_close_timeout"),
        (in_run("await workflow.execute_activity('charge', order, task_queue='x')"), "start_to_close_timeout"),
        (in_run("asyncio.sleep(1)"), "`await`"),
        (in_run("workflow.execute_activity('c', order, start_to_close_timeout=timedelta(1))"), "`await`"),
        (in_run("return workflow.execute_activity('c', order, start_to_close_timeout=timedelta(1))"), "`await`"),
        (in_run("x = workflow.execute_activity('c', order, start_to_close_timeout=timedelta(1))\nreturn 1"), "`await`"),
        *[
            (
                HEAD + f"@workflow.defn\nclass Order:\n    @{reader}\n    def look(self):\n        {line}\n",
                "a replay never",
            )
            for reader in ("workflow.query", "workflow.query(name='x')", "correct.validator")
            for line in ("self.x = 1", "self.x += 1", "a, self.x = 1, 2", "return self.names.pop(0)", "self.d['a'] = 1")
        ],
        (in_activity("async with ShopClient() as shop:\n    shop.charge(order, 1)"), "`await`"),
        (in_activity("shop = ShopClient()\nreturn shop.charge(order, 1)"), "`await`"),
        (in_activity("return ShopClient().charge(order, 1)"), "`await`"),
        (in_run("try:\n    await asyncio.sleep(1)\nexcept Exception:\n    pass"), "swallowed error"),
        (in_activity("try:\n    return 1\nexcept:\n    print('oh')\n    return None"), "swallowed error"),
        (in_run("while True:\n    pass"), "give the loop an end"),
        (in_activity("sys.exit(1)"), "ends the whole worker"),
        (in_activity("os._exit(1)"), "ends the whole worker"),
        (
            HEAD + "@workflow.defn(sandboxed=False)\nclass Order:\n    @workflow.run\n    async def run(self): ...",
            "sandbox",
        ),
        ("Worker(client, workflow_runner=UnsandboxedWorkflowRunner())", "sandbox"),
    ],
)
def test_each_mistake_is_named_with_its_cure(source: str, words: str) -> None:
    found = mistakes.find(source)
    assert len(found) == 1, [part.label for part in found]
    assert words in found[0].next_step
    assert not found[0].ok


def test_the_line_is_the_cells_line() -> None:
    part = mistakes.find(in_run("time.sleep(1)"), cell="orders", first_line=2)[0]
    line = in_run("time.sleep(1)").split("\n").index("        time.sleep(1)") + 2
    assert part.seen == f"`time.sleep(1)` (line {line} of module orders)"


def test_a_mistake_made_twice_is_told_once_with_both_lines() -> None:
    found = mistakes.find(in_run("time.sleep(1)\ntime.sleep(2)"))
    assert len(found) == 1
    assert ", " in found[0].seen


def test_a_helper_of_the_workflow_is_workflow_code() -> None:
    source = f"{in_run('return stamp()')}\ndef stamp():\n    return datetime.now()\n"
    assert labels(source) == ["the workflow asks Temporal for the time"]


@pytest.mark.parametrize("source", ["def (", "x = '\x00'", "(" * 5000])
def test_no_python_is_no_mistake(source: str) -> None:
    assert mistakes.find(source) == []
