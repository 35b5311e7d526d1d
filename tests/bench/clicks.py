"""From the click on a signal's button to the signal in the history, against the SDK's own call."""

import statistics

from course_lib import server
from tests.bench.kernels import kernel
from tests.bench.report import Row
from tests.bench.workers import OPEN

CLICKS = 100
ROUNDS = 2

MODULE = """
from temporalio import workflow


@workflow.defn
class Remarks:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def clicked(self, remark: str) -> None: ...

    @workflow.signal
    def called(self, remark: str) -> None: ...
"""

# The panel as it is in front of a learner: it looks at the run every second, and every click is drawn.
PANEL = """
import asyncio, json, time
worker = await lab.worker(workflows=[Remarks])
handle = await lab.client.start_workflow(Remarks.run, id=lab.id("remarks"), task_queue=lab.task_queue)
panel = lab.messages(handle)
panel.build()
panel.on_view(True)
card = panel.cards["signal", "clicked"]
card.form.fields["remark"].control.value = "fragile"
print(json.dumps(card.button.model_id))
"""

CALLS = f"""
called = []
for _ in range({CLICKS}):
    called.append(time.time())
    await handle.signal("called", "fragile")
    await asyncio.sleep(0.02)
print(json.dumps(called))
"""

READ = f"""
from course_lib.history.moments import moment

async def read():
    times = {{"clicked": [], "called": []}}
    async for event in handle.fetch_history_events():
        if event.HasField("workflow_execution_signaled_event_attributes"):
            signal = event.workflow_execution_signaled_event_attributes.signal_name
            times[signal].append(moment(event.event_time).timestamp())
    return times

async def all_there():
    return len((await read())["clicked"]) == {CLICKS * ROUNDS}

await lab.until(all_there, "every click is in the history")
times = await read()
panel.on_view(False)
await handle.terminate()
await worker.stop()
print(json.dumps(times))
"""


def measure(where: server.Server) -> list[Row]:
    """Click from outside the kernel, as a front end does, and call inside it, by turns; read the server's own times."""
    with kernel() as notebook:
        notebook.run(OPEN)
        notebook.run(f"%%module remarks\n{MODULE}")
        button = notebook.run(PANEL)
        clicked: list[float] = []
        called: list[float] = []
        for _ in range(ROUNDS):
            clicked += [notebook.click(button, "sent at") for _ in range(CLICKS)]
            called += notebook.run(CALLS)
        events = notebook.run(READ)
    ours = [there - here for here, there in zip(clicked, events["clicked"], strict=True)]
    plain = [there - here for here, there in zip(called, events["called"], strict=True)]
    return [
        Row("click → signal in the history / raw handle.signal: p50", _p(ours, 50), _p(plain, 50), "s", ""),
        Row("click → signal in the history / raw handle.signal: p95", _p(ours, 95), _p(plain, 95), "s", "≤ + 0.03 s"),
    ]


def _p(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1]
