"""A checkout for each test of the set-up."""

from pathlib import Path

import pytest

from .checkout import Checkout, make


@pytest.fixture
def tiny(tmp_path: Path) -> Checkout:
    """A tiny checkout with no interpreter on its PATH."""
    return make(tmp_path)
