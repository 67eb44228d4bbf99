"""Every request goes through the operator's proxy, robots.txt and attachments too; Scrapy's middleware does it.

The proxies of the environment (`http_proxy`) are left alone: who asks a portal is said in one place.
"""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import NotConfigured

from config.settings import Settings


class Proxy(HttpProxyMiddleware):
    """Sets the proxy of each request; its password goes into no capture and no log."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured where no proxy is set."""
        settings = getattr(crawler.spidercls, "settings_of_caicach", None) or Settings.load()
        if not settings.proxy:
            raise NotConfigured
        return cls(settings.proxy)

    def process_request(self, request: Request) -> None:  # type: ignore[override]  # Scrapy passes no spider to it
        request.meta["proxy"] = self.address
        super().process_request(request)
