"""A test that waits, with a server and a shop running, until somebody kills it: see test_processes.py."""

import threading

import pytest

from course_lib.server import Server
from course_lib.shop import Shop


@pytest.mark.timeout(400)
def test_waits(course_server: Server, shop: Shop) -> None:
    assert threading.Event().wait(300), f"nobody killed this process beside {course_server} and {shop}"
