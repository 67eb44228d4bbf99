"""Two texts laid side by side, word by word: what stands in both, and what stands instead of what.

Word pairs that each text has once are the anchors (patience diff: those in the same order in both);
between them the texts are compared closely, so that a cost of some hundred microseconds does.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

CLOSE = 12
"""Words up to which a stretch between anchors counts as reworded, whatever stands there."""
EDGE = 4
"""The same before the first anchor and after the last, where one of the texts has so few words left."""
FAR = 60
"""Words from which a stretch is not compared any more: something else stands there."""
ALIKE = 0.5
"""The share of equal words from which a longer stretch counts as reworded rather than as something else."""

Gap = tuple[int, int, int, int]
"""Words start:end of one text stand instead of words start:end of the other."""


@dataclass(slots=True)
class Alignment:
    """The words that are the same, by their places in both, and the stretches that were replaced."""

    same: list[tuple[int, int]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """How many words of the first text have a counterpart."""
        return len(self.same) + sum(min(end - start, other - begin) for start, end, begin, other in self.gaps)


def once(pairs: Iterable[str]) -> dict[str, int]:
    """The pairs that occur once -> their place, in order."""
    places: dict[str, int] = {}
    for place, pair in enumerate(pairs):
        places[pair] = -1 if pair in places else place
    return {pair: place for pair, place in places.items() if place >= 0}


def anchors(a: Mapping[str, int], b: Mapping[str, int]) -> list[tuple[int, int]]:
    """The longest list of pairs that stand in the same order in both; of what `once` gave."""
    found = [(place, b[pair]) for pair, place in a.items() if pair in b]
    places = [place for _, place in found]
    if places == sorted(places):
        return found
    ends: list[int] = []
    last: list[int] = []
    before = []
    for number, place in enumerate(places):
        at = bisect_left(ends, place)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        last[at : at + 1] = [number]
    chain, number = [], last[-1] if last else -1
    while number >= 0:
        chain.append(found[number])
        number = before[number]
    return chain[::-1]


def align(a: Sequence[str], b: Sequence[str], fixed: Sequence[tuple[int, int]]) -> Alignment:
    """Lay two texts side by side along their anchors; nothing is aligned without any."""
    laid = Alignment()
    if not fixed:
        return laid
    at, to = fixed[0]
    if max(at, to) <= CLOSE:
        _between(a, b, (0, at, 0, to), laid)
    else:
        size = min(at, to, CLOSE)
        _in_step(a, b, (at - size, at, to - size, to), laid, close=EDGE)
    for i, j in fixed:
        if i + 1 == at and j + 1 == to:
            laid.same.append((at, to))
            at, to = at + 1, to + 1
            continue
        skip = max(at - i, to - j, 0)
        if skip < 2:
            _between(a, b, (at, i + skip, to, j + skip), laid)
            laid.same += [(i + step, j + step) for step in range(skip, 2)]
            at, to = i + 2, j + 2
    if max(len(a) - at, len(b) - to) <= CLOSE:
        _between(a, b, (at, len(a), to, len(b)), laid)
    else:
        size = min(len(a) - at, len(b) - to, CLOSE)
        _in_step(a, b, (at, at + size, to, to + size), laid, close=EDGE)
    return laid


def _between(a: Sequence[str], b: Sequence[str], gap: Gap, laid: Alignment) -> None:
    """Compare what stands between two anchors."""
    start, end, begin, stop = gap
    while start < end and begin < stop and a[start] == b[begin]:
        laid.same.append((start, begin))
        start, begin = start + 1, begin + 1
    while start < end and begin < stop and a[end - 1] == b[stop - 1]:
        end, stop = end - 1, stop - 1
        laid.same.append((end, stop))
    if start < end and begin < stop:
        rest = (start, end, begin, stop)
        if end - start != stop - begin or not _in_step(a, b, rest, laid, close=CLOSE):
            _closely(a, b, rest, laid)


def _in_step(a: Sequence[str], b: Sequence[str], gap: Gap, laid: Alignment, *, close: int = 0) -> bool:
    """Compare stretches of one length word by word, when enough of them are equal or they are short."""
    start, end, begin, _ = gap
    shift = begin - start
    equal = [a[place] == b[place + shift] for place in range(start, end)]
    if len(equal) > close and sum(equal) < ALIKE * len(equal):
        return False
    for place, alike in enumerate(equal, start):
        if alike:
            laid.same.append((place, place + shift))
        elif laid.gaps and laid.gaps[-1][1] == place and laid.gaps[-1][3] == place + shift:
            laid.gaps[-1] = (laid.gaps[-1][0], place + 1, laid.gaps[-1][2], place + shift + 1)
        else:
            laid.gaps.append((place, place + 1, place + shift, place + shift + 1))
    return True


def _closely(a: Sequence[str], b: Sequence[str], gap: Gap, laid: Alignment) -> None:
    """Compare stretches of different lengths."""
    start, end, begin, stop = gap
    size = max(end - start, stop - begin)
    if size > FAR:
        return
    matcher = SequenceMatcher(None, a[start:end], b[begin:stop], autojunk=False)
    if size > CLOSE and matcher.ratio() < ALIKE:
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            laid.same += zip(range(start + i1, start + i2), range(begin + j1, begin + j2), strict=True)
        elif tag == "replace":
            laid.gaps.append((start + i1, start + i2, begin + j1, begin + j2))
