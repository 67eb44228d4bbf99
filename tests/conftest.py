"""Fixtures for every test: the folder `shared` beside the checkout, where there is one."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.archives import archive, settings  # noqa: F401 # fixtures
from tests.placing import chosen
from tests.servers import _forgotten, database_url, everywhere, new_database, postgres  # noqa: F401 # fixtures

# Two cores may be shared with servers under test: a slow draw is no finding, a random failure in CI would be.
hypothesis_settings.register_profile(
    "caicach", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("caicach")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests of the archive run on both databases anyway; this is for all the others, which need one."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="where archives of tests are")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--database postgres` the half of each test that is on SQLite is not run again."""
    if config.getoption("--database") == "postgres":
        items[:], halves = chosen(items)
        config.hook.pytest_deselected(items=halves)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder with seeds and recorded portals; a clone of a user has none."""
    if not SHARED.is_dir():
        pytest.skip("no shared/ beside the checkout: seeds and recorded portals are not part of a clone")
    return SHARED
