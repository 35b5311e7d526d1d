"""A test that waits, with a server and a shop running, until somebody kills it: see test_processes.py."""

import threading

from course_lib.server import Server
from course_lib.shop import Shop


def test_waits(course_server: Server, shop: Shop) -> None:
    assert threading.Event().wait(100), f"nobody killed this process beside {course_server} and {shop}"
