"""Takes captures that others made of a portal: public web archives' WARC files, provenance kept.

Listings, feeds and sitemaps are looked through first, for what they say of articles; then every article's
captures are read in the order in which they were made, so that its revisions are, too.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from archive import queries
from archive.attachments import NoReader, TextReader
from archive.dates import ImpossibleDate
from archive.identity import url_digest
from archive.queries_imports import held
from archive.records import Capture, CaptureKind, PendingAttachment, Verdict
from archive.store import Store
from archive.store_captures import Held
from config.portal import Portal
from crawler.classify import classify
from crawler.families import family
from crawler.family import Family, Moved, NotAnArticle, ReadingError
from crawler.importing_lists import Lists, kind_of, likeliest
from crawler.importing_warc import BadRecord, Block, Entry, load
from crawler.page import Page
from crawler.stored import aligned


class Import:
    """One import into an open archive."""

    def __init__(self, store: Store, portal: Portal, entries: list[Entry]) -> None:
        self.store, self.portal = store, portal
        self.entries = sorted(entries, key=lambda one: one.at)
        self.bad: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.verdicts: Counter[Verdict] = Counter()
        self.rejected = self.attachments = self.kept = self.run = 0
        self.pending: dict[str, PendingAttachment] = {}
        self.bodies: dict[str, Entry] = {one.digest: one for one in entries if one.type == "response" and one.digest}
        self.named = {one.record_id: one for one in entries if one.record_id and one.type == "response"}
        with Session(store.engine) as session:
            self.known = held(session, portal.slug)
            found = queries.discovered(session, portal.slug)
        key = portal.family or (found.family if found else "") or likeliest(self.pages())
        self.reader: Family = family(key, portal.selectors)
        self.lists = Lists(self.reader)
        self.newest = dict(self.known.newest)

    def pages(self) -> Iterable[Page]:
        """Some of the pages, to recognise the family by."""
        for entry in self.entries[:: max(1, len(self.entries) // 40)]:
            try:
                block = self.block(entry)
                if block.status == 200 and "html" in block.header("content-type").lower():
                    yield self.page(entry, block)
            except BadRecord:
                continue

    def whole(self, say: Callable[[int, int], None]) -> None:
        """Lists first, then articles, then the files they link."""
        articles = []
        for number, entry in enumerate(self.entries):
            say(number, 2 * len(self.entries))
            if not self._list(entry):
                articles.append(entry)
        for number, entry in enumerate(articles):
            say(len(self.entries) + number, len(self.entries) + len(articles))
            self._guarded(entry, self._article)

    async def files(self, texts: TextReader) -> None:
        """Attach the files that articles link and the captures hold."""
        there = {self.aligned(one.url): one for one in self.entries}
        for file in self.pending.values():
            entry = there.get(self.aligned(file.url))
            if entry is None:
                continue
            try:
                block = self.block(entry)
                reason = classify(
                    block.status, block.header("content-type"), block.plain, wanted=CaptureKind.ATTACHMENT
                )
                if reason:
                    self.left[reason] += 1
                    continue
                found = await texts.read(block.plain, file.name, block.header("content-type"))
                self.store.attach(self.run, file.id, self.keep(entry, block, CaptureKind.ATTACHMENT), found)
                self.attachments += 1
            except NoReader as error:
                self.left[str(error)] += 1
            except BadRecord as error:
                self.bad[str(error)] += 1

    def aligned(self, url: str) -> str:
        """An address with the portal's own scheme and host, whichever of its variants the capture was of."""
        return aligned(url, self.portal)

    def block(self, entry: Entry) -> Block:
        """What an entry holds; a revisit's body is that of the capture it repeats. Raises BadRecord."""
        block = load(entry)
        if entry.type == "response" or block.body:
            return block
        original = self.named.get(entry.refers_to) or self.bodies.get(entry.digest)
        if original is None:
            raise BadRecord("a revisit of a capture that is in none of these files")
        first = load(original)
        headers = block.headers if any(name.lower() == "content-type" for name, _ in block.headers) else first.headers
        return Block(first.status if block.status == 304 else block.status, headers, first.body)

    def page(self, entry: Entry, block: Block) -> Page:
        """The document, under the portal's own address."""
        return Page(
            self.aligned(entry.url), block.plain, content_type=block.header("content-type"), status=block.status
        )

    def keep(self, entry: Entry, block: Block, kind: CaptureKind) -> Held:
        """Copy a capture into our WARC as it was, and where it comes from beside it."""
        capture = Capture(entry.url, block.status, block.headers, block.body, entry.at, kind)
        kept = self.store.receive(self.run, capture)
        self.kept += 1
        self.store.captures.metadata(
            f"run:{self.run}:imported:{self.kept}", _provenance(entry, kept, self.aligned(entry.url))
        )
        return kept

    def _known(self, entry: Entry) -> bool:
        return (url_digest(entry.url), entry.at) in self.known.captures

    def _list(self, entry: Entry) -> bool:
        """Whether a capture is of something else than an article; lists are read and kept, the rest is left."""
        kind = kind_of(self.aligned(entry.url), self.portal.url, self.reader)
        if kind is CaptureKind.ARTICLE:
            return False
        if kind is None:
            self.left["a picture, a style or a script"] += 1
        elif kind is not CaptureKind.ATTACHMENT:
            self._guarded(entry, self._listed)
        return True

    def _guarded(self, entry: Entry, work: Callable[[Entry], None]) -> None:
        try:
            work(entry)
        except BadRecord as error:
            self.bad[str(error)] += 1

    def _listed(self, entry: Entry) -> None:
        block = self.block(entry)
        kind = self.lists.read(self.page(entry, block)) if block.status == 200 else None
        if kind is None:
            self.left[f"status {block.status}" if block.status != 200 else "a page that lists nothing"] += 1
        elif not self._known(entry):
            self.keep(entry, block, kind)

    def _article(self, entry: Entry) -> None:
        if self._known(entry):
            self.left["in the archive already"] += 1
            return
        block = self.block(entry)
        reason = classify(block.status, block.header("content-type"), block.plain, wanted=CaptureKind.ARTICLE)
        if reason:
            self._refused(entry, block, reason)
            return
        self._read(entry, block)

    def _refused(self, entry: Entry, block: Block, reason: str) -> None:
        """A challenge or a broken page waits in quarantine as in a crawl; that nothing was there says nothing now."""
        if reason.startswith(("challenge", "blocked")):
            kept = self.keep(entry, block, CaptureKind.ARTICLE)
            self.store.quarantine(self.run, url=self.aligned(entry.url), reason=reason, capture=kept)
            self.rejected += 1
        else:
            self.left[reason] += 1

    def _read(self, entry: Entry, block: Block) -> None:
        page = self.page(entry, block)
        try:
            article = self.reader.read(page, self.lists.hints(page.url, entry.at))
        except (NotAnArticle, Moved):
            self.left["a page that is no article"] += 1
            return
        except ReadingError as error:
            kept = self.keep(entry, block, CaptureKind.ARTICLE)
            self.store.quarantine(self.run, url=page.url, reason=str(error), capture=kept)
            self.rejected += 1
            return
        article = replace(article, url=self.aligned(article.url), listed=self.lists.listed(page.url))
        kept = self.keep(entry, block, CaptureKind.ARTICLE)
        names = {url_digest(entry.url), url_digest(article.url)}
        if any(self.newest.get(name, entry.at) > entry.at for name in names):
            self.left["older than what the archive has of it: kept, not made its text"] += 1
            return
        try:
            recorded = self.store.record(self.run, kept, article)
        except ImpossibleDate as error:
            self.store.quarantine(self.run, url=article.url, reason=str(error), capture=kept)
            self.rejected += 1
            return
        self.newest |= dict.fromkeys(names, entry.at)
        self.verdicts[recorded.verdict] += 1
        self.pending |= {file.url: file for file in recorded.pending}


def _provenance(entry: Entry, kept: Held, read_as: str) -> dict[str, Any]:
    """Where a capture comes from, in the words of WARC, and under which address it is read."""
    return {
        "capture": f"{kept.row['warc']}:{kept.row['warc_offset']}",
        "read_as": read_as,
        "WARC-Refers-To": entry.record_id,
        "WARC-Refers-To-Target-URI": entry.url,
        "WARC-Refers-To-Date": entry.at.isoformat(),
        "WARC-Payload-Digest": entry.digest,
        "WARC-Type": entry.type,
        "file": entry.file.name,
        "offset": entry.offset,
    }
