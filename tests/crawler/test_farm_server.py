"""The farm's server over real sockets: keep-alive, HEAD, gzip, conditional requests, files."""

import gzip
import io
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import docx
import pypdfium2
import pytest

from crawler.farm import Farm, SimulatedPortal
from crawler.farm.exchange import Ask

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(1, articles=20) as farm:
        yield farm


def connect(portal: SimulatedPortal) -> HTTPConnection:
    return HTTPConnection(urlsplit(portal.url).netloc, timeout=10)


def ask(line: HTTPConnection, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    line.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = line.getresponse()
    return response, response.read()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def test_one_connection_serves_many_requests(farm: Farm) -> None:
    for portal in farm.portals:
        line = connect(portal)
        line.connect()
        plug = line.sock
        for article in portal.truth[:3]:
            parts = urlsplit(article.url)
            response, body = ask(line, f"{parts.path}?{parts.query}" if parts.query else parts.path)
            assert response.status == 200
            assert len(body) == int(response.headers["Content-Length"])
            assert line.sock is plug
        line.close()


def test_pipelined_requests_come_back_in_order(farm: Farm) -> None:
    portal = farm["vhv"]
    with socket.create_connection((urlsplit(portal.url).hostname, urlsplit(portal.url).port), timeout=10) as plug:
        asks = [b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n", b"GET /sitemap.xml HTTP/1.1\r\nConnection: close\r\n"]
        plug.sendall(b"\r\n".join([*asks, b""]))
        received = b"".join(iter(lambda: plug.recv(65536), b""))
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"200", b"404"]


def test_gzip_is_one_valid_member_of_the_same_page(farm: Farm) -> None:
    for portal in farm.portals:
        line = connect(portal)
        target = portal.site.section_path("reform")
        zipped, packed = ask(line, target, Accept_Encoding="gzip, deflate")
        plain_response, plain = ask(line, target)
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain_response.headers
        assert len(packed) < len(plain) / 2
        unpacked = gzip.decompress(packed).decode()
        assert unpacked != plain.decode()
        digits = re.compile(r"\d+")
        assert digits.sub("", unpacked) == digits.sub("", plain.decode())
        line.close()


def test_head_has_a_length_and_no_body(farm: Farm) -> None:
    line = connect(farm["generic"])
    response, body = ask(line, "/robots.txt", "HEAD")
    assert body == b""
    assert int(response.headers["Content-Length"]) == len(ask(line, "/robots.txt")[1])
    line.close()


@pytest.mark.parametrize(("family", "conditional"), [("vhv", True), ("liferay", True), ("nukeviet", False)])
def test_conditional_requests(farm: Farm, family: str, conditional: bool) -> None:
    portal = farm[family]
    line, target = connect(portal), portal.site.section_path("reform")
    response, _ = ask(line, target)
    etag = response.headers.get("ETag")
    assert (etag is not None) == conditional
    again, body = ask(line, target, If_None_Match=etag or '"none"')
    assert again.status == (304 if conditional else 200)
    assert (body == b"") == conditional
    if conditional:
        farm.publish(portal.slug, 8)
        assert ask(line, target, If_None_Match=etag or "")[0].status == 200
    line.close()


def test_files_open_and_hold_their_text(farm: Farm) -> None:
    kinds = set()
    for portal in farm.portals:
        line = connect(portal)
        for article in portal.truth:
            for file in article.attachments[:1] if len(kinds) > 1 else article.attachments:
                parts = urlsplit(file.url)
                response, body = ask(line, f"{parts.path}?{parts.query}" if parts.query else parts.path)
                assert response.status == 200
                assert squeezed(file.text) in squeezed(text_of(body, kinds))
        line.close()
    assert kinds == {"pdf", "docx"}


def text_of(body: bytes, kinds: set[str]) -> str:
    if body.startswith(b"%PDF"):
        kinds.add("pdf")
        document = pypdfium2.PdfDocument(body)
        text = "\n".join(sheet.get_textpage().get_text_bounded() for sheet in document)
        document.close()
        return text
    kinds.add("docx")
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs)


def test_files_are_the_same_bytes_for_a_seed() -> None:
    one, two = Farm(9, articles=12, families=["nukeviet"]), Farm(9, articles=12, families=["nukeviet"])
    for first, second in zip(one.portals[0].truth, two.portals[0].truth, strict=True):
        for file, other in zip(first.attachments, second.attachments, strict=True):
            bodies = [
                f.portals[0].site.respond("/" + a.url.removeprefix(f.portals[0].url)).body.plain(str)
                for f, a in ((one, file), (two, other))
            ]
            assert bodies[0] == bodies[1]
            if bodies[0].startswith(b"PK"):
                assert {member.date_time[0] for member in zipfile.ZipFile(io.BytesIO(bodies[0])).infolist()} == {2024}


def test_the_log_tells_every_request(farm: Farm) -> None:
    portal = farm["tandan"]
    line, before = connect(portal), len(farm.log)
    ask(line, "/robots.txt")
    ask(line, "/portal/khong-co", "HEAD")
    line.close()
    entries = farm.log[before:]
    assert [(e.portal, e.method, e.path, e.status) for e in entries] == [
        (portal.slug, "GET", "/robots.txt", 200),
        (portal.slug, "HEAD", "/portal/khong-co", 200),
    ]
    assert entries[0].bytes > 20
    assert entries[1].bytes == 0


def test_it_runs_as_a_program_and_ends_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler.farm", "--seed", "1", "--articles", "6", "--portals-to", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        rows = [process.stdout.readline().split("\t") for _ in range(7)]
        for slug, _, url in rows:
            card = tomllib.loads((tmp_path / f"{slug}.toml").read_text("utf-8"))
            assert card["url"] == url.strip()
        line = HTTPConnection(urlsplit(rows[0][2].strip()).netloc, timeout=10)
        assert ask(line, "/robots.txt")[0].status == 200
        line.close()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stderr
        assert process.stderr.read() == ""


def test_a_taken_port_is_said_plainly(farm: Farm) -> None:
    taken = urlsplit(farm.portals[0].url).port
    assert taken
    with pytest.raises(OSError, match="choose another"):
        Farm(1, articles=2, families=["vhv"], port=taken).start()


def test_forms_reach_the_platform_and_are_not_answered_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Ask] = []
    with Farm(1, articles=4, families=["vhv"]) as farm:
        portal = farm.portals[0]
        monkeypatch.setattr(portal.site, "special", asked.append)
        line = connect(portal)
        for page in ("1", "2"):
            form = f"page={page}&ten=c%C3%A1ch&page=9"
            line.request("POST", "/tin-tuc-su-kien?a=b", form, {"Content-Type": "application/x-www-form-urlencoded"})
            line.getresponse().read()
        parts = b'--x\r\nContent-Disposition: form-data; name="page"\r\n\r\n3\r\n--x--\r\n'
        line.request("POST", "/tin-tuc-su-kien", parts, {"Content-Type": "multipart/form-data; boundary=x"})
        line.getresponse().read()
        line.request("POST", "/tin-tuc-su-kien", b'{"page": 4}', {"Content-Type": "application/json", "X-A": "b"})
        line.getresponse().read()
        line.request("POST", "/tin-tuc-su-kien", b"x" * 300_000)
        assert line.getresponse().status == 200
        line.close()
    assert [ask.form.get("page") for ask in asked] == ["1", "2", "3", None, None]
    assert asked[0].form["ten"] == "cách"
    assert asked[0].query == {"a": "b"}
    assert asked[3].body == b'{"page": 4}'
    assert asked[3].headers["x-a"] == "b"


def test_a_body_without_end_closes_the_connection(farm: Farm) -> None:
    where = urlsplit(farm.portals[0].url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as plug:
        plug.sendall(b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")
        with pytest.raises((ConnectionError, BrokenPipeError)):  # noqa: PT012  whichever send meets the closed end
            for _ in range(200):
                plug.sendall(b"x" * 65536)
            raise ConnectionError if not plug.recv(1) else AssertionError("it answered")
