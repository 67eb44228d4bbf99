"""One import from its files to its run in the ledger; what was not taken is counted with its reason."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archive.attachments import TextReader
from archive.records import Verdict
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings
from crawler.address import host_of
from crawler.hosts import allowed
from crawler.importing import Import
from crawler.importing_warc import BadRecord, Entry, files_of, scan


@dataclass(slots=True)
class Result:
    """What an import did; `bad` are records that could not be used, by reason, `left` what was not wanted."""

    summary: RunSummary
    bad: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


def import_files(
    paths: list[Path], portal: Portal, settings: Settings, say: Callable[[int, int], None] = lambda *_: None
) -> Result:
    """Import WARC files and folders of them; raises UserError for files that are none, or a portal being crawled."""
    files = files_of(paths)
    hosts = {host_of(f"http://{host}/") for host in allowed(portal)}
    entries: list[Entry] = []
    bad: Counter[str] = Counter()
    others = 0
    for found in (one for path in files for one in scan(path)):
        if isinstance(found, BadRecord):
            bad[str(found)] += 1
        elif host_of(found.url) in hosts:
            entries.append(found)
        else:
            others += 1
    if not entries and not bad:
        raise UserError(
            f"none of the {others} captures is of {', '.join(sorted(hosts))}: is it another portal's file? "
            f"A portal's further hosts stand in its file as hosts"
        )
    with Store.open(settings) as store, store.lock(portal.slug) as ours:
        if not ours:
            raise UserError(f"{portal.slug} is being crawled by another process: import when it has ended")
        result = _imported(Import(store, portal, entries), files, say)
    result.bad.update(bad)
    result.left["of other hosts"] = others
    result.left = +result.left
    return result


def _imported(work: Import, files: list[Path], say: Callable[[int, int], None]) -> Result:
    began = time.monotonic()
    work.run = work.store.start(work.portal)
    made = [{"name": path.name, "bytes": path.stat().st_size, "sha256": _sha256(path)} for path in files]
    work.store.captures.metadata(f"run:{work.run}:import", {"run": work.run, "files": made})
    ended = "the import was cut off"
    try:
        work.whole(say)
        with TextReader() as texts:
            asyncio.run(work.files(texts))
        ended = ""
    finally:
        summary = _summary(work, ended, time.monotonic() - began)
        work.store.finish(work.run, summary)
    return Result(summary, work.bad, work.left)


def _summary(work: Import, ended: str, seconds: float) -> RunSummary:
    said = ended or "; ".join(f"{times} records: {why}" for why, times in work.bad.most_common(3))
    return RunSummary(
        portal=work.portal.slug,
        outcome=Outcome.PARTIAL if said else Outcome.OK,
        reason=said,
        new=work.verdicts[Verdict.NEW],
        revised=work.verdicts[Verdict.REVISED],
        unchanged=work.verdicts[Verdict.UNCHANGED],
        rejected=work.rejected,
        attachments=work.attachments,
        seconds=round(seconds, 1),
        details={"imported": work.kept, "bad": sum(work.bad.values()), "narrowed": 1},
        kind="import",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
