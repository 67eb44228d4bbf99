"""Why a request was not sent, or its answer not used, on purpose.

Refused               the message says why, on one line
├── Foreign           another host than the portal's own
├── Private           an address that is not of the public Internet
├── Disallowed        robots.txt forbids the path
├── Later             robots.txt could not be read: nothing is asked this night
└── Stopped           the crawl is ending: Ctrl-C, or another page ended the night
"""

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """A request that is not sent."""


class Foreign(Refused):
    """The address is of another host than the portal's own and its `hosts`."""


class Private(Refused):
    """The address is private, and CAICACH_ALLOW_PRIVATE is not set."""


class Disallowed(Refused):
    """The portal's robots.txt forbids the path."""


class Later(Refused):
    """The robots.txt says neither yes nor no: come another night."""


class Stopped(Refused):
    """The crawl is ending."""
