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


TIME = "start_to_close_timeout=timedelta(seconds=1)"
CHARGE = f"workflow.execute_activity('c', order, {TIME})"
# A coroutine or a handle in `x`, taken for the result.
USED = (
    "return x",
    "return [x]",
    "return Delivery(order, x)",
    "return 'paid: ' + x",
    "return f'paid: {x}'",
    "return x.upper()",
    "return str(x)",
    f"return await workflow.execute_activity('s', x, {TIME})",
    f"return await workflow.execute_activity('s', args=[order, x], {TIME})",
)
CAUGHT = "try:\n    await asyncio.sleep(1)\nexcept ApplicationError as error:\n"


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
        *[(in_run(f"x = {CHARGE}\n{use}"), "`await`") for use in USED],
        *[(in_run(f"x = {CHARGE.replace('execute', 'start')}\n{use}"), "in front of the handle") for use in USED],
        *[
            (in_run(f"x = await workflow.start_child_workflow('c', id='a')\n{use}"), "in front of the handle")
            for use in USED
        ],
        (in_run(f"return await workflow.execute_activity('s', {CHARGE}, {TIME})"), "`await`"),
        (in_run(f"return Delivery(order, {CHARGE})"), "`await`"),
        (in_run(f'return f"paid: {{{CHARGE}}}"'), "`await`"),
        (HEAD + "async def start(client):\n    client.start_workflow('o', id='a', task_queue='q')", "`await`"),
        (
            HEAD + "async def go(client):\n    run = client.start_workflow('o', id='a')\n    print(run.id)",
            "`await`",
        ),
        (HEAD + "async def go(handle):\n    handle.signal('approve')", "`await` in front of `handle.signal(…)`"),
        (in_run(f"x = {{}}\nfor each in order:\n    x[each] = {CHARGE}\nreturn x"), "`await`"),
        (in_run(f"x = {{each: {CHARGE} for each in order}}\nreturn x"), "`await`"),
        (in_run(f"return [{CHARGE} for each in order]"), "`await`"),
        (in_run(f"x = {{}}\nx['a'] = {CHARGE.replace('execute', 'start')}\nreturn x"), "in front of the handle"),
        (in_run("return await charge(order)") + in_activity("return 1"), "await workflow.execute_activity(charge,"),
        (in_run("charge(order)") + in_activity("return ShopClient()"), "await workflow.execute_activity(charge,"),
        (
            in_run(f"return await workflow.execute_activity(charge, order, {TIME})")
            + in_activity("return ShopClient()").replace("@activity.defn", ""),
            "put `@activity.defn` above `def charge`",
        ),
        (in_run("if workflow.patched:\n    return 1"), "call it: `workflow.patched(…)`"),
        (in_run("while order and late:\n    break") + "def late(): ...", "`late(…)`"),
        (in_run("await workflow.wait_condition(lambda: workflow.all_handlers_finished)"), "_finished(…)`"),
        *[
            (in_run("return 1").replace("order: str", f"order: str, since={default}"), "when the module is imported")
            for default in ("workflow.now()", "int(os.environ['A'])")
        ],
        (in_run("p = RetryPolicy(non_retryable_error_types=[CardDeclined, 'Other'])"), '"CardDeclined"'),
        (in_run("p = RetryPolicy(non_retryable_error_types=(shop.CardDeclined,))"), '"CardDeclined"'),
        (in_run("raise ApplicationError('no', type=CardDeclined)"), '"CardDeclined"'),
        (in_run(f"{CAUGHT}    if error.cause.type == CardDeclined:\n        return 'no'\n    raise"), '"CardDeclined"'),
        (
            in_run(f"{CAUGHT}    if error.type in (CardDeclined, 'b'):\n        return 'no'\n    raise"),
            '"CardDeclined"',
        ),
        (in_run("p = RetryPolicy(initial_interval=1.5)"), "initial_interval=timedelta(seconds=1.5)"),
        (in_run(f"await {CHARGE.replace('timedelta(seconds=1)', '4')}"), "start_to_close_timeout=timedelta(seconds=4)"),
        (HEAD + "async def go(client):\n    await client.execute_workflow('o', run_timeout=9)", "timedelta(seconds=9)"),
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


@pytest.mark.parametrize(
    "body",
    [
        f"x = {CHARGE}\nreturn await x",
        f"x = {CHARGE}\nx = await x\nreturn f'{{x}}'",
        f"x = {CHARGE}\na, b = await asyncio.gather(x, asyncio.sleep(1))\nreturn a",
        f"x = asyncio.create_task({CHARGE})\nx.add_done_callback(print)\nreturn await x",
        f"async def pay():\n    x = await {CHARGE}\n    return x\nreturn await pay()",
        f"x = {CHARGE.replace('execute', 'start')}\nif x.done():\n    x.cancel()\nreturn order",
        f"x = {CHARGE.replace('execute', 'start')}\ndone, _ = await workflow.wait([x])\nreturn order",
        f"x = {CHARGE.replace('execute', 'start')}\nself.open[x] = order\nself.all.append(x)\nreturn order",
        "x = await workflow.start_child_workflow('c', id='a')\nawait x.signal('go')\nreturn x.id",
        "x = await workflow.start_child_workflow('c', id='a')\nself.children.append(x)",
        f"undo = Undo({CHARGE})\nreturn await undo.step",
        f"x = [{CHARGE} for each in order]\nreturn await asyncio.gather(*x)",
        f"x = {{each: {CHARGE} for each in order}}\nreturn {{each: await x[each] for each in x}}",
        f"x = {{}}\nx[order] = {CHARGE}\nawait self.all_of(x)\nreturn x",
        f"x = {{}}\nx[order] = {CHARGE.replace('execute', 'start')}\nawait asyncio.sleep(9)",
        f"return await asyncio.gather(*[{CHARGE} for each in order])",
        "late = self.late\nif late or workflow.info().is_continued_as_new():\n    return 1",
        "p = RetryPolicy(non_retryable_error_types=['CardDeclined', CardDeclined.__name__, NAMES[0], DECLINED])",
        "Declined = 'CardDeclined'\np = RetryPolicy(non_retryable_error_types=[Declined, Kinds.CardDeclined.value])",
        f"{CAUGHT}    if error.type == Kinds.CardDeclined or error.type == 'B' or isinstance(error, Late):\n"
        "        return 1\n    raise",
        "return [event for event in self.events if event.type == Paid]",
        "await workflow.wait_condition(lambda: self.paid, timeout=60)\nawait workflow.sleep(5)",
        "await self.step(order, start_to_close_timeout=4)\np = RetryPolicy(maximum_interval=None)",
        "await workflow.sleep(timedelta(4))",
    ],
)
def test_what_may_be_right_is_no_mistake(body: str) -> None:
    assert labels(in_run(body)) == []


def test_what_is_doubtful_is_told_only_when_it_is_asked_for() -> None:
    found = mistakes.find(in_run("await workflow.sleep(timedelta(4))"), doubtful=True)
    assert [part.next_step for part in found] == [
        "`timedelta(4)` counts days; write `timedelta(seconds=4)`, or `timedelta(days=4)` if you mean days."
    ]
    for written in (
        "workflow.now() + timedelta(4)",
        "timedelta(seconds=4)",
        "timedelta(days=4)",
        "timedelta(0)",
        "timedelta(0, 4)",
        "timedelta()",
    ):
        assert mistakes.find(in_run(f"await workflow.sleep({written})"), doubtful=True) == []


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


def test_what_comes_from_another_module_is_known() -> None:
    beside = {"steps": f"{in_activity('return 1')}\nasync def undo(order): ...\n"}
    for line, words in (
        ("undo(order)", "write `await` in front of `undo(…)`"),
        ("await charge(order)", "ask for it: `await workflow.execute_activity(charge,"),
    ):
        source = f"from steps import charge, undo\n{in_run(line)}"
        assert labels(source) == []
        assert [words in part.next_step for part in mistakes.find(source, beside=beside)] == [True]


@pytest.mark.parametrize("source", ["def (", "x = '\x00'", "(" * 5000])
def test_no_python_is_no_mistake(source: str) -> None:
    assert mistakes.find(source) == []
