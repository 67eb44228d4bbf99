"""Pages as pictures for recognition: of picture files, and of PDF pages drawn."""

import io

import pypdfium2
from PIL import Image

from archive.files_kinds import NoTextError
from archive.records import TOO_LARGE

RESOLUTION = 300
"""Dots an inch, what tesseract was trained on."""
LARGEST = 40_000_000
"""Pixels of a page; a PDF's that would have more is drawn smaller (A3 has 17 million)."""


def frames(body: bytes) -> int:
    """How many pages a picture file has; 1 for one that cannot be opened."""
    try:
        with Image.open(io.BytesIO(body)) as image:
            return int(getattr(image, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 1


def of_picture(body: bytes, number: int) -> Image.Image:
    """A page of a picture file (from 1), in grey. Raises NoTextError, OSError, EOFError."""
    with Image.open(io.BytesIO(body)) as image:
        image.seek(number - 1)
        if image.width * image.height > LARGEST:
            raise NoTextError(TOO_LARGE)
        return image.convert("L")


def of_page(page: pypdfium2.PdfPage) -> Image.Image:
    """A page of a PDF, in grey. Raises RuntimeError."""
    scale = RESOLUTION / 72
    pixels = page.get_width() * page.get_height() * scale * scale
    drawn = page.render(scale=scale * min(1.0, (LARGEST / max(pixels, 1)) ** 0.5), grayscale=True)
    image: Image.Image = drawn.to_pil()
    return image


def portable(image: Image.Image) -> bytes:
    """The picture as recognition takes it: PGM, which costs no packing."""
    out = io.BytesIO()
    image.save(out, "PPM")
    return out.getvalue()
