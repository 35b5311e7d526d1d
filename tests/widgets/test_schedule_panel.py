"""The schedule panel on a real server: what its buttons and its code do, and what it says of the schedule."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.worker import Worker

from course_lib.errors import CourseError
from course_lib.server import Server
from course_lib.widgets.schedule_panel import SchedulePanel

BERLIN = ZoneInfo("Europe/Berlin")
HALF_PAST_TWO = ScheduleSpec(
    calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(2)], minute=[ScheduleRange(30)])],
    time_zone_name="Europe/Berlin",
)
NIGHTS = datetime(2026, 3, 2, 2, 30, tzinfo=BERLIN), datetime(2026, 3, 4, 2, 30, tzinfo=BERLIN)


@workflow.defn(sandboxed=False)
class Nightly:
    @workflow.run
    async def run(self) -> str:
        return "reported"


@pytest.fixture
async def schedule(client: Client) -> AsyncIterator[ScheduleHandle]:
    name = f"nightly-{secrets.token_hex(4)}"
    action = ScheduleActionStartWorkflow(Nightly.run, id=name, task_queue=name)
    made = await client.create_schedule(name, Schedule(action=action, spec=HALF_PAST_TWO))
    async with Worker(client, task_queue=name, workflows=[Nightly]):
        yield made
        await made.delete()


@pytest.fixture
async def panel(schedule: ScheduleHandle, client: Client, course_server: Server) -> SchedulePanel:
    made = SchedulePanel(schedule, client, course_server)
    await made.look()
    return made


async def until(panel: SchedulePanel, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await panel.look()
            await asyncio.sleep(0.02)


async def test_the_next_five_times_in_the_learner_s_zone_and_in_the_schedule_s(panel: SchedulePanel) -> None:
    lines = [line.strip() for line in panel.text().splitlines()]
    first = lines.index("next times:") + 1
    night = datetime.now(BERLIN).replace(hour=2, minute=30, second=0, microsecond=0)
    if night < datetime.now(BERLIN):
        night += timedelta(days=1)
    times = [night + timedelta(days=number) for number in range(5)]  # wall-clock days
    assert [line.split(" · ")[1] for line in lines[first : first + 5]] == [
        f"{time:%a %Y-%m-%d} 02:30:00" for time in times if time.astimezone(BERLIN).hour == 2
    ]
    mine = lines[first].split(" · ")[0]
    assert mine == f"{night.astimezone():%a %Y-%m-%d %H:%M:%S %Z}"
    assert lines[first + 5] == "recent runs: none"


async def test_what_code_presses_is_seen(panel: SchedulePanel, schedule: ScheduleHandle) -> None:
    await panel.pause("holiday")
    assert panel.paused
    assert "‖ paused: holiday" in panel.text()
    assert "next times: none" in panel.text()
    await panel.resume()
    assert not panel.paused
    await panel.trigger()
    await until(panel, lambda: "✓ Completed" in panel.text())
    await panel.backfill(*NIGHTS, overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    await until(panel, lambda: panel.text().count("✓ Completed") == 4)
    assert "4 started, 0 skipped (overlap), 0 missed (catch-up window)" in panel.text()
    url = f"/workflows/{schedule.id}-2026-03-03T01%3A30%3A00Z/"
    assert url in panel.text() or "Web UI" not in panel.static().html
    with pytest.raises(CourseError, match="comes after the last"):
        await panel.backfill(*reversed(NIGHTS))


async def test_buttons_and_fields(panel: SchedulePanel) -> None:
    panel.build()
    panel._note.value = "stocktaking"
    panel.pause_button.click()
    assert panel.busy == "pausing…"
    await until(panel, lambda: panel.pause_button.description == "Resume" and not panel.pause_button.disabled)
    assert "paused: stocktaking" in panel._head_line.value
    panel.pause_button.click()
    await until(panel, lambda: panel.pause_button.description == "Pause" and not panel.pause_button.disabled)
    panel.backfill_button.click()
    await until(panel, lambda: "is no time" in panel._error_line.value)
    panel._from.value, panel._to.value = (f"{night:%Y-%m-%d %H:%M%z}" for night in NIGHTS)
    panel.backfill_button.click()
    await until(panel, lambda: panel._tables.value.count("✓ Completed") == 3)
    assert not panel.error
    await until(panel, lambda: not panel._show_button.disabled)
    panel._show_button.click()
    await until(panel, lambda: "Timeline of" in panel._picture.value)
    panel.trigger_button.click()
    await until(panel, lambda: panel._tables.value.count("✓ Completed") == 4)


async def test_it_says_the_same_without_a_front_end(panel: SchedulePanel) -> None:
    await panel.trigger()
    await until(panel, lambda: "✓ Completed" in panel.text())
    static = panel.static()
    assert "<script" not in static.html
    for words in ("Next times", "Recent runs", "acts when due", "overlap SKIP"):
        assert words in static.html
    assert repr(panel) == panel.text()


async def test_a_note_is_shown_and_never_obeyed(panel: SchedulePanel) -> None:
    await panel.pause("<img src=x onerror=alert(1)>")
    assert "<img" not in panel.static().html
    assert "&lt;img" in panel.static().html


async def test_one_that_is_not_there_and_one_that_goes_away(
    client: Client, course_server: Server, panel: SchedulePanel
) -> None:
    with pytest.raises(CourseError, match="knows no schedule 'nobody'"):
        await SchedulePanel(client.get_schedule_handle("nobody"), client, course_server).look()
    name = f"gone-{secrets.token_hex(4)}"
    action = ScheduleActionStartWorkflow("Nightly", id=name, task_queue=name)
    state = ScheduleState(paused=True)
    gone = await client.create_schedule(name, Schedule(action=action, spec=HALF_PAST_TWO, state=state))
    panel = SchedulePanel(gone, client, course_server)
    await panel.look()
    await gone.delete()
    await panel.look()
    assert "gone: it was deleted" in panel.text()
