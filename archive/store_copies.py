"""Copy groups in SQL: bands and verified pairs are rows, a group is what they connect.

A group's id is its smallest article's; its first publisher is the article published earliest, by the
day, then the time where it is known, then the id; where no date is stated the first look stands for it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from archive import copies, store_bands
from archive import tables as t
from archive.dates import VIETNAM
from archive.records import Precision
from archive.store_bands import Shelf
from archive.store_plain import ask, do_each
from archive.wording import Body

COMPARED = 16
"""How many articles at most a new one is compared with: those that share most bands."""
REMEMBERED = 512
"""How many bodies that were compared are kept in memory, some 60 KB each; portals fill in the same templates."""
_bodies: OrderedDict[str, Body] = OrderedDict()

_a, _r = t.article.c, t.revision.c
TEXTS = """SELECT article.id, revision.body FROM article
JOIN revision ON revision.article_id = article.id AND revision.number = article.revisions
WHERE article.id IN ({keys})"""
BEFORE = (
    select(_r.body)
    .join(t.article, and_(_a.id == _r.article_id, _r.number == _a.revisions - 1))
    .where(_a.id == bindparam("article"))
)
MEMBERS = """SELECT id, copy_group, first_id, published_at, published_precision, first_seen_at
FROM article WHERE id IN ({keys})"""
GROUPS = "SELECT DISTINCT copy_group FROM article WHERE id IN ({keys}) AND copy_group IS NOT NULL"
GROUPED = "SELECT id FROM article WHERE copy_group IN ({keys})"
PAIRS = "SELECT article_id, other_id FROM copy WHERE article_id IN ({keys})"
PAIR = "INSERT INTO copy (article_id, other_id, similarity) VALUES ({sign}, {sign}, {sign})"
REGROUP = "UPDATE article SET copy_group = {sign}, first_id = {sign} WHERE id = {sign}"


@dataclass(frozen=True, slots=True)
class Sketch:
    """A body with its bands, taken before the transaction begins."""

    body: Body
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """An article as groups are settled: where it is placed (group, first publisher), and when it was published."""

    id: int
    placed: tuple[int | None, int | None]
    published: datetime | None
    vague: bool
    seen: datetime

    @property
    def order(self) -> tuple[date, bool, datetime, int]:
        """Who comes first publishes first."""
        at = self.published or self.seen
        return at.astimezone(VIETNAM).date(), self.vague, at, self.id


def sketch(text: str) -> Sketch:
    """What `group` needs of a body; as it is stored, which is without NUL."""
    body = Body(text.replace("\0", ""))
    return Sketch(body, copies.bands(body))


def _remembered(text: str, body: Body | None = None) -> Body:
    """A body with what was found out about it: look-alikes are compared with the same ones again and again."""
    found = _bodies.pop(text, None) or body or Body(text)
    _bodies[text] = found
    if len(_bodies) > REMEMBERED:
        _bodies.popitem(last=False)
    return found


def before(connection: Connection, article: int) -> str:
    """The text of an article before its current revision."""
    return str(connection.execute(BEFORE, {"article": article}).scalar_one())


def group(connection: Connection, article: int, sketch: Sketch, was: str | None = None) -> list[int]:
    """Put an article into its copy group; the other articles whose group or first publisher changed by it.

    `was` is the text by which it was grouped before.
    """
    if was is None and not sketch.bands:
        return []
    shelf = store_bands.shelf(connection)
    touched = set() if was is None else _ungroup(connection, shelf, article, was)
    found = _compare(connection, shelf, article, sketch) if sketch.bands else {}
    shelf.add(connection, article, sketch.bands)
    if found:
        do_each(connection, PAIR, [(*sorted((article, other)), likeness) for other, likeness in found.items()])
    touched |= found.keys()
    return _settle(connection, touched | {article}, article) if touched else []


def _ungroup(connection: Connection, shelf: Shelf, article: int, was: str) -> set[int]:
    """Forget an article's bands and pairs; the articles it was grouped with."""
    p, a = t.copy.c, t.article.c
    shelf.forget(connection, article, sketch(was).bands)
    connection.execute(delete(t.copy).where(or_(p.article_id == article, p.other_id == article)))
    same = select(a.copy_group).where(a.id == article).scalar_subquery()
    return set(connection.execute(select(a.id).where(a.copy_group == same)).scalars()) - {article}


def _compare(connection: Connection, shelf: Shelf, article: int, sketch: Sketch) -> dict[int, float]:
    """The articles it is a copy of, with their likeness."""
    candidates = shelf.sharing(connection, article, sketch.bands, COMPARED)
    if not candidates:
        return {}
    mine = _remembered(sketch.body.text, sketch.body)
    texts = ask(connection, TEXTS, candidates, keys=len(candidates))
    found = {other: copies.likeness(mine, _remembered(text)) for other, text in texts}
    return {other: likeness for other, likeness in found.items() if likeness is not None}


def _settle(connection: Connection, touched: set[int], article: int) -> list[int]:
    """Give every article that the touched ones are connected with its group; the others that changed."""
    members = _members(connection, touched)
    pairs = ask(connection, PAIRS, list(members), keys=len(members))
    changed: dict[int, tuple[int | None, int | None]] = {}
    for together in connected(members, ((one, other) for one, other in pairs if other in members)):
        alone = len(together) == 1
        wanted = (None, None) if alone else (min(together), min(together, key=lambda one: members[one].order))
        others = [one for one in together if members[one].placed != wanted]
        changed.update(dict.fromkeys(others, wanted))
    if changed:
        do_each(connection, REGROUP, [(*wanted, one) for one, wanted in changed.items()])
    return sorted(changed.keys() - {article})


def _members(connection: Connection, touched: set[int]) -> dict[int, "Member"]:
    """The touched articles and all of their groups."""
    groups = [group for (group,) in ask(connection, GROUPS, list(touched), keys=len(touched))]
    together = {one for (one,) in ask(connection, GROUPED, groups, keys=len(groups))} if groups else set()
    ids = list(touched | together)
    kept = _a.published_at.type.dialect_impl(connection.dialect)
    time: Callable[[Any], Any] = kept.result_processor(connection.dialect, None) or (lambda value: value)
    rows = ask(connection, MEMBERS, ids, keys=len(ids))
    return {
        one: Member(one, (group, first), time(published), precision == Precision.DAY.value, time(seen))
        for one, group, first, published, precision, seen in rows
    }


def connected(members: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The sets of members that pairs connect, each member in one; ordered by their smallest."""
    sets = {member: {member} for member in members}
    for one, other in pairs:
        if sets[one] is not sets[other]:
            sets[one] |= sets[other]
            for member in sets[other]:
                sets[member] = sets[one]
    return sorted({id(together): together for together in sets.values()}.values(), key=min)
