"""What WARC holds of a reading: enough to read the page again, and to see whether it is read as it was.

{"page": the address it was read under, "hints": [[date as a list stated it, source]], "listed": bool, …}
"""

from typing import Any

from archive.records import Recorded
from archive.store_facts import Read, given


def said(read: Read, recorded: Recorded) -> dict[str, Any]:
    """The record of a reading and of the verdict on it."""
    return {
        **given(read.article),
        "url": read.url,
        "verdict": recorded.verdict,
        "article": recorded.article,
        "digest": read.digest,
        "family": read.article.family,
        "reader": read.article.reader_version,
        "normaliser": read.meaning.normaliser_version,
    }
