"""What a robots.txt means, from its answer alone (DESIGN.md section 8)."""

from dataclasses import dataclass

from protego import Protego

from crawler.settings import ROBOTS_AGENT

LONGEST_DELAY = 300.0
"""A Crawl-delay beyond this, in seconds, leaves nothing of a night: come later."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows; `later` says why nothing may be asked tonight."""

    later: str = ""
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    parsed: Protego | None = None

    def allow(self, url: str) -> bool:
        """Whether an address may be asked."""
        return not self.later and (self.parsed is None or self.parsed.can_fetch(url, ROBOTS_AGENT))


def rules_of(status: int, body: bytes) -> Rules:
    """The rules an answer means: 404, 410 and other 4xx none; 401, 403, 429, 5xx and HTML "later"."""
    if status in {401, 403, 429} or status >= 500:
        return Rules(later=f"robots.txt answers {status}")
    if not 200 <= status < 300:
        return Rules() if 400 <= status < 500 else Rules(later=f"robots.txt answers {status}")
    if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return Rules(later="robots.txt is an HTML page")
    parsed = Protego.parse(body.decode("utf-8-sig", "replace"))
    delay = parsed.crawl_delay(ROBOTS_AGENT) or 0.0
    if delay > LONGEST_DELAY:
        return Rules(later=f"robots.txt asks for {delay:g} seconds between requests")
    return Rules(delay=delay, sitemaps=tuple(parsed.sitemaps), parsed=parsed)
