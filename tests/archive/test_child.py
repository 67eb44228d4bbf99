"""What hostile files do to the process that reads them, and to nobody else."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

from archive.attachments import TextReader
from archive.child import Child, Ended
from archive.records import TOO_LARGE
from crawler.farm import ole, papers

PAPERS = Path(__file__).parent / "papers"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODT = b"application/vnd.oasis.opendocument.text"


def book(rows: bytes) -> bytes:
    """A real workbook with other rows in its first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(PAPERS / "so-lieu.xlsx") as real, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in real.namelist():
            first = name == "xl/worksheets/sheet1.xml"
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
            made.writestr(name, sheet if first else real.read(name))
    return out.getvalue()


def nested_forms() -> bytes:
    """A small PDF whose only page draws a form that draws a form, and so on: 10 to the 9th marks."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>")
    objects.append(b"<</Length 40>>stream\n" + b"/F Do " * 10 + b"\nendstream")
    for depth in range(9):
        inner = f"/Resources<</XObject<</F {6 + depth} 0 R>>>>".encode() if depth < 8 else b""
        drawn = b"/F Do " * 10 if depth < 8 else b"0 0 m 1 1 l S " * 10
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]" + inner + b"/Length %d>>" % len(drawn)
        objects.append(head + b"stream\n" + drawn + b"\nendstream")
    out = b"%PDF-1.4\n"
    for number, body in enumerate(objects, 1):
        out += b"%d 0 obj" % number + body + b"endobj\n"
    return out + b"trailer<</Root 1 0 R>>"


def endless_pages() -> bytes:
    """A PDF that claims two milliards of pages, whose tree of pages is its own child."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R 3 0 R]/Count 2147483647>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>"
    )


CELL = b'<row r="%d"><c r="%s"><v>1</v></c></row>'
BOMBS: dict[str, Callable[[], bytes]] = {
    "a sheet with a cell in each far corner": lambda: book(CELL % (1, b"A1") + CELL % (1048576, b"XFD1048576")),
    "a sheet that unpacks to 140 MB": lambda: book(b"<row><c><v>1</v></c></row>" * 5_000_000),
    "a form in a form in a form": nested_forms,
    "pages without end": endless_pages,
    "one node of 290 MB": lambda: papers.zipped(
        {"mimetype": ODT, "content.xml": b"<a>" + b" x" * 140_000_000 + b"</a>"}
    ),
    "rich text that opens three million groups": lambda: b"{\\rtf1 " + b"{" * 3_000_000,
    "links by the ten thousand": lambda: b"{\\rtf1 " + LINK * 20_000 + b"}",
    "a long old document": lambda: ole.word(["Cai cach " * 50_000]),
}
LINK = b'{\\field{\\*\\fldinst{ HYPERLINK "x"}}{\\fldrslt{ a}}}'


@pytest.fixture(scope="module")
def plain() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.cell(text="Cai cach hanh chinh")
    return bytes(document.output())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_its_own_reading(name: str, plain: bytes) -> None:
    """It ends in time, with text or a reason; the next file is read, by the same reader."""

    bomb = BOMBS[name]()

    async def read() -> None:
        with TextReader(limit=5) as reader:
            begun = time.monotonic()
            found = await reader.read(bomb, "tep", "")
            assert bool(found.text) != bool(found.reason)
            assert time.monotonic() - begun < 10
            assert (await reader.read(plain, "a.pdf", "")).text == "Cai cach hanh chinh"

    asyncio.run(read())


def test_a_file_too_large_for_the_child_is_not_even_taken(plain: bytes) -> None:
    async def read() -> None:
        with TextReader(memory=400_000_000) as reader:
            found = await reader.read(b"%PDF" + bytes(600_000_000), "a.pdf", "")
            assert found.reason == TOO_LARGE
            assert (await reader.read(plain, "a.pdf", "")).text == "Cai cach hanh chinh"

    asyncio.run(read())


def test_children_stay_warm_and_one_that_grew_fat_is_replaced(plain: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read() -> None:
        with TextReader() as reader:
            for _ in range(3):
                await reader.read(plain, "a.pdf", "")
            (first,) = reader.pids
            monkeypatch.setattr("archive.child.FAT", 1_000_000)
            assert (await reader.read(plain, "a.pdf", "")).text
            assert reader.pids == []
            assert (await reader.read(plain, "a.pdf", "")).text
            with pytest.raises(ProcessLookupError):
                os.kill(first, 0)

    asyncio.run(read())


def test_a_slow_file_leaves_the_other_children_to_others(plain: bytes) -> None:
    bomb = BOMBS["a sheet that unpacks to 140 MB"]()

    async def read() -> None:
        with TextReader(size=2, limit=2) as reader:
            await asyncio.gather(*(reader.read(plain, "a.pdf", "") for _ in range(2)))
            assert len(reader.pids) == 2
            slow = asyncio.create_task(reader.read(bomb, "tep", ""))
            await asyncio.sleep(0.2)
            for _ in range(5):
                assert (await reader.read(plain, "a.pdf", "")).text
            assert not slow.done(), "it was not slow: this proves nothing"
            assert (await slow).reason == "gave up after 2 seconds"

    asyncio.run(read())


def sleeping() -> None:
    subprocess.run(["sleep", "60"], check=False)


def pids_of(program: str) -> set[int]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if entry.read_bytes() == program.encode():
                found.add(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_what_a_child_started_ends_with_it() -> None:
    before = pids_of("sleep\x0060\0")
    child = Child({"sleep": sleeping}, memory=1 << 30, start=20)
    with pytest.raises(Ended, match="gave up after 1 seconds"):
        asyncio.run(child.ask(1, "sleep"))
    time.sleep(0.2)
    assert pids_of("sleep\x0060\0") == before


def late(answer: bytes) -> bytes:
    time.sleep(0.3)
    return answer


@pytest.mark.parametrize("size", [1, 1_000_000], ids=["small", "larger than a pipe"])
def test_what_nobody_waits_for_any_more_is_no_answer_to_the_next(size: int) -> None:
    child = Child({"late": late}, memory=1 << 30, start=20)

    async def asked() -> bytes:
        await child.ask(9, "late", b"")
        given_up = asyncio.create_task(child.ask(9, "late", b"a" * size))
        await asyncio.sleep(0.1)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        answer: bytes = await child.ask(9, "late", b"b" * size)
        return answer

    try:
        assert asyncio.run(asked()) == b"b" * size
    finally:
        child.close()


@pytest.mark.parametrize("size", [1, 1_000_000], ids=["small", "larger than a pipe"])
def test_a_child_that_takes_nothing_is_given_up(size: int) -> None:
    child = Child({"late": late}, memory=1 << 30, start=20)

    async def asked() -> bytes:
        await child.ask(9, "late", b"")
        os.kill(child.pid or 0, signal.SIGSTOP)
        with pytest.raises(Ended, match="gave up after 1 seconds"):
            await child.ask(1, "late", b"a" * size)
        answer: bytes = await child.ask(9, "late", b"b")
        return answer

    try:
        assert asyncio.run(asked()) == b"b"
    finally:
        child.close()


def test_others_go_on_while_a_file_is_read() -> None:
    child = Child({"late": late}, memory=1 << 30, start=20)

    async def turns() -> int:
        await child.ask(9, "late", b"")
        reading, turned = asyncio.create_task(child.ask(9, "late", b"a" * 1_000_000)), 0
        while not reading.done():
            await asyncio.sleep(0.01)
            turned += 1
        return turned

    try:
        assert asyncio.run(turns()) > 5
    finally:
        child.close()


ORPHAN = """
import asyncio, os, signal, sys, threading, time
sys.path.insert(0, {root!r})
from archive.child import Child
from tests_child import busy

if __name__ == "__main__":
    child = Child({{"busy": busy}}, memory=1 << 30, start=20)
    threading.Thread(target=lambda: asyncio.run(child.ask(1, "busy")), daemon=True).start()
    while not child.pid:
        time.sleep(0.01)
    print(child.pid, flush=True)
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_child_whose_parent_was_killed_ends_by_its_processor_time(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    (tmp_path / "tests_child.py").write_text("def busy():\n    while True:\n        pass\n", encoding="utf-8")
    (tmp_path / "main.py").write_text(ORPHAN.format(root=root), encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": f"{tmp_path}:{root}"}
    main = subprocess.run([sys.executable, str(tmp_path / "main.py")], env=here, capture_output=True, check=False)
    child = int(main.stdout)
    assert main.returncode == -9
    assert Path(f"/proc/{child}").exists(), "it ended with its parent: this proves nothing"
    for _ in range(600):
        if not Path(f"/proc/{child}").exists():
            return
        time.sleep(0.05)
    os.kill(child, 9)
    pytest.fail("it works on")
