"""A text in the forms the embedded index takes: as it reads, its words with their marks, and its words folded.

Words are small and stand between blanks, so that the index has no letter to look at. With their marks they are coded:
an ASCII sign stands for each marked letter of Vietnamese, half the bytes to read and to keep. Most texts have only the
letters and signs of Vietnamese: one byte a letter, tables do all this in a fifth of the time `archive.text` needs for
any text. The others are left to that.
"""

import codecs
import re
from typing import Any, NamedTuple

from archive.text import fold, nfc, retone

_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_ASCII = "\n" + "".join(map(chr, range(32, 127)))
_USUAL = f"\0{_ASCII}{_LETTERS}{_LETTERS.upper()}“”‘’–—…•·«»°"
"""A byte for each; NUL stands first because only then the codec makes a table that is quick, and is no usual letter."""
_LATE = "àáảãạèéẻẽẹỳýỷỹỵ"
_CODES = [chr(code) for code in (*range(33, 48), *range(58, 97), *range(123, 127), *range(1, 9), 14)]
"""ASCII that is no small letter, digit or blank."""
_CODED = dict(zip(_LETTERS, _CODES, strict=True))
_CODING = str.maketrans(_CODED)
_WORD = re.compile(r"[^\W_]+")
_ODD_SIGN = re.compile(r"[^\w\x00-\x7f]+")


class Forms(NamedTuple):
    """A text in NFC; its words in small letters with one tone placement, coded; and its words folded."""

    plain: str
    exact: str
    folded: str


def forms(text: str) -> Forms:
    """The forms of a text; the words are those of `search.query.words_of`, signs and blanks between them any."""
    coded = _bytes(text)
    if not coded:
        text = nfc(text)
        coded = _bytes(_ODD_SIGN.sub(" ", text))
    if coded:
        return Forms(text, _placed(coded).translate(_EXACT).decode("ascii"), coded.translate(_FOLDED).decode("ascii"))
    words = " ".join(_WORD.findall(retone(text)))
    return Forms(text, code(words.lower()), fold(words))


def code(exact: str) -> str:
    """A word with its marks as the index has it."""
    return exact.translate(_CODING)


def _bytes(text: str) -> bytes:
    """A byte for each letter; nothing for a text that has others than the usual ones."""
    try:
        coded: bytes = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return b""
    return b"" if 0 in coded else coded


def _placed(coded: bytes) -> bytes:
    """The text with every tone where the older rule puts it, as `archive.text.retone` does."""
    late = [hit.start() for hit in _LATE_TONE.finditer(coded.translate(_KINDS))]
    if not late:
        return coded
    made = bytearray(coded)
    for at in late:
        if coded[max(0, at - 1) : at + 1] not in _QU:
            made[at : at + 2] = _EARLY.get(coded[at : at + 2], coded[at : at + 2])
    return bytes(made)


def _of(text: str) -> bytes:
    return bytes(map(_USUAL.index, text))


def _table(kind: Any) -> bytes:
    """What stands for each byte; `kind` gives a letter for a letter."""
    return "".join(map(kind, _USUAL)).encode("latin-1").ljust(256, b"\0")


def _kind(letter: str) -> str:
    """Whether a letter may stand before a late tone, bear one, is another letter, or none."""
    small = letter.lower()
    return "o" if small in "ou" else "t" if small in _LATE else "l" if letter.isalpha() else " "


def _exactly(letter: str) -> str:
    small = letter.lower()
    return _CODED.get(small, small) if letter.isalnum() else " "


def _folded(letter: str) -> str:
    return (fold(letter) if letter.isalnum() else " ")[:1]


_ENCODING: Any = codecs.charmap_build(_USUAL.ljust(256, "\ufffe"))
_KINDS, _EXACT, _FOLDED = _table(_kind), _table(_exactly), _table(_folded)
_LATE_TONE = re.compile(rb"ot(?![otl])")
_QU = frozenset(map(_of, ("qu", "qU", "Qu", "QU")))
_EARLY = {_of(first + second): _of(retone(first + second)) for first in "oOuU" for second in (*_LATE, *_LATE.upper())}
