"""Markup as sheets: one HTML file per platform, cut into named parts with slots to fill.

A part starts at `<!-- part: name -->`; `{slot}` is filled by str.format; `@@name@@` is a piece
of chrome or a counter that the server puts in at each request (wire.py).
"""

import re
from functools import cache

from crawler.farm.places import HERE
from crawler.farm.wire import MARK

_PART = re.compile(r"^<!-- part: (\w+) -->\n", re.MULTILINE)
_COUNTER = re.compile(r"@@([a-z:0-9]+)@@")


class Sheet:
    """The parts of one file."""

    def __init__(self, text: str) -> None:
        _, *pieces = _PART.split(_COUNTER.sub(rf"{MARK}\1{MARK}", text))
        self._parts = {name: part.removesuffix("\n") for name, part in zip(pieces[::2], pieces[1::2], strict=True)}

    def raw(self, name: str) -> str:
        """A part as it stands."""
        return self._parts[name]

    def __call__(self, part: str, /, **slots: object) -> str:
        """A part with its slots filled by markup as it is."""
        return self._parts[part].format_map(slots)


@cache
def sheet(name: str) -> Sheet:
    """The sheet of a platform, or of the chrome."""
    folder = HERE if name in {"chrome", "markup"} else HERE / "sites"
    return Sheet((folder / f"{name}.html").read_text("utf-8"))
