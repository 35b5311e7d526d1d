"""The message panel on a real server: what its buttons and its code send, and what it says of the outcome."""

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, cast

import ipywidgets
import pytest
from IPython.display import display
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest, RespondWorkflowTaskCompletedRequest
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from course_lib.errors import CourseError
from course_lib.widgets.messages import MessagePanel, Outcome, open_desk
from course_lib.widgets.messages.card import Card
from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.error_words import excuse
from course_lib.widgets.messages.handlers import handlers_of
from tests.widgets.message_flows import Address, Approval, Approvals, Tier

Open = Callable[..., Awaitable[MessagePanel]]
BAD = "<img src=x onerror=alert(1)>"


@pytest.fixture
def queue() -> str:
    return f"messages-{secrets.token_hex(4)}"


@pytest.fixture
async def served(client: Client, queue: str) -> AbstractAsyncContextManager[Worker]:
    """A Worker, to be entered by the tests that need one."""
    return Worker(client, task_queue=queue, workflows=[Approvals])


@pytest.fixture
async def handle(client: Client, queue: str) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    started = await client.start_workflow(Approvals.run, id=f"order-{secrets.token_hex(4)}", task_queue=queue)
    yield started
    described = await started.describe()
    if described.close_time is None:
        await started.terminate()


@pytest.fixture
async def panel(handle: WorkflowHandle[Any, Any]) -> MessagePanel:
    """A panel with its widgets, as a front end has it."""
    made = MessagePanel(*await open_desk(handle, lambda _: Approvals))
    made.build()
    return made


async def _until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - the panel is read as a learner's eye reads it
            await asyncio.sleep(0.02)


def _card(panel: MessagePanel, kind: Any, name: str) -> Card:
    return panel.cards[kind, name]


def _type(card: Card, name: str, text: str) -> None:
    field: Any = card.form.fields[name]
    field.control.value = text


def _said(card: Card) -> str:
    return str(card._said.value)


def _outcome(panel: MessagePanel, card: Card) -> Outcome:
    return panel.desk.outcomes(card.handler)[0]


async def _pressed(panel: MessagePanel, card: Card) -> Outcome:
    """Press a card's button and return what came of it."""
    before = panel.desk.outcomes(card.handler)
    card.button.click()
    await _until(lambda: (now := panel.desk.outcomes(card.handler)) and now != before and now[0].state != "working")
    return _outcome(panel, card)


def test_handlers_of_a_class() -> None:
    found = handlers_of(Approvals)
    assert [f"{handler.kind} {handler.signature()}" for handler in found] == [
        "signal approve(approval: Approval)",
        "signal stop-it()",
        "signal remind(who: str, times: int = 2)",
        "signal postpone(by: timedelta)",
        "signal any other name(…)",
        "query status()",
        "query others(last: int = 10)",
        "query broken()",
        "update change_address(street: str)",
        "update slow(seconds: float = 60.0)",
    ]
    helps = {handler.label: handler.help for handler in found}
    assert helps["approve"] == "Say yes to the order.", "the first paragraph of the docstring"
    assert helps["stop-it"] == "End the run.", "description= comes before the docstring"
    assert [handler.label for handler in found if handler.validated] == ["change_address"]


async def test_a_signal_by_its_button_names_its_event(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    card = _card(panel, "signal", "approve")
    group: Any = card.form.fields["approval"]
    group.parts["by"].control.value = BAD
    group.parts["level"].control.value = "2"
    group.parts["address"].tick.value = True
    group.parts["address"].field.parts["street"].control.value = "Elm Street"
    group.parts["notes"].add().control.value = "call first"
    async with served:
        outcome = await _pressed(panel, card)
        assert outcome.state == "sent"
        assert outcome.words.startswith("sent at ")
        event = await _event(handle, outcome.event)
        assert event.workflow_execution_signaled_event_attributes.signal_name == "approve"
        sent = Approval(BAD, 2, Tier.GOLD, Address("Elm Street"), ["call first"])
        assert await panel.ask("status") == [sent]
    await _until(lambda: f"event {outcome.event}" in _said(card))
    panel.draw()
    answer = _said(_card(panel, "query", "status"))
    assert "&lt;img src=x onerror=alert(1)&gt;" in answer
    assert "<img" not in answer
    assert "<img" not in panel.static().html
    assert BAD in panel.text()


async def test_a_signal_during_a_workflow_task_has_its_event_when_the_task_has_ended(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any], client: Client, queue: str
) -> None:
    service = client.workflow_service
    asked = PollWorkflowTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), identity="busy")
    task = await service.poll_workflow_task_queue(asked, timeout=timedelta(seconds=20))
    card = _card(panel, "signal", "stop-it")
    card.button.click()
    await _until(lambda: "its event is written when the workflow task that is running has ended" in _said(card))
    assert _outcome(panel, card).state == "working"
    done = RespondWorkflowTaskCompletedRequest(namespace=client.namespace, task_token=task.task_token, identity="busy")
    await service.respond_workflow_task_completed(done)
    await _until(lambda: _outcome(panel, card).state != "working")
    signaled = (await _event(handle, _outcome(panel, card).event)).workflow_execution_signaled_event_attributes
    assert signaled.signal_name == "stop-it"


async def test_what_cannot_be_sent_is_said_at_its_field_and_nothing_is_sent(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any]
) -> None:
    card = _card(panel, "signal", "approve")
    group: Any = card.form.fields["approval"]
    group.parts["level"].control.value = "two"
    card.button.click()
    assert "type a whole number" in group.parts["level"].widget.children[-1].value
    assert "nothing was sent" in _said(card)
    several = _card(panel, "signal", "remind")
    _type(several, "who", "ada")
    _type(several, "times", "often")
    several.button.click()
    fault: Any = several.form.fields["times"]
    assert "type a whole number" in fault.widget.children[-1].value
    assert await _count(handle, "signaled") == 0
    group.parts["level"].control.value = "2"
    assert (await _pressed(panel, card)).state == "sent"
    assert "nothing was sent" not in _said(card)
    assert len(group.parts["level"].widget.children) == 1, "the fault is gone"


async def test_several_parameters_and_a_renamed_and_a_dynamic_signal(
    panel: MessagePanel, served: AbstractAsyncContextManager[Worker]
) -> None:
    async with served:
        several = _card(panel, "signal", "remind")
        _type(several, "who", "ada")
        await _pressed(panel, several)
        dynamic = _card(panel, "signal", "*")
        dynamic.button.click()
        name: Any = dynamic.form.fields["name"]
        assert "this is needed" in name.widget.children[-1].value
        _type(dynamic, "name", "escalate")
        _type(dynamic, "argument", '{"to": "bob"}')
        assert (await _pressed(panel, dynamic)).words.startswith("“escalate” sent at")
        assert await panel.ask("others") == ["ada", "ada", "escalate with 1"]
        assert await panel.ask("others", last="1") == ["escalate with 1"], "typed or not, arguments are converted"
        await panel.send("stop-it")
        await panel.desk.look()
        await _until_closed(panel)


async def test_updates_complete_are_rejected_and_fail(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    card = _card(panel, "update", "change_address")
    async with served:
        await _until_polled(panel)
        rejected = await _pressed(panel, card)
        assert rejected.state == "rejected"
        assert rejected.words.startswith("rejected: a street is needed")
        assert await _count(handle, "update_accepted") == 0, "a rejected update leaves no event"

        _type(card, "street", "nowhere")
        failed = await _pressed(panel, card)
        assert failed.state == "failed"
        assert "no such street (BadStreet)" in failed.words

        _type(card, "street", "elm street")
        done = await _pressed(panel, card)
        assert (done.state, done.value) == ("completed", "ELM STREET")
        assert done.event is not None
        event = await _event(handle, done.event)
        assert event.HasField("workflow_execution_update_completed_event_attributes")
    await _until(lambda: "&#x27;ELM STREET&#x27;" in _said(card))
    assert "rejected: a street is needed" in _said(card), "the last three are kept"


async def test_an_update_that_does_not_complete_is_accepted_and_blocks_nothing(
    handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    panel = MessagePanel(Desk(handle, handlers_of(Approvals), patience=1.0))
    panel.build()
    slow = _card(panel, "update", "slow")
    async with served:
        slow.button.click()
        await _until(lambda: panel.desk.outcomes(slow.handler) and "accepted" in _outcome(panel, slow).words)
        assert _outcome(panel, slow).state == "working"
        assert (await panel.send("remind", "bob")).state == "sent", "others go on meanwhile"
        outcome = await panel.update("slow", 60.0)
        assert isinstance(outcome, Outcome)
        assert outcome.state == "accepted"
        assert "has not completed, and nothing moves" in outcome.words


async def test_queries_answer_and_fail(panel: MessagePanel, served: AbstractAsyncContextManager[Worker]) -> None:
    async with served:
        await _until_polled(panel)
        assert (await _pressed(panel, _card(panel, "query", "status"))).value == []
        broken = await _pressed(panel, _card(panel, "query", "broken"))
        assert broken.words.endswith("no <b>answer</b>")
        panel.draw()
        assert "no &lt;b&gt;answer&lt;/b&gt;" in _said(_card(panel, "query", "broken"))
        with pytest.raises(WorkflowQueryFailedError):
            await panel.ask("broken")


@pytest.mark.parametrize(
    "error",
    [
        WorkflowQueryFailedError("name 'timedelta' is not defined"),
        WorkflowUpdateFailedError(ApplicationError("name 'timedelta' is not defined", type="NameError")),
    ],
)
def test_a_well_known_mistake_behind_a_message_says_what_to_do(error: Exception) -> None:
    words = excuse(error, cast(Any, None), cast(Any, None)).words
    assert words.endswith(" Do this: add at the top: from datetime import timedelta")


async def test_code_presses_the_same_path(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    async with served:
        sent = panel.send(Approvals.approve, {"by": "ada"})
        outcome = await sent
        assert outcome.event is not None
        assert "sent at" in repr(sent)
        await _until(lambda: f"event {outcome.event}" in _said(_card(panel, "signal", "approve")))
        assert await panel.ask(Approvals.status) == [Approval("ada")]
        assert await panel.update(Approvals.change_address, "elm") == "ELM"
        with pytest.raises(WorkflowUpdateFailedError) as raised:
            await panel.update("change_address", street="")
        assert "a street is needed" in str(raised.value.cause)
    for wrong, words in (
        (lambda: panel.send("approve", {"by": 1}), "approval.by: this must be text"),
        (lambda: panel.send("approve"), "approval: this is needed"),
        (lambda: panel.send("remind", "ada", 1, 2), "takes 2, not 3"),
        (lambda: panel.send("remind", "ada", often=True), "there is no such parameter"),
        (lambda: panel.update("approve", "x"), "has no update “approve”"),
        (lambda: panel.ask("stats"), "use one of: status, others, broken"),
    ):
        with pytest.raises(CourseError) as error:
            wrong()
        assert words in str(error.value)
    assert await _count(handle, "signaled") == 1, "nothing of the wrong ones was sent"


async def test_without_a_worker_signals_are_stored_and_the_rest_says_why_not(panel: MessagePanel, queue: str) -> None:
    panel.draw()
    assert not _card(panel, "signal", "approve").button.disabled
    assert _card(panel, "query", "status").button.disabled
    assert _card(panel, "update", "slow").button.disabled
    for text in (panel.text(), panel.static().html, panel._heads["signal"].value):
        assert f"No Worker polls “{queue}”: a signal is stored, and handled when one comes." in text
    for text in (panel.text(), panel.static().html, panel._heads["query"].value):
        assert f"No Worker polls “{queue}”: queries need one." in text
    assert (await panel.send("remind", "ada")).event == 3


async def test_a_closed_run_takes_no_signals_but_a_worker_answers_queries(
    panel: MessagePanel, handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    async with served:
        await panel.send("stop-it")
        await handle.result()
        await panel.desk.look()
        panel.draw()
        assert _card(panel, "signal", "approve").button.disabled
        assert "The run is closed (completed): it takes no signals any more." in panel._heads["signal"].value
        assert panel.terminate_button.disabled
        assert not _card(panel, "query", "status").button.disabled
        assert "a Worker replays its history to answer" in panel._heads["query"].value
        assert await panel.ask("status") == []
        with pytest.raises(Exception, match="already completed"):
            await panel.send("remind", "ada")
        assert "the run is closed" in panel.desk.outcomes(panel.desk.handler("signal", "remind"))[0].words


async def test_cancel_and_terminate(panel: MessagePanel, handle: WorkflowHandle[Any, Any]) -> None:
    panel.cancel_button.click()
    await _until(lambda: panel.desk.run_outcomes)
    assert "cancellation requested" in panel.desk.run_outcomes[0].words
    panel._reason.value = " no longer wanted "
    panel.terminate_button.click()
    await _until(lambda: panel.desk.run_outcomes[0].words.startswith("terminated"))
    last = (await handle.fetch_history()).events[-1]
    assert last.workflow_execution_terminated_event_attributes.reason == "no longer wanted"
    await panel.desk.look()
    panel.draw()
    assert panel.cancel_button.disabled
    assert "closed (terminated)" in panel.text()


async def test_a_value_that_the_converter_cannot_write_is_said(panel: MessagePanel) -> None:
    card = _card(panel, "signal", "postpone")
    _type(card, "by", "30 s")
    outcome = await _pressed(panel, card)
    assert outcome.state == "failed"
    assert "data converter cannot write this value" in outcome.words
    assert "pydantic_data_converter" in outcome.words


@pytest.mark.slow
async def test_auto_refresh_asks_again_and_stops_after_an_error(
    panel: MessagePanel, served: AbstractAsyncContextManager[Worker]
) -> None:
    async with served:
        await _until_polled(panel)
        panel.on_view(True)
        try:
            good, bad = _card(panel, "query", "others"), _card(panel, "query", "broken")
            good.auto.value = bad.auto.value = True
            await _until(lambda: panel.desk.outcomes(good.handler) and not bad.auto.value)
            first = _outcome(panel, good)
            await _until(lambda: _outcome(panel, good) is not first)
            assert good.auto.value
            await panel.send("stop-it")
            await _until(lambda: not good.auto.value)
            assert panel.desk.state.closed
        finally:
            panel.on_view(False)
        await _until(lambda: not panel.looks)


async def test_the_work_in_the_background_ends_with_the_panel(handle: WorkflowHandle[Any, Any]) -> None:
    looked: list[int] = []
    panel = MessagePanel(Desk(handle, []))
    panel.desk.subscribe(lambda: looked.append(1))
    panel.on_view(True)
    work = panel._looks
    assert work is not None
    await _until(lambda: looked)
    del panel

    def ended() -> bool:
        gc.collect()
        return work.done()

    await _until(ended)


async def test_an_unknown_class_is_said_and_the_worker_names_its_handlers(
    client: Client, handle: WorkflowHandle[Any, Any], served: AbstractAsyncContextManager[Worker]
) -> None:
    by_id = client.get_workflow_handle(handle.id)
    silent = MessagePanel(*await open_desk(by_id, lambda _: None))
    assert "lab.messages(handle, Approvals)" in silent.text()
    assert silent.desk.handlers == []
    async with served:
        assert await handle.query("others") == []
        panel = MessagePanel(*await open_desk(by_id, lambda _: None))
        panel.build()
        assert "named the handlers below" in panel.static().html
        card = _card(panel, "signal", "approve")
        assert card.handler.help == "", "a docstring stays at home, a description= does not"
        assert _card(panel, "signal", "stop-it").handler.help == "End the run."
        _type(card, "argument", "no json")
        card.button.click()
        assert "nothing was sent" in _said(card)
        _type(card, "argument", '{"by": "ada"}')
        assert (await _pressed(panel, card)).state == "sent"
        assert await panel.ask("status") == [
            {"by": "ada", "level": 1, "tier": "gold", "address": None, "notes": []}
        ]  # fmt: skip


async def test_where_nobody_looks_no_widget_is_made(
    handle: WorkflowHandle[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(ipywidgets.widgets.widget._instances)
    panel = MessagePanel(*await open_desk(handle, lambda _: Approvals))
    await panel.send("remind", "ada")
    display(panel)
    assert "sent at" in panel.static().html
    assert "approve(approval: Approval): Say yes to the order." in capsys.readouterr().out
    assert set(ipywidgets.widgets.widget._instances) == before


async def test_a_chapter_can_press_cancel_where_nobody_looks(handle: WorkflowHandle[Any, Any]) -> None:
    panel = MessagePanel(*await open_desk(handle, lambda _: Approvals))
    assert not panel.cancel_button.disabled
    panel.cancel_button.click()
    await _until(lambda: panel.desk.run_outcomes)
    panel.terminate_button.click()
    with pytest.raises(WorkflowFailureError):
        await handle.result()


async def test_what_is_no_workflow_is_said(client: Client) -> None:
    with pytest.raises(CourseError, match="no workflow “nobody-knows-it”"):
        await open_desk(client.get_workflow_handle("nobody-knows-it"), lambda _: None)
    with pytest.raises(CourseError, match="Address is no workflow class"):
        await open_desk(client.get_workflow_handle("x"), lambda _: None, Address)


async def _event(handle: WorkflowHandle[Any, Any], number: int | None) -> Any:
    events = (await handle.fetch_history()).events
    found = next((event for event in events if event.event_id == number), None)
    assert found is not None, f"no event {number} among {len(events)}"
    return found


async def _count(handle: WorkflowHandle[Any, Any], kind: str) -> int:
    recorded: WorkflowHistory = await handle.fetch_history()
    return sum(event.HasField(f"workflow_execution_{kind}_event_attributes") for event in recorded.events)  # type: ignore[arg-type]


async def _until_polled(panel: MessagePanel) -> None:
    """Wait until the panel knows of the Worker, as one on the screen does within a second."""
    async with asyncio.timeout(120):
        while panel.desk.state.no_worker:
            await panel.desk.look()
    panel.draw()


async def _until_closed(panel: MessagePanel) -> None:
    async with asyncio.timeout(120):
        while not panel.desk.state.closed:
            await panel.desk.look()
