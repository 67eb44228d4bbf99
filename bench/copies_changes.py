"""What is done to a text to make a copy of it, or a look-alike that is none, for bench/copies.py."""

import random
import re
import unicodedata
from collections.abc import Callable

import regex

Change = Callable[[str, random.Random], str]
VOCABULARY: list[str] = []
"""The words from which changed ones are drawn; whoever changes texts puts them here."""

BOILERPLATE = "Cổng thông tin điện tử. Ghi rõ nguồn khi phát hành lại thông tin từ trang này. Lượt xem: {views}\n"
PLACES = ("Thạch Hà", "Nông Sơn", "Bắc Hà", "Phú Riềng", "Yên Lạc", "Mường Khương", "Tháp Mười", "Lệ Thủy")
UNIT = r"\b(?i:huyện|thị xã|thành phố|tỉnh|xã|phường|thị trấn)"
PLACE = regex.compile(UNIT + r"((?: \p{Lu}\p{Ll}+){1,3})")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def boilerplate(text: str, chance: random.Random) -> str:
    """The text between a portal's set lines."""
    line = BOILERPLATE.format(views=chance.randrange(10000))
    return line + text + "\n" + line


def toneless(text: str, chance: random.Random) -> str:
    """The text without tone marks."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def changed(share: float) -> Change:
    """A change of this share of the words, each to any word that stands in some text."""

    def change(text: str, chance: random.Random) -> str:
        return re.sub(r"\S+", lambda m: chance.choice(VOCABULARY) if chance.random() < share else m[0], text)

    return change


def reworded(share: float) -> Change:
    """A change of this share of the words that are in small letters, each to another of them."""

    def change(text: str, chance: random.Random) -> str:
        plain = [word for word in text.split() if word.isalpha() and word.islower()]
        return " ".join(
            chance.choice(plain) if word in plain and chance.random() < share else word for word in text.split(" ")
        )

    return change


def cut(share: float) -> Change:
    """A cut to this share of the words, from the start or from somewhere."""

    def change(text: str, chance: random.Random) -> str:
        words = text.split(" ")
        size = round(len(words) * share)
        start = chance.choice((0, chance.randrange(len(words) - size + 1)))
        return " ".join(words[start : start + size])

    return change


def together(*changes: Change) -> Change:
    """One change after the other."""

    def change(text: str, chance: random.Random) -> str:
        for one in changes:
            text = one(text, chance)
        return text

    return change


def other_place(text: str, chance: random.Random) -> str:
    """The place named most often is another throughout."""
    found = [name.strip() for name in PLACE.findall(text)]
    if not found:
        return text
    name = max(sorted(set(found)), key=found.count)
    other = chance.choice([place for place in PLACES if place != name])
    return text.replace(name, other).replace(name.upper(), other.upper())


def other_numbers(share: float) -> Change:
    """Some of the numbers, this share of them and one at least, are others."""

    def change(text: str, chance: random.Random) -> str:
        found = list(NUMBER.finditer(text))
        chosen = {m.start() for m in found if chance.random() < share} or {m.start() for m in found[:1]}
        return NUMBER.sub(lambda m: _other(m[0], chance) if m.start() in chosen else m[0], text)

    return change


def _other(number: str, chance: random.Random) -> str:
    while True:
        other = re.sub(r"\d", lambda m: str(chance.randrange(10)), number)
        if other != number:
            return other


def inserted_place(text: str, chance: random.Random) -> str:
    """The portal's own place stands after each bare mention of its office."""
    return regex.sub(r"\b(UBND (?:huyện|tỉnh|xã))(?! \p{Lu})", r"\1 Thạch Hà", text)


COPIES: dict[str, Change] = {
    "identical": lambda text, _: text,
    "boilerplate added": boilerplate,
    "without tone marks": toneless,
    "capitals": lambda text, _: text.upper(),
    "own place inserted": inserted_place,
    "5 % of words changed": changed(0.05),
    "10 %": changed(0.1),
    "15 %": changed(0.15),
    "20 %": changed(0.2),
    "10 %, plain words only": reworded(0.1),
    "cut to 60 %": cut(0.6),
    "cut to 60 %, boilerplate": together(cut(0.6), boilerplate),
    "cut to 60 %, 10 % changed": together(cut(0.6), changed(0.1)),
    "no tones, 10 % changed": together(toneless, changed(0.1)),
}
LOOK_ALIKES: dict[str, Change] = {
    "another place": other_place,
    "another place, capitals": together(other_place, lambda text, _: text.upper()),
    "40 % of numbers": other_numbers(0.4),
    "place and 40 % of numbers": together(other_place, other_numbers(0.4)),
    "place, all numbers": together(other_place, other_numbers(1.0)),
    "place, numbers, 5 % of words": together(other_place, other_numbers(0.4), reworded(0.05)),
    "place, numbers, cut to 60 %": together(cut(0.6), other_place, other_numbers(0.4)),
}
