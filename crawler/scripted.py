"""What a page's own scripts would ask for: the address and fields of a request, read without running anything."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crawler.page import Page, attribute

STRING = r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`'
NAMED = re.compile(rf"(?<![?&\w$])[\"']?([A-Za-z_$][\w$]*)[\"']?\s*[:=]\s*(?:{STRING}|(-?\d+(?:\.\d+)?|true|false)\b)")
PIECE = re.compile(rf"\s*(?:{STRING}|(-?\d+(?:\.\d+)?)|([A-Za-z_$][\w$.]*)(?:\([^()]*\))?)\s*")
FIELD = re.compile(r"\s*[\"']?([A-Za-z_$][\w$\[\]]*)[\"']?\s*:")
INSERTED = re.compile(r"\$\{\s*([A-Za-z_$][\w$.]*)\s*\}")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
POSTED = re.compile(r"""(?:method|type)["']?\s*:\s*["']POST["']|\.post\s*\(|open\(\s*["']POST["']""", re.IGNORECASE)
AS_JSON = re.compile(r"application/json|JSON\.stringify|\.post\s*\(", re.IGNORECASE)
JQUERY_POST = re.compile(r"(?:\$|jQuery)\.post\s*\(")
DATA = tuple(
    re.compile(start + r"\s*\{")
    for start in (r"(?:data|body|params)[\"']?\s*:\s*(?:JSON\.stringify\()?", r"JSON\.stringify\(", r"^\s*,")
)
"""Where the object of the fields begins, the surest first."""
BEFORE, AFTER = 200, 900
"""Characters around an address in which the rest of its request stands."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a script writes it; `fields` are what it sends, values as text."""

    url: str
    posted: bool = False
    as_json: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


def source(page: Page) -> str:
    """The scripts written into a page."""
    return "\n".join(node.text() for node in page.tree.css("script:not([src])"))


def values(page: Page) -> dict[str, str]:
    """What a page sets by name: in its scripts, its hidden fields and its data attributes, the first of each.

    Names are lower case without prefix and punctuation, so that `hdCatName`, `cat_name` and `data-catname` agree.
    """
    found: dict[str, str] = {}
    for node in page.tree.css("input[type=hidden]"):
        for name in (attribute(node, "name"), attribute(node, "id")):
            found.setdefault(plain(name), attribute(node, "value"))
    for name, value in _assigned(source(page)).items():
        found.setdefault(plain(name), value)
    for node in page.tree.css("[data-site], [data-catname], [data-zone], [data-category], [data-category-id]"):
        for name, given in node.attributes.items():
            if name.startswith("data-"):
                found.setdefault(plain(name.removeprefix("data-")), given or "")
    return found


def plain(name: str) -> str:
    """A name without what tells field from variable: case, punctuation, the prefixes of WebForms."""
    return re.sub(r"^(?:hdf|hdn|hid|hd|txt)(?=[A-Z_])|[^A-Za-z0-9]", "", name).lower()


def calls(page: Page, wanted: str) -> Iterator[Call]:
    """The requests whose address matches a pattern, as the page's scripts write them."""
    text = source(page)
    assigned = _assigned(text)
    for found in re.finditer(STRING, text):
        if not re.search(wanted, found[0]):
            continue
        url = _expression(text, found.start(), assigned)
        before, after = text[max(0, found.start() - BEFORE) : found.start()], text[found.end() :][:AFTER]
        around = before[before.rfind(");") + 1 :] + after.partition("</")[0]
        data = next((begun for rule in DATA if (begun := rule.search(after))), None)
        fields = _object(after, data.end(), assigned) if data else {}
        posted = POSTED.search(around) is not None
        as_json = posted and AS_JSON.search(around) is not None and not JQUERY_POST.search(before)
        yield Call(url, posted, as_json, fields)


def _assigned(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in NAMED.finditer(text):
        found.setdefault(match[1], _unescaped(next((part for part in match.groups()[1:] if part is not None), "")))
    return found


def _expression(text: str, start: int, assigned: Mapping[str, str]) -> str:
    """The value of strings, numbers and known names joined by `+`, from `start` on; unknown names are empty."""
    said, place = "", start
    while match := PIECE.match(text, place):
        string = next((part for part in match.groups()[:3] if part is not None), None)
        if string is not None:
            said += INSERTED.sub(lambda name: _known(name[1], assigned), _unescaped(string))
        else:
            said += match[4] or _known(match[5], assigned)
        place = match.end()
        if not text.startswith("+", place):
            break
        place += 1
    return html.unescape(said)


def _known(name: str, assigned: Mapping[str, str]) -> str:
    return assigned.get(name, assigned.get(name.rpartition(".")[2], ""))


def _object(text: str, place: int, assigned: Mapping[str, str]) -> dict[str, str]:
    """The fields of an object literal whose brace has just been read; nested objects end it."""
    fields: dict[str, str] = {}
    while match := FIELD.match(text, place):
        fields[match[1]] = _expression(text, match.end(), assigned)
        end = re.compile(rf"(?:{STRING}|[^,}}])*").match(text, match.end())
        place = end.end() if end else len(text)
        if not text.startswith(",", place):
            break
        place += 1
    return fields


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else {"n": "\n", "t": "\t"}.get(match[3], match[3])

    return ESCAPE.sub(one, text) if "\\" in text else text
