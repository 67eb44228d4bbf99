"""The project's words: abbreviations, kinds of acts, reform areas, indices, words for and against.

Each is a TOML file beside this one that a person who does not program can edit; a mistake is
answered with the file, the key and what to write. Files are read once, when first asked for.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.errors import UserError

FOLDER = Path(__file__).parent
ROLE_WORDS = ("announced", "announced_beside", "cited", "cited_beside", "earlier")


class VocabularyError(UserError):
    """A vocabulary file is wrong; the message names file, key and fix."""

    code = 2


@dataclass(frozen=True, slots=True)
class ActTypes:
    """Kinds of acts: by symbol, the words for each, known bodies, and words that decide a role."""

    by_symbol: dict[str, str]
    words: dict[str, str]
    bodies: frozenset[str]
    party: frozenset[str]
    roles: dict[str, tuple[str, ...]]
    """announced, announced_beside, cited, cited_beside, earlier: see the file"""
    false: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelevanceWords:
    """Points for and against, what listing adds, the points needed, and words that sound like reform."""

    points: dict[str, float]
    threshold: float
    listed: float
    like: tuple[str, ...]
    unlike: tuple[str, ...]


def read(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """One vocabulary file as a table; raises VocabularyError when it cannot be read."""
    path = folder / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{path}: cannot be read ({error}); save it as UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(f"{path}: not TOML: {error}") from None


@cache
def abbreviations(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Each abbreviation and its readings; several readings mean it must never be expanded blindly."""
    found: dict[str, tuple[str, ...]] = {}
    for group, table in read("abbreviations", folder).items():
        for short, reading in _table(table, "abbreviations", group).items():
            if short in found:
                raise _wrong(folder, "abbreviations", f"{group}.{short}", "stands twice; keep one")
            readings = (reading,) if isinstance(reading, str) else reading
            found[short] = _texts(readings, "abbreviations", f"{group}.{short}")
    return found


def expansions(folder: Path = FOLDER) -> dict[str, str]:
    """The abbreviations with one reading: these may be expanded, and shortened, both ways."""
    return {short: readings[0] for short, readings in abbreviations(folder).items() if len(readings) == 1}


@cache
def act_types(folder: Path = FOLDER) -> ActTypes:
    """Kinds of acts, with their symbols and the words that go with them."""
    whole = read("act_types", folder)
    by_symbol: dict[str, str] = {}
    words: dict[str, str] = {}
    for name, entry in _table(whole.get("types"), "act_types", "types").items():
        kind = _table(entry, "act_types", f"types.{name}")
        by_symbol |= dict.fromkeys(_texts(kind.get("symbols"), "act_types", f"types.{name}.symbols"), name)
        words |= dict.fromkeys([name, *_texts(kind.get("words", []), "act_types", f"types.{name}.words")], name)
    bodies = _table(whole.get("bodies"), "act_types", "bodies")
    roles = _table(whole.get("roles"), "act_types", "roles")
    return ActTypes(
        by_symbol,
        words,
        frozenset(_texts(bodies.get("known"), "act_types", "bodies.known")),
        frozenset(_texts(bodies.get("party"), "act_types", "bodies.party")),
        {key: _texts(roles.get(key), "act_types", f"roles.{key}") for key in ROLE_WORDS},
        _texts(_table(whole.get("false", {}), "act_types", "false").get("before", []), "act_types", "false.before"),
    )


@cache
def bodies(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Names of issuing bodies: central, fields, others, steering."""
    whole = read("bodies", folder)
    return {key: _texts(whole.get(key), "bodies", key) for key in ("central", "fields", "others", "steering")}


@cache
def reform_areas(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """The official name of each task group and the words that signal it, in official order."""
    return {
        name: _texts(_table(entry, "reform_areas", name).get("words"), "reform_areas", f"{name}.words")
        for name, entry in read("reform_areas", folder).items()
    }


@cache
def indicators(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Each index and its spellings."""
    return {name: _texts(entry, "indicators", name) for name, entry in read("indicators", folder).items()}


@cache
def kinds(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Each kind of announcement and the words for it, in the order they are tried; `other` is last."""
    found = {name: _texts(entry, "kinds", name) for name, entry in read("kinds", folder).items()}
    if "other" not in found:
        raise _wrong(folder, "kinds", "other", "is missing; add other = []")
    return found


@cache
def relevance(folder: Path = FOLDER) -> RelevanceWords:
    """The words for and against reform, with their points."""
    whole = read("relevance", folder)
    sounds = _table(whole.get("sounds"), "relevance", "sounds")
    points = _points(whole, "for", 1.0) | _points(whole, "against", -1.0)
    return RelevanceWords(
        points,
        _number(whole.get("threshold"), "threshold"),
        _number(whole.get("listed"), "listed"),
        _texts(sounds.get("like"), "relevance", "sounds.like"),
        _texts(sounds.get("unlike"), "relevance", "sounds.unlike"),
    )


def _points(whole: dict[str, Any], side: str, sign: float) -> dict[str, float]:
    table = _table(whole.get(side), "relevance", side)
    return {word: sign * _number(value, f"{side}.{word}") for word, value in table.items()}


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise VocabularyError(f"relevance.toml: {key}: write a number above 0, not {value!r}")
    return float(value)


def _table(value: object, name: str, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise VocabularyError(f"{name}.toml: {key}: write a table, not {value!r}")
    return value


def _texts(value: object, name: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one.strip() for one in value):
        raise VocabularyError(f'{name}.toml: {key}: write a list of words, ["…", "…"], not {value!r}')
    return tuple(value)


def _wrong(folder: Path, name: str, key: str, fix: str) -> VocabularyError:
    return VocabularyError(f"{folder / name}.toml: {key}: {fix}")
