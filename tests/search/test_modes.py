"""The modes, over whole vocabularies: tone marks, spellings, abbreviations and act numbers as people type them."""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import fold, retone
from config import vocabulary
from search.engine import Engine, Mode, Query
from search.suggest import is_syllable
from tests.search.conftest import make
from tests.search.judged import indexed

CHECKOUT = Path(__file__).resolve().parents[2]
Folder = pytest.TempPathFactory


def texts(folder: Path, rows: Iterable[str]) -> Engine:
    """An engine with an article for each text, numbered from 1, that says nothing else."""
    bare = {"portal_name": "", "district": "", "province": None, "province_now": None}
    return indexed(folder, [make(number, "", text, **bare) for number, text in enumerate(rows, 1)])


# Tone marks


def syllables() -> list[str]:
    """Every Vietnamese syllable in the project's tables and in the farm's writing, in one tone placement."""
    files = [*CHECKOUT.glob("config/*/*.csv"), *CHECKOUT.glob("config/*/*.toml"), *CHECKOUT.glob("crawler/farm/*.toml")]
    words = {word for file in files for word in re.findall(r"[^\W\d_]+", retone(file.read_text("utf-8")).lower())}
    return sorted(word for word in words if is_syllable(fold(word)))


def test_exact_mode_tells_every_minimal_pair_apart(tmp_path: Path) -> None:
    """Precision 1.0 over pairs of real syllables that differ in marks alone; folded mode takes them as one."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, syllable in enumerate(syllables(), 1):
        groups[fold(syllable)].append(number)
    assert sum(len(group) * (len(group) - 1) // 2 for group in groups.values()) >= 2_000
    engine = texts(tmp_path, syllables())
    for number, syllable in enumerate(syllables(), 1):
        if len(groups[fold(syllable)]) > 1:
            assert engine.ids(Query(syllable, Mode.EXACT)) == [number], syllable
            hits = engine.find(Query(syllable, facets=(), limit=1)).hits
            assert fold(syllable) == syllable or [hit.id for hit in hits] == [number], syllable
    for folded, group in list(groups.items())[::5]:
        assert engine.ids(Query(folded, Mode.FOLDED)) == engine.ids(Query(folded)) == group, folded


SENTENCE = "Ủy ban nhân dân thành phố Đà Nẵng hòa giải, hủy bỏ thủ tục; xóa Đề án khóa thúy quý"
OLD = {"ủy": "uỷ", "hòa": "hoà", "hủy": "huỷ", "xóa": "xoá", "khóa": "khoá", "thúy": "thuý", "Ủy": "Uỷ"}
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "tone before shape": lambda text: text.replace("ẵ", "a\u0303\u0306").replace("ề", "e\u0300\u0302"),
    "old placement": lambda text: re.sub(r"\w+", lambda match: OLD.get(match[0], match[0]), text),
    "eth": lambda text: text.replace("Đ", "\u00d0").replace("đ", "\u00f0"),
    "capitals": str.upper,
    "small": str.lower,
    "other blanks": lambda text: text.replace(" ", "\u00a0"),
    "many blanks": lambda text: text.replace(" ", " \u2003\t "),
    "unseen": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u200b", text),
    "soft hyphens": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u00ad", text),
    "joiners": lambda text: text.replace(" ", "\ufeff \u2060"),
}


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: Folder) -> Engine:
    return texts(tmp_path_factory.mktemp("index"), [*(way(SENTENCE) for way in WAYS.values()), "Việc khác hẳn"])


@settings(max_examples=100)
@given(
    mode=st.sampled_from(Mode),
    ways=st.lists(st.sampled_from(sorted(WAYS)), max_size=3),
    cut=st.tuples(st.integers(0, 15), st.integers(1, 6)),
    quoted=st.booleans(),
)
def test_no_spelling_matters_in_any_mode(
    spelt: Engine, mode: Mode, ways: list[str], cut: tuple[int, int], quoted: bool
) -> None:
    words = re.findall(r"\w+", SENTENCE)[cut[0] : sum(cut)]
    typed = " ".join(words)
    for way in ways:
        typed = WAYS[way](typed)
    assert spelt.ids(Query(f'"{typed}"' if quoted else typed, mode)) == list(range(1, len(WAYS) + 1))


# Abbreviations

PAIRS = sorted(vocabulary.expansions().items())
AMBIGUOUS = {short: long for short, long in vocabulary.abbreviations().items() if len(long) > 1}


@pytest.fixture(scope="module")
def abbreviated(tmp_path_factory: Folder) -> Engine:
    """Article 2n - 1 has the nth short form, 2n its long form."""
    rows = [f"về {form} ở đây" for pair in PAIRS for form in pair]
    return texts(tmp_path_factory.mktemp("index"), rows)


def test_there_are_a_hundred_abbreviations() -> None:
    assert len(PAIRS) >= 100
    assert {"CT", "TT", "TU", "BTC", "QC", "CC", "CP", "HD", "DN", "TP", "KH", "CĐ", "ĐA"} <= AMBIGUOUS.keys()


@pytest.mark.parametrize("at", range(len(PAIRS)), ids=[short for short, _ in PAIRS])
def test_an_abbreviation_is_found_both_ways(at: int, abbreviated: Engine) -> None:
    short, long = PAIRS[at]
    for typed in (short, short.lower(), long, fold(long)):
        assert {2 * at + 1, 2 * at + 2} <= set(abbreviated.ids(Query(typed))), typed
    for mode in (Mode.EXACT, Mode.FOLDED):
        assert 2 * at + 2 not in abbreviated.ids(Query(short, mode))
        assert 2 * at + 1 not in abbreviated.ids(Query(long, mode))


@pytest.mark.parametrize("short", sorted(AMBIGUOUS))
def test_an_ambiguous_abbreviation_is_never_expanded(short: str, tmp_path: Path) -> None:
    engine = texts(tmp_path, [f"về {short} ở", *(f"về {long} ở" for long in AMBIGUOUS[short])])
    assert engine.ids(Query(short)) == [1]
    assert 1 not in engine.ids(Query(AMBIGUOUS[short][0]))


# Act numbers

KINDS, BODIES = ["QĐ", "KH", "NQ", "BC", "TB", "CT", "CTr"], ["UBND", "HĐND", "TTg", "CP", "BNV"]
DIGITS, YEARS = ["8", "82", "182", "820", "28", "2282"], ["", "2020", "2021"]
NUMBERS = [
    f"{digits}/{f'{year}/' if year else ''}{kind}-{body}"
    for digits, year, kind, body in itertools.product(DIGITS, YEARS, KINDS, BODIES)
]


@pytest.fixture(scope="module")
def acts(tmp_path_factory: Folder) -> Engine:
    rows = (f"Ban hành văn bản số {number} ngày 5/6/2020" for number in NUMBERS)
    return texts(tmp_path_factory.mktemp("index"), rows)


@dataclass(frozen=True)
class Way:
    """A way to type an act number."""

    slash: str
    dash: str
    form: Callable[[str], str]
    lead: str
    behind: str
    eth: bool
    decomposed: bool

    def typed(self, number: str) -> str:
        *digits, symbol = number.split("/")
        spelt = self.form(self.slash.join(["/".join(digits), symbol.replace("-", self.dash)]))
        spelt = spelt.replace("Đ", "\u00d0") if self.eth else spelt
        spelt = unicodedata.normalize("NFD", spelt) if self.decomposed else spelt
        return f"{self.lead}{spelt}{self.behind}"


TYPED = st.builds(
    Way,
    slash=st.sampled_from(["/", " / ", "/ ", " /", "-", " "]),
    dash=st.sampled_from(["-", " - ", "–", "- ", " -", " "]),
    form=st.sampled_from([str, str.lower, str.upper, fold]),
    lead=st.sampled_from(["", "số ", "so ", "Số: ", "văn bản số "]),
    behind=st.sampled_from(["", " ban hành", " ngày 5/6/2020"]),
    eth=st.booleans(),
    decomposed=st.booleans(),
)


@settings(max_examples=200)
@given(at=st.integers(0, len(NUMBERS) - 1), way=TYPED, mode=st.sampled_from(Mode))
def test_a_number_in_any_loose_spelling_finds_exactly_its_act(acts: Engine, at: int, way: Way, mode: Mode) -> None:
    assert acts.ids(Query(way.typed(NUMBERS[at]), mode)) == [at + 1], way.typed(NUMBERS[at])


def test_a_place_behind_a_number_is_no_part_of_it(tmp_path: Path) -> None:
    rows = [f"Quyết định số 82/QĐ-UBND ở {place}" for place in ("Quế Sơn", "Đà Nẵng", "Tứ Kỳ", "Kon Tum", "Cà Mau")]
    engine = texts(tmp_path, rows)
    for number, typed in enumerate(["que son", "da nang", "tu ky", "kon tum", "ca mau"], 1):
        for spelling in ("82 qd ubnd", "82/QĐ-UBND", "quyet dinh so 82 qd-ubnd"):
            assert engine.ids(Query(f"{spelling} {typed}")) == [number]


# Typos


@settings(max_examples=60)
@given(word=st.sampled_from(["cach", "xa", "mot", "2020", "12345", "76543", "covid19"]), data=st.data())
def test_no_typo_is_forgiven_in_a_number_or_a_short_word(short: Engine, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    other = data.draw(st.sampled_from("0123456789" if word[at].isdigit() else "abcdeghik"))
    typed = word[:at] + other + word[at + 1 :]
    assert short.ids(Query(typed)) == ([1] if typed == word else [])


@pytest.fixture(scope="module")
def short(tmp_path_factory: Folder) -> Engine:
    return texts(tmp_path_factory.mktemp("index"), ["cach xa mot 2020 12345 76543 covid19"])
