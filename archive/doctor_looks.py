"""The looks that `caicach doctor` takes: at the environment, the database, the disk, the clock and programs."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from archive import database, doctor, ocr
from archive import tables as t
from archive.backup_postgres import INSTALL, major
from archive.dates import VIETNAM
from archive.days import State
from archive.doctor import ArchiveFacts, DatabaseFacts, Finding, Level
from archive.queries_days import alarms
from config.errors import SettingError, UserError
from config.settings import Settings, written

TRIES = 3
"""A notice that was not taken so often is not on its way but stuck."""
SCANS = "install tesseract-ocr and tesseract-ocr-vie, then `caicach files read`"
PROGRAMS = {"postgresql": ("pg_dump", "pg_restore"), "sqlite": ()}
"""Programs of others that a backup needs, by database."""


def looked() -> tuple[Settings | None, list[Finding]]:
    """The settings, when they can be read, and what was found of everything that lies below them."""
    said = {*os.environ, *written(Path(".env"))}
    found = list(doctor.unknown_settings(said, Settings.model_fields))
    try:
        settings = Settings.load()
    except SettingError as error:
        lines = re.split(r"; (?=CAICACH_)", str(error))
        wrong = [doctor.wrong("settings", line, "correct it; docs/settings.md") for line in lines]
        return None, [*found, *wrong]
    found += doctor.settings_findings(settings)
    if all(one.level is not Level.WRONG for one in found):
        found.append(doctor.fine("settings", f"{len(Settings.model_fields)} settings can be read"))
    return settings, [*found, *_folder(settings), *_database(settings)]


def _folder(settings: Settings) -> Iterator[Finding]:
    """The data folder, or the folder that it would be made in, and the room there."""
    here = settings.data.absolute()
    there = next(path for path in (here, *here.parents) if path.exists())
    if not os.access(there, os.W_OK):
        yield doctor.wrong("disk", f"{there} cannot be written", "make it writable or set CAICACH_DATA")
    yield from doctor.disk_findings(shutil.disk_usage(there).free, settings.disk_floor, str(there))


def _database(settings: Settings) -> Iterator[Finding]:
    facts, archive = _asked(settings)
    yield from doctor.database_findings(facts, database.HEAD)
    now = datetime.now(UTC)
    yield from doctor.clock_findings(now, facts.now, archive.last_capture if archive else None, time.tzname[0])
    yield from _programs(settings, facts)
    if archive is not None:
        yield from doctor.night_findings(archive, now)
        yield from doctor.portal_findings(archive.states or {})


def _asked(settings: Settings) -> tuple[DatabaseFacts, ArchiveFacts | None]:
    """What the database says; nothing is made by asking."""
    try:
        url = make_url(settings.database)
    except ArgumentError:
        url = None
    if url is not None and url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return DatabaseFacts(str(settings.data), missing=True), None
    try:
        engine = database.connect(settings.database)
    except SettingError as error:
        return DatabaseFacts("", fault=str(error)), None
    place = url.render_as_string() if url is not None and url.password else str(url and (url.database or url))
    try:
        return _of(engine, place)
    except UserError as error:
        return DatabaseFacts(place, fault=str(error)), None
    finally:
        engine.dispose()


def _of(engine: Engine, place: str) -> tuple[DatabaseFacts, ArchiveFacts | None]:
    schema = database.version(engine)
    with database.asked(engine), Session(engine) as session:
        connection, server, now = session.connection(), "", None
        if engine.dialect.name == "postgresql":
            server = f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
            now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        facts = DatabaseFacts(place, schema=schema, server=server, now=now)
        return facts, _archive(session) if schema == database.HEAD else None


def _archive(session: Session) -> ArchiveFacts:
    def one(asked: Any) -> Any:
        return session.connection().execute(asked).scalar()

    p, q = t.portal.c, t.quarantine.c
    known = session.connection().execute(select(p.slug, p.health).where(p.health.is_not(None), p.status == "active"))
    today = datetime.now(UTC).astimezone(VIETNAM).date()
    n = t.notice.c
    stuck = (n.sent_at.is_(None), n.tries >= TRIES, n.fault != "")
    last = select(t.capture.c.fetched_at).order_by(t.capture.c.id.desc()).limit(1)
    return ArchiveFacts(
        last_run=one(select(func.max(t.run.c.finished_at))),
        last_capture=one(last),
        states={row.slug: State(row.health["state"]) for row in known if row.health},
        unexplained=len(alarms(session, today)),
        waiting=one(select(func.count()).select_from(t.quarantine).where(q.resolved_at.is_(None))),
        undelivered=one(select(func.count()).select_from(t.notice).where(*stuck)),
        fault=one(select(n.fault).where(*stuck).order_by(n.id.desc()).limit(1)) or "",
    )


def _programs(settings: Settings, facts: DatabaseFacts) -> Iterator[Finding]:
    """Programs of others, where the settings call for them."""
    kind = "postgresql" if settings.database.startswith("postgresql") else "sqlite"
    needed = PROGRAMS[kind]
    server = major(f") {facts.server.removeprefix('PostgreSQL ')}")
    for name in needed:
        program = shutil.which(name)
        if program is None:
            yield doctor.wrong("programs", f"{name} is not on this machine: no backup can be made", INSTALL)
            continue
        ours = major(subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout)  # noqa: S603
        if ours < server:
            yield doctor.wrong("programs", f"{name} is of PostgreSQL {ours}, the server of {server}", INSTALL)
        else:
            yield doctor.fine("programs", f"{name} {ours}")
    if not needed:
        yield doctor.fine("programs", "none of others is needed")
    if ocr.means():
        yield doctor.fine("programs", f"{ocr.means()} recognises scans")
    else:
        yield doctor.note("programs", "tesseract with Vietnamese is not on this machine: scans keep no text", SCANS)
