"""The command in a process of its own, as in tests/flow."""

from tests.flow.conftest import desk  # noqa: F401  # a fixture
