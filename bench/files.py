"""Files read a CPU-second, by kind: in a warm child, in a fresh child each, in this process; pages recognised.

    python bench/files.py [FILES [PAGES]]

Processor time of parent and children together. A fresh process for each file is what the pool is held against.
"""

import asyncio
import io
import resource
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx
from fpdf import FPDF

from archive import ocr
from archive.attachments import TextReader, text_of
from crawler.farm import papers

LINE = "Ủy ban nhân dân huyện đẩy mạnh cải cách hành chính, rà soát thủ tục, nâng chỉ số hài lòng của người dân. "
FRESH = 10
"""Files that are read by a fresh process each: enough to know what one costs."""


def pdf(number: int) -> bytes:
    """Five pages of text."""
    made = FPDF(format="A4")
    made.add_font("vietnamese", fname=papers.FONT)
    made.set_font("vietnamese", size=10)
    for page in range(5):
        made.add_page()
        for line in textwrap.wrap(f"{number}.{page} " + LINE * 25, 84):
            made.cell(0, 5.5, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def word(number: int) -> bytes:
    """Sixty paragraphs."""
    made, out = docx.Document(), io.BytesIO()
    for line in lines(number):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def lines(number: int) -> list[str]:
    """The same much as a few pages."""
    return [f"{number}.{n} {LINE}" for n in range(60)]


KINDS: dict[str, Callable[[int], bytes]] = {
    "pdf": pdf,
    "docx": word,
    "doc": lambda number: papers.ole.word(lines(number)),
    "rtf": lambda number: papers.rtf(lines(number)),
    "odt": lambda number: papers.odt(lines(number)),
    "xlsx": lambda number: papers.sheet(lines(number)),
    "zip": lambda number: papers.archive(lines(number)),
}


def used() -> float:
    """Processor seconds of this process and of the children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


@dataclass
class Read:
    """How the files of a kind are read."""

    bodies: list[bytes]

    def warm(self) -> None:
        """All by one child."""
        asyncio.run(self._read())

    async def _read(self) -> None:
        with TextReader() as reader:
            for body in self.bodies:
                assert (await reader.read(body, "", "")).text

    def fresh(self) -> None:
        """Each by a child of its own."""
        for body in self.bodies[:FRESH]:
            asyncio.run(Read([body])._read())

    def here(self) -> None:
        """In this process."""
        for body in self.bodies:
            assert text_of(body, "", "").text


def rate(work: Callable[[], None], files: int) -> float:
    """Files a CPU-second."""
    begun = used()
    work()
    return files / (used() - begun)


async def recognised(pages: int) -> float:
    """Mean confidence of so many scanned pages."""
    body = papers.scan(lines(1)[:20])
    with TextReader() as reader:
        found = [await reader.pages(body, 1, lambda: False) for _ in range(pages)]
    return sum((one or [])[0].confidence or 0 for one in found) / pages


def main(files: int = 200, pages: int = 20) -> None:
    """Print the rates."""
    for kind, make in KINDS.items():
        read = Read([make(number) for number in range(files)])
        rates = rate(read.warm, files), rate(read.fresh, min(FRESH, files)), rate(read.here, files)
        size = sum(map(len, read.bodies)) / files / 1024
        print(
            f"{kind:5} {size:6.1f} KiB  files/CPU-s: warm {rates[0]:7.1f}  fresh {rates[1]:5.1f}  here {rates[2]:7.1f}"
        )
    if ocr.means():
        begun = used()
        sure = asyncio.run(recognised(pages))
        print(f"{ocr.means()}: {pages / (used() - begun):.2f} scanned pages/CPU-s, confidence {sure:.0f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"a child takes {peak} MB at most; {Path(sys.argv[0]).name} of {files} files a kind")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
