"""Vietnamese text in one canonical form for keeping, and in a folded form for comparing.

Stored text is NFC with plain blanks; the portal's own spelling stays. Comparison folds
case, marks, tone placement and đ. What occurs in real pages: PORTALS.md 3.4.
"""

import re
import unicodedata

import regex

_LINE_ENDS = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")
_BLANKS = dict.fromkeys([9, *range(0x1C, 0x20), 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_CONTROLS = dict.fromkeys([*range(9), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x034F, 0xFEFF])
_UNSEEN = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC)]
)
_TABLE: dict[int, str | None] = {**_LINE_ENDS, **_BLANKS, **_CONTROLS, **_UNSEEN, 0xD0: "Đ", 0xF0: "đ"}
_ODD = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_TABLE)) + "\ud800-\udfff]")
_UNUSUAL = re.compile("[^\n\x20-\x7e\xa1-\xac\xae-\xcf\xd1-\xef\xf1-\u02af\u1ea0-\u1ef9–—‘’“”•…]")
"""All but the characters of which a text may consist that is in canonical form already."""
_LOOSE_MARK = regex.compile("[\u0300-\u036f]")
_MARKED = regex.compile(r"\p{L}[\u0300-\u036f]+")
_SHAPE_MARKS = "\u0302\u0306\u031b"  # circumflex, breve, horn: part of the vowel, so they stand before the tone

_LATE_TONE = re.compile(
    r"[oOuU](?:(?<=[oO])[àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ]|(?<=[uU])[ỳýỷỹỵỲÝỶỸỴ])(?![^\W\d_])"
)  # the first letters stand in front so that the search can leap from one to the next
_SIGNS = (("–", "-"), ("—", "-"), ("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("…", "..."))
_NOT_VIETNAMESE = re.compile("[^\\x00-\\x7f\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")


def nfc(text: str) -> str:
    """NFC with plain blanks and line ends, without invisible characters, Ð/ð as Đ/đ (PORTALS.md 3.4)."""
    if not _UNUSUAL.search(text):
        return text
    if _ODD.search(text):
        text = _ODD.sub(_plain, text.replace("\r\n", "\n"))
        if not _UNUSUAL.search(text):
            return text
    text = unicodedata.normalize("NFC", text)
    if _LOOSE_MARK.search(text):
        text = _MARKED.sub(_put_in_order, text)
    return text


def _plain(match: re.Match[str]) -> str:
    return _TABLE.get(ord(match[0])) or ""


def _put_in_order(match: regex.Match[str]) -> str:
    """Compose a letter whose tone was typed before its circumflex, breve or horn."""
    letter, *marks = list(unicodedata.normalize("NFD", match[0]))
    return unicodedata.normalize("NFC", letter + "".join(sorted(marks, key=lambda m: m not in _SHAPE_MARKS)))


def clean(text: str) -> str:
    """NFC, runs of blanks as one, no blank lines, lines stripped: a line is a paragraph."""
    text = nfc(text)
    while "  " in text:
        text = text.replace("  ", " ")
    return "\n".join(filter(None, (line.strip(" ") for line in text.split("\n"))))


def clean_line(text: str) -> str:
    """`clean`, all on one line."""
    return clean(text).replace("\n", " ")


def fold(text: str) -> str:
    """The form two spellings are compared in: no case, no marks, đ as d, plain dashes and quotes.

    `hoà`, `hòa` and `hoa` are one, and so are composed and decomposed text. The length may differ.
    """
    text = nfc(text).casefold().replace("đ", "d")
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text)
    if _NOT_VIETNAMESE.search(text):
        for sign, plain in _SIGNS:
            text = text.replace(sign, plain)
    if _NOT_VIETNAMESE.search(text):
        return "".join(c for c in text if not unicodedata.combining(c))
    return text.encode("ascii", "ignore").decode("ascii")


def retone(text: str) -> str:
    """NFC with every tone where the older rule puts it: `hoà, uỷ, thuý` as `hòa, ủy, thúy`; case kept."""
    return retone_nfc(nfc(text))


def retone_nfc(text: str) -> str:
    """`retone` of a text that is in NFC already: every offset into it stays."""
    return _LATE_TONE.sub(_move_tone, text)


def _move_tone(match: re.Match[str]) -> str:
    first, second = match[0][0], match[0][1]
    if first in "uU" and match.string[match.start() - 1 : match.start()] in {"q", "Q"}:
        return match[0]
    vowel, tone = list(unicodedata.normalize("NFD", second))
    return unicodedata.normalize("NFC", first + tone) + vowel


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))
