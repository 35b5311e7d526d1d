"""Each kind of run becomes a journey: what it was told, what it asked for, where it waits, how it stands."""

import pytest

from course_lib import replay
from course_lib.replay.journeys import Journey, Step
from tests.replay import edited, flows, flows_more
from tests.replay.conftest import Histories

CLASSES: dict[str, type] = {
    "bought": flows.Buy,
    "wide": flows.Wide,
    "patched": flows.Patched,
    "continued": flows.Loop,
    "continued, last": flows.Loop,
    "failed by an activity": flows.Fails,
    "failed": flows.Fails,
    "long local activity": flows_more.LongLocal,
    "retried local activity": flows_more.RetriedLocal,
    "parent": flows_more.Parent,
    "taken back": flows_more.Dropped,
    "timed out": flows.Fails,
    "approved": flows.Approve,
    "open": flows.Approve,
    "talk": flows_more.Talk,
    "family": flows.Family,
    "cancelled": flows.Stay,
    "terminated": flows.Fails,
    "stuck": flows.Fails,
    "reset": flows.Approve,
    "nobody took it": flows.Buy,
    "mended": flows.Buy,
    "task timed out": flows.Buy,
    "pinned": flows.Pinned,
    "quiet": flows_more.Quiet,
    "carried over": edited.QuietAsks,
}
OUTCOMES = {
    "continued": "continued as new",
    "failed by an activity": "failed: ActivityError: Activity task failed ← CardDeclined: card declined",
    "failed": "failed: OutOfStock: out of stock",
    "timed out": "timed out",
    "open": "still open",
    "quiet": "still open",
    "cancelled": "cancelled",
    "terminated": "terminated: enough",
    "stuck": "still open",
    "nobody took it": "still open",
}


def line_of(journey: Journey, text: str) -> int:
    """Return the number of the only line that has a text."""
    found = [number for number, line in enumerate(journey.source.split("\n"), 1) if text in line]
    assert len(found) == 1, found
    return found[0]


def jobs(journey: Journey) -> list[str]:
    return [job for step in journey.steps for job in step.jobs]


def commands(journey: Journey) -> list[str]:
    return [command.words for step in journey.steps for command in step.commands]


def waiting(step: Step) -> dict[str, str]:
    return {wait.task: wait.awaiting for wait in step.waits}


@pytest.mark.parametrize("kind", CLASSES)
async def test_code_that_wrote_a_history_agrees_with_it(histories: Histories, kind: str) -> None:
    history = histories[kind]
    journey = await replay.journey(history, CLASSES[kind])
    assert journey.divergence is None
    assert journey.outcome == OUTCOMES.get(kind, "completed")
    assert (journey.workflow_id, journey.run_id) == (history.workflow_id, history.run_id)
    assert "does not have" not in " ".join(journey.notes)
    assert "not values" not in " ".join(journey.notes)
    # The steps share out the events in order, and each row names the step that was told of it.
    assert [step.number for step in journey.steps] == list(range(len(journey.steps)))
    assert [row.event_id for row in journey.events] == list(range(1, len(history.events) + 1))
    told = 0
    for step in journey.steps:
        assert step.first_event in (told, told + 1)
        assert step.first_event <= step.last_event
        told = step.last_event
    for row in journey.events:
        step = journey.steps[row.step]
        assert row.event_id <= step.last_event or step is journey.steps[-1]
        assert row.step == 0 or row.event_id > journey.steps[row.step - 1].last_event
    # Every wait is a line of the learner's, as it stands in the source.
    lines = journey.source.split("\n")
    for step in journey.steps:
        for wait in step.waits:
            assert lines[wait.line - 1].strip() == wait.source
        for command in step.commands:
            assert command.line is not None or command.kind.endswith("Update"), command


async def test_a_purchase_step_by_step(histories: Histories) -> None:
    journey = await replay.journey(histories["bought"], flows.Buy)
    first, paid, packing, done = journey.steps
    assert jobs(journey) == [
        "the run begins: Buy({'cents': 100, 'id': 'o-1'})",
        "activity charge completed: 'charge-o-1'",
        "timer 50 ms fired",
        "activity reserve completed: 'shelf-o-1'",
    ]
    assert commands(journey) == [
        "activity charge({'cents': 100, 'id': 'o-1'})",
        "timer 50 ms",
        "activity reserve({'cents': 100, 'id': 'o-1'})",
        "complete the run with 'charge-o-1 shelf-o-1'",
    ]
    assert [step.commands[0].kind for step in journey.steps] == [
        "ScheduleActivity", "StartTimer", "ScheduleActivity", "CompleteWorkflowExecution"
    ]  # fmt: skip
    assert [step.commands[0].line for step in journey.steps] == [
        line_of(journey, "receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)"),
        paid.waits[0].line,
        line_of(journey, "shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)"),
        line_of(journey, 'return f"{receipt} {shelf}"'),
    ]
    assert waiting(first) == {"main": "activity charge"}
    assert (paid.waits[0].source, paid.waits[0].awaiting) == ("await workflow.sleep(0.05)", "timer 50 ms")
    assert not done.waits
    assert first.state == {"self.status": "'new'", "self.steps": "[]", "order": "Order(id='o-1', cents=100)"}
    assert paid.changed == {
        "self.status": ("'new'", "'paid'"),
        "self.steps": ("[]", "['charge-o-1']"),
        "receipt": (None, "'charge-o-1'"),
    }
    assert not packing.changed
    assert packing.state is paid.state  # shared, so that thousands of steps cost little
    assert first.answers == {
        "fragile": "failed: IndexError: list index out of range", "progress": "'new'", "step_count": "0"
    }  # fmt: skip
    assert done.answers == {"fragile": "'charge-o-1'", "progress": "'done'", "step_count": "2"}
    # The workflow's clock is the time of its workflow task.
    started = histories["bought"].events[paid.last_event - 1].event_time.ToDatetime()
    assert paid.time.replace(tzinfo=None) == started
    scheduled = journey.events[4]
    assert (scheduled.type, scheduled.name) == ("ActivityTaskScheduled", "charge")
    assert scheduled.payload == "{'cents': 100, 'id': 'o-1'}"
    assert journey.file == flows.__file__


async def test_signals_updates_and_their_handlers(histories: Histories) -> None:
    journey = await replay.journey(histories["approved"], flows.Approve)
    told = jobs(journey)
    assert "signal approve('ada')" in told
    assert "signal remind(0.05)" in told
    assert "update set_note('hi')" in told
    assert "update set_note('')" not in told  # turned down at the door: it left no trace
    waits = {task: words for step in journey.steps for task, words in waiting(step).items()}
    assert waits == {
        "main": "a condition, at most 1 min",
        "signal remind": "timer 50 ms",
        "update set_note": "timer 50 ms",
    }
    said = commands(journey)
    assert "update set_note: accepted" in said
    assert "update set_note: completed with 'HI'" in said
    assert journey.steps[-1].answers == {"approvals": "['ada', 'bob']"}


async def test_everything_that_waits_at_once_is_shown(histories: Histories) -> None:
    journey = await replay.journey(histories["wide"], flows.Wide)
    first = journey.steps[0]
    assert first.waits[0].task == "main"
    words = waiting(first)
    assert words["main"] == "activity charge, timer 100 ms and part 3 of a gather (line {})".format(
        line_of(journey, "            self.packed(order),")
    )
    assert words["packing"] == "timer 200 ms"
    assert words["part 1 of a gather"] == "activity charge"
    assert words["part 2 of a gather"] == "timer 100 ms"
    assert words["part 3 of a gather"] == "a lock"
    lines = {wait.task: wait.line for wait in first.waits}
    assert lines["part 2 of a gather"] == line_of(journey, "            workflow.sleep(0.1),")
    issued = {command.words.partition("(")[0]: command.line for command in first.commands}
    assert issued["timer 100 ms"] == lines["part 2 of a gather"]
    assert issued["timer 200 ms"] == lines["packing"]
    later = {words for step in journey.steps for words in waiting(step).values()}
    assert "activity reserve" in later


async def test_children_strangers_and_local_activities(histories: Histories) -> None:
    family = await replay.journey(histories["family"], flows.Family)
    assert [step.jobs for step in family.steps][1:4] == [
        ("local activity charge completed: 'charge-o-1'",),
        ("timer 10 ms fired",),
        ("child workflow Mail started",),
    ]
    marker = next(row for row in family.events if row.type == "MarkerRecorded")
    assert (family.steps[1].last_event, marker.step) == (marker.event_id, 1)
    assert waiting(family.steps[2]) == {"main": "the start of child workflow Mail"}
    assert waiting(family.steps[3]) == {"main": "child workflow Mail"}
    parent = await replay.journey(histories["parent"], flows_more.Parent)
    told = jobs(parent)
    assert "signal approve delivered" in told
    assert any(job.startswith("signal approve not delivered: ExternalWorkflowExecutionNotFound") for job in told)
    assert any(job.startswith("child workflow Approve cancelled") for job in told)
    retried = await replay.journey(histories["retried local activity"], flows_more.RetriedLocal)
    assert "local activity flaky failed and is retried after 300 ms" in jobs(retried)


async def test_handlers_set_while_it_runs(histories: Histories) -> None:
    journey = await replay.journey(histories["talk"], flows_more.Talk)
    assert journey.steps[-1].answers == {"count_orders": "1"}
    assert "signal unknown-signal({'a': 1})" in jobs(journey)
    assert "update order: failed (ApplicationError: not on the menu)" in commands(journey)


async def test_a_cancelled_run_shows_its_clean_up(histories: Histories) -> None:
    journey = await replay.journey(histories["cancelled"], flows.Stay)
    assert any(job.startswith("cancellation asked for") for job in jobs(journey))
    asked = {command.words.partition("(")[0]: command.line for step in journey.steps for command in step.commands}
    assert asked["cancel activity hang"] == asked["activity hang"]  # the SDK cancels it: the line that asked for it
    assert "end the run as cancelled" in asked


async def test_workflow_tasks_that_failed_have_steps_of_their_own(histories: Histories) -> None:
    mended = await replay.journey(histories["mended"], flows.Buy)
    failed = [step for step in mended.steps if step.failed]
    assert {step.failed for step in failed} == {"KeyError: 'receipt'"}
    assert failed[0].number == 0
    assert not failed[0].jobs
    late = await replay.journey(histories["task timed out"], flows.Buy)
    assert late.steps[0].failed == "the Worker did not answer in time (the workflow task timed out)"
    again = await replay.journey(histories["reset"], flows.Approve)
    assert [step.failed for step in again.steps if step.failed] == ["the run was reset here: ResetWorkflow: again"]
    assert "a new random seed: the run was reset" in jobs(again)
    assert "update set_note('hi')" in jobs(again)  # admitted anew, from the run before


async def test_a_stuck_run_shows_where_it_would_fail_again(histories: Histories) -> None:
    journey = await replay.journey(histories["stuck"], flows.Fails)
    line = line_of(journey, 'raise RuntimeError("a bug")')
    assert journey.steps[-1].failed == f'RuntimeError: a bug (line {line}: raise RuntimeError("a bug"))'
    assert journey.steps[-2].failed == "RuntimeError: a bug"
    assert f"Step {len(journey.steps)} has not happened yet" in journey.notes[0]


async def test_a_run_that_nobody_took_shows_what_the_code_would_do(histories: Histories) -> None:
    journey = await replay.journey(histories["nobody took it"], flows.Buy)
    assert len(journey.steps) == 1
    assert journey.notes[0].startswith("Step 1 has not happened yet: no Worker has completed this workflow task.")


async def test_continue_as_new_has_its_line(histories: Histories) -> None:
    journey = await replay.journey(histories["continued"], flows.Loop)
    last = journey.steps[-1].commands[-1]
    assert (last.kind, last.words) == ("ContinueAsNewWorkflowExecution", "continue as new(0)")
    assert last.line == line_of(journey, "workflow.continue_as_new(left - 1)")
    failed = await replay.journey(histories["failed"], flows.Fails)
    assert failed.steps[-1].commands[-1].line == line_of(failed, 'raise ApplicationError("out of stock"')


async def test_the_same_history_tells_the_same_twice(histories: Histories) -> None:
    once = await replay.journey(histories["wide"], flows.Wide)
    again = await replay.journey(histories["wide"], flows.Wide)
    assert once == again
