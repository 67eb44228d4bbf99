"""How an article is identified and written: new, revised or unchanged, within one transaction.

Identity is the portal and the digest of the canonical URL. The same text under another address of
the same portal is a second address of one article when title, body, attachments and day of
publication are equal; never by the title alone (four NukeViet titles stand on different articles).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from archive import store_attachments, store_copies, store_facts, store_rows
from archive import tables as t
from archive.dates import VIETNAM
from archive.identity import digest
from archive.prepared import Prepared
from archive.records import Recorded, Verdict
from archive.store_changes import NEXT_ARTICLE, Kind, log
from archive.store_copies import Sketch
from archive.store_facts import Read

LOOKS = tuple(timedelta(days=days) for days in (4, 14, 35, 75))
"""When an article is looked at again, after it was first seen: most corrections come in its first days."""
TOO_SOON = timedelta(hours=12)
"""A look that comes so soon after another is that one: nights take what is due before morning."""
LATE_LOOKS = LOOKS[-2:]
"""The looks at an article that was already old when it was first seen."""
FRESH = timedelta(days=30)

_a, _d, _r = t.article.c, t.address.c, t.revision.c
CURRENT = (
    *(_a.id, _a.revisions, _a.digest, _a.published_at, _a.first_seen_at, _a.last_seen_at, _a.gone_at),
    *(_a.capture_id, _a.reader_version, _a.normaliser_version),
)
"""What is asked of an article to judge a reading of it."""
AT_ADDRESS = Prepared(
    select(_d.id.label("address_id"), *CURRENT)
    .outerjoin(t.article, _a.id == _d.article_id)
    .where(_d.portal_id == bindparam("portal"), _d.url_digest == bindparam("key"))
)
TWINS = Prepared(
    select(*CURRENT)
    .where(
        _a.portal_id == bindparam("portal"), _a.body_digest == bindparam("body"), _a.published_on == bindparam("day")
    )
    .order_by(_a.id)
)
TITLED = select(_r.title, _r.facts).where(_r.article_id == bindparam("article"), _r.number == bindparam("number"))
NEW = Prepared(insert(t.article).values(id=NEXT_ARTICLE).returning(_a.id))
NEW_AS = Prepared(insert(t.article).returning(_a.id))
DOUBTED = (
    select(t.portal_day.c.id)
    .join(t.capture, t.capture.c.run_id == t.portal_day.c.run_id)
    .where(t.capture.c.id == bindparam("capture"), t.portal_day.c.cause == "dates")
)
"""Whether the night of a capture was found to have wrong dates."""
BY_ID = select(*CURRENT).where(_a.id == bindparam("article"))
CHANGE = update(t.article).where(_a.id == bindparam("article"))
NEW_ADDRESS = Prepared(insert(t.address))
TAKE_ADDRESS = update(t.address).where(_d.id == bindparam("address"))
LAST_SEEN = update(t.address).where(_d.article_id == bindparam("article"), _d.last_seen_at < bindparam("now"))


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when something was read: portal, run, capture and the capture's time."""

    portal: int
    run: int
    capture: int | None
    at: datetime


def next_look(first_seen: datetime, published: datetime | None, now: datetime) -> datetime | None:
    """When to look at an article again; sooner and more often while it is fresh, never after 75 days."""
    fresh = published is None or first_seen - published <= FRESH
    return later(LOOKS if fresh else LATE_LOOKS, first_seen, now)


def later(looks: Sequence[timedelta], since: datetime, now: datetime) -> datetime | None:
    """The first of some looks, counted from a moment, that does not come too soon after the one of now."""
    return next((since + after for after in looks if since + after - now > TOO_SOON), None)


def write(connection: Connection, read: Read, sketch: Sketch, moment: Moment) -> Recorded:
    """Write what was read, or find that nothing is new."""
    place = {"portal": moment.portal, "key": read.url_digest}
    known = AT_ADDRESS.first(connection, place)
    address = known.address_id if known is not None else None
    if known is None or known.id is None:
        known = _same_elsewhere(connection, read, moment)
        if known is None:
            recorded = _new(connection, read, moment, address)
            return _grouped(connection, recorded, sketch, moment)
        _address(connection, read, moment, (address, known.id))
    if known.gone_at is not None:
        log(connection, Kind.RESTORED, [known.id], run=moment.run, at=moment.at)
    changed = known.digest != read.digest or _redated(connection, read, known)
    if changed and not _same_page(connection, read, moment, known):
        return _grouped(connection, _revised(connection, read, moment, known), sketch, moment)
    _seen(connection, known, moment)
    return Recorded(Verdict.UNCHANGED, known.id, store_attachments.pending(connection, known.id))


def again(connection: Connection, read: Read, sketch: Sketch, moment: Moment, then: tuple[Verdict, int]) -> Recorded:
    """Write what was judged before, as it was: the verdict and the article's id are those of then."""
    verdict, article = then
    known = AT_ADDRESS.first(connection, {"portal": moment.portal, "key": read.url_digest})
    address = known.address_id if known is not None else None
    if verdict is Verdict.NEW:
        return _grouped(connection, _new(connection, read, moment, address, article), sketch, moment)
    found = _found(connection, moment, article)
    if known is None or known.id is None:
        _address(connection, read, moment, (address, article))
    return _grouped(connection, _revised(connection, read, moment, found), sketch, moment)


def same_again(connection: Connection, url: str, moment: Moment, article: int) -> None:
    """Note once more that nothing was new at an address; one that was not the article's becomes it."""
    key = digest(url)
    known = AT_ADDRESS.first(connection, {"portal": moment.portal, "key": key})
    found = _found(connection, moment, article)
    if known is None or known.id is None:
        _place(connection, (url, key), moment, (known.address_id if known is not None else None, article))
    _seen(connection, found, moment)


def _found(connection: Connection, moment: Moment, article: int) -> Row[*tuple[Any, ...]]:
    """An article that was judged before; one that was gone is there again."""
    known = connection.execute(BY_ID, {"article": article}).one()
    if known.gone_at is not None:
        log(connection, Kind.RESTORED, [known.id], run=moment.run, at=moment.at)
    return known


def _same_elsewhere(connection: Connection, read: Read, moment: Moment) -> Row[*tuple[Any, ...]] | None:
    day = store_facts.day(read)
    if day is None or not read.meaning.body:
        return None
    alike = {"portal": moment.portal, "body": read.body_digest, "day": day}
    twins: list[Row[*tuple[Any, ...]]] = TWINS.all(connection, alike)
    for twin in twins:
        text = connection.execute(TITLED, {"article": twin.id, "number": twin.revisions}).one()
        files = tuple(tuple(file) for file in text.facts["attachments"])
        if text.title == store_facts.storable(read.meaning.title) and files == read.attachments:
            return twin
    return None


def _redated(connection: Connection, read: Read, known: Row[*tuple[Any, ...]]) -> bool:
    """Whether an article whose text is as it was is dated rightly only now.

    Its portal stamped it with the day of the first look (only an earlier day is believed, by two at least), or the
    night that it was read in was found to have wrong dates.
    """
    day, said = store_facts.day(read), read.meaning.published
    if day is None or said is None or known.published_at in {None, said.at}:
        return False
    first = known.first_seen_at.astimezone(VIETNAM).date()
    stamped = known.published_at.astimezone(VIETNAM).date() == first and first - day > timedelta(days=1)
    return stamped or bool(connection.execute(DOUBTED, {"capture": known.capture_id}).first())


def _same_page(connection: Connection, read: Read, moment: Moment, known: Row[*tuple[Any, ...]]) -> bool:
    """Whether only our rules have changed: the page came byte for byte as before. `caicach replay` reads it anew."""
    versions = read.article.reader_version, read.meaning.normaliser_version
    if versions == (known.reader_version, known.normaliser_version):
        return False
    both = select(t.capture.c.digest).where(t.capture.c.id.in_([known.capture_id, moment.capture])).distinct()
    return len(connection.execute(both).all()) == 1


def _new(
    connection: Connection, read: Read, moment: Moment, address: int | None, numbered: int | None = None
) -> Recorded:
    """A new article, with the next number or the one that it had."""
    columns = store_facts.columns(read)
    place = {
        "portal_id": moment.portal,
        "url": read.url,
        "url_digest": read.url_digest,
        "revisions": 1,
        "capture_id": moment.capture,
        "attachment_text_chars": 0,
        "first_seen_at": moment.at,
        "last_seen_at": moment.at,
        "look_again_at": next_look(moment.at, columns["published_at"], moment.at),
        "looked_at": moment.at,
    }
    own = {} if numbered is None else {"id": numbered}
    article = (NEW_AS if own else NEW).one(connection, own | columns | place)
    _address(connection, read, moment, (address, article))
    pending = _revision(connection, read, moment, (article, 1))
    log(connection, Kind.NEW, [article], run=moment.run, at=moment.at)
    return Recorded(Verdict.NEW, article, pending)


def _revised(connection: Connection, read: Read, moment: Moment, known: Row[*tuple[Any, ...]]) -> Recorded:
    numbered = (known.id, known.revisions + 1)
    columns = store_facts.columns(read) | {"revisions": known.revisions + 1, "capture_id": moment.capture}
    seen = {"article": known.id, "last_seen_at": max(known.last_seen_at, moment.at)}
    connection.execute(CHANGE, columns | _looked(known, moment) | seen)
    pending = _revision(connection, read, moment, numbered)
    log(connection, Kind.REVISED, [known.id], run=moment.run, at=moment.at)
    return Recorded(Verdict.REVISED, known.id, pending)


def _revision(connection: Connection, read: Read, moment: Moment, numbered: tuple[int, int]) -> Any:
    article, number = numbered
    place = {"article_id": article, "number": number, "capture_id": moment.capture, "seen_at": moment.at}
    return store_rows.write(connection, read, moment.portal, place)


def _grouped(connection: Connection, recorded: Recorded, sketch: Sketch, moment: Moment) -> Recorded:
    revised = recorded.verdict is Verdict.REVISED
    was = store_copies.before(connection, recorded.article) if revised else None
    others = store_copies.group(connection, recorded.article, sketch, was)
    log(connection, Kind.COPIES, others, run=moment.run, at=moment.at)
    return recorded


def _looked(known: Row[*tuple[Any, ...]], moment: Moment) -> dict[str, Any]:
    look = next_look(known.first_seen_at, known.published_at, moment.at)
    return {"look_again_at": look, "looked_at": moment.at, "missing_since": None, "gone_at": None, "gone_reason": None}


def _seen(connection: Connection, known: Row[*tuple[Any, ...]], moment: Moment) -> None:
    """Note a look that found nothing new; `last_seen_at` follows when the run is finished, as a change."""
    connection.execute(CHANGE, {"article": known.id, **_looked(known, moment)})
    connection.execute(LAST_SEEN, {"article": known.id, "now": moment.at, "last_seen_at": moment.at})


def _address(connection: Connection, read: Read, moment: Moment, ids: tuple[int | None, int]) -> None:
    """Say whose address it is: a new row, or the one of an address that was dismissed before."""
    _place(connection, (read.url, read.url_digest), moment, ids)


def _place(connection: Connection, named: tuple[str, str], moment: Moment, ids: tuple[int | None, int]) -> None:
    (url, key), (address, article) = named, ids
    columns = {"article_id": article, "reason": "", "tries": 0, "last_seen_at": moment.at, "look_again_at": None}
    if address is not None:
        connection.execute(TAKE_ADDRESS, {"address": address, **columns})
        return
    place = {"portal_id": moment.portal, "url": url, "url_digest": key, "first_seen_at": moment.at}
    NEW_ADDRESS.one(connection, {**place, **columns})
