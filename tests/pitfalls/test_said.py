"""What the SDK, the server and Python say of a mistake is answered with what to do, and they still say so."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib import history
from course_lib.diagnosis.failing import known_fix
from course_lib.history.failures import chain, kind
from course_lib.pitfalls import advice, said
from course_lib.pitfalls.said import COMMON
from course_lib.workers import blame
from tests.pitfalls import slips
from tests.pitfalls.early import Early
from tests.pitfalls.slips import SLIPS, NoSelf, Open, Order, Slip
from tests.until import until

# What is said, and a word of what to do.
SAID = [
    ("TypeError: Object of type coroutine is not JSON serializable", "an `await` is missing"),
    ("AttributeError: 'coroutine' object has no attribute 'upper'", "an `await` is missing"),
    ("TypeError: cannot pickle 'coroutine' object", "an `await` is missing"),
    ("cannot unpack non-iterable coroutine object", "keep the function and its argument"),
    ("'coroutine' object does not support the asynchronous context manager protocol", "`async with self.lock:`"),
    ("'Lock' object does not support the context manager protocol", "write `async with`"),
    ("RuntimeError: await wasn't used with future", "`await handle`"),
    ("AttributeError: '_ActivityHandle' object has no attribute 'upper'", "`await handle`"),
    ("asyncio.run() cannot be called from a running event loop", "write `await …`"),
    ("TypeError: 'bool' object is not callable", "`lambda: …`"),
    ("TypeError: bad argument type for built-in operation", '["CardDeclined"]'),
    ("not supported between instances of 'str' and 'int'", "a text stands where a number"),
    ("cannot unpack non-iterable Order object", "stands one Order"),
    ("'list' object has no attribute 'upper'", "the whole list"),
    ("module 'temporalio.workflow' has no attribute 'timer'", "`temporalio.workflow` has no `timer`"),
    ("Expected a timedelta object got int", "timedelta(seconds=…)"),
    ("AttributeError: 'int' object has no attribute 'total_seconds'", "timedelta(seconds=…)"),
    ("not supported between instances of 'datetime.timedelta' and 'int'", "workflow.sleep"),
    ("Attempting to schedule timer with negative delay", "timedelta(0)"),
    ("Activity must be a string or callable", "without the parentheses"),
    ("TypeError: 'type' object is not iterable", "`workflows=[Order]`"),
    ("TypeError: 'module' object is not callable", "`@activity.defn`"),
    ("TypeError: exceptions must derive from BaseException", "raise an exception"),
    ("ValueError: Workflow run method must be an async function", "`async def`"),
    ("ValueError: Invalid workflow class: Missing @workflow.run method", "put `@workflow.run`"),
    ("ValueError: Invalid workflow class: Multiple @workflow.run methods found", "above one method"),
    ("Invalid workflow class: Multiple signal methods found for approve", "approve is taken"),
    ("TypeError: run() missing 1 required positional argument: 'fn'", "without parentheses"),
    ("ValueError: Local classes unsupported, @workflow.run cannot be on a local class", "at the top of the module"),
    ("AttributeError: 'function' object has no attribute '__mro__'", "belongs above a class"),
    ("TypeError: Activity cannot have keyword-only arguments", "take the `*` out"),
    ("'function' object has no attribute 'validator'", "`@correct.validator`"),
    ("RuntimeError: Cannot create query without function or name or dynamic", "without parentheses"),
    ("ValueError: Update validator must not be an async function", "as `def`"),
    ("Update validator method v parameters do not match update method u parameters", "the same parameters"),
    ("missing attributes, was it decorated with @workflow.run and was its class", "its run method, `Order.run`"),
    ("Workflow <unknown> missing attributes, was it decorated with @workflow.defn?", "without quotes"),
    ("Workflow Order missing attributes, was it decorated with @workflow.defn?", "take Order out"),
    ("Activity print missing attributes, was it decorated with @activity.defn?", "above print"),
    ("ValueError: More than one activity named ship", "list ship once"),
    ("ValueError: More than one workflow named Slip", "`@workflow.defn(name=…)`"),
    ("At least one activity, Nexus service, or workflow must be specified", "`workflows=[…]`"),
    ("Workflow class Nope is not registered on this worker", "`workflows=[Nope]`"),
    ("RestrictedWorkflowAccessError: Cannot access time.time.__call__ from inside a workflow", "workflow.now()"),
    ("RestrictedWorkflowAccessError: Cannot access __builtins__.open from inside a workflow", "into an activity"),
    ("Cannot access urllib.request.Request", "an activity is asked for"),
    ("Failed validating workflow Early; because of RestrictedWorkflowAccessError: Cannot", "the module is imported"),
    ("RuntimeError: Not in activity context", "with `@activity.defn`"),
    ("Not in workflow event loop", "into the workflow's `run`"),
    ("Activity must have start_to_close_timeout or schedule_to_close_timeout", "timedelta(seconds=…)"),
    ("two() missing 1 required positional argument: 'second'", "`two` gets no value for second."),
    ("two() missing 2 required positional arguments: 'first' and 'second'", "for first and second."),
    ("two() takes 2 positional arguments but 3 were given", "`two` takes fewer values"),
    (
        "RetryPolicy.__init__() got an unexpected keyword argument 'attempts'",
        "`RetryPolicy` has no argument `attempts`",
    ),
    ("Order.__init__() missing 1 required positional argument: 'cents'", "Order needs a value for cents:"),
    ("Failed converting field cents on dataclass <class 'tests.pitfalls.slips.Order'>", "field `cents` of Order"),
    ("Failed decoding arguments", "agree"),
    ("Cannot convert to dataclass <class 'tests.pitfalls.slips.Order'>, value is <class 'str'> not dict", "`Order(…)`"),
    ("Expected value to be str, was <class 'int'>", "of the type int, and the code names str"),
    ("missing 1 required keyword-only argument: 'id'", "`id=lab.id("),
    ("NoSelf.run() takes 1 positional argument but 2 were given", "`NoSelf.run` its `self`"),
    ("execute_activity() takes from 1 to 2 positional arguments but 3", "one dataclass"),
    ("Object of type object is not JSON serializable", "of the type object"),
    ("Object of type ApplicationError is not JSON serializable", "write `raise`"),
    ("[TMPRL1103] Attempted to upload payloads with size that exceeded the error limit.", "2 MB"),
    ("Workflow execution already started", "a new ID"),
    ("workflow execution already completed", "has ended"),
    ("workflow not found for ID: nobody", "look at the ID"),
    ("Query handler for 'nope' expected but not found", "look at the name nope"),
    ("NameError: name 'timezone' is not defined", "add at the top: from datetime import timezone"),
]
# What takes too long to bring about here, what another Python says, and what a test elsewhere brings about.
TOLD = [
    ("TypeError: object str can't be used in 'await' expression", "of the type str"),  # up to Python 3.13
    ("TypeError: 'str' object can't be awaited", "of the type str"),
    ("ServerError: Failure exceeds size limit.", "from None"),  # tests/test_diagnosis.py
    ("Activity function chrge for workflow a-1 is not registered on this worker", "look at the name chrge"),
    ("[TMPRL1100] Nondeterminism error: …", "workflow.patched"),  # tests/replay
    # tests/chapters/test_timers.py
    ("TypeError: tzinfo argument must be None or of a tzinfo subclass, not type '_RestrictedProxy'", "of its own"),
    ("[TMPRL1101] Potential deadlock detected", "asyncio.sleep"),
    ("RestrictedWorkflowAccessError: Cannot access no.known.call from inside a workflow", "deterministic counterpart"),
    ("AttributeError: module '__temporal_main__' has no attribute '__file__'", "%%module"),
    (
        "Cannot convert to dataclass <class 'orders__r1.Order'>, value is <class 's…",
        "the code names Order where",
    ),  # cut
    ("ImportError: cannot load module more than once per process", "imports_passed_through"),  # pandas, twice
    ("ImportError: cannot import name 'Order' from '__temporal_main__' (/somewhere)", "%%module"),
    ("NameError: name 'asyncio' is not defined", "add at the top: import asyncio"),
]

RUN = "    @workflow.run\n    async def run(self) -> None: ...\n"
UPDATE = f"@workflow.defn\nclass A:\n{RUN}    @workflow.update\n    def u(self, x: int): ...\n"
SOURCES = (
    "@workflow.defn\nclass A:\n    @workflow.run\n    def run(self): ...",
    "@workflow.defn\nclass A:\n    async def run(self): ...",
    f"@workflow.defn\nclass A:\n{RUN}{RUN.replace('run(', 'again(')}",
    "@workflow.defn\nclass A:\n    @workflow.run()\n    async def run(self): ...",
    f"@workflow.defn\nclass A:\n{RUN}    @workflow.signal\n    def approve(self): ...\n"
    "    @workflow.signal(name='approve')\n    def other(self): ...",
    f"def make():\n    class A:\n{RUN.replace('    ', '        ')}\nmake()",
    "@workflow.defn\ndef order(): ...",
    "@activity.defn\ndef pay(*, order): ...",
    "@activity\ndef pay(order): ...",
    f"{UPDATE}    @u.validator\n    async def v(self, x: int): ...",
    f"{UPDATE}    @u.validator\n    def v(self): ...",
    f"@workflow.defn\nclass A:\n{RUN}    @workflow.query()\n    def look(self): ...",
    "@workflow.update.validator\ndef v(self): ...",
    "workflow.now()",
    "workflow.timer(1)",
    "[].upper()",
    "import asyncio\nwith asyncio.Lock(): ...",
    "import asyncio\nasync def f():\n    async with asyncio.Lock().acquire(): ...\nf().send(None)",
    "from temporalio.common import RetryPolicy\nRetryPolicy(attempts=3)",
    "def two(first, second): ...\ntwo()",
    "def two(first, second): ...\ntwo(1, 2, 3)",
)


@pytest.mark.parametrize(("text", "words"), SAID + TOLD)
def test_it_is_answered(text: str, words: str) -> None:
    assert words in advice(text)
    assert advice(text) in advice(f"WorkflowFailureError: Workflow execution failed\n{text}\nof this and that")


def test_each_answer_is_one_of_somebodys() -> None:
    given = {advice(text) for text, _ in SAID + TOLD}
    for pattern, fix in (said._SAID["slip"] | said._SAID["situation"]).items():
        start = fix.partition("{")[0]
        assert any(text.startswith(start) for text in given), pattern


@pytest.mark.parametrize(
    "text", ["CardDeclined: no", "ValueError: ID 4 is wrong", "NameError: name 'zzz' is not defined"]
)
def test_any_other_error_is_left_alone(text: str) -> None:
    assert advice(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "RestrictedWorkflowAccessError: Cannot access time.time.__call__ from inside a workflow",
        "[TMPRL1100] Nondeterminism error: …",
        "Workflow execution already started",
    ],
)
def test_what_may_be_an_exercises_subject_is_left_to_its_check(text: str) -> None:
    assert advice(text)
    assert advice(text, slips=True) == ""


def test_every_import_that_is_named_works() -> None:
    for line in COMMON.values():
        exec(line, {})


async def _failed(handle: WorkflowHandle[Any, Any]) -> list[tuple[str, str]]:
    """Return what the first failed attempt of a run's workflow task or activity says, with what mends it."""
    found: list[Failure] = []

    async def failed() -> bool:
        described = await history.describe(handle)
        found.extend(each.last_failure for each in described.raw_description.pending_activities if each.attempt > 1)
        for event in (await handle.fetch_history()).events:
            if event.HasField("workflow_task_failed_event_attributes"):
                found.append(event.workflow_task_failed_event_attributes.failure)
        return bool(found)

    await until(failed, f"a failure of {handle.id}")
    return [("\n".join(f"{kind(e)}: {e.message}" for e in chain(each)), known_fix(each)) for each in found]


async def _raised(call: Callable[[], Any]) -> str:
    try:
        await call()
    except Exception as error:
        return blame.in_words(error)
    raise AssertionError("it did not fail")


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # they are slips
async def test_they_still_say_so(client: Client) -> None:
    heard: list[str] = []
    for source in SOURCES:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is asked
            exec(source, {"workflow": workflow, "activity": activity, "__name__": "cell"})
        heard.append(blame.in_words(caught.value))

    queue, start, anyone = secrets.token_hex(4), client.start_workflow, client.get_workflow_handle("nobody")
    options: dict[str, Any] = {"task_queue": queue, "task_timeout": timedelta(seconds=10)}

    async def works(**given: Any) -> None:
        Worker(client, task_queue=queue, **given)

    activities = [slips.ship, slips.charge, slips.two, slips.zone]
    async with Worker(
        client, task_queue=queue, workflows=[Slip, NoSelf, Open], activities=activities,
        graceful_shutdown_timeout=timedelta(0),
    ):  # fmt: skip
        runs = [await start("Slip", which, id=f"{which} {queue}", **options) for which in SLIPS]
        runs.append(await start("Nope", id=f"nope {queue}", **options))
        runs.append(await start("NoSelf", Order("a", 1), id=f"self {queue}", **options))
        for texts in await asyncio.gather(*map(_failed, runs)):
            for text, fix in texts:
                heard.append(text)
                assert fix == advice(text) != "", text
        opened = await start("Open", id=f"open {queue}", **options)
        undecorated: Any = slips.CardDeclined.__init__
        for call in (
            lambda: opened.query("nope"),
            lambda: start("Open", id=opened.id, **options),
            lambda: anyone.describe(),
            lambda: start(undecorated, id="x", **options),
            lambda: start("Open", task_queue=queue),  # type: ignore[call-overload]
            lambda: works(),
            lambda: works(workflows=[Order]),
            lambda: works(workflows=["Order"]),
            lambda: works(workflows=[Early]),
            lambda: works(workflows=Slip),
            lambda: works(workflows=[Slip, Slip]),
            lambda: works(activities=[slips.ship, slips.ship]),
        ):
            heard.append(await _raised(call))
        await opened.terminate()
        heard.append(await _raised(lambda: opened.signal("approve")))
        await asyncio.gather(*(run.terminate() for run in runs))
    silent = [text for text, _ in SAID if not any(text in each for each in heard)]
    assert silent == [], "\n".join(heard)
