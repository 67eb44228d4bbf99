"""Text of the fonts before Unicode, converted back: both tables, both ways."""

import pytest

from archive import legacy
from archive.attachments import text_of
from archive.legacy import _vni, modern
from archive.text import clean

PLAIN = (
    "Uỷ ban nhân dân huyện ban hành Kế hoạch của các xã và thị trấn, "
    "không để người dân phải chờ đợi việc thực hiện. Đảng bộ."
)
TCVN3 = (
    "Uû ban nh©n d©n huyÖn ban hµnh KÕ ho¹ch cña c¸c x· vµ thÞ trÊn, "
    "kh«ng ®Ó ng\xadêi d©n ph¶i chê ®îi viÖc thùc hiÖn. §¶ng bé."
)
VNI = (
    "Uyû ban nhaân daân huyeän ban haønh Keá hoaïch cuûa caùc xaõ vaø thò traán, "
    "khoâng ñeå ngöôøi daân phaûi chôø ñôïi vieäc thöïc hieän. Ñaûng boä."
)


def test_tcvn3() -> None:
    assert modern(TCVN3) == PLAIN
    assert clean(modern(TCVN3)) == PLAIN


def test_vni() -> None:
    assert modern(VNI) == PLAIN


def test_the_tables_hold_every_vietnamese_letter_once() -> None:
    vowels = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    assert set(vowels) <= set(legacy.TCVN3.values())
    assert len(set(legacy.TCVN3.values())) == len(legacy.TCVN3)
    assert set(vowels) - set("ìí") <= set(_vni()[1].values())


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "Plain ASCII, without any accent.",
        "Café, naïve, São Paulo, Ñandú, façade, Übermut: viÖc",
        "",
        clean(PLAIN.upper()),
    ],
)
def test_other_text_stays(text: str) -> None:
    assert modern(text) == text


def test_modern_lines_stay_within_old_text() -> None:
    text = f"{TCVN3}\nĐã chuyển sang Unicode: µ ¸\n{TCVN3}"
    assert modern(text).split("\n")[1] == "Đã chuyển sang Unicode: µ ¸"


def test_an_old_attachment_is_read_in_unicode() -> None:
    assert text_of(TCVN3.encode(), "ke-hoach.txt", "text/plain; charset=utf-8").text == PLAIN
