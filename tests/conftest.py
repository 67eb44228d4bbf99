"""Fixtures for every test: the folder `shared` beside the checkout, where there is one."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder with seeds and recorded portals; a clone of a user has none."""
    if not SHARED.is_dir():
        pytest.skip("no shared/ beside the checkout: seeds and recorded portals are not part of a clone")
    return SHARED
