"""A request as a platform sees it, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from types import MappingProxyType
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.farm.wire import Body

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a platform sees it; `path` is decoded, `query` and `form` hold the first value of each name.

    `headers` have small names; `form` is read from an urlencoded or multipart `body`, empty for any other.
    """

    path: str
    query: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    form: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, target: str, method: str = "GET", headers: Mapping[str, str] = _NONE, body: bytes = b"") -> "Ask":
        """A request as sent: its target, and what came with it."""
        parts = urlsplit(target)
        return cls(unquote(parts.path), _fields(parts.query), method, _form(headers, body), headers, body)


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    kind = headers.get("content-type", "application/x-www-form-urlencoded")
    if kind.startswith("application/x-www-form-urlencoded"):
        return _fields(body.decode("utf-8", "replace"))
    if not kind.startswith("multipart/form-data"):
        return {}
    parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload()
    found: dict[str, str] = {}
    for part in parts if isinstance(parts, list) else ():
        name = part.get_param("name", header="content-disposition") if isinstance(part, Message) else None
        value = part.get_payload(decode=True) if isinstance(part, Message) else None
        if isinstance(name, str) and isinstance(value, bytes):
            found.setdefault(name, value.decode("utf-8", "replace"))
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `validates` says whether the platform answers conditional requests for it."""

    body: Body
    status: int = 200
    type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    validates: bool = False
