"""Search results for people: ranked, with the hit marked, and the filters that would narrow them."""

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from search.engine import Hit, Query, Results, Sort
from search.snippets import Snippet

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
MARK = "bold yellow"


def show(console: Console, query: Query, results: Results) -> None:
    """Print one page of results."""
    console.print(_headline(query, results), highlight=False)
    for rank, hit in enumerate(results.hits, query.offset + 1):
        console.print()
        console.print(Text.assemble((f"{rank:>3}  ", "dim"), (hit.title or "(no title)", "bold")))
        console.print(Padding(_facts(hit), (0, 0, 0, 5)))
        if hit.snippet.text:
            console.print(Padding(styled(hit.snippet), (0, 0, 0, 5)))
        console.print(Padding(Text(hit.url, "blue underline"), (0, 0, 0, 5)), soft_wrap=True)
    narrower = list(_narrower(results))
    if narrower:
        console.print()
        console.print(Text("narrow with  ", "dim") + Text("  ").join(narrower))


def nothing(query: Query) -> str:
    """What to try when nothing was found, on one line."""
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


def _headline(query: Query, results: Results) -> Text:
    first, last = query.offset + 1, query.offset + len(results.hits)
    found = Text.assemble((f"{results.total:,}", "bold"), f" article{'s' if results.total != 1 else ''}")
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
    """The most frequent value of each facet that would leave fewer articles, and how many."""
    narrowing = 0
    for facet, option in OPTIONS.items():
        value, count = next(iter(results.facets.get(facet, {}).items()), ("", 0))
        if value and count < results.total and narrowing < NARROWING:
            narrowing += 1
            shown = f'"{value}"' if " " in value else value
            yield Text.assemble(f"{option} {shown}", (f" ({count:,})", "dim"))
