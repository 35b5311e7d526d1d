from pathlib import Path
from types import SimpleNamespace
from typing import Any

from course_lib.lab.fleet import Fleet


def _fleet(**workers: bool) -> Fleet:
    nothing: Any = None
    fleet = Fleet(nothing, "orders", Path(), nothing, "")
    running: Any = {queue: SimpleNamespace(running=lives) for queue, lives in workers.items()}
    fleet._workers.update(running)
    return fleet


def test_the_queue_to_look_at_is_the_notebooks_own() -> None:
    assert _fleet().task_queue == "orders"
    assert _fleet(orders=True, orderz=True).task_queue == "orders"
    assert _fleet(orderz=False).task_queue == "orders"


def test_a_worker_on_a_mistyped_queue_is_the_one_to_tell_about() -> None:
    assert _fleet(orders=False, orderz=True).task_queue == "orderz"
