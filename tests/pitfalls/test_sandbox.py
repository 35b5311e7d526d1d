"""What the lint says of the sandbox is so: every sample runs on a Worker with the sandbox on."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.pitfalls.samples import BAD, class_name, module

NAME = "pitfall_samples"
# The sandbox imports a whole module for each run: modules of a few classes are done in a quarter of the time.
_NAMES = list(BAD)
PARTS = [_NAMES[begin : begin + 8] for begin in range(0, len(_NAMES), 8)]


@pytest.fixture
def samples(tmp_path: Path) -> Iterator[list[ModuleType]]:
    for number, part in enumerate(PARTS):
        (tmp_path / f"{NAME}_{number}.py").write_text(module(*part))
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield [importlib.import_module(f"{NAME}_{number}") for number in range(len(PARTS))]
    sys.path.remove(str(tmp_path))
    for number in range(len(PARTS)):
        del sys.modules[f"{NAME}_{number}"]


@pytest.mark.filterwarnings("ignore:asyncio.*is non-deterministic")  # said by the sandbox, and it goes on
async def test_the_sandbox_does_what_the_lint_says(client: Client, samples: list[ModuleType]) -> None:
    workflows = [getattr(each, class_name(name)) for each, part in zip(samples, PARTS, strict=True) for name in part]
    async with Worker(client, task_queue=NAME, workflows=workflows):
        ends = await asyncio.gather(*(_end(client, name) for name in BAD))
    wrong = {
        name: end for name, end in zip(BAD, ends, strict=True) if (end == "completed") is (BAD[name][1] == "stopped")
    }
    assert wrong == {}


async def _end(client: Client, name: str) -> str:
    """Return "completed", or why the first workflow task failed."""
    handle = await client.start_workflow(
        name, id=f"{NAME}-{name}", task_queue=NAME, task_timeout=timedelta(seconds=10),
        execution_timeout=timedelta(seconds=40),
    )  # fmt: skip
    try:
        async with asyncio.timeout(120):
            async for event in handle.fetch_history_events(wait_new_event=True):
                if event.HasField("workflow_task_failed_event_attributes"):
                    return event.workflow_task_failed_event_attributes.failure.message or "failed"
                if event.HasField("workflow_execution_completed_event_attributes"):
                    return "completed"
        return "no end"
    finally:
        await handle.terminate() if (await handle.describe()).close_time is None else None
