"""How a portal's pages come as bytes: Unicode declared or not, and the encodings of before it.

The names are those of `Farm(encodings=…)`. Feeds, sitemaps and JSON stay UTF-8, as their formats ask.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from archive.legacy import TCVN3
from crawler.farm.exchange import HTML

_META = re.compile(
    r"""<meta (?:charset="utf-8"|http-equiv="Content-Type" content="[^"]*charset=utf-8") ?/?>""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way: what the header says, what stands in place of the meta element, how text becomes bytes."""

    type: str
    meta: str
    encode: Callable[[str], bytes]
    mark: bytes = b""

    def declared(self, page: str) -> str:
        """A page that declares this encoding instead of UTF-8."""
        return _META.sub(self.meta, page)


def _composed(text: str) -> bytes:
    return text.encode()


def _decomposed(text: str) -> bytes:
    return unicodedata.normalize("NFD", text).encode()


def _windows(text: str) -> bytes:
    """Windows-1258: vowels with their shape in one byte, tone marks in a byte of their own behind."""
    return "".join(_TONED.get(letter, letter) for letter in text).encode("cp1258", "xmlcharrefreplace")


def _toned() -> dict[str, str]:
    """Letters with a tone mark that the code page lacks, as a letter it has and the mark."""
    found = {}
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        apart = unicodedata.normalize("NFD", chr(code))
        tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        if tones and len(base) == 1:
            found[chr(code)] = base + tones
    return found


def _tcvn3(text: str) -> bytes:
    """TCVN3, as .VnTime fonts show it; letters with marks lose their case, which another font would give them."""
    return text.translate(_BEFORE).encode("latin-1", "xmlcharrefreplace")


def _before() -> dict[int, str]:
    small = {meant: letter for letter, meant in TCVN3.items()}
    capitals = {meant.upper(): letter for meant, letter in small.items() if meant.upper() not in small}
    return {ord(meant): letter for meant, letter in (small | capitals).items()}


_TONED, _BEFORE = _toned(), _before()
_UTF8 = '<meta charset="utf-8" />'
_STATED = '<meta http-equiv="Content-Type" content="text/html; charset={}" />'
_FONT = "<style>body,td{font-family:.VnTime}</style>"
ENCODINGS = {
    "utf-8": Encoding(HTML, _UTF8, _composed),
    "undeclared": Encoding("text/html", "", _composed),
    "nfd": Encoding(HTML, _UTF8, _decomposed),
    "windows-1258": Encoding("text/html", _STATED.format("windows-1258"), _windows),
    "tcvn3": Encoding("text/html", _STATED.format("iso-8859-1") + _FONT, _tcvn3),
    "tcvn3-in-utf-8": Encoding(HTML, _UTF8 + _FONT, lambda text: _tcvn3(text).decode("latin-1").encode()),
    "utf-16": Encoding("text/html", "", lambda text: text.encode("utf-16-le"), b"\xff\xfe"),
}
