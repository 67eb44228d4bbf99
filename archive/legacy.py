"""Vietnamese text typed in the fonts of before Unicode: TCVN3 (.VnTime) and VNI, as in old attachments.

Such text is Latin letters that only the font made Vietnamese: `Uû ban nh©n d©n`, `UÛy ban nhaân daân`.
It must be converted before `clean`, which takes TCVN3's ư for a soft hyphen and its é for Đ.
"""

import re
from functools import cache

TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ®§¡¢£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđĐĂÂÊÔƠƯ",
        strict=True,
    )
)
"""What TCVN3 writes for each letter of Vietnamese, as Latin-1 shows it."""
_VNI_MARKS = {
    "a": dict(zip("øùûõïâàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ", strict=True)),
    "e": dict(zip("øùûõïâàáåãä", "èéẻẽẹêềếểễệ", strict=True)),
    "o": dict(zip("øùûõïâàáåãä", "òóỏõọôồốổỗộ", strict=True)),
    "ô": dict(zip("øùûõï", "ờớởỡợ", strict=True)),
    "u": dict(zip("øùûõï", "ùúủũụ", strict=True)),
    "ö": dict(zip("øùûõï", "ừứửữự", strict=True)),
    "y": dict(zip("øùûõ", "ỳýỷỹ", strict=True)),
}
_VNI_ALONE = dict(zip("ôöñæóòî", "ơưđỉĩịỵ", strict=True))

_MODERN = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_TCVN3_WORDS = re.compile("cña|vµ|c¸c|®|kh«ng|ng\xad|nh©n d©n|quyÕt|hµnh|chÝnh|\xad¬|viÖc|thùc")
_VNI_WORDS = re.compile(
    "cuûa|vaø|caùc|ñ[aeioöôu]|khoâng|ngöôøi|nhaân|daân|haønh|chính|vieäc|thöïc|quyeát", re.IGNORECASE
)
_SURE = 4


def modern(text: str) -> str:
    """The text in Unicode, when it was typed in TCVN3 or VNI; any other text unchanged.

    Lines that hold modern Vietnamese letters stay as they are. Capitals that TCVN3 made by another font
    (.VnTimeH) come out small.
    """
    if text.isascii():
        return text
    old = "\n".join(line for line in text.split("\n") if not _MODERN.search(line))
    tcvn3, vni = len(_TCVN3_WORDS.findall(old)), len(_VNI_WORDS.findall(old))
    if max(tcvn3, vni) < _SURE:
        return text
    convert = _from_tcvn3 if tcvn3 >= vni else _from_vni
    return "\n".join(line if _MODERN.search(line) else convert(line) for line in text.split("\n"))


def _from_tcvn3(line: str) -> str:
    return line.translate({ord(letter): meant for letter, meant in TCVN3.items()})


def _from_vni(line: str) -> str:
    pattern, letters = _vni()
    return pattern.sub(lambda match: letters[match[0]], line)


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    """VNI writes a vowel and then its mark; both cases, and `Aø` for a capital with a small mark."""
    small = {vowel + mark: letter for vowel, marks in _VNI_MARKS.items() for mark, letter in marks.items()} | _VNI_ALONE
    letters = small | {pair[0].upper() + pair[1:]: letter.upper() for pair, letter in small.items()}
    letters |= {pair.upper(): letter.upper() for pair, letter in small.items()}
    return re.compile("|".join(sorted(map(re.escape, letters), key=len, reverse=True))), letters
