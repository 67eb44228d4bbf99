"""The role of an act in an article, from the words around it: announced or only cited.

The nearest verb decides (PORTALS.md 3.1): `ban hành`, `ký`, `có` announce, `thực hiện`, `theo`,
`căn cứ`, `tại` cite. The words themselves are in config/vocabulary/act_types.toml.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from archive.records import Role
from archive.text import retone
from config import vocabulary

_IN_USE = re.compile(
    r"(?:[^.;\n]{0,220}?\b(?:được|đã|là|tiếp tục)\b)(?: (?!gửi|để|ban hành|ký|phát hành)[^.;, \n]+){0,6}?"
    r" (?:tổ chức |tiếp tục )?(?:được )?"
    r"(?:quán triệt|phổ biến|triển khai|thực hiện|áp dụng|cụ thể hóa|căn cứ|cơ sở|văn bản|quan tâm|đi vào)\b"
)
"""What is said of an act that is carried out, taught or built upon: it is not new."""
_PASSIVE = re.compile(r"[^.;\n]{0,60}?\b(?:vừa |mới |đã )?được [^.;\n]{0,60}?(?:ban hành|ký|thông qua|phê duyệt)\b")

_BESIDE_LETTERS = 40  # before an act are read for words that count right beside it

_ATTRIBUTES = frozenset({"hết hiệu lực", "sửa đổi", "bổ sung", "thay thế", "bãi bỏ", "hủy bỏ"})
"""What is said of acts on a list that goes with an act: `công bố Danh mục văn bản hết hiệu lực kèm theo …`."""


@dataclass(frozen=True, slots=True)
class _Cues:
    """Patterns of the words that decide: verbs, words that count right before an act, openings of older news."""

    verb: re.Pattern[str]
    beside: re.Pattern[str]
    earlier: re.Pattern[str]
    announcing: frozenset[str]


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern for any of these phrases, tones where `retone` puts them, the longest first.

    What phrases begin with alike stands in it once, as in a trie, and all their first letters stand in front: the
    engine would try one phrase after another at each word of a text.
    """
    told = sorted({retone(phrase) for phrase in phrases})
    first = "".join(sorted({re.escape(phrase[0]) for phrase in told}))
    return f"(?=[{first}]){_branching(told)}"


def _branching(phrases: Sequence[str]) -> str:
    rests: dict[str, list[str]] = {}
    for phrase in filter(None, phrases):
        rests.setdefault(phrase[0], []).append(phrase[1:])
    branches = [re.escape(first) + _branching(rest) for first, rest in rests.items()]
    if "" in phrases:
        return f"(?:{'|'.join(branches)})?" if branches else ""
    return f"(?:{'|'.join(branches)})" if len(branches) > 1 else "".join(branches)


@cache
def _cues() -> _Cues:
    roles = vocabulary.act_types().roles
    verbs = alternatives([*roles["announced"], *roles["cited"], "ký"])
    beside = alternatives([*roles["announced_beside"], *roles["cited_beside"]])
    announcing = (*roles["announced"], *roles["announced_beside"])
    return _Cues(
        re.compile(rf"\b(?:{verbs})\b", re.IGNORECASE),
        re.compile(rf"\b({beside})(?: (?:một|các|những))?$", re.IGNORECASE),
        re.compile(rf"(?:^|[,;:] ?|[.] )(?:{alternatives(roles['earlier'])})\b,?[^,;]*$", re.IGNORECASE),
        frozenset(map(str.casefold, announcing)),
    )


def role_of(left: str, right: str, *, opens_text: bool) -> tuple[Role, int]:
    """The role of an act by the words of its sentence on both sides, and where in `left` its verb begins.

    Without a verb it is announced when it opens a text, or when it `được … ban hành`.
    """
    left = retone(left).rstrip(' :“"(')
    beside = _cues().beside.search(left, max(0, len(left) - _BESIDE_LETTERS))
    cues = [match for match in _cues().verb.finditer(left) if _is_verb(match, left)]
    if beside and (not cues or beside.end() > cues[-1].end()):
        return _beside(beside, cues, left)
    if not cues:
        fresh = opens_text and not _IN_USE.match(right) and not _cues().earlier.search(left)
        announced = fresh or _PASSIVE.match(right)
        return (Role.ANNOUNCED if announced else Role.CITED), len(left)
    return _by_cue(cues, left)


def _is_verb(match: re.Match[str], left: str) -> bool:
    if left[: match.start()].endswith(("Luật ", "luật ")):
        return False
    return match[0].casefold() != "ký" or left.endswith(match[0])


def _beside(beside: re.Match[str], cues: list[re.Match[str]], left: str) -> tuple[Role, int]:
    word = beside[1].casefold()
    if word in _cues().announcing:
        return (Role.CITED if _cues().earlier.search(left[: beside.start()]) else Role.ANNOUNCED), beside.start()
    if word == "và" and cues:
        return _by_cue(cues, left)
    carried = word in {"tại", "gồm", "các", "bằng", "như"} and cues and _announces(cues[-1])
    return _by_cue(cues, left) if carried else (Role.CITED, beside.start())


def _by_cue(cues: list[re.Match[str]], left: str) -> tuple[Role, int]:
    last = cues[-1]
    if last[0].casefold() == "kèm theo":
        before = [cue for cue in cues[:-1] if cue[0].casefold() not in _ATTRIBUTES]
        if before and _announces(before[-1]) and left[before[-1].end() : last.start()].strip():
            return _by_cue(before, left)
    if not _announces(last) or _cues().earlier.search(left[: last.start()]):
        return Role.CITED, last.start()
    return Role.ANNOUNCED, last.start()


def _announces(cue: re.Match[str]) -> bool:
    return cue[0].casefold() in _cues().announcing
