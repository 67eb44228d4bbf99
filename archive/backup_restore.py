"""A backup as an archive again: unpacked aside, every digest compared, and only then put into its place."""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from archive.backup import DIGESTS, FORMAT, MANIFEST
from archive.backup_database import NAMES, Watch, load, taken
from config.errors import UserError
from config.settings import Settings

STAGING = ".restoring"
NOT_OURS = frozenset({"lost+found"})
"""What an empty disk holds when it is mounted as the data folder."""
SAID = frozenset({"archive_version", "schema", "made_at", "captures", "lacking", "files"})
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back; `portals` is where portal files went that differ from those in use."""

    archive_version: int
    schema: str
    made_at: str
    captures: bool
    lacking: tuple[str, ...]
    portals: Path | None


def restore(settings: Settings, source: Path, watch: Watch) -> Restored:
    """Fill an empty data folder and an empty database from a backup.

    Raises UserError when one of them is not empty, or the backup is cut, damaged or no backup; they are then as
    they were.
    """
    _refuse_taken(settings)
    wanted = NAMES[make_url(settings.database).get_backend_name()]
    with _staged(settings.data) as staging:
        said = unpack(source, staging, wanted, watch)
        portals = _differing(staging / "portals", settings.portals)
        watch("Restoring the database", 0, 0)
        load(settings, staging / wanted)
        for name in ("warc", DIGESTS, *(["portals"] if portals else [])):
            if (staging / name).exists():
                (staging / name).rename(settings.data / name)
    place = settings.data / "portals" if portals else None
    return Restored(
        said["archive_version"], said["schema"], said["made_at"], said["captures"], tuple(said["lacking"]), place
    )


def unpack(source: Path, folder: Path, database: str, watch: Watch) -> dict[str, Any]:
    """Unpack a backup whose database has this name into a folder; its manifest, all digests compared.

    Raises UserError.
    """
    found: dict[str, tuple[int, str]] = {}
    manifest = None
    try:
        total = source.stat().st_size
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                checked = _ours(member, folder, source, database)
                found[checked.name] = _write(tar, checked, folder / checked.name)
                watch("Unpacking", tar.offset, total)
                if checked.name == MANIFEST:
                    manifest = json.loads((folder / MANIFEST).read_bytes())
    except tarfile.FilterError as error:
        raise UserError(f"{source}: {error}; this is no backup of caicach, nothing was restored") from None
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise UserError(f"{source}: {error}; it is cut or damaged, take another backup") from None
    except OSError as error:
        if error.errno is None:  # tarfile's own, for data that end too soon
            raise UserError(f"{source}: {error}; it is cut, take another backup") from None
        raise UserError(f"{error.filename or folder}: {error.strerror}; nothing was restored") from None
    return _agreed(source, manifest, found)


def _ours(member: tarfile.TarInfo, folder: Path, source: Path, database: str) -> tarfile.TarInfo:
    """A member whose name stays within the folder and is one that backups have; raises FilterError, UserError."""
    checked = tarfile.data_filter(member, str(folder))
    known = checked.name in {*NAMES.values(), MANIFEST, DIGESTS} or checked.name.startswith(("warc/", "portals/"))
    if not known or not checked.isreg():
        raise UserError(f"{source}: holds {member.name}; this is no backup of caicach, nothing was restored")
    if checked.name in NAMES.values() and checked.name != database:
        raise UserError(f"{source}: it holds {_of(checked.name)}, CAICACH_DATABASE_URL names {_of(database)}")
    return checked


def _of(name: str) -> str:
    return "a SQLite database" if name == NAMES["sqlite"] else "a PostgreSQL database"


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> tuple[int, str]:
    """Write a member; its size and digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    content = tar.extractfile(member)
    assert content is not None  # a regular file
    with content, path.open("xb") as file:
        while data := content.read(CHUNK):
            file.write(data)
            digest.update(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
        os.utime(file.fileno(), (member.mtime, member.mtime))
        os.fchmod(file.fileno(), 0o444 if member.name.startswith("warc/") else 0o644)
    return size, digest.hexdigest()


def _agreed(source: Path, manifest: Any, found: dict[str, tuple[int, str]]) -> dict[str, Any]:
    """The manifest, when it names exactly what was unpacked, with its digests."""
    if manifest is None:
        raise UserError(f"{source}: it is cut, or no backup of caicach: the manifest at its end is missing")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or SAID - manifest.keys():
        raise UserError(f"{source}: its manifest is not one that this program knows; update caicach")
    named = {file["name"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    unpacked = {name: seen for name, seen in found.items() if name != MANIFEST}
    wrong = sorted(name for name in named.keys() | unpacked.keys() if named.get(name) != unpacked.get(name))
    if wrong:
        more = f" and {len(wrong) - 1} more" if wrong[1:] else ""
        raise UserError(f"{source}: {wrong[0]}{more} differs from the manifest; it is damaged, take another backup")
    return manifest


def _refuse_taken(settings: Settings) -> None:
    """Raises UserError unless the data folder and the database are empty."""
    held = {path.name for path in settings.data.iterdir()} - NOT_OURS if settings.data.is_dir() else set()
    if STAGING in held:
        left = settings.data / STAGING
        raise UserError(f"{left}: another restore is running, or was killed: remove that folder and restore again")
    if held:
        raise UserError(f"{settings.data} is not empty (it holds {min(held)}): set CAICACH_DATA to an empty folder")
    if standing := taken(settings):
        raise UserError(f"{standing} is there already: set CAICACH_DATABASE_URL to an empty database")


@contextmanager
def _staged(data: Path) -> Iterator[Path]:
    """A folder within the data folder, gone at the end; a data folder that was not there goes with it on failure."""
    staging, was_there = data / STAGING, data.is_dir()
    try:
        data.mkdir(parents=True, exist_ok=True)
        staging.mkdir()
        yield staging
    except OSError as error:
        place = error.filename or data
        raise UserError(f"{place}: {error.strerror}; make it writable or set CAICACH_DATA") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not was_there and data.is_dir() and not any(data.iterdir()):
            data.rmdir()


def _differing(unpacked: Path, used: Path) -> bool:
    """Whether the portal files of the backup are not, word for word, among those in use."""
    for path in unpacked.rglob("*"):
        own = used / path.relative_to(unpacked)
        if path.is_file() and not (own.is_file() and cmp(path, own, shallow=False)):
            return True
    return False
