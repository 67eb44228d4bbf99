"""How an article is identified and written: new, revised or unchanged, within one transaction.

Identity is the portal and the digest of the canonical URL. The same text under another address of
the same portal is a second address of one article when title, body, attachments and day of
publication are equal; never by the title alone (four NukeViet titles stand on different articles).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from archive import store_attachments, store_copies, store_facts
from archive import tables as t
from archive.records import Recorded, Verdict
from archive.store_changes import Kind, following, log
from archive.store_copies import Sketch
from archive.store_facts import Read

LOOKS = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30, 90))
"""When an article is looked at again, after it was first seen."""
LATE_LOOKS = LOOKS[-2:]
"""The looks at an article that was already old when it was first seen."""
FRESH = timedelta(days=30)

SEEN = select(t.article).join(t.address, t.address.c.article_id == t.article.c.id)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when something was read: portal, run, capture and the capture's time."""

    portal: int
    run: int
    capture: int | None
    at: datetime


def next_look(first_seen: datetime, published: datetime | None, now: datetime) -> datetime | None:
    """When to look at an article again; sooner and more often while it is fresh, never after 90 days."""
    fresh = published is None or first_seen - published <= FRESH
    return next((first_seen + after for after in (LOOKS if fresh else LATE_LOOKS) if first_seen + after > now), None)


def write(connection: Connection, read: Read, sketch: Sketch, moment: Moment) -> Recorded:
    """Write what was read, or find that nothing is new."""
    known = _known(connection, read, moment)
    if known is None:
        known = _same_elsewhere(connection, read, moment)
        if known is None:
            return _grouped(connection, _new(connection, read, moment), sketch, moment)
        _address(connection, read, moment, known.id)
    if known.gone_at is not None:
        log(connection, Kind.RESTORED, [known.id], run=moment.run, at=moment.at)
    if known.digest != read.digest:
        return _grouped(connection, _revised(connection, read, moment, known), sketch, moment)
    _seen(connection, known, moment)
    return Recorded(Verdict.UNCHANGED, known.id, store_attachments.pending(connection, known.id))


def _grouped(connection: Connection, recorded: Recorded, sketch: Sketch, moment: Moment) -> Recorded:
    again = recorded.verdict is Verdict.REVISED
    others = store_copies.group(connection, recorded.article, sketch, again=again)
    log(connection, Kind.COPIES, others, run=moment.run, at=moment.at)
    return recorded


def _known(connection: Connection, read: Read, moment: Moment) -> Row[Any] | None:
    d = t.address.c
    return connection.execute(SEEN.where(d.portal_id == moment.portal, d.url_digest == read.url_digest)).first()


def _same_elsewhere(connection: Connection, read: Read, moment: Moment) -> Row[Any] | None:
    a, r = t.article.c, t.revision.c
    day = store_facts.columns(read)["published_on"]
    if day is None or not read.meaning.body:
        return None
    current = and_(r.article_id == a.id, r.number == a.revisions)
    twins = select(t.article, r.title, r.facts).join(t.revision, current)
    twins = twins.where(a.portal_id == moment.portal, a.body_digest == read.body_digest, a.published_on == day)
    for twin in connection.execute(twins.order_by(a.id)):
        files = tuple(tuple(file) for file in twin.facts["attachments"])
        if twin.title == read.meaning.title and files == read.attachments:
            return twin
    return None


def _new(connection: Connection, read: Read, moment: Moment) -> Recorded:
    number = following(connection, t.article.c.id)
    columns = store_facts.columns(read)
    connection.execute(
        insert(t.article),
        {
            **columns,
            "id": number,
            "portal_id": moment.portal,
            "url": read.url,
            "url_digest": read.url_digest,
            "revisions": 1,
            "capture_id": moment.capture,
            "attachment_text_chars": 0,
            "first_seen_at": moment.at,
            "last_seen_at": moment.at,
            "look_again_at": next_look(moment.at, columns["published_at"], moment.at),
        },
    )
    _address(connection, read, moment, number)
    pending = _revision(connection, read, moment, (number, 1))
    log(connection, Kind.NEW, [number], run=moment.run, at=moment.at)
    return Recorded(Verdict.NEW, number, pending)


def _revised(connection: Connection, read: Read, moment: Moment, known: Row[Any]) -> Recorded:
    columns = store_facts.columns(read) | {"revisions": known.revisions + 1, "capture_id": moment.capture}
    _update(
        connection, known.id, columns | _looked(known, moment) | {"last_seen_at": max(known.last_seen_at, moment.at)}
    )
    for table in (t.mention, t.period, t.tag):
        connection.execute(delete(table).where(table.c.article_id == known.id))
    pending = _revision(connection, read, moment, (known.id, known.revisions + 1))
    log(connection, Kind.REVISED, [known.id], run=moment.run, at=moment.at)
    return Recorded(Verdict.REVISED, known.id, pending)


def _looked(known: Row[Any], moment: Moment) -> dict[str, Any]:
    look = next_look(known.first_seen_at, known.published_at, moment.at)
    return {"look_again_at": look, "gone_at": None, "gone_reason": None}


def _seen(connection: Connection, known: Row[Any], moment: Moment) -> None:
    """Note a look that found nothing new; `last_seen_at` follows when the run is finished, as a change."""
    _update(connection, known.id, _looked(known, moment))
    d = t.address.c
    connection.execute(
        update(t.address).where(d.article_id == known.id, d.last_seen_at < moment.at), {"last_seen_at": moment.at}
    )


def _update(connection: Connection, article: int, columns: dict[str, Any]) -> None:
    connection.execute(update(t.article).where(t.article.c.id == article), columns)


def _address(connection: Connection, read: Read, moment: Moment, article: int) -> None:
    """Say whose address it is; one that was dismissed before is known by its row."""
    d = t.address.c
    times = {"first_seen_at": moment.at, "last_seen_at": moment.at, "look_again_at": None}
    columns = {"article_id": article, "reason": "", "tries": 0}
    taken = connection.execute(
        update(t.address).where(d.portal_id == moment.portal, d.url_digest == read.url_digest), columns
    )
    if not taken.rowcount:
        place = {"portal_id": moment.portal, "url": read.url, "url_digest": read.url_digest}
        connection.execute(insert(t.address), {**place, **columns, **times})


def _revision(connection: Connection, read: Read, moment: Moment, numbered: tuple[int, int]) -> Any:
    """Write a revision and the rows that follow from it; the files whose bytes are still to be fetched."""
    article, number = numbered
    place = {"article_id": article, "number": number, "capture_id": moment.capture, "seen_at": moment.at}
    connection.execute(insert(t.revision), {**store_facts.texts(read), **place})
    _rows(connection, t.tag, article, store_facts.tags(read))
    _rows(connection, t.period, article, [{"first": a, "last": b} for a, b in dict.fromkeys(read.meaning.periods)])
    _mentions(connection, article, store_facts.acts(read))
    if read.attachments or number > 1:
        return store_attachments.link(connection, article, moment.portal, read.attachments)
    return ()


def _rows(connection: Connection, table: Any, article: int, rows: Iterable[dict[str, Any]]) -> None:
    filled = [{"article_id": article, **row} for row in rows]
    if filled:
        connection.execute(insert(table), filled)


def _mentions(connection: Connection, article: int, acts: list[tuple[dict[str, Any], str]]) -> None:
    """Link the acts in their order; an act that no article named before becomes a row."""
    if not acts:
        return
    wanted = {row["key"]: row for row, _ in acts}
    found = select(t.act.c.key, t.act.c.id).where(t.act.c.key.in_(list(wanted)))
    ids = {row.key: row.id for row in connection.execute(found)}
    for key in wanted.keys() - ids.keys():
        ids[key] = connection.execute(insert(t.act).returning(t.act.c.id), wanted[key]).scalar_one()
    rows = [{"position": i, "act_id": ids[row["key"]], "role": role} for i, (row, role) in enumerate(acts)]
    _rows(connection, t.mention, article, rows)
