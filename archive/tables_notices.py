"""The tables of what the operator is told: alarms, and notices on their way to a mailbox or a webhook."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from archive.schema import Base, Utc


class Alarm(Base, table=True):
    """One event that needs a hand, from when it began until it was over; one open alarm a subject."""

    __table_args__ = (
        Index(
            "uq_alarm_open",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(description="`portal:SLUG`, or `nights`")
    state: str
    cause: str
    reason: str
    since: date | None
    capture_id: int | None = Field(foreign_key="capture.id")
    opened_at: datetime = Field(sa_type=Utc)
    closed_at: datetime | None = Field(default=None, sa_type=Utc)
    became: str = Field(default="", description="how it was over: ok, another state, set aside")


class Notice(Base, table=True):
    """One message to one receiver; written with what it tells of, and sent until the receiver took it."""

    __table_args__ = (UniqueConstraint("key", "receiver"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(description="what it tells of: `report:DAY`, `alarms:ID-ID…`; a receiver gets each once")
    receiver: str = Field(description="`mail:ADDRESS` or `webhook`")
    content: dict[str, Any] = Field(sa_type=JSON)
    made_at: datetime = Field(sa_type=Utc)
    tries: int
    next_at: datetime = Field(sa_type=Utc, description="not before; while it is being sent, when that has failed")
    fault: str
    sent_at: datetime | None = Field(default=None, sa_type=Utc)
