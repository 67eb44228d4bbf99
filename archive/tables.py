"""The tables of the archive; rows stay inside this package, records leave it.

A revision holds the texts and every fact read from them, word for word and as JSON; the article
holds the current facts as columns, mention, period and tag as rows that filters can ask for.
Nothing is deleted but derived rows (mention, period, tag, band, copy), which are written anew.
Addresses are asked for by digest: an index of PostgreSQL holds no URL of 3 KB.

Times are stored as UTC and given back aware. The classes describe the schema (Alembic compares it
with them); statements are written over the plain tables at the end of the module.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """An aware time, kept as UTC; a naive one is a bug and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value}: a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(SQLModel):
    """What all tables share: one metadata whose constraints have names, so that migrations can say them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Portal(Base, table=True):
    """A portal as its file says; the keys are its places as filters compare them (archive.filters)."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    url: str
    level: str
    province: str | None
    district: str | None
    commune: str | None
    province_now: str | None
    province_key: str = Field(index=True)
    province_now_key: str = Field(index=True)
    district_key: str
    commune_key: str
    status: str
    file: str = Field(description="the portal file's text")
    discovered: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    first_seen_at: datetime = Field(sa_type=Utc)


class Run(Base, table=True):
    """One crawl of one portal: what it did, and where its WARC metadata record lies."""

    id: int | None = Field(default=None, primary_key=True)
    portal_id: int = Field(foreign_key="portal.id", index=True)
    started_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)
    outcome: str | None
    reason: str
    summary: dict[str, Any] = Field(sa_type=JSON)
    warc: str
    warc_offset: int = Field(sa_type=BigInteger)


class Capture(Base, table=True):
    """One response: where its WARC record lies; `original_id` names what a revisit repeats."""

    __table_args__ = (Index(None, "portal_id", "url_digest"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", index=True)
    portal_id: int = Field(foreign_key="portal.id")
    kind: str
    method: str
    url: str
    url_digest: str
    status: int
    fetched_at: datetime = Field(sa_type=Utc)
    digest: str = Field(index=True)
    bytes: int = Field(sa_type=BigInteger)
    etag: str
    last_modified: str
    warc: str
    warc_offset: int = Field(sa_type=BigInteger)
    warc_length: int = Field(sa_type=BigInteger)
    original_id: int | None = Field(foreign_key="capture.id")


class Article(Base, table=True):
    """One announcement of one portal, as it is now; its texts are those of revision `revisions`."""

    __table_args__ = (
        UniqueConstraint("portal_id", "url_digest"),
        Index(None, "portal_id", "body_digest"),
        Index(None, "portal_id", "look_again_at"),
        Index(None, "portal_id", "published_on"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    portal_id: int = Field(foreign_key="portal.id")
    url: str
    url_digest: str
    revisions: int
    digest: str
    body_digest: str
    capture_id: int = Field(foreign_key="capture.id")
    family: str
    reader_version: str
    normaliser_version: str
    published_at: datetime | None = Field(sa_type=Utc)
    published_on: date | None = Field(index=True, description="the day in Vietnamese time")
    published_precision: str | None
    author: str
    source: str
    category: str
    issuing_body: str | None
    issuing_key: str
    act_type: str | None
    act_type_key: str
    act_number: str | None
    act_date: date | None
    plan_year: int | None
    kind: str
    relevance: float
    is_reform: bool
    attachment_text_chars: int = 0
    first_seen_at: datetime = Field(sa_type=Utc)
    last_seen_at: datetime = Field(sa_type=Utc)
    look_again_at: datetime | None = Field(sa_type=Utc)
    gone_at: datetime | None = Field(default=None, sa_type=Utc)
    gone_reason: str | None
    withheld_at: datetime | None = Field(default=None, sa_type=Utc)
    withheld_reason: str | None
    copy_group: int | None = Field(foreign_key="article.id", index=True)
    first_id: int | None = Field(foreign_key="article.id", description="the first publisher's article of the group")


class Revision(Base, table=True):
    """One normalised content of an article over time, with all facts read from it."""

    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    number: int
    capture_id: int = Field(foreign_key="capture.id", index=True)
    digest: str
    title: str
    summary: str
    body: str
    facts: dict[str, Any] = Field(sa_type=JSON, description="see archive/store_facts.py")
    family: str
    reader_version: str
    normaliser_version: str
    seen_at: datetime = Field(sa_type=Utc)


class Address(Base, table=True):
    """A canonical URL and what became of it: an article's, or dismissed for a reason."""

    __table_args__ = (UniqueConstraint("portal_id", "url_digest"),)

    id: int | None = Field(default=None, primary_key=True)
    portal_id: int = Field(foreign_key="portal.id")
    url: str
    url_digest: str
    article_id: int | None = Field(foreign_key="article.id", index=True)
    reason: str
    tries: int
    first_seen_at: datetime = Field(sa_type=Utc)
    last_seen_at: datetime = Field(sa_type=Utc)
    look_again_at: datetime | None = Field(sa_type=Utc)


class Blob(Base, table=True):
    """The text of a file's bytes, once per digest, whatever the file is called."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    bytes: int = Field(sa_type=BigInteger)
    kind: str
    pages: int
    text: str
    reason: str


class Attachment(Base, table=True):
    """A file that an article links; `listed` is false once a revision no longer names it."""

    __table_args__ = (UniqueConstraint("article_id", "url_digest"), Index(None, "portal_id", "url_digest"))

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    portal_id: int = Field(foreign_key="portal.id")
    position: int
    url: str
    url_digest: str
    name: str
    listed: bool
    tries: int
    reason: str
    capture_id: int | None = Field(foreign_key="capture.id")
    blob_id: int | None = Field(foreign_key="blob.id", index=True)


class Act(Base, table=True):
    """A legal document: one row for each type, number, date and issuer; `key` digests the four."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    type: str
    number: str | None = Field(index=True)
    date: date | None
    issuer: str | None


class Mention(Base, table=True):
    """An act that the current text of an article announces or cites, in the order of the text."""

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    position: int = Field(primary_key=True)
    act_id: int = Field(foreign_key="act.id", index=True)
    role: str


class Period(Base, table=True):
    """A period of years that an article is about."""

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    first: int = Field(primary_key=True)
    last: int = Field(primary_key=True)


class Tag(Base, table=True):
    """A reform area or an indicator of an article; `key` is the name as filters compare it."""

    __table_args__ = (Index(None, "kind", "key"),)

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    key: str


class Quarantine(Base, table=True):
    """A page that could not be read, waiting with its reason; one open entry per portal and address."""

    __table_args__ = (
        Index(
            "uq_quarantine_open",
            "portal_id",
            "url_digest",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    portal_id: int = Field(foreign_key="portal.id")
    run_id: int = Field(foreign_key="run.id")
    capture_id: int | None = Field(foreign_key="capture.id")
    url: str
    url_digest: str
    reason: str
    tries: int
    opened_at: datetime = Field(sa_type=Utc)
    last_at: datetime = Field(sa_type=Utc)
    retry_at: datetime = Field(sa_type=Utc)
    resolved_at: datetime | None = Field(default=None, sa_type=Utc)


class Band(Base, table=True):
    """One band of an article's MinHash; articles that share one are compared (archive/copies.py)."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    key: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, foreign_key="article.id", index=True)


class Copy(Base, table=True):
    """Two articles that were compared and republish one another; the smaller id is first."""

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    other_id: int = Field(primary_key=True, foreign_key="article.id", index=True)
    similarity: float


class Change(Base, table=True):
    """One step of the archive; numbers have no gaps and become visible in their order."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    article_id: int | None = Field(foreign_key="article.id", index=True)
    run_id: int | None = Field(foreign_key="run.id")
    at: datetime = Field(sa_type=Utc)
    detail: str = ""


metadata = Base.metadata


def _plain(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


portal, run, capture, article = _plain(Portal), _plain(Run), _plain(Capture), _plain(Article)
revision, address, blob, attachment = _plain(Revision), _plain(Address), _plain(Blob), _plain(Attachment)
act, mention, period, tag = _plain(Act), _plain(Mention), _plain(Period), _plain(Tag)
quarantine, band, copy, change = _plain(Quarantine), _plain(Band), _plain(Copy), _plain(Change)
