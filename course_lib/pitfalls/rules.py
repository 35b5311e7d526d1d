"""What code is held to: one list of rules, with what is said of each and an example.

`course lint`, module cells, checks, time travel and the diagnosis speak from it.
"""

from dataclasses import dataclass
from textwrap import indent
from typing import Literal

Effect = Literal["stopped", "breaks", "lies", "wrong", "doubtful", "refused"]
"""``stopped``: the sandbox refuses it. ``breaks``: it slips through, and a replay may go another way. ``lies``: nothing
breaks, and what it says is not so. Which is which was run on temporalio 1.35. ``wrong``: a check turns it down.
``doubtful``: a module cell says so. ``refused``: a module cell with it does not run."""

EFFECTS: dict[Effect, str] = {
    "stopped": "the sandbox stops it",
    "breaks": "the sandbox lets it through, and a replay may go another way",
    "lies": "nothing breaks, but it does not do what it seems to",
}
"""What a determinism pitfall leads to, in words."""


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found at one place.

    Args:
        line: Line of the source, from 1.
        message: What is wrong, a short clause; of a rule that only checks tell, what should be so.
        fix: What to write instead, a short clause; may be empty.
        effect: What comes of it.
        code: That line, without its indentation.
        name: The rule's name, for example ``"clock"``; of a cell's import or name, which one it is.
    """

    line: int
    message: str
    fix: str = ""
    effect: Effect = "refused"
    code: str = ""
    name: str = ""

    def text(self, where: str = "line ") -> str:
        """Return it in one to three lines: where and what, the code, the fix.

        Args:
            where: What stands before the line's number.
        """
        effect = f" ({EFFECTS[self.effect]})" if self.effect in EFFECTS else ""
        lines = [f"{where}{self.line}: {self.message}{effect}"]
        if self.code.strip():
            lines.append(f"    {self.code.strip()}")
        if self.fix:
            lines.append(f"    → {self.fix}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        name: A word or two.
        effect: What comes of breaking it, unless the place says otherwise.
        message: See ``Finding``; ``{}`` stands for what was found.
        fix: See ``Finding``.
        finds: A module that breaks it.
        leaves: The same, done right.
        expected: How it looks when it is right, as a verdict says it; of a rule without, checks say nothing.
        holds: What should be so, where ``message`` says what is wrong (rules with ``expected`` only).
    """

    name: str
    effect: Effect
    message: str
    fix: str
    finds: str
    leaves: str
    expected: str = ""
    holds: str = ""


def _run(lines: str, above: str = "") -> str:
    """Return a module whose workflow runs these lines."""
    body = indent(lines, " " * 8)
    return f"{above}\n@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self, order):\n{body}\n"


def _activity(lines: str) -> str:
    return f"@activity.defn\nasync def charge(order):\n{indent(lines, ' ' * 4)}\n"


_TIMEOUT = "start_to_close_timeout=timedelta(seconds=5)"
_QUERY = "    @workflow.query\n    def status(self):\n        {}\n"
_WORLD_FIX = "move it into an activity: its result is read from the history in a replay"

_ALL = (
    Rule(
        "not decorated",
        "wrong",
        "{0} is a workflow",
        "put `@workflow.defn` above `class {0}`: without it Temporal does not know the class",
        finds=_run("return order").replace("@workflow.defn\n", ""),
        leaves=_run("return order"),
        expected="`@workflow.defn` on the line above the class",
    ),
    Rule(
        "not async",
        "wrong",
        "{}.{} is async",
        "write `async def`: a workflow waits for its activities with `await`",
        finds=_run("return order").replace("async ", ""),
        leaves=_run("return order"),
        expected="`async def run(…)`",
    ),
    Rule(
        "several parameters",
        "wrong",
        "{}.{} takes one dataclass",
        "put the {2} values into one dataclass: a field can be added later without breaking the runs that are under "
        "way, a parameter cannot",
        finds=_run("return order").replace("order)", "order, amount)"),
        leaves=_run("return order"),
        expected="one parameter",
    ),
    Rule(
        "forgotten await",
        "wrong",
        "{} is awaited",
        "write `await` in front of `{}(…)`: without it nothing is started, Python only makes a coroutine and throws it "
        "away",
        finds=_run("asyncio.sleep(1)"),
        leaves=_run("await asyncio.sleep(1)"),
        expected="`await` in front of the call",
    ),
    Rule(
        "no timeout",
        "wrong",
        "every activity has a timeout",
        "give this call `start_to_close_timeout=timedelta(seconds=…)`: Temporal refuses an activity without",
        finds=_run("await workflow.execute_activity('charge', order)"),
        leaves=_run(f"await workflow.execute_activity('charge', order, {_TIMEOUT})"),
        expected="`start_to_close_timeout=…` (or `schedule_to_close_timeout=…`)",
    ),
    Rule(
        "sleep",
        "stopped",
        "`time.sleep` blocks the worker and is no timer",
        "use `await asyncio.sleep(…)`: inside a workflow it is a timer of the server that survives a crash, as "
        "`workflow.sleep` is",
        finds=_run("time.sleep(1)"),
        leaves=_run("await asyncio.sleep(1)"),
        expected="`await asyncio.sleep(…)` (a durable timer)",
        holds="the workflow sleeps without blocking its worker",
    ),
    Rule(
        "blocking activity",
        "wrong",
        "the async activity {} does not block its worker",
        "use `await asyncio.sleep(…)` or make the activity a plain `def`: `time.sleep` in an `async def` freezes every "
        "other activity and workflow of the worker",
        finds=_activity("time.sleep(1)"),
        leaves=_activity("await asyncio.sleep(1)"),
        expected="`await asyncio.sleep(…)`, or a plain `def` activity in a thread",
    ),
    Rule(
        "clock",
        "stopped",
        "`{}` reads the worker's clock",
        "use `workflow.now()`: a replay must see the time of the first run, not its own (seconds: `workflow.time()`)",
        finds=_run("return datetime.now()"),
        leaves=_run("return workflow.now()"),
        expected="`workflow.now()`",
        holds="the workflow asks Temporal for the time",
    ),
    Rule(
        "random",
        "stopped",
        "`{}` gives another value in a replay",
        "use `workflow.random()` or `workflow.uuid4()`: their values are the same in every replay",
        finds=_run("return random.random()"),
        leaves=_run("return workflow.random().random() + random.Random(7).random()"),
        expected="`workflow.uuid4()` or `workflow.random()`",
        holds="the workflow asks Temporal for random values",
    ),
    Rule(
        "world",
        "stopped",
        "`{}` touches the world",
        _WORLD_FIX,
        finds=_run("return open('prices.txt').read()"),
        leaves=_run("return order") + _activity("return open('prices.txt').read()"),
        expected="this call in a function with `@activity.defn`",
        holds="the workflow leaves the outside world to its activities",
    ),
    Rule(
        "reader",
        "wrong",
        "the {} `{}` only reads",
        "take this line out of the {0}: {2}. The state is changed by signals and by the bodies of updates",
        finds=_run("return order") + _QUERY.format("return self.words.pop()"),
        leaves=_run("return order") + _QUERY.format("return self.words[-1]"),
        expected="one that changes nothing",
    ),
    Rule(
        "endless loop",
        "wrong",
        "every loop can end",
        "give the loop an end: this one never gives control back, so its worker can do nothing else",
        finds=_run("while True:\n    pass"),
        leaves=_run("while True:\n    await asyncio.sleep(1)"),
        expected="a condition, `break`, `return`, or an `await` inside",
    ),
    Rule(
        "swallowed exception",
        "wrong",
        "an exception is not swallowed",
        "let the exception go on (or `raise` again): Temporal retries and reports what it can see, and a swallowed "
        "error looks like success",
        finds=_activity("try:\n    return 1\nexcept Exception:\n    print('oh')"),
        leaves=_activity("try:\n    return 1\nexcept Exception:\n    print('oh')\n    raise"),
        expected="no `except` at all, or one that ends in `raise`",
    ),
    Rule(
        "ends process",
        "wrong",
        "the code leaves its process alone",
        "take `{}` out: it ends the whole worker. To end a workflow or an activity, `return` or `raise`",
        finds=_activity("sys.exit(1)"),
        leaves=_activity("return 1"),
        expected="no call that ends the process",
    ),
    Rule(
        "sandbox off",
        "wrong",
        "the sandbox stays on",
        "leave the sandbox on: what it refuses would break a replay. Move that code into an activity",
        finds=_run("return order").replace("defn", "defn(sandboxed=False)"),
        leaves=_run("return order"),
        expected="`@workflow.defn` as it is",
    ),
    Rule(
        "environment",
        "stopped",
        "`{}` asks this machine",
        "hand the value in as an argument of the workflow, or read it in an activity",
        finds=_run("return os.getenv('HOME')"),
        leaves=_run("return order") + _activity("return os.getenv('HOME')"),
    ),
    Rule(
        "thread",
        "stopped",
        "a thread runs when it likes, in another order in a replay",
        f"for work at the same time use `asyncio.gather` over activities; else {_WORLD_FIX}",
        finds=_run("threading.Thread(target=print).start()"),
        leaves=_run("await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))"),
    ),
    Rule(
        "hash",
        "breaks",
        "`{}(…)` is another number in every process",
        "use a key of your own, or `hashlib.sha256(…)`",
        finds=_run("return hash(order)"),
        leaves=_run("return hashlib.sha256(order.encode()).hexdigest()"),
    ),
    Rule(
        "import",
        "breaks",
        "`{}` runs at import, which the sandbox repeats for every run and every replay",
        "take it out of the module's top level: into an activity, or into the workflow's arguments",
        finds=_run("return STARTED", above="STARTED = time.time()"),
        leaves=_run("return order", above="LIMIT = timedelta(seconds=5)"),
    ),
    Rule(
        "activity",
        "lies",
        "`{}(…)` runs the activity as workflow code: again in every replay, and nothing of it is recorded",
        f"ask for it: `await workflow.execute_activity({{}}, …, {_TIMEOUT.partition('=')[0]}=…)`",
        finds=_activity("return order") + _run("return await charge(order)"),
        leaves=_activity("return order") + _run(f"return await workflow.execute_activity(charge, order, {_TIMEOUT})"),
    ),
    Rule(
        "set order",
        "breaks",
        "a set has no order that a replay would see again",
        "walk over `sorted(…)`, or keep a list or a dict: those keep their order",
        finds=_run("return [sku for sku in set(order)]"),
        leaves=_run("return [sku for sku in sorted(set(order))]"),
    ),
    Rule(
        "wait order",
        "breaks",
        "`asyncio.{}` hands its results over in the order of a set",
        "use `workflow.{}`: the same, in the order in which they were given",
        finds=_run("await asyncio.wait(order)"),
        leaves=_run("await workflow.wait(order)"),
    ),
    Rule(
        "global",
        "lies",
        "`{}` is not shared between runs, nor kept",
        "keep it in `self`, or ask an activity: each run has its own copy of the module, gone at its end",
        finds=_run("SEEN.append(order)", above="SEEN = []"),
        leaves=_run("self.seen.append(order)", above="SEEN = []"),
    ),
    Rule(
        "class state",
        "lies",
        "`{}` belongs to the class, not to this run",
        "make it in `__init__`: `self.… = …`; each run has its own copy of the class",
        finds=_run("self.seen.append(order)").replace("class W:", "class W:\n    seen = []"),
        leaves=_run("self.seen = []\nself.seen.append(order)").replace("class W:", "class W:\n    seen = []"),
    ),
    Rule(
        "output",
        "lies",
        "`{}` says it again in every replay",
        "use `workflow.logger`: it is silent in a replay",
        finds=_run("print(order)"),
        leaves=_run("workflow.logger.info(order)"),
    ),
    Rule(
        "replaying",
        "breaks",
        "what is awaited depends on whether this is a replay",
        "take the `if` away: a replay must ask for the same commands as the first run",
        finds=_run("if not workflow.unsafe.is_replaying():\n    await asyncio.sleep(1)"),
        leaves=_run("if not workflow.unsafe.is_replaying():\n    print(order)"),
    ),
    Rule(
        "passthrough",
        "doubtful",
        "the sandbox would load {} afresh for every workflow run{}",
        "put this import under `with workflow.unsafe.imports_passed_through():`",
        finds=_run("return order", above="import pandas"),
        leaves=_run("return order", above="with workflow.unsafe.imports_passed_through():\n    import pandas"),
    ),
    Rule(
        "asyncio.run",
        "refused",
        "a module must not call `asyncio.run` when it is imported",
        'move this line to a notebook cell below, or put it under `if __name__ == "__main__":`',
        finds="async def main(): ...\nasyncio.run(main())",
        leaves="async def main(): ...\nif __name__ == '__main__':\n    asyncio.run(main())",
    ),
)
RULES = {rule.name: rule for rule in _ALL}
"""Every rule by its name; those that checks tell come in the order in which a learner is told."""
