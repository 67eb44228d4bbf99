"""What became of addresses that are no article, or one no longer: quarantined, dismissed, seen, gone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from archive import tables as t
from archive.identity import canonical_url, digest
from archive.store_articles import Moment, later, next_look
from archive.store_changes import Kind, log
from archive.store_facts import storable

AGAIN = (timedelta(hours=12), timedelta(days=3), timedelta(days=7), timedelta(days=30))
"""How long a page that could not be read waits for the next try; the last one repeats."""
AGAIN_DEAD = (timedelta(days=7), timedelta(days=30))
"""How long a dead or foreign link is left alone; after the last one for good."""
AGAIN_GONE = tuple(timedelta(days=days) for days in (3, 14, 60))
"""When an article that vanished is looked for again, after it was found gone; a listing that names it is sooner."""
SURE = timedelta(hours=6)
"""How far apart the two looks are, at least, that find an article gone."""
LATER = timedelta(days=1, hours=18)
"""When an article whose page could not be read is looked at again: not the next night, but the one after."""
BATCH = 500


def waiting(connection: Connection, portal: int) -> set[str]:
    """The digests of a portal's addresses that are in quarantine."""
    q = t.quarantine.c
    openly = select(q.url_digest).where(q.portal_id == portal, q.resolved_at.is_(None))
    return set(connection.execute(openly).scalars())


def quarantine(connection: Connection, moment: Moment, url: str, reason: str) -> str:
    """Open an entry, or count another try of the open one; the address's digest."""
    q, key = t.quarantine.c, digest(canonical_url(url))
    openly = (q.portal_id == moment.portal) & (q.url_digest == key) & q.resolved_at.is_(None)
    entry = connection.execute(select(q.id, q.tries).where(openly)).first()
    tries = entry.tries + 1 if entry else 1
    row: dict[str, Any] = {
        "run_id": moment.run,
        "capture_id": moment.capture,
        "reason": storable(reason),
        "tries": tries,
        "last_at": moment.at,
        "retry_at": moment.at + AGAIN[min(tries, len(AGAIN)) - 1],
    }
    if entry:
        connection.execute(update(t.quarantine).where(q.id == entry.id), row)
    else:
        place = {"portal_id": moment.portal, "url": storable(url), "url_digest": key, "opened_at": moment.at}
        connection.execute(insert(t.quarantine), {**row, **place})
    return key


def retry(connection: Connection, entries: list[int] | None, at: datetime) -> list[tuple[str, str]]:
    """Let open entries, all or those named, be tried again at once; the portal's slug and the address of each."""
    q, p = t.quarantine.c, t.portal.c
    openly = q.resolved_at.is_(None) if entries is None else q.resolved_at.is_(None) & q.id.in_(entries)
    pages = select(p.slug, q.url).join(t.portal, p.id == q.portal_id).where(openly).order_by(q.id)
    found = [(row.slug, row.url) for row in connection.execute(pages)]
    connection.execute(update(t.quarantine).where(openly), {"retry_at": at})
    return found


def retried(connection: Connection, portal: str, url: str, at: datetime) -> None:
    """Let the open entry of an address be tried again at once."""
    q = t.quarantine.c
    whose = select(t.portal.c.id).where(t.portal.c.slug == portal).scalar_subquery()
    openly = (q.portal_id == whose) & (q.url_digest == digest(canonical_url(url))) & q.resolved_at.is_(None)
    connection.execute(update(t.quarantine).where(openly), {"retry_at": at})


def withheld(connection: Connection, article: int, at: datetime, reason: str | None) -> None:
    """Hide an article for a reason, or show it again for None."""
    row = {"withheld_at": None if reason is None else at, "withheld_reason": reason}
    connection.execute(update(t.article).where(t.article.c.id == article), row)


def resolve(connection: Connection, moment: Moment, url_digest: str) -> None:
    """Close the open entry of an address that was read after all."""
    q = t.quarantine.c
    openly = (q.portal_id == moment.portal) & (q.url_digest == url_digest) & q.resolved_at.is_(None)
    connection.execute(update(t.quarantine).where(openly), {"resolved_at": moment.at})


def dismiss(connection: Connection, moment: Moment, url: str, reason: str) -> None:
    """Remember an address that is no article, so that it is not asked for every night."""
    d, canonical = t.address.c, canonical_url(storable(url))
    key = digest(canonical)
    known = connection.execute(select(t.address).where(d.portal_id == moment.portal, d.url_digest == key)).first()
    resolve(connection, moment, key)
    if known is not None and known.article_id is not None:
        return
    tries = known.tries + 1 if known else 1
    look = moment.at + AGAIN_DEAD[tries - 1] if tries <= len(AGAIN_DEAD) else None
    row = {"reason": storable(reason), "tries": tries, "last_seen_at": moment.at, "look_again_at": look}
    if known is not None:
        connection.execute(update(t.address).where(d.id == known.id), row)
    else:
        place = {"portal_id": moment.portal, "url": canonical, "url_digest": key, "first_seen_at": moment.at}
        connection.execute(insert(t.address), {**row, **place})


def any_known(connection: Connection, portal: int) -> bool:
    """Whether the archive knows an address of the portal."""
    d = t.address.c
    return connection.execute(select(d.id).where(d.portal_id == portal).limit(1)).first() is not None


def seen(connection: Connection, portal: int, urls: Iterable[str], at: datetime) -> None:
    """Note that addresses stood in a listing; the articles' own time follows when the run is finished."""
    d = t.address.c
    keys = sorted({digest(canonical_url(url)) for url in urls})
    for start in range(0, len(keys), BATCH):
        here = d.url_digest.in_(keys[start : start + BATCH])
        listed = update(t.address).where(d.portal_id == portal, here, d.last_seen_at < at)
        connection.execute(listed, {"last_seen_at": at})


def looked(connection: Connection, moment: Moment, article: int) -> None:
    """Note a look that the portal answered with "not modified"."""
    a, d = t.article.c, t.address.c
    known = connection.execute(select(a.first_seen_at, a.published_at).where(a.id == article)).one()
    look = next_look(known.first_seen_at, known.published_at, moment.at)
    row = {"look_again_at": look, "looked_at": moment.at, "missing_since": None}
    connection.execute(update(t.article).where(a.id == article), row)
    connection.execute(update(t.address).where(d.article_id == article), {"last_seen_at": moment.at})


def put_off(connection: Connection, moment: Moment, article: int) -> None:
    """Move an article's next look, as its page could not be read."""
    a = t.article.c
    row = {"look_again_at": moment.at + LATER, "looked_at": moment.at}
    connection.execute(update(t.article).where(a.id == article), row)


def missed(connection: Connection, moment: Moment, article: int) -> bool:
    """Whether an article was missed at an earlier look too; else it is looked at again the next night."""
    a = t.article.c
    known = connection.execute(select(a.gone_at, a.missing_since).where(a.id == article)).one()
    if known.gone_at is not None or (known.missing_since and moment.at - known.missing_since >= SURE):
        return True
    row = {"missing_since": known.missing_since or moment.at, "look_again_at": moment.at + SURE}
    connection.execute(update(t.article).where(a.id == article), row)
    return False


def gone(connection: Connection, moment: Moment, article: int, reason: str) -> None:
    """Mark an article whose page has vanished; one that is marked already is only looked at again later."""
    a = t.article.c
    known = connection.execute(select(a.gone_at).where(a.id == article)).one()
    since = known.gone_at or moment.at
    row: dict[str, Any] = {"look_again_at": later(AGAIN_GONE, since, moment.at), "looked_at": moment.at}
    if known.gone_at is None:
        row |= {"gone_at": moment.at, "gone_reason": storable(reason)}
        log(connection, Kind.GONE, [article], run=moment.run, at=moment.at, detail=storable(reason))
    connection.execute(update(t.article).where(a.id == article), row)
