"""Ids that never come twice."""

import re

from course_lib.unique import unique


def test_ids_are_new_at_every_call() -> None:
    made = {unique("order", "ada") for _ in range(20_000)}
    assert len(made) == 20_000
    assert all(re.fullmatch(r"order-ada-[0-9a-f]{12}", name) for name in made)
