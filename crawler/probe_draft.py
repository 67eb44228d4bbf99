"""A portal file drafted from what a probe saw; what is not sure is a comment line that says what to fill in."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archive.text import fold
from config.errors import UserError
from crawler.hosts import is_private
from crawler.page import Page, one_line
from crawler.probe_place import Guess, guess

FRONT = re.compile(r"^(?:trang chủ|trang nhất|home|welcome)\s*[-–|:»]\s*", re.IGNORECASE)
BACK = re.compile(r"\s*[-–|»]\s*(?:trang chủ|trang nhất|home|liferay|joomla!?|wordpress|drupal)\s*$", re.IGNORECASE)
OWNER = re.compile(
    r"(?:cơ quan chủ quản|đơn vị chủ quản|bản quyền (?:thuộc|của))\W{0,5}([^\n|<>]{5,90})", re.IGNORECASE
)
WANTED = {
    "level": "ministry, province, district, commune or newspaper",
    "province": "the province as it was named when the portal ran",
    "district": "the district without huyện, quận or thị xã",
    "commune": "the commune without xã, phường or thị trấn",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A portal file's text, its slug, the folder for its province, and the keys that a person must fill in first."""

    slug: str
    folder: str
    text: str
    unsure: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says on the command line of what a probe cannot see; empty where nothing is said."""

    slug: str = ""
    name: str = ""
    level: str = ""
    province: str = ""
    district: str = ""
    commune: str = ""


def name_of(page: Page) -> str:
    """What the portal calls itself: its home page's title without what every page's title has."""
    title = BACK.sub("", FRONT.sub("", page.text_of("title")))
    site = page.meta("og:site_name")
    return one_line(title if len(title) >= 8 else site or title or page.text_of("h1"))


def place_of(page: Page) -> Guess:
    """Whose portal it seems to be: by its title, else by whom the foot of its home page names as its owner."""
    host = urlsplit(page.url).hostname or ""
    first = guess(host, f"{name_of(page)}, {page.meta('og:site_name')}")
    if not first.unsure:
        return first
    owner = OWNER.search(page.tree.text(separator="\n"))
    second = guess(host, f"{name_of(page)}, {owner[1]}") if owner else first
    return min(first, second, key=lambda one: len(one.unsure))


def draft(page: Page, family: str, listings: Sequence[str], feeds: Sequence[str], said: Said) -> Draft:
    """The file for the portal whose home page this is; the person's words win over every guess.

    The address is the host's own, however deep the page stands to which it leads.
    """
    place = place_of(page)
    values = {key: getattr(said, key) or getattr(place, key) for key in ("level", "province", "district", "commune")}
    name = _cased(said.name or name_of(page) or urlsplit(page.url).netloc, list(values.values()))
    unsure = tuple(key for key in _needed(values["level"]) if not values[key])
    lines = [f"name     = {_quoted(name)}", f"url      = {_quoted(_root(page.url))}"]
    for key, value in values.items():
        if value:
            lines.append(f"{key:<8} = {_quoted(value)}")
        elif key in unsure:
            lines.append(f'# fill in: {key} = "…"   ({WANTED[key]})')
    lines.append(f"family   = {_quoted(family)}")
    lines += [f"{key:<8} = {_list(urls)}" for key, urls in (("listings", listings), ("feeds", feeds)) if urls]
    if is_private(urlsplit(page.url).hostname or ""):
        lines += ["", "[pace]", "delay = 0"]
    slug = said.slug or _slug(page.url, values)
    return Draft(slug, slugify(values["province"]), "\n".join([*lines, ""]), unsure, place.why)


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _needed(level: str) -> tuple[str, ...]:
    own = (level,) if level in {"district", "commune"} else ()
    return ("level",) if not level else (*(() if level == "ministry" else ("province",)), *own)


def _cased(name: str, places: Sequence[str]) -> str:
    """A name printed in capitals as it would be written; only when the tables know how its place is written."""
    if name != name.upper():
        return name
    small = name.lower()
    known = [place for place in places if place and place.lower() in small]
    if not known:
        return name
    for place in known:
        small = small.replace(place.lower(), place)
    return small[:1].upper() + small[1:]


def _slug(url: str, values: dict[str, str]) -> str:
    """`que-son` for a district, `bao-dong-thap`, `so-noi-vu-ha-tinh`; the host's first label for what has no place."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    place = values["commune"] or values["district"] or values["province"]
    department = labels[0] if re.match(r"so[a-z]{3}", labels[0]) else ""
    words = {"newspaper": f"bao {place}"}.get(values["level"], f"{department} {place}")
    return slugify(words if place else labels[0]) or "portal"


def slugify(text: str) -> str:
    """Small letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _list(urls: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(url) for url in urls)}]"


def save_draft(folder: Path, made: Draft) -> Path:
    """Write the file below the folder of portal files, never over another. Raises UserError."""
    if made.unsure:
        words = " ".join(f"--{key} …" for key in made.unsure)
        raise UserError(f"the draft is not whole and not saved: say {words}")
    taken = next(iter(folder.rglob(f"{made.slug}.toml")), None)
    if taken:
        raise UserError(f"{taken} is there already and not overwritten: name another with --slug, or remove it")
    path = folder / (made.folder or "ministries") / f"{made.slug}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(made.text)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; make the folder writable or set CAICACH_PORTALS") from None
    return path
