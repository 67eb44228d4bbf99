"""No request, redirect or attachment leaves the portal's own hosts, or asks a private address."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from config.settings import Settings
from crawler.hosts import allowed, foreign, is_private
from crawler.refusals import Foreign, Private


class OwnHosts:
    """Refuses before anything is sent; names that resolve to private addresses are crawler.resolver's."""

    def __init__(self, crawler: Crawler) -> None:
        portal = getattr(crawler.spidercls, "portal", None)
        self.own = allowed(portal) if portal else None
        settings = getattr(crawler.spidercls, "settings_of_caicach", None) or Settings.load()
        self.allow_private = settings.allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Foreign or Private."""
        why = foreign(request.url, self.own) if self.own is not None else None
        if why:
            raise Foreign(why)
        host = urlsplit(request.url).hostname or ""
        if not self.allow_private and is_private(host):
            raise Private(f"{host} is a private address: set CAICACH_ALLOW_PRIVATE=1 if you mean it")
