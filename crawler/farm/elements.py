"""Elements written from short names: `div.detail > h1.title#t` is an h1 in a div."""

import re

_PART = re.compile(r"(\w+)(?:\.([\w-]+))?(?:#([\w-]+))?")


def element(spec: str, inner: str, *, micro: str = "", **attributes: str) -> str:
    """Markup around `inner` as `spec` says; `micro` is its itemprop, further attributes stand when not empty."""
    outer, _, rest = spec.partition(" > ")
    if rest:
        return f"{_open(outer)}{element(rest, inner, micro=micro, **attributes)}</{_tag(outer)}>"
    more = {"itemprop": micro, **attributes}
    extra = "".join(f' {name}="{value}"' for name, value in more.items() if value)
    return f"{_open(spec)[:-1]}{extra}>{inner}</{_tag(spec)}>"


def _tag(spec: str) -> str:
    return re.split(r"[.#]", spec, maxsplit=1)[0]


def _open(spec: str) -> str:
    match = _PART.fullmatch(spec)
    if match is None:
        raise ValueError(f"{spec!r} names no element: write tag.class#id")
    tag, style, key = match.groups()
    return "".join((f"<{tag}", f' class="{style}"' if style else "", f' id="{key}"' if key else "", ">"))


def row(style: str, url: str, name: str) -> str:
    """One linked file: in a list, in a table, as a button, or below the viewer that shows it."""
    link = f'<a href="{url}" target="_blank">{name}</a>'
    if style == "table":
        return f'<tr><td>{name}</td><td><a href="{url}">Tải về</a></td></tr>'
    if style == "button":
        return f'<a class="btn btn-primary" href="{url}"><i class="fa fa-download"></i> {name}</a>'
    return f"<li>{link}</li>" if style == "list" else f"<p>{link}</p>"
