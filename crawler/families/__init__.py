"""The kinds of CMS whose pages Caicach reads: one file each, found by being here."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from config.errors import PortalError
from crawler.family import Evidence, Family
from crawler.page import Page

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def keys() -> list[str]:
    """The keys of all families, sorted; a key is its file's stem."""
    return sorted(Family.known)


def family(key: str, selectors: Mapping[str, str] = MappingProxyType({})) -> Family:
    """The family of a key with a portal's own selectors; raises PortalError for an unknown key or a wrong selector."""
    if key not in Family.known:
        raise PortalError(f"family: {key!r} is unknown; write one of: {', '.join(keys())}, or remove the line")
    return Family.known[key](selectors)


def recognise(page: Page) -> list[Evidence]:
    """What speaks for each family, the likeliest first; `generic` is always among them, last of equals."""
    if recognise not in page.kept:
        found = [family(key).recognise(page) for key in keys()]
        page.kept[recognise] = sorted((one for one in found if one.score > 0), key=lambda one: -one.score)
    return list(page.kept[recognise])
