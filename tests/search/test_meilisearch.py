"""What a search server alone brings: faults on the way, keys, its limits, and how words and filters are written."""

import csv
import itertools
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
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
from search.engine import Engine, Mode, Query, ReadOnlyError
from search.engines import meilisearch_answers
from search.engines.embedded import Embedded
from search.engines.meilisearch import Meilisearch, TooManyWordsError, Vocabulary
from search.engines.meilisearch_answers import Asking
from search.engines.meilisearch_documents import coded, decoded
from search.engines.meilisearch_questions import Questions, Sought, filter_of
from search.engines.meilisearch_server import Pause, Server, ServerError, checked
from search.engines.meilisearch_words import APART, fields, spelt, token
from search.opening import abbreviations, engine_of, forms, pull
from search.query import Field, Word, parse, words_of
from search.suggest import did_you_mean
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

PASSING = [
    "down",
    "lost",
    "503",
    "500",
    "429:too_many_requests",
    "502",
    "garbage",
    "507:no_space_left_on_device",
    "half",
]


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
        ("half", "", "breaks off"),
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
    with pytest.raises(UserError, match=re.escape(says)) as raised, meilisearch.writing():
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


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a loopback server whose certificate nobody has signed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = built.add_extension(names, critical=False).sign(key, hashes.SHA256())
    files = tmp_path_factory.mktemp("tls") / "cert.pem", tmp_path_factory.mktemp("tls") / "key.pem"
    files[0].write_bytes(signed.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        told = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        told.load_cert_chain(*files)
        server.socket = told.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_certificate_that_is_not_trusted_is_one_line_and_nothing_is_asked(untrusted: str, tmp_path: Path) -> None:
    engine = Meilisearch(Server(untrusted, "secret-key", Pause(0, 0)), tmp_path, Vocabulary(abbreviations(), forms()))
    with pytest.raises(
        SettingError, match=r"CAICACH_SEARCH_URL: https://127\.0\.0\.1:\d+ has no certificate"
    ) as raised:
        engine.find(Query("x"))
    assert "secret" not in str(raised.value)


# A key that may only search: its refusals are put up here; test_a_real_key_… has the server make them

REFUSED = ("/documents", "GET /version", "/settings", "/stats", "/tasks")


def only_searching(faulty: Faulty) -> None:
    for part in REFUSED:
        faulty.strike("403:invalid_api_key", part, 50)


@recorded
def test_with_a_key_that_only_searches_what_is_there_is_found(
    meilisearch: Meilisearch, faulty: Faulty, full: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(full.session, meilisearch)
    only_searching(faulty)
    assert pull(full.settings, meilisearch) is None
    assert capsys.readouterr().err == ""
    full.record("moi", "Cải cách hành chính xã Mới")
    behind = full.read(queries.version) - meilisearch.cursor()
    assert pull(full.settings, meilisearch) is None
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{behind} changes are not yet in the search index" in said
    assert (len(meilisearch.ids(Query("cải cách"))), meilisearch.ids(Query("mới"))) == (39, [])
    for command in (sync, rebuild, verify):
        with pytest.raises(ReadOnlyError, match="does not let this key write") as raised:
            command(full.session, meilisearch)
        assert "\n" not in str(raised.value)
        assert (tapes.KEY or "secret-key") not in str(raised.value)
    faulty.waiting.clear()
    assert sync(full.session, meilisearch).indexed


@recorded
def test_a_key_that_only_searches_builds_nothing(meilisearch: Meilisearch, faulty: Faulty, full: Archive) -> None:
    only_searching(faulty)
    with pytest.raises(UserError, match=r"has to be built .*a key that may write"):
        pull(full.settings, meilisearch)


@recorded
@pytest.mark.skipif(not tapes.URL, reason="needs a real search server: a key of its own")
def test_a_real_key_that_only_searches(meilisearch: Meilisearch, full: Archive) -> None:
    sync(full.session, meilisearch)
    index, master = meilisearch._index, Server(tapes.URL, tapes.KEY)
    made = master.ask(lambda c: c.create_key({"actions": ["search"], "indexes": [index], "expiresAt": None}))
    try:
        reader = Meilisearch(Server(tapes.URL, made.key), meilisearch._folder, meilisearch._vocabulary, index)
        full.record("moi", "Cải cách hành chính xã Mới")
        assert pull(full.settings, reader) is None
        assert len(reader.ids(Query("cải cách"))) == 39
        assert reader.find(Query("ke hoach cai cach")).total
        assert reader.like(2, Query()).total
        assert did_you_mean(reader, Query("hoahc"), reader.find(Query("hoahc"))) is not None
        with pytest.raises(ReadOnlyError):
            sync(full.session, reader)
    finally:
        master.ask(lambda c: c.delete_key(made.key))


# Two machines over one archive


@pytest.mark.postgres
def test_of_two_machines_over_one_archive_one_writes(new_database: Callable[[], str], tmp_path: Path) -> None:
    told = {"a": (archive := new_database()), "b": archive, "c": new_database()}
    one, two, apart = (
        _of(Settings(data=tmp_path / machine, database_url=database, search_url=NOBODY))
        for machine, database in told.items()
    )
    with one.writing() as mine:
        assert mine
        with two.writing() as also, apart.writing() as elsewhere:
            assert (also, elsewhere) == (False, True)
    with two.writing() as mine:
        assert mine


NOBODY = "http://127.0.0.1:9"


def _of(settings: Settings) -> Meilisearch:
    """The engine of the settings, for a key that may write."""
    engine = engine_of(settings)
    assert isinstance(engine, Meilisearch)
    engine._server.may_write = lambda _: True  # type: ignore[method-assign]
    return engine


@recorded
def test_two_writers_at_once_do_no_harm_that_the_next_pull_does_not_mend(
    meilisearch: Meilisearch, full: Archive, tmp_path: Path
) -> None:
    """The lock of the archive keeps machines apart; should one be overtaken all the same, nothing is lost."""
    sync(full.session, meilisearch)
    late = Meilisearch(meilisearch._server, tmp_path / "other", meilisearch._vocabulary, meilisearch._index)
    before = meilisearch.cursor()
    full.record("moi", "Cải cách hành chính xã Mới")
    sync(full.session, meilisearch)
    reached = meilisearch.cursor()
    with late.writing() as mine:
        assert mine
        late.replace([], [], before)
    assert sync(full.session, meilisearch).indexed
    assert meilisearch.cursor() == reached
    assert verify(full.session, meilisearch).repaired == 0


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


@recorded
@pytest.mark.parametrize("where", ["title", "body", "files", "about"])
def test_a_phrase_is_where_its_words_stand_in_a_row(where: str, meilisearch: Meilisearch, make: Maker) -> None:
    """The server knows only which two words stand side by side, and not with which marks."""
    told = [
        "thủ tục hành chính công mới",
        "hành chính; chính công; thủ tục; tục hành chính",
        "thủ túc hành chính công; thủ tục nào",
    ]
    name = {"about": "issuing_body"}.get(where, where)
    values = [{"title": "Tin", "body": "Tin", name: [("a.pdf", text)] if where == "files" else text} for text in told]
    put(meilisearch, *(make(number, **value) for number, value in enumerate(values, 1)))
    assert meilisearch.ids(Query('"thủ tục hành chính"', Mode.EXACT)) == [1]
    assert meilisearch.ids(Query('"thu tuc hanh chinh"', Mode.FOLDED)) == [1, 3]
    assert meilisearch.ids(Query('"thủ tục"', Mode.EXACT)) == [1, 2, 3]
    assert meilisearch.ids(Query('"thủ túc"', Mode.EXACT)) == [3]
    assert meilisearch.ids(Query('hành -"thủ tục hành chính"', Mode.EXACT)) == [2, 3]


@recorded
def test_of_a_phrase_so_many_articles_are_read_and_no_more(
    meilisearch: Meilisearch, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meilisearch_answers, "READ", 2)
    false = "hành chính; hành của công; chính công"
    put(meilisearch, *(make(number, "Tin", false) for number in range(1, 6)), make(6, "Tin", "hành chính công"))
    asking = Asking(meilisearch._server, meilisearch._index, 4)
    asked = Sought(tuple(words_of("hành chính công")), Field.ANY, False, ('scope IN ["any"]',))
    assert asking.impostors(asked) == [1, 2, 3, 4]
    assert asking.having(asked) == [5, 6]
    assert meilisearch.ids(Query('"hành chính công"')) == [6]


@recorded
def test_what_a_page_shows_is_in_our_order_and_the_next_page_goes_on(
    meilisearch: Meilisearch, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meilisearch_answers, "RANKED", 6)
    filler = "tin khác nữa "
    bodies = ["kế hoạch " * (number % 5 + 1) + filler * number for number in range(1, 13)]
    put(meilisearch, *(make(number, "Tin", body) for number, body in enumerate(bodies, 1)))
    whole = [hit.id for hit in meilisearch.find(Query("kế hoạch", limit=12)).hits]
    paged = [hit.id for at in (0, 4, 8) for hit in meilisearch.find(Query("kế hoạch", offset=at, limit=4)).hits]
    assert paged == whole
    assert sorted(whole) == list(range(1, 13))


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
            assert all(
                re.fullmatch(r'(NOT )?[a-z_]+ IN \[("[a-z0-9 =,./~!-]*"(, )?)*\]( OR .*)?', one) for one in ask.filters
            )


def test_no_word_of_a_long_text_is_lost_to_the_limit_of_a_field() -> None:
    made = fields([spelt(" ".join(f"w{at}" for at in range(100_000))), spelt("thêm nữa")])
    for texts in made.values():
        places = sum(APART + len(text.split()) + (APART - 1) * text.count(". ") for text in texts)
        assert places <= 65_535
    found = {word.rstrip(".") for texts in made.values() for text in texts for word in text.split()}
    assert {f"{form}w{at}" for at in range(100_000) for form in "01"} <= found
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
