"""What a WARC record says: captures and facts to records of bytes, and back.

A response record holds the body as received, with the server's own compression, and the head
with two changes that let any reader decode it: `Transfer-Encoding` (undone on receipt) and a
`Content-Length` that is not the body's get the prefix `X-Archive-Orig-`; parsing takes it off.
Header text is the latin-1 view of the bytes received (RFC 9110, 5.5).

A request record is written only beside a response to something else than GET: a GET says no
more than its address and the warcinfo record do, and would add half as many records again.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.client import responses
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecordLoader

from archive import members
from archive.records import Capture, CaptureKind, Located
from archive.version import SOFTWARE

PACKED = frozenset({"gzip", "x-gzip", "br", "zstd", "deflate", "compress"})
PACKED_FILES = (b"\x1f\x8b", b"PK\x03\x04", b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"Rar!", b"7z\xbc\xaf")
ORIGINAL = "X-Archive-Orig-"
FORMAT = "WARC File Format 1.1"
STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: its type, place and fields, and the capture or the JSON it holds.

    `run` is 0 and `portal` empty where the record says none. A revisit's capture has no body;
    `located.digest` is then the digest of the body it had.
    """

    type: str
    located: Located
    fields: Mapping[str, str] = field(repr=False)
    capture: Capture | None = field(default=None, repr=False)
    content: dict[str, Any] | None = field(default=None, repr=False)
    run: int = 0
    portal: str = ""


def response(capture: Capture, digest: str, *, run: int, portal: str, original: Located | None = None) -> list[bytes]:
    """The gzip members of one response, or of its revisit; a request after a POST.

    `digest` is the capture's. Raises ValueError when `original` is of another body.
    """
    fields = {"WARC-Date": stamp(capture.fetched_at)}
    own = {"Caicach-Run": str(run), "Caicach-Portal": portal, "Caicach-Kind": str(capture.kind)}
    if capture.method != "GET":
        own["Caicach-Method"] = capture.method
    fields |= own | {"WARC-Payload-Digest": digest, "WARC-Record-ID": _id()}
    kind, body = "response", capture.body
    if original:
        kind, body = "revisit", b""
        fields |= _refers(capture.url, digest, original)
    made = [_record(kind, capture.url, fields, block=(_head(capture), body), level=_level(capture))]
    if capture.method != "GET":
        made.append(_request(capture, fields["WARC-Record-ID"]))
    return made


def metadata(url: str, content: bytes, made: datetime) -> bytes:
    """The gzip member of a metadata record that holds JSON."""
    fields = {"WARC-Date": stamp(made), "WARC-Payload-Digest": digest(content), "Content-Type": "application/json"}
    return _record("metadata", url, fields, block=(b"", content), level=6)


def warcinfo(name: str, contact: str, made: datetime) -> bytes:
    """The gzip member that heads a file: software, format, robots policy, contact."""
    lines = {
        "software": SOFTWARE,
        "format": FORMAT,
        "conformsTo": STANDARD,
        "robots": "classic",
        "operator": contact,
        "description": "Vietnamese announcements; fields of our own: Caicach-Run, -Portal, -Kind, -Method",
    }
    text = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in lines.items() if value)
    fields = {"WARC-Date": stamp(made), "WARC-Filename": name}
    return _record("warcinfo", "", fields, block=(b"", text.encode()), level=6)


def parse(located: Located, content: bytes) -> Record:
    """The record of an unpacked member; raises ValueError with what is wrong.

    Both digests are checked, so that what parses is what was kept.
    """
    try:
        raw = ArcWarcRecordLoader().parse_record_stream(io.BytesIO(content), known_format="warc", no_record_parse=True)
        fields = dict(raw.rec_headers.headers)
        block: bytes = raw.raw_stream.read()
    except (ArchiveLoadFailed, EOFError) as error:
        raise ValueError(f"no WARC record ({error})") from None
    if len(block) != int(fields.get("Content-Length", -1)) or digest(block) != fields.get("WARC-Block-Digest"):
        raise ValueError("its block digest differs")
    kind = fields["WARC-Type"]
    payload = fields.get("WARC-Payload-Digest", "")
    place = replace(
        located, digest=payload, url=fields.get("WARC-Target-URI", ""), fetched_at=_moment(fields["WARC-Date"])
    )
    record = Record(kind, place, fields, run=int(fields.get("Caicach-Run", 0)), portal=fields.get("Caicach-Portal", ""))
    if kind in {"response", "revisit"}:
        capture = _capture(fields, block)
        if kind == "response" and capture.digest != payload:
            raise ValueError("its payload digest differs")
        return replace(record, capture=capture)
    return replace(record, content=json.loads(block)) if kind == "metadata" else record


def stamp(moment: datetime) -> str:
    """A time as WARC 1.1 writes it: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(data: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _record(kind: str, url: str, fields: dict[str, str], *, block: tuple[bytes, bytes], level: int) -> bytes:
    """One gzip member of an HTTP head (or none) and a body, after the record's own head (WARC 1.1, section 4)."""
    head, body = block
    named = {"WARC-Type": kind} | ({"WARC-Target-URI": _plain(url)} if url else {}) | fields
    named.setdefault("WARC-Record-ID", _id())
    named.setdefault("Content-Type", RecordBuilder.WARC_RECORDS[kind])
    named |= {"WARC-Block-Digest": digest(head + body), "Content-Length": str(len(head) + len(body))}
    own = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return members.pack(f"WARC/1.1\r\n{own}\r\n".encode() + head, body + b"\r\n\r\n", level=level)


def _id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _request(capture: Capture, answered: str) -> bytes:
    """The request whose answer a capture is, with the body that was sent."""
    parts = urlsplit(_plain(capture.url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"{capture.method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(capture.sent)}\r\n\r\n"
    fields = {"WARC-Date": stamp(capture.fetched_at), "WARC-Payload-Digest": digest(capture.sent)}
    fields["WARC-Concurrent-To"] = answered
    return _record("request", capture.url, fields, block=(_bytes(head), capture.sent), level=6)


def _refers(url: str, digest: str, original: Located) -> dict[str, str]:
    if original.digest != digest or original.fetched_at is None:
        raise ValueError(f"{url}: a revisit needs its original's time and the same digest")
    return {
        "WARC-Profile": RecordBuilder.REVISIT_PROFILE_1_1,
        "WARC-Refers-To-Target-URI": _plain(original.url),
        "WARC-Refers-To-Date": stamp(original.fetched_at),
    }


def _level(capture: Capture) -> int:
    """Store what is compressed already; a page that came plain is worth a quick deflate."""
    packed = capture.header("Content-Encoding").lower() in PACKED or capture.body.startswith(PACKED_FILES)
    return 0 if packed else 1


def _head(capture: Capture) -> bytes:
    """The HTTP head as received but for the headers that would mislead a reader of the body."""
    lines = [f"HTTP/1.1 {capture.status} {responses.get(capture.status, '')}"]
    for name, value in capture.headers:
        key = name.lower()
        misleads = key == "transfer-encoding" or (key == "content-length" and value != str(len(capture.body)))
        lines.append(f"{ORIGINAL if misleads else ''}{name}: {value}")
    plain = (line.replace("\r", " ").replace("\n", " ") for line in lines)
    return _bytes("".join(f"{line}\r\n" for line in plain) + "\r\n")


def _capture(fields: Mapping[str, str], block: bytes) -> Capture:
    head, _, body = block.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":")[::2] for line in lines)
    return Capture(
        url=fields["WARC-Target-URI"],
        status=int(first.split(" ")[1]),
        headers=tuple((name.removeprefix(ORIGINAL), value.removeprefix(" ")) for name, value in pairs),
        body=body,
        fetched_at=_moment(fields["WARC-Date"]),
        kind=CaptureKind(fields["Caicach-Kind"]),
        method=fields.get("Caicach-Method", "GET"),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _bytes(head: str) -> bytes:
    """Latin-1, as it was received; a head nobody could have received that way becomes UTF-8."""
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError:
        return head.encode()


def _plain(url: str) -> str:
    """An address fit for a header line: blanks and control characters percent-encoded."""
    if url.isprintable() and " " not in url:
        return url
    return "".join(c if c.isprintable() and c != " " else quote(c) for c in url)
