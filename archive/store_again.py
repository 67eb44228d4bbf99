"""Each deed done once more from its record, into a database that has everything before it.

What was judged then is not judged anew: ids, verdicts and times are those of the record; what a page says is
read again by today's rules.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert

from archive import (
    store_apply,
    store_articles,
    store_attachments,
    store_days,
    store_pages,
    store_runs,
)
from archive import tables as t
from archive.days import Explained, Health, PortalDay, Signs, State
from archive.deeds import Deed, Did, numbers
from archive.identity import digest
from archive.records import FileText, Verdict
from archive.runs import Outcome, RunSummary
from archive.store_articles import Moment
from archive.store_changes import Kind, log, version
from archive.store_copies import Sketch
from archive.store_facts import Read
from config.portal import Portal

BATCH = 500


@dataclass(frozen=True, slots=True)
class Doing:
    """A deed, and where it is done again: `found` is what its capture was read as, where it is of one."""

    connection: Connection
    deed: Deed
    moment: Moment
    found: tuple[Read, Sketch | None] | FileText | None = None

    @property
    def article(self) -> int:
        """The id of the article that it is about."""
        return int(self.deed.said["article"])


def portal_of(deed: Deed) -> Portal:
    """The portal of a run, as its file was when it began."""
    return Portal.model_validate({**deed.said["card"], "text": deed.said["file"]})


def start(connection: Connection, deed: Deed) -> int:
    """Begin a run with the number that it had; the portal's id."""
    portal_id = store_runs.know(connection, portal_of(deed), deed.at)
    assert deed.run is not None
    store_runs.begin(connection, portal_id, deed.at, deed.run)
    return portal_id


def again(doing: Doing) -> None:
    """Do a deed again; the archive's version is then the one that it was."""
    HOW[doing.deed.did](doing)
    settle(doing.connection, doing.deed)


def settle(connection: Connection, deed: Deed) -> None:
    """Number as many changes as there were: other rules may have grouped otherwise, and numbers are cited."""
    there = version(connection)
    if deed.after > deed.before and there > deed.after:
        connection.execute(delete(t.change).where(t.change.c.number > deed.after))
    for number in range(there + 1, deed.after + 1 if deed.after > deed.before else 0):
        row = {"number": number, "kind": Kind.REREAD.value, "run_id": deed.run, "at": deed.at, "article_id": None}
        connection.execute(insert(t.change), row | {"detail": ""})


def _record(doing: Doing) -> None:
    said, connection, moment = doing.deed.said, doing.connection, doing.moment
    verdict = Verdict(said["verdict"])
    store_pages.resolve(connection, moment, digest(said["url"]))
    if verdict is Verdict.UNCHANGED:
        store_articles.same_again(connection, said["url"], moment, doing.article)
        return
    assert isinstance(doing.found, tuple)
    read, sketch = doing.found
    assert sketch is not None
    store_articles.again(connection, read, sketch, moment, (verdict, doing.article))


def _attach(doing: Doing) -> None:
    connection, moment, found = doing.connection, doing.moment, doing.found
    number = store_attachments.numbered(connection, doing.article, doing.deed.said["url"])
    assert isinstance(found, FileText)
    assert moment.capture is not None
    if number is not None:
        articles = store_attachments.attach(connection, number, moment.capture, found)
        log(connection, Kind.ATTACHMENT, articles, run=moment.run, at=moment.at)


def _no_file(doing: Doing) -> None:
    said = doing.deed.said
    number = store_attachments.numbered(doing.connection, doing.article, said["url"])
    if number is not None:
        store_attachments.failed(doing.connection, number, said["reason"], tries=said["tries"])


def _quarantine(doing: Doing) -> None:
    said = doing.deed.said
    store_pages.quarantine(doing.connection, doing.moment, said["url"], said["reason"])


def _retry(doing: Doing) -> None:
    for portal, url in doing.deed.said["pages"]:
        store_pages.retried(doing.connection, portal, url, doing.deed.at)


def _dismiss(doing: Doing) -> None:
    said = doing.deed.said
    store_pages.dismiss(doing.connection, doing.moment, said["url"], said["reason"])


def _looked(doing: Doing) -> None:
    store_pages.looked(doing.connection, doing.moment, doing.article)


def _put_off(doing: Doing) -> None:
    store_pages.put_off(doing.connection, doing.moment, doing.article)


def _missed(doing: Doing) -> None:
    store_pages.missed(doing.connection, doing.moment, doing.article)


def _gone(doing: Doing) -> None:
    store_pages.gone(doing.connection, doing.moment, doing.article, doing.deed.said["reason"])


def _remember(doing: Doing) -> None:
    said = doing.deed.said
    store_runs.remember(doing.connection, said["portal"], said["discovered"])


def _finish(doing: Doing) -> None:
    said, connection, moment = doing.deed.said, doing.connection, doing.moment
    summary = RunSummary(**{**said["summary"], "outcome": Outcome(said["summary"]["outcome"])})
    for at, articles in said["seen"].items():
        ids = list(numbers(articles))
        for first in range(0, len(ids), BATCH):
            store_runs.seen(connection, datetime.fromisoformat(at), ids[first : first + BATCH])
    store_runs.end(connection, moment.run, summary, moment.at)
    if "day" in said:
        store_days.write(connection, moment, day_of(said["day"]))
    store_runs.placed(connection, moment.run, doing.deed.place)


def day_of(said: dict[str, Any]) -> PortalDay:
    """A portal-day as `store_days.said` told it."""
    health = said["health"]
    since = date.fromisoformat(health["since"]) if health["since"] else None
    own = {
        "day": date.fromisoformat(said["day"]),
        "signs": Signs.of(said["signs"]),
        "explained": Explained(said["explained"]),
        "health": Health(State(health["state"]), health["cause"], health["reason"], since),
    }
    return PortalDay(**{**said, **own})


def _hidden(doing: Doing) -> None:
    did, reason, at = doing.deed.did, doing.deed.said["reason"], doing.deed.at
    store_pages.withheld(doing.connection, doing.article, at, reason if did is Did.WITHHELD else None)
    log(doing.connection, Kind(did.value), [doing.article], run=None, at=at, detail=reason)


def _file_read(doing: Doing) -> None:
    """The text stands in the record: what recognised it then may not be here."""
    said = doing.deed.said
    own = {field.name: said[field.name] for field in fields(FileText)}
    found = FileText(**own | {"confidence": tuple((page, sure) for page, sure in said["confidence"])})
    articles = store_attachments.read_again(doing.connection, said["digest"], found)
    log(doing.connection, Kind.ATTACHMENT, articles, run=None, at=doing.deed.at)


def _applied(doing: Doing) -> None:
    if doing.deed.said["article"] is not None:
        store_apply.applied(doing.connection, doing.deed.at, dict(doing.deed.said))


HOW: dict[Did, Callable[[Doing], None]] = {
    Did.RECORD: _record,
    Did.ATTACH: _attach,
    Did.NO_FILE: _no_file,
    Did.QUARANTINE: _quarantine,
    Did.RETRY: _retry,
    Did.DISMISS: _dismiss,
    Did.LOOKED: _looked,
    Did.PUT_OFF: _put_off,
    Did.MISSED: _missed,
    Did.GONE: _gone,
    Did.REMEMBER: _remember,
    Did.FINISH: _finish,
    Did.WITHHELD: _hidden,
    Did.LIFTED: _hidden,
    Did.APPLIED: _applied,
    Did.FILE_READ: _file_read,
}
