"""The codebook explains exactly the exported columns, in their order, in two languages."""

import unicodedata

import pytest

from archive import queries
from archive.codebook import Column, columns
from archive.filters import Filters
from archive.parquet import schema
from config import vocabulary
from tests.archives import Archive

DESIGN = """id, url, portal, portal_name, level,
province, district, commune, province_now, title, summary, body, published_at, published_precision, author, source,
category, issuing_body, act_type, act_number, act_date, plan_year, period_start, period_end, reform_areas, indicators,
kind, relevance, cited_acts, attachments, attachment_text_chars, first_seen_at, last_seen_at, gone_at, revisions,
copy_group,
first_publisher, capture_digest, warc, family, reader_version, archive_version"""


def test_columns_are_the_contract() -> None:
    assert [column.name for column in columns()] == DESIGN.replace("\n", " ").split(", ")


def test_columns_are_what_the_archive_gives(archive: Archive) -> None:
    archive.record("a")
    (row,) = archive.read(queries.rows, Filters(any_topic=True))
    assert list(row) == [column.name for column in columns()]


@pytest.mark.parametrize("column", columns(), ids=lambda column: column.name)
def test_a_column_is_explained(column: Column) -> None:
    assert column.vi == unicodedata.normalize("NFC", column.vi)
    assert any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", column.vi)), "no tone marks"
    assert column.vi.endswith(".")
    assert column.en.endswith(".")
    assert column.en.isascii()
    assert column.source in {"portal file", "page", "reading", "archive"}
    assert column.values
    assert not {"{", "}"} & set(column.values)


def test_values_follow_the_vocabulary() -> None:
    values = {column.name: column.values for column in columns()}
    assert values["kind"].split(" | ") == list(vocabulary.kinds())
    assert values["reform_areas"].split("; ") == list(vocabulary.reform_areas())
    assert values["indicators"].split("; ") == list(vocabulary.indicators())


def test_every_type_has_its_parquet_type() -> None:
    assert schema(columns()).names == [column.name for column in columns()]
