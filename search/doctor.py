"""What `caicach doctor` says of the search index: whether it is there, and how far it is behind."""

from collections.abc import Iterator

from archive.doctor import Finding, fine, note, wrong
from config.errors import UserError
from config.settings import Settings

SYNC = "run `caicach index sync`"


def findings(settings: Settings) -> Iterator[Finding]:
    """Looks at the index and changes nothing; what cannot be asked is a finding."""
    from search.opening import engine_of, status_of  # noqa: PLC0415 # the engine's library is heavy

    try:
        status = status_of(settings, engine_of(settings))
    except UserError as error:
        said, _, todo = str(error).rpartition("; ")
        yield wrong("index", said or str(error), todo if said else "mend what is said of the database first")
        return
    yield judged(status)


def judged(status: dict[str, object]) -> Finding:
    """The finding of what `index status` prints."""
    state = str(status["state"])
    if state.startswith("to be built"):
        return note("index", f"the search index is {state}", SYNC)
    behind = int(str(status["archive_version"])) - int(str(status["cursor"]))
    if behind < 0:
        return wrong("index", "the search index was made from another archive", "run `caicach index rebuild`")
    if behind:
        return note("index", f"{behind:,} changes are not yet in the search index", SYNC)
    return fine("index", f"{status['documents']} documents, up to date, in {status['place']}")
