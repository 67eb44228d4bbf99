"""The tables of the scheduler: who is the one, what is done of each night, and which portals rested and why."""

from datetime import date, datetime

from sqlmodel import Field

from archive.schema import Base, Utc


class Lease(Base, table=True):
    """Who alone may do something, until when; one row for each such thing."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=Utc)


class Duty(Base, table=True):
    """One duty of one night (or month): begun once, ended once, by whomever held the lease then."""

    name: str = Field(primary_key=True)
    slot: date = Field(primary_key=True)
    holder: str
    began_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    outcome: str
    detail: str


class Rest(Base, table=True):
    """Nights on which a portal was not to be crawled, or none was (`portal_id` is null), and why."""

    id: int | None = Field(default=None, primary_key=True)
    portal_id: int | None = Field(default=None, foreign_key="portal.id", index=True)
    first: date
    last: date = Field(index=True)
    reason: str
