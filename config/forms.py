"""How the values of settings are written: a window of the night, an amount of disk, addresses, networks."""

import ipaddress
import re
from datetime import time
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator

MAIL_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""How a mail server is spoken to, with the port of each: TLS from the first byte, STARTTLS demanded, or in clear."""
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def window(text: str) -> tuple[time, time]:
    """The first and the last moment of `21:00-06:00`; raises ValueError."""
    found = re.fullmatch(r"\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s*", text)
    try:
        first, last = (time.fromisoformat(part.zfill(5)) for part in (found.groups() if found else ()))
    except ValueError:
        raise ValueError("write the hours in Vietnam as 21:00-06:00") from None
    if first == last:
        raise ValueError("the window is empty: write two different hours, such as 21:00-06:00")
    return first, last


def amount(text: object) -> object:
    """The bytes of `2 GB`, `500MB` or `2000000000`; raises ValueError."""
    if not isinstance(text, str):
        return text
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)b?\s*", text.lower())
    if not found:
        raise ValueError("write an amount such as 2 GB or 500 MB")
    return int(float(found[1]) * UNITS[found[2]])


def address(text: str, *schemes: str) -> SplitResult:
    """The parts of an address; raises ValueError, which never says a password."""
    parts = urlsplit(text.strip())
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise ValueError(f"write {schemes[0]}://HOST:PORT" + (f" (or {', '.join(schemes[1:])})" if schemes[1:] else ""))
    return parts


def _proxy(text: str) -> str:
    return text and address(text, "http").geturl()


def _mail(text: str) -> str:
    return text and address(text, *MAIL_PORTS).geturl()


def _hook(text: str) -> str:
    return text and address(text, "https", "http").geturl()


def _window(text: str) -> str:
    window(text)
    return text


def listed(text: Any) -> Any:
    """The words between commas or blanks."""
    return tuple(re.split(r"[,;\s]+", text.strip())) if isinstance(text, str) and text.strip() else text or ()


def _networks(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        try:
            ipaddress.ip_network(name)
        except ValueError:
            raise ValueError(f"{name}: write addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from None
    return names


def _mailboxes(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", name):
            raise ValueError(f"{name}: write mail addresses such as night@example.vn")
    return names


Window = Annotated[str, AfterValidator(_window)]
Amount = Annotated[int, BeforeValidator(amount)]
Proxy = Annotated[str, AfterValidator(_proxy)]
MailServer = Annotated[str, AfterValidator(_mail)]
Hook = Annotated[str, AfterValidator(_hook)]
Mailboxes = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(_mailboxes)]
Networks = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(_networks)]
