"""The tables of the archive; rows stay inside this package, records leave it.

A revision holds the texts and every fact read from them, word for word and as JSON; the article
holds the current facts as columns, mention, period and tag as rows that filters can ask for.
Nothing is deleted but derived rows (mention, period, tag, sketch, band, copy), which are written anew.
Addresses are asked for by digest: an index of PostgreSQL holds no URL of 3 KB.

Portals, runs, captures and changes are in archive/tables_ledger.py, alarms in archive/tables_notices.py. The classes
describe the schema
(Alembic compares it with them); statements are written over the plain tables at the end of the module.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from archive.schema import Base, Utc
from archive.tables_ledger import Capture, Change, Portal, PortalDay, Quarantine, Run
from archive.tables_notices import Alarm, Notice
from archive.tables_schedule import Duty, Lease, Rest


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
    looked_at: datetime | None = Field(default=None, sa_type=Utc, description="when its page was last read")
    missing_since: datetime | None = Field(default=None, sa_type=Utc, description="one look did not find it")
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
    weight: str | None = Field(default=None, index=True, description="how much it changed (archive/revisions.py)")
    evidence: dict[str, Any] | None = Field(default=None, sa_type=JSON, description="store_facts.given")


class Reading(Base, table=True):
    """What a revision was read as before other rules read its capture again: nothing that was cited is lost."""

    id: int | None = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="revision.id", index=True)
    digest: str
    title: str
    summary: str
    body: str
    facts: dict[str, Any] = Field(sa_type=JSON)
    family: str
    reader_version: str
    normaliser_version: str
    evidence: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    replaced_at: datetime = Field(sa_type=Utc)


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

    __table_args__ = (Index(None, "reader", "scanned"),)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    bytes: int = Field(sa_type=BigInteger)
    kind: str
    pages: int
    text: str
    reason: str
    reader: str | None = Field(default=None, description="what read it (archive/files.py, archive/ocr.py)")
    scanned: int | None = Field(default=None, description="pages that are pictures and were not recognised")
    confidence: list[Any] | None = Field(default=None, sa_type=JSON, description="[page, 0 to 100] of recognised pages")


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


class Sketch(Base, table=True):
    """The keys of an article's bands, eight bytes each, while they wait to become rows (archive/store_bands.py).

    Of several of one article the newest counts.
    """

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(foreign_key="article.id")
    keys: bytes


class Band(Base, table=True):
    """One band of an article's MinHash; articles that share one are compared (archive/copies.py).

    In the order of the keys alone, and without a look for the article at each: there are 32 of them for each.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    key: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True)


class BandMask(Base, table=True):
    """A part of the mask that says which keys may be rows of `band` (archive/band_mask.py)."""

    __tablename__ = "band_mask"

    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    bits: bytes


class Copy(Base, table=True):
    """Two articles that were compared and republish one another; the smaller id is first."""

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    other_id: int = Field(primary_key=True, foreign_key="article.id", index=True)
    similarity: float


metadata = Base.metadata


def _plain(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


portal, run, capture, article = _plain(Portal), _plain(Run), _plain(Capture), _plain(Article)
revision, address, blob, attachment = _plain(Revision), _plain(Address), _plain(Blob), _plain(Attachment)
act, mention, period, tag = _plain(Act), _plain(Mention), _plain(Period), _plain(Tag)
quarantine, copy, change = _plain(Quarantine), _plain(Copy), _plain(Change)
sketch, band, band_mask = _plain(Sketch), _plain(Band), _plain(BandMask)
portal_day = _plain(PortalDay)
lease, duty, rest = _plain(Lease), _plain(Duty), _plain(Rest)
alarm, notice = _plain(Alarm), _plain(Notice)
reading = _plain(Reading)
