"""What makes two things the same: the digest of an address, of a text, of an act.

The rules of canonical URLs that hold for every portal are here; a family adds its own
(`Family.canonical`). Pure functions; digests are the first 32 hex digits of SHA-256.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "zarsrc", "mc_cid", "mc_eid", "yclid", "_ga", "igshid"})
"""Parameters that say where the reader came from; all that begin with `utm_` too."""
SAFE = "/:@!$&'()*+,;=~-._%"
"""What stays as it is in a path, percent signs of what is already quoted included."""


def digest(*parts: str) -> str:
    """A digest of strings in their order; no two lists of strings share one."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def canonical_url(url: str) -> str:
    """The address without what does not name the page.

    Scheme and host in lower case, no default port, user or fragment, no tracking parameters,
    non-ASCII percent-encoded as NFC; order of the other parameters and case of the path kept.
    """
    parts = urlsplit(unicodedata.normalize("NFC", url.strip()))
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    return urlunsplit(
        (
            parts.scheme.lower(),
            _authority(parts.scheme, parts.netloc),
            quote(parts.path or "/", SAFE),
            quote(query, SAFE + "?"),
            "",
        )
    )


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING or name.startswith("utm_")


def _authority(scheme: str, netloc: str) -> str:
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix(f":{PORTS.get(scheme.lower())}").removesuffix(":")


def url_digest(url: str) -> str:
    """The digest of a canonical address; with the portal it identifies an article everywhere."""
    return digest(canonical_url(url))


def text_digest(title: str, summary: str, body: str) -> str:
    """The digest of normalised texts; NFC and NFD have the same."""
    return digest(*(unicodedata.normalize("NFC", text) for text in (title, summary, body)))


def content_digest(text: str, attachments: Iterable[tuple[str, str]]) -> str:
    """The digest of a revision: its texts' digest and its attachments' addresses and names."""
    return digest(text, *(part for pair in attachments for part in pair))


_ZEROS = re.compile(r"^0+(?=\d)")
_WITH_YEAR = re.compile(r"^\d+[a-zđ]?/(?:19|20)\d\d/")
_CENTRAL = re.compile(
    r"(?:^|[-/])(?:cp|ttg|ctn|tw|tư|vpcp|ttcp|nhnn|tandtc|vksndtc|ktnn|qh\d+|ubtvqh\d+"
    r"|b(?:nv|tp|tc|tttt|khđt|kh&đt|khcn|xd|yt|gdđt|ca|qp|ng|nn|nnptnt|nnmt|tnmt|lđtbxh|vhttdl|gtvt|ct))$"
)
"""Bodies of which there is one in the country, at the end of a number in small letters."""


def act_key(kind: str, number: str | None, day: str | None, issuer: str | None) -> str:
    """What identifies an act: type, number, year and issuer; case and zeros before the number do not matter.

    A number that says its year and a central body, 61/2018/NĐ-CP, says all; any other begins anew each year with
    each body. An act without number is one of its day and issuer.
    """
    if number is None:
        return digest(kind.casefold(), "", day or "", (issuer or "").casefold())
    plain = _ZEROS.sub("", number).casefold()
    if _CENTRAL.search(plain):
        return digest(kind.casefold(), plain, "" if _WITH_YEAR.search(plain) else (day or "")[:4])
    return digest(kind.casefold(), plain, (day or "")[:4], (issuer or "").casefold())
