"""Which links of an article lead to files: boxes of attachments, links by suffix, "tại đây", embedded viewers."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.records import FileLink
from crawler.page import Page, attribute, text_of

FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|zip|rar|7z|tif|tiff)(?:/[0-9a-f-]{32,40})?$", re.IGNORECASE
)
"""A file's suffix at the end of a path; Liferay puts a version's key behind it (PORTALS.md 1.5)."""
FILE_WORDS = re.compile(r"tại đây|tải về|tải xuống|download|đính kèm", re.IGNORECASE)
FILE_ADDRESS = re.compile(
    r"download|getfile|attach|viewfile|showproperty|nodeid=|/documents?/|upload|/file|dinhkem|vanban", re.IGNORECASE
)
NAME_LABEL = re.compile(r"^(?:tập tin|tệp|file|tải về|tài liệu)\s*\d*\s*:\s*", re.IGNORECASE)


def file_name(url: str) -> str:
    """The last part of an address's path, percent-decoded: the name a file has on its server."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


def file_link(page: Page, node: LexborNode, *, boxed: bool = False) -> FileLink | None:
    """The file a link or a viewer's frame leads to, or None; in an attachment box every link is one."""
    url = _viewed(page.absolute(attribute(node, "href") or attribute(node, "src")))
    if not url or url.split("#")[0] == page.url.split("#")[0]:
        return None
    text = NAME_LABEL.sub("", text_of(node))
    suffixed = FILE.search(urlsplit(url).path) is not None
    if not (boxed or suffixed or FILE.search(text) or (FILE_WORDS.search(text) and FILE_ADDRESS.search(url))):
        return None
    return FileLink(url, _file_title(url, text) if suffixed else (text or file_name(url)))


def _file_title(url: str, text: str) -> str:
    """A pointing word is no name: "tại đây" gives way to the file's own."""
    return file_name(url) if not text or (FILE_WORDS.search(text) and len(text) < 40) else text


def _viewed(url: str) -> str:
    """The file that an embedded viewer shows (PORTALS.md 1.12: Google-viewer iframes)."""
    if "url=" in url and ("viewer" in url or "gview" in url or "embed" in url):
        return next(iter(parse_qs(urlsplit(url).query).get("url", [])), url)
    return url


def unique(files: Iterable[FileLink]) -> Iterator[FileLink]:
    """Files once each: a second link to the same address, or to a file of a name already there, is the same."""
    addresses: set[str] = set()
    names: set[str] = set()
    for link in files:
        name = file_name(link.url).lower() if FILE.search(urlsplit(link.url).path) else link.name.lower()
        if link.url not in addresses and name not in names:
            yield link
        addresses.add(link.url)
        names.update({name, link.name.lower()})
