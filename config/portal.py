"""A portal file is a card about one portal; this module reads and checks them.

Keys and rules: docs/portals.md. The file's stem is the slug; folders mean nothing.
"""

import ipaddress
import tomllib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from config.errors import PortalError

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
HOST = r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d+)?$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Host = Annotated[str, StringConstraints(pattern=HOST)]


class Level(StrEnum):
    """Whose portal it is."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    NEWSPAPER = "newspaper"


class Status(StrEnum):
    """Whether the portal is crawled; `--all` skips paused and gone ones."""

    ACTIVE = "active"
    PAUSED = "paused"
    FROZEN = "frozen"
    GONE = "gone"


class Card(BaseModel):
    """A table of a portal file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Pace(Card):
    """How fast the portal may be asked: seconds between requests, connections at once."""

    delay: float = Field(default=2.5, ge=0, le=600)
    concurrency: int = Field(default=1, ge=1, le=16)


class Portal(Card):
    """One portal, as its file says; `slug` and `text` are the file's name and content."""

    slug: Annotated[str, StringConstraints(pattern=SLUG)]
    text: Annotated[str, StringConstraints(strip_whitespace=False)] = Field(default="", repr=False)
    name: Words
    url: str
    level: Level
    province: Words | None = None
    district: Words | None = None
    commune: Words | None = None
    family: Words | None = None
    listings: tuple[Words, ...] = ()
    feeds: tuple[Words, ...] = ()
    hosts: tuple[Host, ...] = ()
    tls: Annotated[str, StringConstraints(pattern="^seclevel1$")] | None = None
    status: Status = Status.ACTIVE
    successor: str | None = None
    reason: Words | None = None
    verified: date | None = None
    pace: Pace = Pace()
    selectors: dict[Words, Words] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError('write the home page\'s whole address, such as "https://queson.quangnam.gov.vn/"')
        return url if parts.path else f"{url}/"

    @field_validator("hosts")
    @classmethod
    def _small_letters(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host.lower() for host in hosts)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.province is None and self.level is not Level.MINISTRY:
            raise ValueError('province is missing; only a ministry has none: add province = "…"')
        if self.level is Level.COMMUNE and self.commune is None:
            raise ValueError('commune is missing: add commune = "…"')
        if self.level is Level.DISTRICT and self.district is None:
            raise ValueError('district is missing: add district = "…"')
        if self.pace.delay < 1 and not _private(self.host):
            raise ValueError(f"pace.delay = {self.pace.delay:g} is too fast for a public host: write 1 or more")
        if (self.successor or self.reason) and self.status is Status.ACTIVE:
            raise ValueError('successor and reason go with a status: add status = "paused", "frozen" or "gone"')
        return self

    @property
    def host(self) -> str:
        """The portal's own host name, lower case, without port."""
        return urlsplit(self.url).hostname or ""

    @property
    def skipped(self) -> bool:
        """Whether `crawl --all` leaves it out."""
        return self.status in {Status.PAUSED, Status.GONE}


def _private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def read(path: Path) -> Portal:
    """Read one portal file; raises PortalError with a line for each thing that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise PortalError(f"{path}: cannot be read ({error}); save it as UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise PortalError(f"{path}: not TOML ({error}); see docs/portals.md") from None
    own = sorted({"slug", "text"} & table.keys())
    if own:
        raise PortalError(f"{path}: {own[0]}: unknown key; the file's name is the slug: remove the line")
    try:
        return Portal.model_validate({**table, "slug": path.stem, "text": text})
    except ValidationError as error:
        raise PortalError("\n".join(f"{path}: {_fix(e)}" for e in error.errors())) from None


def _fix(error: Any) -> str:
    """One line for one of pydantic's findings: the key, what is wrong, what to write."""
    key = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = ", ".join(sorted(Portal.model_fields.keys() - {"slug", "text"}))
            return f"{key}: unknown key; remove it or write one of: {known}"
        case "missing":
            return f'{key}: missing; add {key} = "…"'
        case "enum" | "literal_error":
            return f"{key}: {error['input']!r} is not known; write one of {error['ctx']['expected']}"
        case "value_error":
            return f"{key}: {error['ctx']['error']}" if key else str(error["ctx"]["error"])
        case "string_pattern_mismatch" if key == "slug":
            return f"the file's name {error['input']!r} must be small letters, digits and single hyphens: rename it"
        case _:
            return f"{key}: {error['msg']}, not {error['input']!r}"


def load(folder: Path) -> dict[str, Portal]:
    """All portals below a folder by slug; raises PortalError naming every wrong file."""
    if not folder.is_dir():
        raise PortalError(f"{folder}: no such folder of portal files; set CAICACH_PORTALS")
    portals: dict[str, Portal] = {}
    places: dict[str, Path] = {}
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.toml")):
        try:
            portal = read(path)
        except PortalError as error:
            wrong.append(str(error))
            continue
        if portal.slug in portals:
            wrong.append(f"{path}: the slug {portal.slug} is taken by {places[portal.slug]}: rename one of them")
        portals[portal.slug], places[portal.slug] = portal, path
    if wrong:
        raise PortalError("\n".join(wrong))
    return portals


def pick(portals: dict[str, Portal], slugs: Iterable[str]) -> list[Portal]:
    """The portals of these slugs, in order; raises PortalError for one that is unknown."""
    unknown = [slug for slug in slugs if slug not in portals]
    if unknown:
        raise PortalError(f"unknown portal {', '.join(unknown)}; `caicach portals list` names them all")
    return [portals[slug] for slug in slugs]
