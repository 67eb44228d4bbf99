"""What a page may answer instead of an article, each meaning one action.

ReadingError
├── NotAnArticle     a listing, the home page, an answer of the frame alone: skip and count
├── Challenged       a challenge, block or stub page: quarantine it, perhaps stop the portal
├── Unreadable       the field it names could not be read: keep the capture, report the field
└── Moved            the article stands at another address: follow once
"""


class ReadingError(Exception):
    """A page was not read as an article; the subclass says what to do."""


class NotAnArticle(ReadingError):  # noqa: N818  (these four are verdicts, not faults)
    """The page is a listing, a home page or empty of an article; the message says which."""


class Challenged(ReadingError):  # noqa: N818
    """The page is a challenge, a block or a stub served in place of the article."""


class Unreadable(ReadingError):  # noqa: N818
    """A field without which there is no article could not be read."""

    def __init__(self, field: str) -> None:
        super().__init__(f"no {field}")
        self.field = field


class Moved(ReadingError):  # noqa: N818
    """The article is to be read at another address."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
