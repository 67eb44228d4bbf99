"""Microseconds that cleaning a text and finding its acts take, beside the least one can do to it, interleaved.

    python bench/text.py [ROUNDS]

The texts are bodies of articles of 600 words, in NFC, in NFD and with signs of word processors. Cleaning is
`archive.text.clean`, finding `archive.acts.find_acts`. Peers: `unicodedata.normalize` with one join of blanks, the
least that keeps texts comparable; one pattern for numbers of acts, without what makes them right. Goal: 400 µs for
both of ours together.
"""

import json
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive.acts import find_acts
from archive.records import Place
from archive.text import clean
from bench.spread import spread
from crawler.farm import Farm

WORDS, TEXTS, GOAL = 600, 200, 400
PUBLISHED, SEAT = date(2024, 5, 20), Place("district", "Quảng Nam", "Quế Sơn", None)
_NUMBER = re.compile(r"\d+(?:/\d{4})?/[\wĐđ]+(?:-[\wĐđ]+)*")


def texts() -> list[str]:
    """Bodies of the farm's articles, put together until each has so many words; a third each as they come."""
    farm = Farm(3, copies=0)
    words = "\n".join(article.body for portal in farm.portals for article in portal.truth).split(" ")
    found = [" ".join(words[at * WORDS % len(words) :][:WORDS]) for at in range(TEXTS)]
    spelt: tuple[Callable[[str], str], ...] = (
        str,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\N{NO-BREAK SPACE}", 40).replace("\n", "\r\n \N{ZERO WIDTH SPACE}"),
    )
    return [spelt[at % 3](text) for at, text in enumerate(found)]


def least(text: str) -> object:
    return " ".join(unicodedata.normalize("NFC", text).split())


def one_pattern(text: str) -> object:
    return _NUMBER.findall(text)


def acts(text: str) -> object:
    return find_acts(text, published=PUBLISHED, place=SEAT)


WAYS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "NFC and blanks": least,
    "acts": acts,
    "one pattern": one_pattern,
}


def main(rounds: int = 7, file: str = "") -> None:
    """Print the medians of interleaved rounds, and their spread."""
    given = texts()
    cleaned = [clean(text) for text in given]
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            taken[name].append(measured(way, given if name in {"clean", "NFC and blanks"} else cleaned))
    for name, seen in taken.items():
        print(f"{name:15} {spread(seen, 1)} µs a text")
    both = statistics.median(taken["clean"]) + statistics.median(taken["acts"])
    print(f"clean and acts together: {both:.0f} µs (goal {GOAL})")
    if file:
        Path(file).write_text(json.dumps({"micros": taken, "both": both}, indent=1), encoding="utf-8")
    sys.exit(0 if both <= GOAL else 1)


def measured(way: Callable[[str], object], given: list[str]) -> float:
    """CPU-microseconds of this process for each text."""
    began = time.process_time()
    for text in given:
        way(text)
    return (time.process_time() - began) / len(given) * 1e6


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
