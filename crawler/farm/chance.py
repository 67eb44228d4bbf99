"""Random streams by name: the same name gives the same stream, whoever asks first."""

from random import Random


def stream(name: str) -> Random:
    """A stream of its own for everything that is decided; nothing here is a secret."""
    return Random(name)  # noqa: S311
