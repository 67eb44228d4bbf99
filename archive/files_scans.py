"""One page of a file: its text layer or, where the page is a picture, what recognition makes of it.

The process holds one file at a time, so that its bytes come once however many pages it has.
"""

from contextlib import closing

import pypdfium2
from PIL import Image

from archive import files_pdf, files_pictures, ocr
from archive.files import BROKEN
from archive.files_kinds import PICTURES, NoTextError, kind_of
from archive.files_text import CHARACTERS
from archive.records import TOO_LARGE, PageText

_held: list[bytes] = []


def hold(body: bytes) -> None:
    """Take the file that pages are asked of next."""
    _held[:] = [body]


def page_of(number: int, *, recognise: bool) -> PageText:
    """The text of one page (from 1) of the file that is held; never raises."""
    (body,) = _held
    try:
        kind = kind_of(body, "")
        if kind not in PICTURES:
            return _pdf(body, number, recognise=recognise)
        return _recognised(files_pictures.of_picture(body, number), "", recognise=recognise)
    except NoTextError as error:
        return PageText("", scanned=True, reason=str(error))
    except (MemoryError, Image.DecompressionBombError):
        return PageText("", scanned=True, reason=TOO_LARGE)
    except BROKEN as error:
        return PageText("", scanned=True, reason=f"damaged: {type(error).__name__}")


def _pdf(body: bytes, number: int, *, recognise: bool) -> PageText:
    with closing(pypdfium2.PdfDocument(body)) as document, closing(document[number - 1]) as page:
        layer = files_pdf.read(page)
        if not layer.scanned or not recognise:
            return PageText(layer.text, scanned=layer.scanned)
        return _recognised(files_pictures.of_page(page), layer.text, recognise=recognise)


def _recognised(image: Image.Image, layer: str, *, recognise: bool) -> PageText:
    """What is recognised, or the few letters that the page has in its text layer where those are more."""
    if not recognise:
        return PageText(layer, scanned=True)
    try:
        found = ocr.recognise(files_pictures.portable(image))
    except ocr.NoRecognitionError as error:
        return PageText(layer, scanned=True, reason=str(error))
    text = found.text if len(found.text) >= len(layer) else layer
    return PageText(text[:CHARACTERS], confidence=found.confidence)
