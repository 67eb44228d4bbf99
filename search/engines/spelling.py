"""A text in the forms the embedded index takes: as it reads, with its marks, and folded; all small letters.

Most texts have only the letters and signs of Vietnamese: one byte a letter, they are folded, made small and brought to
one tone placement by tables, in a fifth of the time `archive.text` needs for any text. The others are left to that.
"""

import codecs
from typing import Any, NamedTuple

from archive.text import fold, nfc, retone

_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_ASCII = "\n" + "".join(map(chr, range(32, 127)))
_USUAL = f"\0{_ASCII}{_LETTERS}{_LETTERS.upper()}“”‘’–—…•·«»°"
"""A byte for each; NUL stands first because only then the codec makes a table that is quick, and is no usual letter."""
_LATE = "àáảãạèéẻẽẹỳýỷỹỵ"


class Forms(NamedTuple):
    """A text in NFC; in small letters with one tone placement; and folded (or left to the index to fold)."""

    plain: str
    exact: str
    folded: str


def forms(text: str) -> Forms:
    """The forms of a text."""
    if text.isascii() and text.isprintable():
        small = text.lower()
        return Forms(text, small, small)
    try:
        coded: bytes = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        coded = b"\0"
    if 0 in coded:
        plain = nfc(text)
        return Forms(plain, retone(plain).lower(), plain)
    exact = codecs.charmap_decode(_placed(coded).translate(_SMALL), "strict", _USUAL)[0]
    return Forms(text, exact, coded.translate(_FOLDED).decode("ascii"))


def _placed(coded: bytes) -> bytes:
    """The text with every tone where the older rule puts it, as `archive.text.retone` does."""
    kinds = coded.translate(_KINDS)
    at = kinds.find(b"ot")
    if at < 0:
        return coded
    made = bytearray(coded)
    while at >= 0:
        if kinds[at + 2 : at + 3] not in _LETTER and coded[max(0, at - 1) : at + 1] not in _QU:
            made[at : at + 2] = _EARLY.get(coded[at : at + 2], coded[at : at + 2])
        at = kinds.find(b"ot", at + 1)
    return bytes(made)


def _coded(text: str) -> bytes:
    return bytes(map(_USUAL.index, text))


def _table(kind: Any) -> bytes:
    """What stands for each byte; `kind` gives a letter for a letter."""
    return "".join(map(kind, _USUAL)).encode("latin-1").ljust(256, b"\0")


def _kind(letter: str) -> str:
    """Whether a letter may stand before a late tone, bear one, is another letter, or none."""
    small = letter.lower()
    return "o" if small in "ou" else "t" if small in _LATE else "l" if letter.isalpha() else " "


def _folded(letter: str) -> str:
    return (fold(letter) if letter.isalnum() else " ")[:1]


_ENCODING: Any = codecs.charmap_build(_USUAL.ljust(256, "\ufffe"))
_SMALL = bytes(_USUAL.index(letter.lower()) for letter in _USUAL).ljust(256, b"\0")
_KINDS, _FOLDED = _table(_kind), _table(_folded)
_LETTER = (b"o", b"t", b"l")
_QU = frozenset(map(_coded, ("qu", "qU", "Qu", "QU")))
_EARLY = {
    _coded(first + second): _coded(retone(first + second)) for first in "oOuU" for second in (*_LATE, *_LATE.upper())
}
