"""Takes one notice to its receiver: a mailbox by SMTP, or a webhook by POST; says why when it was not taken.

Undelivered      it was not taken, or nobody can know; the message says why, `wait` how long the receiver asked for

Both have one deadline for the whole of it. A receiver that took a notice and could not say so gets it once more under
the same `Message-ID` or `Idempotency-Key`, by which it can know it.
"""

import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.dates import VIETNAM
from archive.version import VERSION
from config.forms import MAIL_PORTS
from config.settings import Settings

SECONDS = 20.0
"""What a receiver has to answer each time it is asked."""
DEADLINE = 60.0
"""What the whole of a delivery may take."""
ANSWER = 64_000
"""Bytes of a webhook's answer that are read."""


class Undelivered(Exception):  # noqa: N818  # a verdict on one delivery
    """The receiver did not take it."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(" ".join(reason.split())[:300])
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice on its way; `content` has subject, text, html and what the webhook gets."""

    key: str
    receiver: str
    content: dict[str, Any]
    made_at: datetime


def send(settings: Settings, letter: Letter) -> None:
    """Deliver; raises Undelivered."""
    (post if letter.receiver == "webhook" else mail)(settings, letter)


def receivers(settings: Settings) -> list[str]:
    """Who is told: each mailbox on its own, so that one that refuses keeps nothing from the others."""
    boxes = [f"mail:{box}" for box in settings.mail_to] if settings.smtp_url else []
    return [*boxes, *(["webhook"] if settings.webhook_url else [])]


def mail(settings: Settings, letter: Letter) -> None:
    """Hand a letter to the SMTP server; it is delivered once the server has taken its text."""
    to = letter.receiver.removeprefix("mail:")
    sender = (settings.mail_from or settings.mail_to)[0]
    try:
        with _server(settings) as server:
            refused = server.send_message(message(letter, sender, to), sender, [to])
            with suppress(smtplib.SMTPException, OSError):  # it has the letter: how it says good-bye changes nothing
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise Undelivered(f"{to} refused: {code} {_words(said)}") from None
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"the mail server said {error.smtp_code} {_words(error.smtp_error)}") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(f"mail: {str(error) or type(error).__name__}") from None
    if refused:
        raise Undelivered(f"{to} refused")


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


class _Held(smtplib.SMTP):
    """A conversation that can be cut before its first word: a greeting may drip on for ever too."""

    def __init__(self, held: list[smtplib.SMTP], *address: Any, **more: Any) -> None:
        held.append(self)
        super().__init__(*address, **more)


class _HeldTLS(_Held, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or MAIL_PORTS[parts.scheme]
    name, tls = socket.gethostname(), ssl.create_default_context()
    user, password = unquote(parts.username or ""), settings.smtp_password or unquote(parts.password or "")
    held: list[smtplib.SMTP] = []
    with ExitStack() as stack:
        stack.callback(lambda: held[0].close() if held else None)
        stack.enter_context(_deadline(lambda: held[0].sock))
        if parts.scheme == "smtps":
            server: smtplib.SMTP = _HeldTLS(held, host, port, name, timeout=SECONDS, context=tls)
        else:
            server = _Held(held, host, port, name, timeout=SECONDS)
        if parts.scheme == "smtp":
            server.starttls(context=tls)
        if user and password:
            server.login(user, password)
        yield server


@contextmanager
def _deadline(socket_of: Callable[[], Any]) -> Iterator[None]:
    """Cut a conversation that drips on for ever: each of its pauses is short enough."""

    def cut() -> None:
        with suppress(OSError, AttributeError, IndexError):  # not connected yet: that has a time-out of its own
            socket_of().shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(DEADLINE, cut)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def message(letter: Letter, sender: str, to: str) -> EmailMessage:
    """The letter as mail: text, and HTML beside it; its Message-ID is the same whenever it is sent."""
    made = EmailMessage()
    made["Subject"] = letter.content["subject"]
    made["From"], made["To"] = f"Caicach <{sender}>", to
    made["Date"] = format_datetime(letter.made_at.astimezone(VIETNAM))
    made["Message-ID"] = f"<{identity(letter)}@{sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.content["text"])
    if letter.content.get("html"):
        made.add_alternative(letter.content["html"], subtype="html")
    return made


def identity(letter: Letter) -> str:
    """What a notice is known by: the same for every try, another one for every receiver."""
    told = f"{letter.key}\n{letter.receiver}\n{letter.made_at.isoformat()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def post(settings: Settings, letter: Letter) -> None:
    """Post a letter's object as JSON; any 2xx has taken it, redirects are not followed."""
    parts = urlsplit(settings.webhook_url)
    body = json.dumps({"id": identity(letter), **letter.content["object"]}, ensure_ascii=False).encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.connect()
        wire = connection.sock
        with _deadline(lambda: wire):
            connection.request("POST", path, body, _headers(settings, letter, body))
            answer = connection.getresponse()
            with suppress(http.client.HTTPException, OSError):  # its first line has said whether it was taken
                answer.read(ANSWER)
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise Undelivered(f"webhook: {str(error) or type(error).__name__}") from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        asked = answer.getheader("Retry-After", "")
        raise Undelivered(f"the webhook answered {answer.status}", float(asked) if asked.isdecimal() else 0.0)


def _headers(settings: Settings, letter: Letter, body: bytes) -> dict[str, str]:
    signed = hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Caicach/{VERSION}",
        "Idempotency-Key": identity(letter),
        "Connection": "close",
        **({"X-Caicach-Signature": f"sha256={signed}"} if settings.webhook_secret else {}),
    }
