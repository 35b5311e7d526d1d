"""What `lab.timeline` and `lab.compare` return: live in front of a person, still everywhere else."""

import secrets
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle

from course_lib import loops, server
from course_lib.errors import CourseError
from course_lib.lab import pictures
from course_lib.widgets.look import View
from course_lib.widgets.timeline.live import Timeline


@workflow.defn
class Waiting:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


def look(coro: Any) -> Any:
    return loops.background().run(coro, 10)


@pytest.fixture
async def handle(client: Client) -> WorkflowHandle[Any, Any]:
    queue = secrets.token_hex(4)  # no Worker: the first events are there, and nothing more comes
    return await client.start_workflow(Waiting.run, id=f"waiting-{queue}", task_queue=queue)


async def test_without_a_person_it_is_a_view(
    client: Client, course_server: server.Server, handle: WorkflowHandle[Any, Any]
) -> None:
    view = pictures.timeline(handle, client, course_server, look)
    assert isinstance(view, View)
    assert "Waiting" in view.text
    assert "▶ running" in view.text
    both = pictures.compare(handle, await handle.fetch_history(), client, course_server, look)
    assert isinstance(both, View)
    assert both.text.startswith("Differences:")


async def test_in_front_of_a_person_it_is_live_and_says_the_same(
    client: Client, course_server: server.Server, handle: WorkflowHandle[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_WIDGETS", "live")
    timeline = pictures.timeline(handle, client, course_server, look)
    assert isinstance(timeline, Timeline)
    assert "▶ running" in repr(timeline)
    bundle = timeline._repr_mimebundle_()
    assert {"text/html", "text/plain", "application/vnd.jupyter.widget-view+json"} <= bundle.keys()
    assert timeline.widget is not None
    (track,) = timeline.widget.first["tracks"]
    assert (track["type"], track["status"], track["events"]) == ("Waiting", "running", 2)
    assert track["url"] == server.run_url(course_server, handle.id, handle.first_execution_run_id)
    timeline.close()

    recorded = pictures.timeline(await handle.fetch_history(), client, course_server, look)
    assert isinstance(recorded, Timeline)
    recorded.show()
    assert recorded.widget is not None
    assert recorded.widget.first["tracks"][0]["live"] is False
    recorded.close()

    both = pictures.compare(handle, handle, client, course_server, look)
    assert isinstance(both, Timeline)
    both.show()
    assert both.widget is not None
    assert both.widget.first["remarks"][0].startswith("A ▶ running")
    both.close()


@pytest.mark.parametrize("widgets", ["live", "static"])
async def test_a_workflow_that_is_not_there_is_said(
    client: Client, course_server: server.Server, monkeypatch: pytest.MonkeyPatch, widgets: str
) -> None:
    monkeypatch.setenv("COURSE_WIDGETS", widgets)
    with pytest.raises(CourseError, match="knows no workflow 'nobody'"):
        pictures.timeline(client.get_workflow_handle("nobody"), client, course_server, look)
