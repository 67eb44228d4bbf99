"""What was flipped, cut or changed behind the archive's back is named by address and field, and nothing else is."""

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import queries
from archive.database import connect
from archive.normalise import NORMALISER
from archive.verifying import Verified, verified
from config.settings import Settings
from tests.archive.lives import nights, read
from tests.archive.test_replay import better
from tests.archives import Archive


def checked(settings: Settings) -> Verified:
    return verified(settings, read, lambda *_: None)


def test_many_are_read_in_processes_of_their_own(lived: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.reread.FEW", 1)
    done = checked(lived.settings)
    assert (done.revisions, done.wrong) == (5, [])


@pytest.fixture
def lived(archive: Archive) -> Archive:
    nights(archive)
    archive.store.close()
    return archive


def test_an_archive_that_nobody_touched_is_as_its_captures_say(lived: Archive) -> None:
    done = checked(lived.settings)
    assert (done.articles, done.revisions, done.wrong) == (4, 5, [])
    assert done.captures == lived.read(queries.stats)["captures"]


def test_a_flipped_byte_is_named_with_the_article_that_it_proves(lived: Archive) -> None:
    first = lived.read(queries.show, 2).revisions[0].capture.located
    path = _writable(lived.settings.data / first.warc)
    content = bytearray(path.read_bytes())
    content[first.offset + first.length // 2] ^= 1
    path.write_bytes(content)
    capture, article = checked(lived.settings).wrong
    assert capture.endswith("(https://tamquan.gov.vn/b.html)")
    assert article.startswith("https://tamquan.gov.vn/b.html (article 2, revision 1): cannot be read: ")


def test_a_cut_file_is_named_with_everything_behind_the_cut(lived: Archive) -> None:
    last = lived.read(queries.show, 4).revisions[0].capture.located
    os.truncate(_writable(lived.settings.data / last.warc), last.offset + last.length - 5)
    wrong = checked(lived.settings).wrong
    assert sum("no whole record there" in line for line in wrong) >= 2
    assert [line for line in wrong if line.startswith("https://queson.gov.vn/d.html (article 4, revision 1)")]
    assert not [line for line in wrong if "a.html" in line]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE revision SET body = body || ' Không ai nói.' WHERE article_id = 2", "body"),
        ("UPDATE revision SET title = 'Khác' WHERE article_id = 1 AND number = 1", "title"),
        ("UPDATE revision SET digest = 'x' WHERE article_id = 2", "digest"),
        ("UPDATE article SET act_number = '16/KH-UBND' WHERE id = 1", "article.act_number"),
        ("UPDATE article SET published_on = '2024-02-16' WHERE id = 2", "article.published_on"),
    ],
)
def test_a_changed_row_is_named_by_its_field(lived: Archive, statement: str, named: str) -> None:
    engine = connect(lived.settings.database)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    engine.dispose()
    (line,) = checked(lived.settings).wrong
    assert line.endswith(f": {named} not as its capture says")
    assert line.startswith("https://")


def test_newer_rules_are_told_from_damage(lived: Archive) -> None:
    done = verified(lived.settings, better, lambda *_: None)
    assert len(done.wrong) == 5
    assert (
        sum(f"(read by 1/{NORMALISER}, now 2/{NORMALISER}: see `caicach replay --plan`)" in line for line in done.wrong)
        == 4
    )


def _writable(path: Path) -> Path:
    path.chmod(0o644)
    return path
