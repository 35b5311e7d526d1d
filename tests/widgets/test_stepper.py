"""What the stepper gets and says, from real replays of real runs."""

import dataclasses
import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from temporalio.client import Client

from course_lib import replay
from course_lib.replay.journeys import Journey, Wait
from course_lib.widgets.stepper import Stepper, telling
from course_lib.widgets.stepper.payload import payload
from course_lib.widgets.stepper.source import coloured
from tests.widgets import stepper_runs
from tests.widgets.stepper_flows import EVIL, Broken, Edited, Mended, Order


@pytest.fixture
async def ordered(client: Client) -> Journey:
    return await replay.journey(await stepper_runs.order(client, EVIL), Order)


def _says(journey: Journey) -> list[str]:
    return [step["says"] for step in payload(journey)["steps"]]


def _marks(step: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, items in step["marks"]:
        for kind, words in items:
            found.setdefault(kind, []).append(words)
    return found


async def test_the_page_gets_every_step_in_words(ordered: Journey) -> None:
    data = payload(ordered)
    assert json.loads(json.dumps(data)) == data
    assert data["total"] == len(data["steps"]) == 5
    assert _says(ordered)[0] == "waits for activity charge"
    assert "condition" in _says(ordered)[1]
    assert _says(ordered)[3] == "waits for activity ship"
    assert _says(ordered)[4].startswith("asks to complete the run with")
    assert data["steps"][0]["later"] == "the run begins"
    assert all(step["later"].endswith(("later", "moment")) for step in data["steps"][1:])


async def test_lines_are_marked_where_the_code_asked_and_waits(ordered: Journey) -> None:
    first = payload(ordered)["steps"][0]
    assert _marks(first)["wait"] == ["waits here: activity charge"]
    [asked] = _marks(first)["ask"]
    assert asked.startswith("asks for activity charge(")
    lines = ["".join(text for _, text in line) for line in payload(ordered)["source"]]
    assert all("execute_activity(charge" in lines[number - 1] for number, _ in first["marks"])


async def test_variables_say_what_changed_and_what_they_were(ordered: Journey) -> None:
    data = payload(ordered)

    def rows(step: int) -> dict[str, tuple[Any, ...]]:
        return {
            name: (data["texts"][value], None if before is None else data["texts"][before], word)
            for name, value, before, word in data["steps"][step]["variables"]
        }

    assert rows(0)["self.state"] == ("'charging'", None, "new")
    assert rows(1)["self.state"] == ("'waiting for approval'", "'charging'", "changed")
    assert rows(1)["self.approved_by"] == ("[]", None, "")
    assert rows(3)["self.approved_by"][0] == f"[{EVIL!r}, 'grace']"
    name, answer = data["steps"][1]["answers"][0]
    assert (name, data["texts"][answer]) == ("status", "'waiting for approval'")


async def test_every_event_belongs_to_the_step_that_saw_it(ordered: Journey) -> None:
    data = payload(ordered)
    seen = [event[7] for event in data["events"]]
    assert seen == sorted(seen)
    assert [event[0] for event in data["events"]] == list(range(1, len(data["events"]) + 1))
    for number, step in enumerate(data["steps"]):
        ids = [event[0] for event in data["events"] if event[7] == number and not event[8]]
        assert (ids[0], ids[-1]) == (step["first"], step["last"])
    assert [event[0] for event in data["events"] if event[8]], "what the last step led to comes after it"


async def test_markup_stays_text(ordered: Journey) -> None:
    view = Stepper(ordered).view
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)

    Reader().feed(view.html)
    assert "details" in tags
    assert "img" not in tags
    assert "&lt;img src=x" in view.html
    assert "<img src=x" in view.text


async def test_the_transcript_says_what_the_steps_say(ordered: Journey) -> None:
    text = repr(Stepper(ordered))
    for number, step in enumerate(payload(ordered)["steps"]):
        assert f"Step {number + 1} of 5: {step['says']}" in text
        assert step["clock"] in text
        for items in (step["told"], step["commands"]):
            assert all(words in text for words in items)
    assert "self.state = 'charging' → 'waiting for approval' (changed)" in text
    assert "status: 'shipping'" in text
    assert ordered.outcome in text


async def test_after_an_edit_the_steps_end_where_they_part(client: Client) -> None:
    journey = await replay.journey(await stepper_runs.order(client), Edited)
    assert journey.divergence is not None
    data = payload(journey)
    assert data["steps"][-1]["says"] == "code and history part here"
    assert len(data["steps"]) == journey.divergence.step + 1
    assert data["divergence"]["event"] == 5
    assert "ship" in data["divergence"]["issued"]
    assert "charge" in data["divergence"]["expected"]
    [part] = _marks(data["steps"][-1])["part"]
    assert "ask" not in _marks(data["steps"][-1])
    assert "event 5" in part
    text = repr(Stepper(journey))
    assert "✗ Code and history part at step" in text
    assert journey.divergence.text.split("\n")[0] in text


async def test_a_failed_task_is_a_step_of_its_own(client: Client) -> None:
    journey = await replay.journey(await stepper_runs.mended(client, EVIL), Mended)
    data = payload(journey)
    [failed] = [step for step in data["steps"] if step["failed"]]
    assert failed["says"].startswith("this workflow task failed: RuntimeError: <img")
    assert EVIL in failed["failed"]
    assert "✗ This workflow task failed" in repr(Stepper(journey))


async def test_the_line_that_fails_is_marked(client: Client) -> None:
    journey = await replay.journey(await stepper_runs.broken(client, EVIL), Broken)
    step = payload(journey)["steps"][-1]
    [fails] = _marks(step)["part"]
    assert fails == f"fails here: RuntimeError: {EVIL}"
    assert journey.source.split("\n")[step["marks"][-1][0] - 1].strip() == "raise RuntimeError(order)"
    assert any("has not happened yet" in note for note in journey.notes)


async def test_a_thousand_steps_are_sent_small_and_told_shortly(ordered: Journey) -> None:
    steps = tuple(
        dataclasses.replace(ordered.steps[1], number=number, state={"big": "x" * 400}, changed={})
        for number in range(1000)
    )
    long = dataclasses.replace(ordered, steps=steps)
    assert len(json.dumps(payload(long))) < 1_500_000
    text = repr(Stepper(long))
    assert "Step 1 of 1000" in text
    assert "Step 1000 of 1000" in text
    assert "900 steps are left out" in text
    assert len(text) < 120_000


async def test_many_waits_are_told_shortly(ordered: Journey) -> None:
    [wait] = ordered.steps[0].waits
    parts = [dataclasses.replace(wait, task=f"part {number} of a gather", awaiting="timer 1 s") for number in (1, 2)]
    gather = dataclasses.replace(wait, awaiting="2 × timer 1 s")
    other = dataclasses.replace(wait, task="signal approve", line=wait.line + 1)

    def says(*waits: Wait) -> dict[str, Any]:
        step = dataclasses.replace(ordered.steps[0], waits=waits)
        return payload(dataclasses.replace(ordered, steps=(step, *ordered.steps[1:])))["steps"][0]

    assert says(gather, *parts)["says"] == "waits for 2 × timer 1 s"
    assert _marks(says(gather, *parts))["wait"] == ["waits here: 2 × timer 1 s"]
    assert _marks(says(*parts))["wait"] == ["waits here: 2 × timer 1 s"]
    assert says(wait, other)["says"] == "waits for activity charge; signal approve waits for activity charge"
    assert says(wait, other, other, other)["says"].endswith("; 2 more tasks wait")


async def test_the_clock_speaks_in_words(ordered: Journey) -> None:
    before, after = ordered.steps[:2]
    month = dataclasses.replace(after, time=before.time + timedelta(days=30))
    assert telling.later(month, before) == "30 days later"
    day = dataclasses.replace(after, time=before.time + timedelta(days=1, hours=2))
    assert telling.later(day, before) == "1 day 2 h later"
    assert telling.later(dataclasses.replace(after, time=before.time), before) == "at the same moment"


@pytest.mark.parametrize("source", ["", "\n\nx = 1\n", "def broken(:\n  '''open\n", "a = 1\r\nb = '<b>'\r\n"])
def test_coloured_source_is_the_source(source: str) -> None:
    lines = ["".join(text for _, text in line) for line in coloured(source)]
    assert lines == (source.splitlines() or [""])
    assert {kind for line in coloured("@d\nclass A:\n  x = 'a' # c\n") for kind, _ in line} >= {"d", "k", "n", "s", "c"}


async def test_a_plain_script_gets_both_static_forms_only(ordered: Journey) -> None:
    bundle = Stepper(ordered)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert re.search(r"<details><summary>Step 1 of 5", bundle["text/html"])


async def test_a_front_end_gets_the_journey_and_both_static_forms(
    ordered: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_WIDGETS", "live")
    bundle = Stepper(ordered)._repr_mimebundle_()
    assert {"text/html", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(bundle)
