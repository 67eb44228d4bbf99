"""What a page says of its article in JSON-LD."""

import json
from collections.abc import Sequence
from typing import Any

from crawler.page import Page

TYPES = frozenset({"Article", "NewsArticle", "BlogPosting", "Report", "ReportageNewsArticle"})


def described(page: Page) -> dict[str, Any]:
    """The page's JSON-LD description of an article; empty when it has none that can be read."""
    if described not in page.kept:
        page.kept[described] = _described(page)
    found: dict[str, Any] = page.kept[described]
    return found


def _described(page: Page) -> dict[str, Any]:
    for script in page.tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads(script.text())
        except (ValueError, RecursionError):
            continue
        for entry in _entries(data):
            kinds = entry.get("@type")
            if not TYPES.isdisjoint(kinds if isinstance(kinds, list) else [str(kinds)]):
                return entry
    return {}


def _entries(data: object) -> Sequence[dict[str, Any]]:
    graph = data.get("@graph", [data]) if isinstance(data, dict) else data
    return [entry for entry in graph if isinstance(entry, dict)] if isinstance(graph, list) else []
