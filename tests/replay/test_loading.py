"""Histories from files."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from course_lib import replay
from course_lib import server as servers
from course_lib.errors import CourseError
from course_lib.server.binary import locate
from tests.replay import flows
from tests.replay.conftest import Histories


async def test_what_the_sdk_and_the_command_write(histories: Histories, tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text(histories["family"].to_json())
    loaded = replay.load(file)
    # The children's ids are made of the workflow's own, so a wrong one would be a divergence.
    assert loaded.workflow_id == histories["family"].workflow_id
    assert (await replay.journey(loaded, flows.Family)).divergence is None
    assert list(loaded.events) == list(histories["family"].events)


async def test_the_enums_of_the_web_ui_and_of_the_command(histories: Histories, tmp_path: Path) -> None:
    """`temporal workflow show --output json` writes EVENT_TYPE_…, the Web UI and older commands write camel case."""
    content = json.loads(histories["bought"].to_json())
    long = tmp_path / "long.json"
    for event in content["events"]:
        assert event["eventType"].startswith("EVENT_TYPE_")
    long.write_text(json.dumps(content))
    for event in content["events"]:
        words = event["eventType"].removeprefix("EVENT_TYPE_").split("_")
        event["eventType"] = "".join(word.capitalize() for word in words)
    short = tmp_path / "short.json"
    short.write_text("\ufeff" + json.dumps(content["events"]), encoding="utf-8")
    wrapped = tmp_path / "wrapped.json"
    wrapped.write_text(json.dumps({"history": content, "nextPageToken": None}))
    for file in (long, short, wrapped):
        assert (await replay.journey(replay.load(str(file)), flows.Buy)).divergence is None


def exported(where: servers.Server, workflow_id: str) -> dict[str, str]:
    """Return a history as the tools that learners have write it."""
    show = [locate(), "workflow", "show", "--workflow-id", workflow_id, "--output", "json"]
    server = ["--address", where.address, "--namespace", where.namespace]
    shown = subprocess.run([*show, *server], capture_output=True, text=True, timeout=240, check=True)
    path = f"api/v1/namespaces/{where.namespace}/workflows/{workflow_id}/history"
    answer = httpx.get(f"{where.ui_url}/{path}", timeout=240)
    # The Web UI writes the events of this very answer into the file that it offers.
    downloaded = json.dumps({"events": answer.json()["history"]["events"]}, indent=2)
    return {"command.json": shown.stdout, "web.json": downloaded, "api.json": answer.text}


async def test_the_command_line_and_the_web_ui_themselves(
    histories: Histories, course_server: servers.Server, tmp_path: Path
) -> None:
    history = histories["approved"]
    for name, text in exported(course_server, history.workflow_id).items():
        file = tmp_path / name
        file.write_text(text)
        loaded = replay.load(file)
        assert (loaded.workflow_id, len(loaded.events)) == (history.workflow_id, len(history.events))
        assert (await replay.journey(loaded, flows.Approve)).divergence is None


@pytest.mark.parametrize("payloads", [[{"id": "o-1"}], ["text"], [7]])
def test_a_download_with_decoded_payloads(histories: Histories, tmp_path: Path, payloads: object) -> None:
    content = json.loads(histories["bought"].to_json())
    content["events"][0]["workflowExecutionStartedEventAttributes"]["input"] = {"payloads": payloads}
    file = tmp_path / "orders.json"
    file.write_text(json.dumps(content))
    with pytest.raises(CourseError) as caught:
        replay.load(file)
    assert caught.value.what == (
        "The payloads in orders.json were decoded when it was downloaded, so it cannot be replayed."
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "orders.json is empty."),
        ("{", "orders.json is not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "orders.json is JSON, but no history: it has no list “events”."),
        ('{"a": 1}', "orders.json is JSON, but no history: it has no list “events”."),
        ("7", "orders.json is JSON, but no history: it has no list “events”."),
        ('{"events": [7]}', "orders.json holds no history that this SDK can read: "),
        ('{"events": [{"eventId": "x"}]}', "orders.json holds no history that this SDK can read: "),
    ],
)
def test_files_that_hold_no_history(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "orders.json"
    file.write_text(text)
    with pytest.raises(CourseError) as caught:
        replay.load(file)
    assert caught.value.what.startswith(what)
    assert "temporal workflow show" in caught.value.fix


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text("{}")
    with pytest.raises(CourseError) as caught:
        replay.load(tmp_path / "orders.json")
    assert caught.value.tried == ("found there: order.json",)
    file = tmp_path / "bytes.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CourseError, match="cannot be read"):
        replay.load(file)
    with pytest.raises(CourseError, match="cannot be read"):
        replay.load(tmp_path)
