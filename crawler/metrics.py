"""A crawl leaves its metrics in a file, whole or not at all, for the node exporter's textfile collector."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from prometheus_client import write_to_textfile
from prometheus_client.core import GaugeMetricFamily, Metric

from archive.coverage import per_new
from archive.database import reading
from archive.metrics import families, registry
from archive.runs import Outcome, RunSummary
from config.errors import UserError
from config.settings import Settings

LOG = logging.getLogger(__name__)
SUMS = {
    "requests": "Requests sent, retries included.",
    "new": "New articles.",
    "revised": "Articles whose content was another one.",
    "rejected": "Pages quarantined or failed for good.",
    "attachments": "Attachments fetched.",
    "seconds": "Seconds of crawling, portals added.",
}
"""The sums over the portals of a crawl: fields of RunSummary."""


def of_crawl(summaries: Sequence[RunSummary], now: datetime) -> Iterator[Metric]:
    """What one crawl did, over all its portals."""
    runs = GaugeMetricFamily("caicach_crawl_runs", "Portals of the last crawl, by how it ended.", labels=["outcome"])
    ended = Counter(one.outcome for one in summaries)
    for outcome in Outcome:
        runs.add_metric([outcome.value], ended[outcome])
    yield runs
    for name, help_ in SUMS.items():
        total = sum(getattr(one, name) for one in summaries)
        yield GaugeMetricFamily(f"caicach_crawl_{name}", f"{help_} In the last crawl.", total)
    cost = per_new({"details": one.details, **_counts(one)} for one in summaries)
    if cost is not None:
        help_ = "Requests a new article in the last crawl; 3 at most is the goal."
        yield GaugeMetricFamily("caicach_crawl_requests_per_new", help_, cost)
    yield GaugeMetricFamily("caicach_crawl_timestamp_seconds", "When the last crawl ended.", now.timestamp())


def _counts(one: RunSummary) -> dict[str, int]:
    return {"new": one.new, "requests": one.requests, "attachments": one.attachments}


def leave(settings: Settings, summaries: Sequence[RunSummary]) -> None:
    """Write the file of the settings, if there is one; a crawl does not fail because it cannot be written."""
    if settings.metrics_file is None:
        return
    try:
        with reading(settings) as session:
            told = [*of_crawl(summaries, datetime.now(UTC)), *families(session, settings)]
        settings.metrics_file.parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(str(settings.metrics_file), registry(told))
    except (OSError, UserError) as error:
        LOG.error("CAICACH_METRICS_FILE could not be written: %s", error)
