"""A request as a platform sees it, and its answer."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.farm.wire import Body

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a platform sees it; `path` is decoded, `query` holds the first value of each name."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    method: str = "GET"

    @classmethod
    def of(cls, target: str, method: str = "GET") -> "Ask":
        """A request target as sent."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return cls(unquote(parts.path), query, method)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `validates` says whether the platform answers conditional requests for it."""

    body: Body
    status: int = 200
    type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    validates: bool = False
