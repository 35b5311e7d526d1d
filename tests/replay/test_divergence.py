"""Edited code on a stored history: the line that now asks for something else, beside the event that says so."""

from dataclasses import dataclass

import pytest

from course_lib import replay
from course_lib.replay.journeys import Divergence
from tests.replay import drawn, edited, flows, hostile
from tests.replay.conftest import Histories

STAY = (
    " A run that was started with the old code cannot go on with this one: keep the old way for it behind "
    "`workflow.patched(…)` (chapter 06), or let it end on the old code."
)


@dataclass(frozen=True)
class Case:
    """What is to be told.

    Args:
        kind: The history.
        cls: The edited class.
        told: What the step in which they part was told, its beginning. Not the step's number: on a busy machine a run
            takes a workflow task more now and then.
        event: The type of the event that says otherwise.
        source: The line; empty when no line is behind it.
        now: The sentence's first half, behind its subject.
        then: Its second half, behind "the history has at event N that ".
        advice: What follows, when it is not the usual advice.
    """

    kind: str
    cls: type
    told: str
    event: str
    source: str
    now: str
    then: str
    advice: str = STAY

    def __str__(self) -> str:
        return f"{self.kind} by {self.cls.__name__}"


BEGINS = "the run begins"
CHARGED = "activity charge completed"
FIRED = "timer 10 ms fired"
CHARGE = "await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)"
RESERVE = "await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)"
ASKED = "activity `charge` was asked for"
TIMER = "a timer of 50 ms was asked for"
MARKER = (
    " Runs with this marker still need it: put `workflow.patched('reserve-first')` back, or keep "
    "`workflow.deprecate_patch('reserve-first')` as long as there is such a run (chapter 06)."
)
MEND = " A Worker with this code would try this workflow task again and again: fix the line."
PITFALL = (
    " No edit is needed for that. Line 14: `id(…)` is another number in every process; use a key of your own, or "
    "`hashlib.sha256(…)`."
)
TASK = "it completed"

CASES = [
    # Another activity, another kind of command.
    Case("bought", edited.BuyOther, BEGINS, "ActivityTaskScheduled", f"shelf = {RESERVE}",
         "asks for activity `reserve`", ASKED),
    Case("bought", edited.BuySleepFirst, BEGINS, "ActivityTaskScheduled", "await workflow.sleep(0.05)",
         "asks for a timer of 50 ms", ASKED),
    Case("bought", edited.BuyById, BEGINS, "ActivityTaskScheduled",
         'return await workflow.execute_activity(charge, order, activity_id="pay", start_to_close_timeout=SOON)',
         "asks for activity `charge` with the id `pay`", ASKED),
    Case("bought", edited.BuyNoSleep, CHARGED, "TimerStarted",
         f"return {RESERVE}", "asks for activity `reserve`", TIMER),
    Case("bought", edited.BuyLocal, BEGINS, "ActivityTaskScheduled",
         "return await workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON)",
         "asks for local activity `charge`", ASKED),
    Case("wide", edited.WideTurned, BEGINS, "ActivityTaskScheduled", "workflow.sleep(0.1),",
         "asks for a timer of 100 ms", ASKED),
    Case("parent", edited.ParentSignalsNobody, "child workflow Approve started",
         "SignalExternalWorkflowExecutionInitiated", CHARGE,
         "asks for activity `charge`", "signal `approve` to workflow `{id}-child` was asked for"),
    # The code itself is the reason, not an edit of it.
    Case("bought", drawn.BuyByIdentity, BEGINS, "ActivityTaskScheduled",
         "return await workflow.execute_activity(step, order, start_to_close_timeout=SOON)",
         "asks for activity `reserve`", ASKED, PITFALL),
    Case("bought", drawn.BuyBesideIt, BEGINS, "ActivityTaskScheduled", f"return {RESERVE}",
         "asks for activity `reserve`", ASKED),
    # More, or less, than the history has.
    Case("bought", edited.BuyEndsEarly, "timer 50 ms fired", "ActivityTaskScheduled", "return receipt", "ends the run",
         "activity `reserve` was asked for"),
    Case("bought", edited.BuyMore, "activity reserve completed", "WorkflowExecutionCompleted", RESERVE,
         "asks for activity `reserve`", "the run completed"),
    # The core sees this one only a workflow task later.
    Case("bought", edited.BuyBoth, BEGINS, "TimerStarted",
         "two = workflow.start_activity(reserve, order, start_to_close_timeout=SOON)",
         "asks for activity `reserve`", TIMER),
    Case("bought", edited.BuyNothing, BEGINS, "ActivityTaskScheduled", "await workflow.wait_condition(lambda: False)",
         "asks for nothing here: it waits on line {line} (a condition)", ASKED),
    # The end is another one.
    Case("bought", edited.BuyFails, CHARGED, "TimerStarted", 'raise ApplicationError("out of stock")',
         "fails the run (ApplicationError: out of stock)", TIMER),
    Case("bought", edited.BuyAgain, CHARGED, "TimerStarted",
         "workflow.continue_as_new(order)", "continues as new", TIMER),
    Case("continued", edited.LoopNoMore, FIRED, "WorkflowExecutionContinuedAsNew", 'return "done"', "ends the run",
         "the run continued as new"),
    Case("failed", edited.FailsElsewhere, FIRED, "WorkflowExecutionFailed",
         "await workflow.sleep(0.01)", "ends the run",
         "the run failed (OutOfStock: out of stock)"),
    Case("cancelled", edited.StayTimer, "activity hang cancelled", "ActivityTaskCancelRequested",
         "await workflow.execute_activity(",
         "ends the run as cancelled", "the cancellation of an activity was asked for"),
    # Handlers.
    Case("approved", edited.ApproveMails, "signal approve('ada')", "TimerStarted",
         "await workflow.execute_activity(charge, Order(who, 1), start_to_close_timeout=SOON)",
         "asks for activity `charge`", "a timer of 50 ms was asked for"),
    Case("approved", edited.ApproveWithoutUpdate, "update set_note('hi')", "WorkflowExecutionUpdateAccepted", "",
         "turns an update down (RuntimeError: Update handler for 'set_note' expected but not found, and there is no "
         "dynamic handler. known updates: [])", "update `set_note` was accepted"),
    Case("open", edited.ApproveAsksInBetween, "timer 50 ms fired", "WorkflowExecutionUpdateCompleted",
         "await workflow.execute_activity(charge, Order(note, 1), start_to_close_timeout=SOON)",
         "asks for activity `charge`", "an update was completed"),
    # Children and local activities.
    Case("bought", edited.BuyMail, BEGINS, "ActivityTaskScheduled",
         'return await workflow.execute_child_workflow(Mail.run, "ada", id=f"{workflow.info().workflow_id}-mail")',
         "asks for child workflow `Mail` with the id `{id}-mail`", ASKED),
    Case("family", edited.FamilyOtherChild, FIRED, "StartChildWorkflowExecutionInitiated",
         'return await workflow.execute_child_workflow(Mail.run, "ada", id="another-id")',
         "asks for child workflow `Mail` with the id `another-id`",
         "child workflow `Mail` with the id `{id}-mail` was asked for"),
    Case("family", edited.FamilyOtherLocal, BEGINS, "MarkerRecorded",
         "return await workflow.execute_local_activity(reserve, order, start_to_close_timeout=SOON)",
         "asks for local activity `reserve`", "local activity `charge` ran"),
    Case("family", edited.FamilyNoLocal, BEGINS, "MarkerRecorded", "await workflow.sleep(0.01)",
         "asks for a timer of 10 ms", "local activity `charge` ran"),
    # Patches.
    Case("patched", flows.Unpatched, BEGINS, "MarkerRecorded", f"return {CHARGE}", "asks for activity `charge`",
         "the code took the patch `reserve-first`", MARKER),
    Case("patched", edited.PatchRenamed, BEGINS, "MarkerRecorded", f"return {CHARGE}", "asks for activity `charge`",
         "the code took the patch `reserve-first`", MARKER),
    Case("bought", edited.BuyDeprecated, CHARGED, "TimerStarted", f"shelf = {RESERVE}", "asks for activity `reserve`",
         TIMER),
    # The workflow task fails.
    Case("bought", edited.BuyBroken, CHARGED, "WorkflowTaskCompleted", "return receipt.nothing",
         "fails the workflow task: AttributeError: 'str' object has no attribute 'nothing'", TASK, MEND),
    Case("bought", hostile.BuySleeps, BEGINS, "WorkflowTaskCompleted", "time.sleep(3)",
         "fails the workflow task: RestrictedWorkflowAccessError: Cannot access time.sleep.__call__ from inside a "
         "workflow", TASK, MEND),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_where_they_part_and_why(histories: Histories, case: Case) -> None:
    history = histories[case.kind]
    journey = await replay.journey(history, case.cls)
    parted = journey.divergence
    assert isinstance(parted, Divergence)
    assert parted.step == len(journey.steps) - 1  # it stops there
    assert any(job.startswith(case.told) for job in journey.steps[parted.step].jobs)
    assert journey.events[parted.event_id - 1].type == case.event
    assert parted.source.startswith(case.source)
    lines = journey.source.split("\n")
    subject = "The code"
    if parted.line is not None:
        assert lines[parted.line - 1].strip() == parted.source
        subject = f"Line {parted.line}"
    now = case.now.format(line=parted.line, id=history.workflow_id)
    then = case.then.format(id=history.workflow_id)
    if now.startswith("asks for nothing"):
        subject = "The code"
    assert parted.text == f"{subject} now {now}; the history has at event {parted.event_id} that {then}.{case.advice}"
    assert parted.expected == ("this workflow task completed" if then == TASK else then)
    assert journey.outcome == f"code and history part at event {parted.event_id}"
    assert not journey.notes


@pytest.mark.parametrize(
    ("kind", "cls"),
    [
        ("bought", edited.BuyPatched),
        ("bought", edited.BuyLonger),
        ("patched", flows.Deprecated),
        ("stuck", edited.FailsElsewhere),
    ],
    ids=str,
)
async def test_what_temporal_does_not_mind_is_no_divergence(histories: Histories, kind: str, cls: type) -> None:
    assert (await replay.journey(histories[kind], cls)).divergence is None


async def test_a_command_that_nothing_contradicts_yet_is_noted(histories: Histories) -> None:
    journey = await replay.journey(histories["quiet"], edited.QuietAsks)
    assert journey.divergence is None
    line = journey.steps[0].commands[0].line
    assert journey.notes == (
        f"Line {line} asks in step 1 for activity `charge`, which the history does not have. Temporal does not object: "
        "a Worker with this code would ask for it with its next workflow task.",
    )


async def test_values_that_temporal_does_not_compare_are_noted(histories: Histories) -> None:
    journey = await replay.journey(histories["bought"], edited.BuyForAnother)
    assert journey.divergence is None
    asked = journey.steps[0].commands[0]
    (note,) = journey.notes
    now, then = "{'cents': 1, 'id': 'order-2'}", "{'cents': 100, 'id':"
    assert note.startswith(
        f"Line {asked.line} asks in step 1 for activity charge with {now}; event 5 has it with {then}"
    )
    assert note.endswith(
        "Temporal compares kinds, names and ids, not values, so the replay goes on with the other one's result. "
        "The same at 2 more places."
    )
    longer = await replay.journey(histories["bought"], edited.BuyLonger)
    assert "not values" in longer.notes[0]
