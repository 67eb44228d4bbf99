"""Scrapy's spider loader over the portal files: `scrapy list`, `scrapy crawl SLUG`, `scrapy shell URL`."""

from typing import Any, Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from config.portal import Portal, load
from config.settings import Settings
from crawler.hosts import allowed, authority
from crawler.settings import BOT_NAME, VERSION
from crawler.spider import PortalSpider


class PortalLoader:
    """Every portal file is a spider named by its slug (scrapy.spiderloader.SpiderLoaderProtocol)."""

    def __init__(self, portals: dict[str, Portal], settings: Settings) -> None:
        self.portals, self.settings = portals, settings

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:  # the protocol's argument
        """Read the folder of portal files; raises PortalError for wrong ones."""
        own = Settings.load()
        return cls(load(own.portals), own)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of a portal; raises KeyError for an unknown slug."""
        return spider_class(self.portals[spider_name], self.settings)

    def find_by_request(self, request: Request) -> list[str]:
        """The portals whose own host a request asks."""
        host = authority(request.url)
        return [slug for slug, portal in self.portals.items() if host in allowed(portal)]

    def list(self) -> list[str]:
        """All slugs."""
        return sorted(self.portals)


def spider_class(portal: Portal, settings: Settings) -> type[PortalSpider]:
    """The one spider, bound to a portal."""
    attributes = {
        "name": portal.slug,
        "portal": portal,
        "settings_of_caicach": settings,
        "custom_settings": own_settings(portal, settings),
    }
    return type("PortalSpider", (PortalSpider,), attributes)


def own_settings(portal: Portal, settings: Settings) -> dict[str, Any]:
    """What a portal's file changes: connections, TLS profile, and the contact in the User-Agent."""
    own: dict[str, Any] = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": portal.pace.concurrency,
        "USER_AGENT": user_agent(settings.contact),
    }
    if portal.tls == "seclevel1":
        own["DOWNLOADER_CLIENT_TLS_CIPHERS"] = "DEFAULT@SECLEVEL=1"
    return own


def user_agent(contact: str) -> str:
    """Who we are and who answers for it; the contact as far as a header can hold it."""
    said = " ".join(contact.encode("ascii", "ignore").decode().replace("(", "").replace(")", "").split())
    about = "archive of administrative reform news"
    return (
        f"{BOT_NAME.capitalize()}/{VERSION} ({about}; {said})"
        if said
        else f"{BOT_NAME.capitalize()}/{VERSION} ({about})"
    )
