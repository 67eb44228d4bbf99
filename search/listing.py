"""Search results for people: ranked, with the hit marked, and the filters that would narrow them."""

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from search.engine import Hit, Mode, Query, Results, Sort
from search.opening import abbreviations
from search.query import parse
from search.snippets import Snippet, spans
from search.suggest import Suggestion
from search.terms import Abbreviations, plan

OPTIONS = {
    "province": "--province",
    "province_now": "--province-now",
    "level": "--level",
    "year": "--year",
    "act_type": "--type",
    "area": "--area",
    "indicator": "--indicator",
    "kind": "--kind",
    "portal": "--portal",
}
"""Facets worth narrowing by, most useful first."""
NARROWING = 4
VALUES = 3
"""Facets, and values of each, that are offered."""
MARK = "bold yellow"
INDENT = 5
WIDEST = 100
"""Columns of a line that is easily read; a wide terminal has more."""


def show(
    console: Console, query: Query, results: Results, meant: Suggestion | None = None, like: int | None = None
) -> None:
    """Print one page of results: for a terminal in lines that fit it, for a pipe each thing on one line."""
    _lines(console, _headline(query, results, like))
    if meant:
        _lines(console, did_you_mean(meant))
    for rank, hit in enumerate(results.hits, query.offset + 1):
        console.print()
        _lines(console, _title(hit, query, results), Text(f"{rank:>3}  ", "dim"))
        _lines(console, _facts(hit), Text(" " * INDENT))
        if hit.snippet.text:
            _lines(console, styled(hit.snippet), Text(" " * INDENT))
        console.print(Text.assemble(" " * INDENT, (hit.url, "blue underline")), soft_wrap=True)
    narrower = list(_narrower(results))
    if narrower:
        console.print()
        _lines(console, Text("narrow with", "dim"))
        for option in narrower:
            _lines(console, option, Text(" " * INDENT))


def _lines(console: Console, text: Text, lead: Text | None = None) -> None:
    """A text after its lead, the following lines below the first; never wrapped but for a terminal."""
    lead = lead or Text()
    wide = min(console.width, WIDEST) - len(lead)
    rows = text.wrap(console, wide) if console.is_terminal else [text]
    for number, row in enumerate(rows):
        row.rstrip()
        margin = Text(" " * len(lead)) if number else lead
        console.print(Text().append_text(margin).append_text(row), soft_wrap=True, highlight=False)


def did_you_mean(meant: Suggestion) -> Text:
    """What was probably meant, and what it would find."""
    return Text.assemble("did you mean  ", (meant.text, "bold green"), (f"  ({_articles(meant.total)})", "dim"))


def nothing(query: Query, meant: Suggestion | None = None) -> str:
    """What was probably meant, else what to try when nothing was found; on one line."""
    if meant:
        return f"nothing found for {query.text!r}; {did_you_mean(meant)}"
    tries = ["fewer or other words"]
    if query.mode != "smart":
        tries.append("--mode smart")
    if query.filters != type(query.filters)(any_topic=query.filters.any_topic):
        tries.append("fewer filters")
    if not query.filters.any_topic:
        tries.append("--any-topic (not only reform articles)")
    what = f"nothing found for {query.text!r}" if query.text else "nothing found"
    return f"{what}: try {', '.join(tries)}; `caicach stats` says what the archive holds"


def styled(snippet: Snippet) -> Text:
    """A snippet with its hits in colour, and the file's name when they stand in one."""
    text = Text(snippet.text)
    for start, end in snippet.spans:
        text.stylize(MARK, start, end)
    return Text.assemble((f"[{snippet.file}] ", "italic cyan"), text) if snippet.file else text


def _articles(many: int) -> str:
    return f"{many:,} article{'s' if many != 1 else ''}"


def _title(hit: Hit, query: Query, results: Results) -> Text:
    """The title with what was sought in colour."""
    text = Text(hit.title or "(no title)", "bold")
    smart = query.mode is Mode.SMART
    known = abbreviations() if smart else Abbreviations()
    sought = plan(parse(query.text), known, exact=query.mode is Mode.EXACT, ranked=smart)
    for start, end, _ in spans(hit.title, replace(sought, forgiving=results.forgiving).marks):
        text.stylize(MARK, start, end)
    return text


def _headline(query: Query, results: Results, like: int | None) -> Text:
    first, last = query.offset + 1, query.offset + len(results.hits)
    found = Text(_articles(results.total))
    found.stylize("bold", 0, len(f"{results.total:,}"))
    if like:
        found.append(f" like {like}, most alike first")
    if len(results.hits) < results.total:
        found.append(f", {first}-{last} here")
    if query.sort is not Sort.RELEVANCE:
        found.append(f", {query.sort.value} first")
    if results.forgiving:
        found.append(", nothing exactly as typed: a typo was forgiven", "yellow")
    return found.append(f"  ({results.took_ms:.0f} ms)", "dim")


def _facts(hit: Hit) -> Text:
    day = hit.published_at[:10] or "no date"
    return Text.assemble((day, "green"), " · ", hit.portal_name or hit.portal, (f" · id {hit.id}", "dim"))


def _narrower(results: Results) -> Iterator[Text]:
    """Facets by which there would be fewer articles, each with its most frequent values and how many those leave."""
    said: set[tuple[int, ...]] = set()
    for facet, option in OPTIONS.items():
        fewer = [pair for pair in results.facets.get(facet, {}).items() if pair[1] < results.total][:VALUES]
        many = tuple(count for _, count in fewer)
        if fewer and many not in said and len(said) < NARROWING:
            said.add(many)
            yield Text(f"{option} ").append_text(Text(" · ").join(map(_value, fewer)))


def _value(pair: tuple[str, int]) -> Text:
    value, count = pair
    return Text.assemble(f'"{value}"' if " " in value else value, (f" ({count:,})", "dim"))
