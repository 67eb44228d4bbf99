"""Which hosts a portal may be asked on, and which addresses are private; pure functions."""

import ipaddress
from urllib.parse import urlsplit

from config.portal import Portal

PORTS = {"http": 80, "https": 443}


def authority(url: str) -> str:
    """Host and port an address names, in lower case; http and https on their own ports are one: no port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        return ""
    return host if port in {None, PORTS.get(parts.scheme)} else f"{host}:{port}"


def allowed(portal: Portal) -> frozenset[str]:
    """The portal's own host and its file's `hosts`, as `authority` spells them."""
    return frozenset({authority(portal.url), *(host.removesuffix(":80").removesuffix(":443") for host in portal.hosts)})


def foreign(url: str, own: frozenset[str]) -> str | None:
    """Why an address may not be asked: another scheme or another host than the portal's; None if it may."""
    scheme = urlsplit(url).scheme
    if scheme not in PORTS:
        return f"{scheme or 'no'} address, not http or https"
    host = authority(url)
    return None if host in own else f'{host or "no host"} is not the portal\'s: add hosts = ["{host}"] if it is'


def is_private(host: str) -> bool:
    """Whether a host is an address that is not of the public Internet; a name is judged when it is resolved."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global or address.is_multicast
