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
_BUILTIN = "scrapy.downloadermiddlewares"
DOWNLOADER_MIDDLEWARES = {
    f"{_BUILTIN}.offsite.OffsiteMiddleware": None,
    f"{_BUILTIN}.robotstxt.RobotsTxtMiddleware": None,
    f"{_BUILTIN}.httpauth.HttpAuthMiddleware": None,
    f"{_BUILTIN}.downloadtimeout.DownloadTimeoutMiddleware": None,
    f"{_BUILTIN}.retry.RetryMiddleware": None,
    f"{_BUILTIN}.redirect.MetaRefreshMiddleware": None,
    f"{_BUILTIN}.cookies.CookiesMiddleware": None,
    f"{_BUILTIN}.httpproxy.HttpProxyMiddleware": None,
    f"{_BUILTIN}.stats.DownloaderStats": None,
    f"{_BUILTIN}.httpcache.HttpCacheMiddleware": None,
    "crawler.middlewares.hosts.OwnHosts": 50,
    "crawler.middlewares.robots.Robots": 100,
    "crawler.middlewares.retry.Retry": 550,
    "crawler.middlewares.proxy.Proxy": 700,
    "crawler.middlewares.pace.Pace": 800,
    "crawler.middlewares.capture.RawCapture": 900,
}
# Not even loaded: importing the remote control, with aiohttp, takes longer than crawling twenty articles.
EXTENSIONS = {
    f"scrapy.extensions.{name}": None
    for name in (
        "closespider.CloseSpider",
        "feedexport.FeedExporter",
        "logcount.LogCount",
        "logstats.LogStats",
        "memdebug.MemoryDebugger",
        "memusage.MemoryUsage",
        "remote_control.RemoteControl",
        "spiderstate.SpiderState",
        "telnet.TelnetConsole",
        "throttle.AutoThrottle",
    )
}
STATS_DUMP = False
LOG_LEVEL = "WARNING"
