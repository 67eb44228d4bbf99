"""What a search server alone brings: faults on the way, keys, its limits, and how words and filters are written."""

import csv
import itertools
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from archive import queries
from archive.filters import Filters
from archive.records import ArchivedArticle
from caicach import app
from config.errors import SettingError, UserError
from config.settings import Settings
from search.documents import document
from search.engine import Engine, Mode, Query
from search.engines.embedded import Embedded
from search.engines.meilisearch import Meilisearch, TooManyWordsError, Vocabulary
from search.engines.meilisearch_documents import coded, decoded
from search.engines.meilisearch_questions import Questions, filter_of
from search.engines.meilisearch_server import Pause, Server, ServerError, checked
from search.engines.meilisearch_words import fields, token
from search.opening import abbreviations, engine_of, forms
from search.query import Word, parse
from search.sync import rebuild, sync, verify
from search.terms import plan
from tests.archives import Archive
from tests.search import tapes
from tests.search.tapes import Faulty

Maker = Callable[..., ArchivedArticle]
recorded = pytest.mark.meilisearch
ANYTHING = st.text(max_size=60) | st.text(alphabet="\"\\'[]()~, =<>-ANDORIT", max_size=40)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300).map(str.lower)


def put(engine: Engine, *articles: ArchivedArticle, cursor: int = 1) -> None:
    with engine.writing() as mine, engine.rebuilding() as beside:
        assert mine
        beside.replace([article.id for article in articles], map(document, articles), cursor)


# Faults on the way

PASSING = ["down", "lost", "503", "500", "429:too_many_requests", "502", "garbage", "507:no_space_left_on_device"]


@recorded
@pytest.mark.parametrize(
    ("fault", "part"), list(zip(PASSING, itertools.cycle(["POST /indexes/", "GET /tasks/", "POST /multi-search"])))
)
def test_what_may_pass_is_tried_again_and_said_once(
    fault: str, part: str, *, meilisearch: Meilisearch, faulty: Faulty, make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    put(meilisearch, make(1, "Cũ"), cursor=5)
    faulty.strike(fault, part, 2)
    with meilisearch.writing():
        meilisearch.replace([1, 2], map(document, [make(1, "Mới"), make(2, "Thêm")]), 6)
    assert meilisearch.ids(Query("mới")) == [1]
    assert (meilisearch.cursor(), meilisearch.ids(Query())) == (6, [1, 2])
    assert not faulty.waiting
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "trying again" in said


@recorded
@pytest.mark.parametrize("code", ["no_space_left_on_device", "internal"])
def test_a_task_that_fails_is_asked_for_again(
    code: str, meilisearch: Meilisearch, faulty: Faulty, make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    put(meilisearch, make(1, "Cũ"), cursor=5)
    faulty.strike(f"task:{code}", "GET /tasks/", 3)
    with meilisearch.writing():
        meilisearch.replace([1], [document(make(1, "Mới"))], 6)
    assert (meilisearch.cursor(), meilisearch.ids(Query("mới"))) == (6, [1])
    assert code in capsys.readouterr().err


@recorded
@pytest.mark.parametrize(
    ("fault", "part", "says"),
    [
        ("down", "", "no connection"),
        ("503", "", "503"),
        ("429:too_many_requests", "", "429"),
        ("slow", "", "too long"),
        ("507:no_space_left_on_device", "POST /indexes", "no_space_left_on_device"),
        ("task:no_space_left_on_device", "GET /tasks/", "no_space_left_on_device"),
        ("task:invalid_document_fields", "GET /tasks/", "invalid_document_fields"),
        ("404", "", "not answer like a Meilisearch"),
        ("403:invalid_api_key", "", "CAICACH_SEARCH_KEY"),
    ],
)
def test_what_stays_is_one_line_without_a_secret_and_the_cursor_has_not_moved(
    fault: str, part: str, says: str, *, meilisearch: Meilisearch, faulty: Faulty, make: Maker
) -> None:
    put(meilisearch, make(1, "Cũ"), cursor=5)
    config = meilisearch._server.client.config
    config.timeout = 1 if fault == "slow" else config.timeout
    faulty.strike(fault, part, 100)
    with meilisearch.writing(), pytest.raises(UserError, match=re.escape(says)) as raised:
        meilisearch.replace([1], [document(make(1, "Mới"))], 6)
    assert "\n" not in str(raised.value)
    assert (tapes.KEY or "secret-key") not in str(raised.value)
    faulty.waiting.clear()
    config.timeout = 60
    assert meilisearch.cursor() == 5 or fault.startswith("task"), "a task is made here and only said to have failed"
    with meilisearch.writing():
        meilisearch.replace([1], [document(make(1, "Mới"))], 6)
    assert (meilisearch.cursor(), meilisearch.ids(Query("mới"))) == (6, [1])


@recorded
@pytest.mark.parametrize("fault", ["lost", "down", "503"])
def test_a_swap_whose_answer_is_lost_is_not_made_twice(
    fault: str, meilisearch: Meilisearch, faulty: Faulty, make: Maker
) -> None:
    put(meilisearch, make(1, "Cũ"), cursor=5)
    faulty.strike(fault, "POST /swap-indexes")
    put(meilisearch, make(1, "Mới"), cursor=6)
    assert (meilisearch.cursor(), meilisearch.ids(Query("mới")), meilisearch.ids(Query("cũ"))) == (6, [1], [])


@recorded
def test_a_night_of_faults_loses_no_change(meilisearch: Meilisearch, faulty: Faulty, full: Archive) -> None:
    sync(full.session, meilisearch)
    for at, fault in enumerate([*PASSING, "task:internal"]):
        full.record(f"dem-{at}", f"Cải cách hành chính đêm {at}")
        if at % 3 == 0:
            full.store.withhold(10 + at, "theo yêu cầu")
        faulty.strike(fault, "GET /tasks/" if fault.startswith("task") else "", 2 if at % 2 else 20)
        try:
            sync(full.session, meilisearch)
        except UserError:
            faulty.waiting.clear()
    faulty.waiting.clear()
    sync(full.session, meilisearch)
    ids = full.read(queries.matching, Filters(any_topic=True))
    shown = full.read(queries.documents, ids)
    assert meilisearch.digests() == {one.id: document(one).digest for one in shown if not one.withheld}
    assert meilisearch.cursor() == full.read(queries.version)
    assert verify(full.session, meilisearch).repaired == 0


@recorded
def test_verify_names_and_repairs_what_differs(meilisearch: Meilisearch, full: Archive) -> None:
    sync(full.session, meilisearch)
    (two,) = full.read(queries.documents, [2])
    with meilisearch.writing():
        meilisearch.replace([1, 3], [], meilisearch.cursor())
        meilisearch.replace([], [_changed(document(two), title="Giả"), _changed(document(two), id=999)], 1)
        meilisearch.replace([], [], full.read(queries.version))
    found = verify(full.session, meilisearch)
    assert (found.missing, found.stale, found.extra) == ([1, 3], [2], [999])
    assert verify(full.session, meilisearch).repaired == 0


def _changed(made: Any, **changes: Any) -> Any:
    return type(made)(**{name: getattr(made, name) for name in made.__slots__} | changes)


@recorded
def test_an_index_of_other_words_or_settings_is_built_anew(meilisearch: Meilisearch, full: Archive) -> None:
    sync(full.session, meilisearch)
    assert meilisearch.fault() is None
    other = Meilisearch(
        meilisearch._server, meilisearch._folder, Vocabulary(abbreviations(), forms(), "new"), meilisearch._index
    )
    assert other.fault() == "vocabulary changed"
    index = meilisearch._index
    meilisearch._server.change(lambda client: client.index(index).update_settings({"prefixSearch": "indexingTime"}))
    assert meilisearch.fault() == "settings changed"
    assert sync(full.session, meilisearch).rebuilt == "settings changed"
    assert meilisearch.fault() is None


@recorded
@pytest.mark.skipif(not tapes.URL, reason="needs a real search server: queries while an index is swapped")
def test_a_rebuild_under_constant_queries_answers_every_one_whole(meilisearch: Meilisearch, full: Archive) -> None:
    sync(full.session, meilisearch)
    reader = Meilisearch(Server(tapes.URL, tapes.KEY), Path(), meilisearch._vocabulary, meilisearch._index)
    seen: list[tuple[int, int, int]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            results = reader.find(Query("cải cách", limit=5))
            seen.append((results.total, len(results.hits), sum(results.facets["level"].values())))

    whole = reader.find(Query("cải cách", limit=5))
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            rebuild(full.session, meilisearch)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    print(f"{len(seen)} queries while three indexes were built and swapped in")
    assert len(seen) > 20
    assert set(seen) == {(whole.total, 5, sum(whole.facets["level"].values()))}


# Keys and addresses


def test_a_wrong_address_is_one_line(tmp_path: Path) -> None:
    for url in ("nonsense", "ftp://search.example.vn", "http://", "http://[::1"):
        with pytest.raises(SettingError, match=r"CAICACH_SEARCH_URL.*https://"):
            engine_of(Settings(data=tmp_path, search_url=url))
    assert checked("https://an:secret@search.example.vn:7700/x/?a=b") == "https://search.example.vn:7700/x"


def test_no_server_is_one_line(tmp_path: Path) -> None:
    server = Server("http://an:secret@127.0.0.1:9", "secret-key", Pause(0, 0))
    engine = Meilisearch(server, tmp_path, Vocabulary(abbreviations(), forms()))
    for question in (engine.fault, engine.cursor, lambda: engine.find(Query("x")), engine.status):
        with pytest.raises(ServerError, match=r"http://127\.0\.0\.1:9 fails") as raised:
            question()
        assert "secret" not in str(raised.value)


def test_the_settings_choose_the_engine(tmp_path: Path) -> None:
    assert isinstance(engine_of(Settings(data=tmp_path)), Embedded)
    server = engine_of(Settings(data=tmp_path, search_url="http://127.0.0.1:9", search_key="k"))
    assert isinstance(server, Meilisearch)


# Limits of the server


@recorded
def test_more_than_ten_words_are_compared_but_no_complete_set_is_given(meilisearch: Meilisearch, make: Maker) -> None:
    words = "một hai ba bốn năm sáu bảy tám chín mười mươi trăm"
    put(meilisearch, make(1, "Tin", words), make(2, "Tin", words.replace("trăm", "nghìn")))
    for mode in Mode:
        assert [hit.id for hit in meilisearch.find(Query(words, mode)).hits] == [1]
        with pytest.raises(TooManyWordsError, match="at most 10 words"):
            meilisearch.ids(Query(words, mode))


# How words and filters are written


@given(st.text(max_size=80))
@hypothesis_settings(max_examples=100)
def test_labels_are_plain_ascii_and_can_be_read_back(value: str) -> None:
    assert re.fullmatch(r"[a-z0-9 ,./~!-]*", coded(value))
    assert decoded(coded(value)) == value
    assert coded(value).strip() == coded(value)


@given(st.lists(WORDS, min_size=2, max_size=5, unique=True))
@hypothesis_settings(max_examples=100)
def test_other_words_have_other_tokens(spelt: list[str]) -> None:
    for exact in (True, False):
        tokens = {token(Word(one, one), exact=exact, title=title) for one in spelt for title in (True, False)}
        assert len(tokens) == 2 * len(spelt)
        assert all(re.fullmatch(r"[0-9][a-z0-9]{1,200}", one) for one in tokens)


@given(ANYTHING, ANYTHING)
@hypothesis_settings(max_examples=100)
def test_nothing_typed_reaches_a_filter_or_the_query_as_it_is(typed: str, value: str) -> None:
    filters = Filters(portal=(value,), body=(value, typed), number=(value,), province=(value,), kind=(value,))
    for built in filter_of(filters):
        assert re.fullmatch(r'[a-z_]+ IN \[("[a-z0-9 ,./~!-]*"(, )?)*\]', built), built
    questions = Questions(forms(), lambda _: [1], lambda _: [2])
    for exact in (True, False):
        for ask in questions.asks(plan(parse(typed), abbreviations(), exact=exact, ranked=not exact), filters):
            assert re.fullmatch(r'(-?"[a-z0-9 ]+" ?)*', ask.text), ask.text
            assert all(re.fullmatch(r'(NOT )?[a-z_]+ IN \[("[a-z0-9 =,./~!-]*"(, )?)*\]', one) for one in ask.filters)


def test_no_word_of_a_long_text_is_lost_to_the_limit_of_a_field() -> None:
    made = fields([" ".join(f"w{at}" for at in range(100_000)), "thêm nữa"])
    assert all(sum(len(text.split()) + 8 for text in texts) <= 65_535 for texts in made.values())
    found = {word for texts in made.values() for text in texts for word in text.split()}
    assert {f"1w{at}" for at in range(100_000)} <= found
    assert any("1them 1nua" in text for texts in made.values() for text in texts)


# The commands


@recorded
def test_the_commands_use_the_server_that_is_set(
    meilisearch_url: str, full: Archive, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"DATA": full.settings.data, "DATABASE_URL": full.settings.database}
    told |= {"SEARCH_URL": meilisearch_url, "SEARCH_KEY": tapes.KEY or "secret-key"}
    for name, value in told.items():
        monkeypatch.setenv(f"CAICACH_{name}", str(value))
    _forget("caicach")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    output = full.settings.data / "out.csv"
    assert "39 articles indexed" in run("index", "sync").output
    assert json.loads(run("search", "cải cách hành chính", "--json").output)["total"] == 39
    assert run("export", "--query", "tài chính công", "--output", str(output)).exit_code == 0
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 0 < len(rows) < 39
    assert all("tài chính công" in row["body"] for row in rows)
    refused = run("export", "--query", "a b c d e f g h i k l", "--output", str(output))
    assert "at most 10 words" in str(refused.exception)
    assert "0 repaired" in run("index", "verify").output
    assert "meilisearch" in run("index", "status").output
    assert "39 articles indexed" in run("index", "rebuild").output
    assert not list(full.settings.index.glob("g*")), "no embedded index beside"
    faulty.strike("down", "", 100)
    error = run("search", "x").exception
    assert isinstance(error, UserError)
    assert "\n" not in str(error)
    _forget("caicach")


def _forget(index: str) -> None:
    if tapes.URL:
        real = Server(tapes.URL, tapes.KEY)
        real.change(*(lambda client, name=name: client.delete_index(name) for name in [index] if real.exists(name)))
