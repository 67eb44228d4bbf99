"""How an article is cited: in words, as BibTeX and as RIS; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

_BRACES = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_"}
)


@dataclass(frozen=True, slots=True)
class Citation:
    """The three forms."""

    plain: str
    bibtex: str
    ris: str


def cite(row: Mapping[str, object], today: date) -> Citation:
    """The citation of an article; `row` has the export's columns, `today` is the day it was read."""
    said = {name: " ".join(str(value).split()) for name, value in row.items() if isinstance(value, str | int)}
    author = said.get("author") or said.get("issuing_body") or said["portal_name"]
    at = row["published_at"]
    day = at.date() if isinstance(at, datetime) else at if isinstance(at, date) else None
    return Citation(_plain(said, author, day, today), _bibtex(said, author, day, today), _ris(said, author, day, today))


def _kept(said: Mapping[str, str]) -> str:
    return f"Caicach {said['portal']}/{said['id']}, phiên bản kho {said['archive_version']}, {said['capture_digest']}"


def _plain(said: Mapping[str, str], author: str, day: date | None, today: date) -> str:
    when = f"{day:%d/%m/%Y}" if day else "không rõ ngày"
    site = "" if author == said["portal_name"] else f" {said['portal_name']}."
    return f"{author} ({when}). {said['title']}.{site} {said['url']} (truy cập {today:%d/%m/%Y}; {_kept(said)})."


def _bibtex(said: Mapping[str, str], author: str, day: date | None, today: date) -> str:
    key = re.sub(r"[^a-z0-9]", "", said["portal"]) + said["id"]
    fields = {
        "author": f"{{{author.translate(_BRACES)}}}",
        "title": f"{{{said['title'].translate(_BRACES)}}}",
        "organization": said["portal_name"].translate(_BRACES),
        "year": f"{day:%Y}" if day else "",
        "date": f"{day:%Y-%m-%d}" if day else "",
        "url": said["url"],
        "urldate": f"{today:%Y-%m-%d}",
        "langid": "vietnamese",
        "note": _kept(said).translate(_BRACES),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@online{{{key},\n{lines}\n}}"


def _ris(said: Mapping[str, str], author: str, day: date | None, today: date) -> str:
    lines = [
        ("TY", "ELEC"),
        ("AU", author),
        ("TI", said["title"]),
        ("PB", said["portal_name"]),
        ("PY", f"{day:%Y}" if day else ""),
        ("DA", f"{day:%Y/%m/%d}" if day else ""),
        ("UR", said["url"]),
        ("Y2", f"{today:%Y/%m/%d}"),
        ("LA", "vi"),
        ("N1", _kept(said)),
        ("ER", ""),
    ]
    return "\n".join(f"{tag}  - {value}" for tag, value in lines if value or tag == "ER")
