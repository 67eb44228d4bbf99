"""The files articles link: where they are, as what they come; PDF and DOCX are made here, others in papers.py."""

import io
import textwrap
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import docx
from fpdf import FPDF

from crawler.farm import chrome, papers
from crawler.farm.exchange import Answer, Ask
from crawler.farm.texts import Document
from crawler.farm.wire import Body, Piece

if TYPE_CHECKING:
    from crawler.farm.site import Site


def answer(site: "Site", ask: Ask) -> Answer | None:
    """The file or picture at an address, or None."""
    if ask.path.endswith((".jpg", ".png", ".gif", ".ico")):
        return Answer(Body([Piece(_PICTURE)]), type="image/svg+xml")
    document = locate(site, ask.path)
    if document is None:
        return None
    kind = papers.KINDS[document.kind]
    if document.kind == "error":
        return site.page(chrome.not_found(site, ask.path))
    headers = (("Content-Disposition", _named(document)),) if document.kind == "named" else ()
    return Answer(Body([Piece(make(document))]), type=kind.type, headers=headers)


def _named(document: Document) -> str:
    """The name a browser would save it under (RFC 6266)."""
    return f"attachment; filename=\"tai-ve.pdf\"; filename*=UTF-8''{quote(document.name.replace('/', '-'))}.pdf"


def locate(site: "Site", path: str) -> Document | None:
    """The document whose path ends in /<number>-<position>/<file name>."""
    parts = path.rstrip("/").split("/")
    for part in parts[-3:-1]:
        number, _, position = part.partition("-")
        if not (number.isdigit() and position.isdigit()):
            continue
        story = site.by_number(int(number))
        documents = story.text.documents if story and not story.removed else ()
        if int(position) < len(documents):
            return documents[int(position)]
    return None


@lru_cache(maxsize=256)
def make(document: Document) -> bytes:
    """The bytes of a document."""
    maker = papers.KINDS[document.kind].make
    if maker is not None:
        return maker(document.lines)
    return _docx(document) if document.kind == "docx" else _pdf(document.twin or document)


def _pdf(document: Document) -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_creation_date(papers.MADE)
    pdf.set_title(document.name)
    pdf.add_font("vietnamese", fname=papers.FONT)
    pdf.set_font("vietnamese", size=10)
    pdf.add_page()
    for paragraph in document.lines:
        # our own wrapping: fpdf2 measures every letter and takes most of a file's time for it
        for line in textwrap.wrap(paragraph, 84, break_on_hyphens=False):
            pdf.cell(0, 5.5, line, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)
    return bytes(pdf.output())


def _docx(document: Document) -> bytes:
    paper = docx.Document()
    paper.core_properties.author = "Văn phòng"
    paper.core_properties.created = paper.core_properties.modified = papers.MADE.replace(tzinfo=None)
    for line in document.lines:
        paper.add_paragraph(line)
    loose = io.BytesIO()
    paper.save(loose)
    return _dated(loose.getvalue())


def _dated(archive: bytes) -> bytes:
    """The same archive with every member dated alike: python-docx writes the clock's time."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, date_time=papers.MADE.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><defs><linearGradient id="s" x2="0" y2="1">'
    '<stop stop-color="#9cc9ef"/><stop offset="1" stop-color="#f6efd9"/></linearGradient></defs>'
    '<rect width="640" height="360" fill="url(#s)"/>'
    '<path d="M0 260L150 140l110 90 130-130 250 180v80H0z" fill="#5d8f5b"/>'
    '<path d="M250 250h140v70H250z" fill="#e8d7a8"/><path d="M235 250l85-45 85 45z" fill="#b5523b"/>'
    '<path d="M0 320h640v40H0z" fill="#8a7a5c"/></svg>'
)
