"""One page of a file: its text layer or, where the page is a picture, what recognition makes of it."""

import io
from contextlib import closing

import pypdfium2
from PIL import Image

from archive import files_pdf, ocr
from archive.files import BROKEN, CHARACTERS
from archive.files_kinds import PICTURES, NoTextError, kind_of
from archive.records import TOO_LARGE, PageText

RESOLUTION = 300
"""Dots an inch, what tesseract was trained on."""
LARGEST = 40_000_000
"""Pixels of a page; one that would have more is drawn smaller (A3 has 17 million)."""


def page_of(body: bytes, name: str, number: int) -> PageText:
    """The text of one page (from 1), by recognition where it is a picture; never raises."""
    try:
        kind = kind_of(body, name)
        return _picture(body, number) if kind in PICTURES else _pdf(body, number)
    except NoTextError as error:
        return PageText("", reason=str(error))
    except (MemoryError, Image.DecompressionBombError):
        return PageText("", scanned=True, reason=TOO_LARGE)
    except BROKEN as error:
        return PageText("", scanned=True, reason=f"damaged: {type(error).__name__}")


def _pdf(body: bytes, number: int) -> PageText:
    with closing(pypdfium2.PdfDocument(body)) as document, closing(document[number - 1]) as page:
        layer = files_pdf.read(page)
        if not layer.scanned:
            return PageText(layer.text)
        scale = RESOLUTION / 72
        pixels = page.get_width() * page.get_height() * scale * scale
        drawn = page.render(scale=scale * min(1.0, (LARGEST / max(pixels, 1)) ** 0.5), grayscale=True)
        return _recognised(drawn.to_pil(), layer.text)


def _picture(body: bytes, number: int) -> PageText:
    with Image.open(io.BytesIO(body)) as image:
        image.seek(number - 1)
        if image.width * image.height > LARGEST:
            return PageText("", scanned=True, reason=TOO_LARGE)
        return _recognised(image.convert("L"), "")


def _recognised(image: Image.Image, layer: str) -> PageText:
    """What is recognised, or the few letters that the page has in its text layer where those are more."""
    drawn = io.BytesIO()
    image.save(drawn, "PPM")
    try:
        found = ocr.recognise(drawn.getvalue())
    except ocr.NoRecognitionError as error:
        return PageText(layer, scanned=True, reason=str(error))
    text = found.text if len(found.text) >= len(layer) else layer
    return PageText(text[:CHARACTERS], confidence=found.confidence)
