"""Scrapy's settings for every portal; what differs by portal is in `crawler.loader.own_settings`.

Only what is needed runs: fewer components, a small CONCURRENT_ITEMS and uvloop more than double
the pages per CPU-second (bench/crawl.py). The pace is kept by crawler.middlewares.pace, because a
Retry-After must hold a whole host; so Scrapy's own delay is 0.
"""

import sys

BOT_NAME = "caicach"
VERSION = "0.1"
ROBOTS_AGENT = "caicach"
"""The name that a portal's robots.txt would call us by."""

SPIDER_LOADER_CLASS = "crawler.loader.PortalLoader"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.connections.Connections")
ASYNCIO_EVENT_LOOP = None if sys.platform == "win32" else "uvloop.Loop"

CONCURRENT_ITEMS = 4
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0

PAGE_SECONDS = 30
"""All the time a response has, from the connection to its last byte."""
PAGE_TRIES = 3
PAGE_BYTES = 10_000_000
SITEMAP_BYTES = 50_000_000
FILE_BYTES = 50_000_000
LONGEST_WAIT = 90
"""The longest Retry-After, in seconds, that is waited out."""
DNS_SECONDS = 10
DOWNLOAD_MAXSIZE = PAGE_BYTES
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
# Only what runs is named, in place of Scrapy's own lists: what those name is imported even where it is turned off, and
# the remote control alone, with aiohttp, takes longer to import than twenty articles to crawl.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.hosts.OwnHosts": 50,
    "crawler.middlewares.robots.Robots": 100,
    "crawler.middlewares.retry.Retry": 550,
    "crawler.middlewares.unpack.Unpacked": 590,
    "crawler.middlewares.proxy.Proxy": 700,
    "crawler.middlewares.pace.Pace": 800,
    "crawler.middlewares.capture.RawCapture": 900,
}
EXTENSIONS_BASE = {"scrapy.extensions.corestats.CoreStats": 0}
STATS_DUMP = False
LOG_LEVEL = "WARNING"
