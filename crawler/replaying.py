"""A replay over the archive: read all again in processes of their own, compare, and apply when told."""

from collections.abc import Iterator
from contextlib import ExitStack

from archive.database import reading
from archive.rebuild import Watch
from archive.replay import Kept, Plan, Source, archived_portals, differing, kept_revisions, total
from archive.reread import Job, Pool
from archive.store import Store
from config.errors import UserError
from config.portal import load
from config.settings import Settings
from crawler.stored import read

SAID = 50
"""Revisions between two signs of progress."""


def replayed(settings: Settings, watch: Watch, *, only: str | None = None, apply: bool = False) -> tuple[Plan, int]:
    """Read the archive, or one portal, again; what differs, and how many revisions got their new reading."""
    plan, applied = Plan(), 0
    with reading(settings) as session, ExitStack() as stack:
        connection = session.connection()
        portals = archived_portals(connection, load(settings.portals))
        if only and only not in portals:
            raise UserError(f"unknown portal {only}; `caicach portals list` names them all")
        source, whole = Source(settings.data, read, portals, only), total(connection, only)

        def jobs() -> Iterator[tuple[Kept, Job]]:
            for number, kept in enumerate(kept_revisions(connection, source)):
                if number % SAID == 0:
                    watch("Reading captures again", number, whole)
                yield kept, kept.job

        store = stack.enter_context(Store.open(settings)) if apply else None
        for one in differing(plan, Pool[Kept](stack).all(jobs())):
            if store is not None:
                applied += store.apply(one.kept.portal_id, one.kept.id, one.kept.was, one.read)
        watch("Reading captures again", whole, whole)
    return plan, applied
