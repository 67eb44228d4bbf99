"""Real receivers on loopback for the tests of reports: an SMTP server and a webhook, with faults to order."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "s3cret of the mailbox"


@dataclass
class Box:
    """What an SMTP server took, and what it says to each letter in turn; the last answer for good."""

    answers: list[str] = field(default_factory=lambda: ["250 taken"])
    refused: tuple[str, ...] = ()
    taken: list[EmailMessage] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    async def handle_RCPT(  # aiosmtpd's own words
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer.startswith("250"):
            content = envelope.original_content or b""
            self.taken.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        if answer == "250 and gone":  # it has the letter, and the line breaks before it can say so
            server.transport.abort()
        if answer == "gone":
            server.transport.abort()
        return answer

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.password)
        return AuthResult(success=data.password.decode() == PASSWORD)


@contextmanager
def mailbox(box: Box, tls: tuple[Path, Path] | None = None, *, start: bool = False) -> Iterator[Box]:
    """An SMTP server; with `tls` it speaks TLS by STARTTLS, or from the start, and wants a login."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    secure: dict[str, Any] = {"authenticator": box.login, "auth_required": True} if tls else {}
    if start:
        secure |= {"auth_require_tls": False, "auth_required": False}  # it is TLS, which aiosmtpd does not see
    elif tls:
        secure |= {"tls_context": context, "require_starttls": True}
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ssl_context=context if start else None, **secure)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for 127.0.0.1, and its key."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = made.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


Answer = Callable[[socket.socket], None]


def says(text: str) -> Answer:
    """Sends so many bytes as they are, and closes."""
    return lambda connection: connection.sendall(text.encode())


OK = says("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@dataclass
class Hook:
    """A webhook: each post it read whole, and what it answers to each in turn; the last answer for good."""

    answers: list[Answer] = field(default_factory=lambda: [OK])
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __enter__(self) -> "Hook":
        self._server = ThreadingTCPServer(("127.0.0.1", 0), lambda connection, *_: self._serve(connection))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            reader.readline()
            headers: dict[str, str] = {}
            while line := reader.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = reader.read(int(headers["content-length"]))
            answer = self.answers[min(len(self.posts), len(self.answers) - 1)]
            self.posts.append((headers, body))
            try:
                answer(connection)
            except OSError:
                return
