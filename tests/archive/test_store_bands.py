"""Copies through SQL: the same pairs in whatever order, by however many writers, with restarts and undone work."""

import itertools
import random
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from archive import band_mask, database, migrations, store_bands, store_copies
from archive import tables as t
from archive.band_mask import Mask
from archive.copies import BANDS, bands, likeness
from archive.store_copies import connected
from archive.wording import Body
from config.settings import Settings
from tests.archive.test_copies import BYLINE, LASTYEAR, NONGSON, PROSE, TEMPLATE, TEXT, edited, without_tones
from tests.archives import Archive, kept_in, later

OTHERS = [" ".join(random.Random(seed).choices(PROSE, k=120)) for seed in range(6)]
TEXTS = [TEXT, *OTHERS, TEMPLATE.format(**NONGSON), TEMPLATE.format(**LASTYEAR)]
SHORT = "Tin vắn trong ngày."


class Undone(Exception):
    """A transaction that ends badly."""


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands become rows after two articles."""
    monkeypatch.setattr(store_bands, "FEW", 2)


def a_copy(chance: random.Random) -> str:
    text = chance.choice(TEXTS)
    ways = (text, BYLINE + text, without_tones(text), edited(text, 0.05, chance.randrange(100)), SHORT)
    return chance.choice(ways)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("seed", range(5))
def test_any_order_and_split_give_the_same_pairs(settings: Settings, seed: int) -> None:
    """Two writers in turn, restarts, revisions, undone transactions: what is paired is what the texts say."""
    chance, texts = random.Random(seed), dict[int, str]()
    for days in range(0, 40, 8):
        with kept_in(settings) as one, kept_in(settings) as other:
            for step in range(days, days + 8):
                work(chance.choice((one, other)), texts, chance, step)
    expected = set(pairs(texts))
    assert len(expected) > 10, "if there were none this test would prove nothing"
    with kept_in(settings) as archive, archive.store.engine.connect() as connection:
        assert paired(connection) == expected
        placed = dict(map(tuple, connection.execute(select(t.article.c.id, t.article.c.copy_group))))
        assert waiting(connection) <= store_bands.FEW + 1
        rows = [(key, article) for key, article in connection.execute(select(t.band.c.key, t.band.c.article_id))]
        assert len(rows) > 5 * BANDS
        assert all(key in bands(Body(texts[article])) for key, article in rows)
        keys = {key for key, _ in rows}
        assert Mask(bytearray(b"".join(connection.execute(band_mask.PARTS).scalars()))).among(keys) == list(keys)
    groups = {one: min(together) for together in connected(texts, expected) if len(together) > 1 for one in together}
    assert placed == {one: groups.get(one) for one in texts}


def work(writer: Archive, texts: dict[int, str], chance: random.Random, step: int) -> None:
    """Record an article, or another text of one; sometimes after work that is undone."""
    if texts and chance.random() < 0.2:
        undo(writer, texts, chance)
    body, again = a_copy(chance), bool(texts) and chance.random() < 0.2
    name = chance.choice(sorted(texts)) if again else len(texts) + 1
    assert writer.record(f"n{name}", f"Tin {step}", body, at=later(days=step)).article == name
    texts[name] = body


def undo(writer: Archive, texts: dict[int, str], chance: random.Random) -> None:
    """Group some articles by other texts, and take it back."""
    with suppress(Undone), database.writing(writer.store.engine) as connection:
        for name in chance.sample(sorted(texts), min(3, len(texts))):
            store_copies.group(connection, name, store_copies.sketch(a_copy(chance)), texts[name])
        raise Undone


def pairs(texts: dict[int, str]) -> Iterator[tuple[int, int]]:
    bodies = {name: Body(text) for name, text in texts.items()}
    keys = {name: set(bands(body)) for name, body in bodies.items()}
    for one, other in itertools.combinations(sorted(texts), 2):
        if keys[one] & keys[other] and likeness(bodies[one], bodies[other]) is not None:
            yield one, other


def paired(connection: Connection) -> set[tuple[int, int]]:
    return {(one, other) for one, other in connection.execute(select(t.copy.c.article_id, t.copy.c.other_id))}


def waiting(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(t.sketch)).scalar_one()


@pytest.mark.usefixtures("soon")
def test_bands_survive_the_way_down_and_up(archive: Archive) -> None:
    """What waited and what was rows already is found again, without the mask that was."""
    for number, text in enumerate([*OTHERS, TEXT, SHORT]):
        archive.record(f"n{number}", f"Tin {number}", text)
    archive.record("last", "Tin", edited(OTHERS[0], 0.5, 1))
    last = archive.record("last", "Tin", " ".join(PROSE[::-1]), at=later(days=1)).article
    with database.writing(archive.store.engine) as connection:
        assert 2 <= waiting(connection) < len(OTHERS)
        migrations.migrate(connection, "0008")
        rows = connection.execute(select(t.band.c.key).where(t.band.c.article_id == last)).scalars()
        assert set(rows) == set(bands(Body(" ".join(PROSE[::-1])))), "the newest of its two sketches counts"
    database.upgrade(archive.store.engine)
    copied = [TEXT, *OTHERS]
    ids = [archive.record(f"m{number}", "Tin", BYLINE + text).article for number, text in enumerate(copied)]
    with archive.store.engine.connect() as connection:
        assert paired(connection) == {(len(OTHERS) + 1, ids[0]), *enumerate(ids[1:], start=1)}


def test_an_article_is_no_copy_of_itself(settings: Settings) -> None:
    """Not even by rows that other rules made: today's do not know what to forget."""
    with kept_in(settings) as archive:
        name = archive.record("a", "Tin", OTHERS[0]).article
        with database.writing(archive.store.engine) as connection:
            keys = sorted(bands(Body(TEXT)))
            connection.execute(t.band.insert(), [{"key": key, "article_id": name} for key in keys])
            mask = Mask.load(connection, 0)
            mask.add(keys)
            mask.save(connection)
    with kept_in(settings) as archive, archive.store.engine.connect() as connection:
        archive.record("a", "Tin", TEXT, at=later(days=1))
        other = archive.record("b", "Tin", BYLINE + TEXT).article
        assert paired(connection) == {(name, other)}


def test_a_restart_lets_wait_what_waits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_bands, "FEW", 4)
    names = map(str, itertools.count())
    for some, left in ((OTHERS[:6], 3), ([TEXT], 4), (TEXTS[-2:-1], 1)):
        with kept_in(settings) as archive:
            for text in some:
                archive.record(next(names), text[:20], text)
            with archive.store.engine.connect() as connection:
                assert waiting(connection) == left


def test_a_mask_is_stored_and_loaded(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(band_mask, "PART", 1 << 19)
    chance = random.Random(1)
    keys = [chance.randrange(-(1 << 63), 1 << 63) for _ in range(1000)]
    with database.writing(archive.store.engine) as connection:
        mask = Mask.load(connection, 0)
        assert mask.among(keys) == []
        mask.add(keys)
        mask.save(connection)
        mask.save(connection)
        loaded = Mask.load(connection, 0)
    assert loaded.bits == mask.bits
    assert loaded.among(keys) == keys


def test_a_mask_is_made_from_the_rows(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(band_mask, "SCANNED", 7)
    keys = sorted(bands(Body(TEXT)))
    with database.writing(archive.store.engine) as connection:
        connection.execute(t.band.insert(), [{"key": key, "article_id": n} for key in keys for n in range(1, 4)])
        assert Mask.of_rows(connection, len(keys)).among(keys) == keys


@given(st.sets(st.integers(-(1 << 63), (1 << 63) - 1), max_size=200))
def test_no_key_is_missing_in_a_mask(keys: set[int]) -> None:
    mask = Mask(bytearray(64))
    mask.add(keys)
    assert set(mask.among(keys)) == keys


def test_few_other_keys_pass_a_full_mask() -> None:
    """One in sixteen and a little: each costs a look."""
    chance = random.Random(2)
    mask = Mask(bytearray(1 << 12))
    full = (1 << 15) // band_mask.SPARE
    assert not mask.full(full)
    assert mask.full(full + 1)
    mask.add(chance.randrange(-(1 << 63), 1 << 63) for _ in range(full))
    others = [chance.randrange(-(1 << 63), 1 << 63) for _ in range(10_000)]
    assert len(mask.among(others)) < 800
