"""The text layers of PDF pages, and which pages are pictures of text."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

PAGES = 1_000
FEW_LETTERS = 100
"""A page with fewer that a picture covers is a scan with a stamp or a page number laid over it."""
COVERED = 0.5
LIGATURES = {ord("\ufb00") + n: text for n, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
BROKEN_WORD = {0x02: "", 0xFFFE: "", 0x00: ""}
"""pdfium's signs for a hyphen at a line's end; the break behind it goes too."""


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page's text layer, and whether the page is a picture that says more."""

    text: str
    scanned: bool


def pages(document: pypdfium2.PdfDocument) -> Iterator[PdfPage]:
    """The first pages of a document, up to PAGES; lines as the page has them. Raises RuntimeError."""
    for number in range(min(len(document), PAGES)):
        with closing(document[number]) as page:
            yield read(page)


def read(page: pypdfium2.PdfPage) -> PdfPage:
    """One page. Raises RuntimeError."""
    with closing(page.get_textpage()) as layer:
        text = joined(layer.get_text_range())
    return PdfPage(text, _scanned(page, sum(map(str.isalpha, text[: 4 * FEW_LETTERS]))))


def _scanned(page: pypdfium2.PdfPage, letters: int) -> bool:
    """Whether a page shows something where letters are none, or a picture over most of it where they are few."""
    if letters >= FEW_LETTERS:
        return False
    if not letters:
        return bool(raw.FPDFPage_CountObjects(page) > 0)
    whole = page.get_width() * page.get_height()
    return any(_area(picture) > COVERED * whole for picture in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _area(picture: pypdfium2.PdfObject) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float(abs((right - left) * (top - bottom)))


def joined(text: str) -> str:
    """A page's text with words that a hyphen broke over two lines made whole again, ligatures apart."""
    text = text.replace("\r\n", "\n").replace("\x02\n", "").replace("\ufffe\n", "")
    return text.translate(BROKEN_WORD | LIGATURES)
