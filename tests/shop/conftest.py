"""A service of their own for the shop's tests, because some of them kill it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_lib.shop import Shop, open_shop, stop_service


@pytest.fixture(scope="module", autouse=True)
def shop_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """State folder of this test module; its service is stopped at the end."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_STATE", str(folder))
        yield folder
        stop_service()


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that nobody has used."""
    shop = open_shop(f"test-{uuid.uuid4().hex[:8]}")
    yield shop
    shop.delete()
