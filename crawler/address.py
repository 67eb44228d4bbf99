"""Addresses: one spelling of many, and whose host it is."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|_gl)", re.IGNORECASE)
NOT_PAGES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|svg|ico|css|js|xml|mp[34]|avi|rss)$", re.IGNORECASE
)
DEFAULT_PORTS = {"http": 80, "https": 443}


def tidy(url: str) -> str:
    """An address without fragment, default port, doubled slashes and tracking parameters; host in lower case."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in {None, DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{port}"
    path = re.sub(r"/{2,}", "/", parts.path) or "/"
    return urlunsplit((parts.scheme.lower(), netloc, path, _untracked(parts.query), ""))


def _untracked(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True) if query else []
    if not any(TRACKING.fullmatch(name) for name, _ in pairs):
        return query
    return urlencode([(name, value) for name, value in pairs if not TRACKING.fullmatch(name)])


def host_of(url: str) -> str:
    """The host an address names, without `www.` and default port, for comparing; empty when it names none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return host if port in {None, 80, 443} else f"{host}:{port}"


def target(url: str) -> str:
    """The path of an address with its query, which is what patterns of addresses are matched against."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
