"""The tables of what was asked and kept: portals, runs, portal-days, captures, quarantine, changes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from archive.schema import Base, Utc


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
    health: dict[str, Any] | None = Field(default=None, sa_type=JSON, description="the last portal-day's")


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


class PortalDay(Base, table=True):
    """One portal, one night in Vietnamese time: see archive/days.py."""

    __tablename__ = "portal_day"
    __table_args__ = (UniqueConstraint("portal_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    portal_id: int = Field(foreign_key="portal.id")
    run_id: int = Field(foreign_key="run.id", index=True, description="the day's last run")
    day: date = Field(index=True)
    outcome: str
    reason: str
    whole: bool
    requests: int
    listings: int
    links: int
    new_links: int
    fetched: int
    read: int
    new: int
    revised: int
    fallback: int
    rejected: int
    quarantined: int
    indexed: int
    reasons: dict[str, Any] = Field(sa_type=JSON)
    signs: dict[str, Any] = Field(sa_type=JSON)
    explained: str
    capture_id: int | None = Field(foreign_key="capture.id")
    state: str
    cause: str
    since: date | None
    health: str = Field(description="the reason of the state")


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


class Change(Base, table=True):
    """One step of the archive; numbers have no gaps and become visible in their order."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    article_id: int | None = Field(foreign_key="article.id", index=True)
    run_id: int | None = Field(foreign_key="run.id", index=True)
    at: datetime = Field(sa_type=Utc)
    detail: str = ""
