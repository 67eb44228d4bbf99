"""Faults from outside: a migration that is killed, names that do not resolve. The next try, or night, is whole."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from archive import database
from archive.database import reading
from archive.queries_days import alarms, days
from archive.runs import Outcome
from config.settings import Settings
from crawler.fleet import Fleet
from crawler.resolver import PublicResolver
from crawler.run import crawl
from tests.crawler.conftest import Faulty, card, faulty, other, settings  # noqa: F401  # fixtures
from tests.crawler.test_nights import Mini


def _killed_at(url: str, table: int) -> None:
    """Migrate in a child that is killed as it makes its so many-eth table or index."""
    child = os.fork()
    if child == 0:
        try:
            engine, made = database.connect(url), 0

            @event.listens_for(engine, "before_cursor_execute")
            def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
                nonlocal made
                made += statement.lstrip().upper().startswith(("CREATE", "ALTER"))
                if made == table:
                    os.kill(os.getpid(), signal.SIGKILL)

            database.upgrade(engine)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the migration ended before it was killed"


@pytest.mark.parametrize("table", [1, 9, 30])
def test_a_killed_migration_is_made_anew(database_url: str, table: int) -> None:
    _killed_at(database_url, table)
    engine = database.connect(database_url)
    assert database.version(engine) is None, "half a schema was left"
    database.upgrade(engine)
    assert database.version(engine) == database.HEAD
    engine.dispose()


def test_half_the_names_do_not_resolve(
    faulty: Faulty,  # noqa: F811
    other: Faulty,  # noqa: F811
    card: Callable[..., Any],  # noqa: F811
    settings: Settings,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Mini(faulty, 5)
    Mini(other, 5)
    named = card(faulty.url.replace("127.0.0.1", "localhost"), slug="named")
    cards, evening = [named, card(other.url, slug="numbered")], datetime(2026, 1, 5, 15, tzinfo=UTC)
    with monkeypatch.context() as gone, time_machine.travel(evening):
        gone.setattr(PublicResolver, "addresses", _nothing)
        first = Fleet(cards, settings)
        crawl(first)
    with time_machine.travel(evening + timedelta(days=1)):
        second = Fleet(cards, settings)
        crawl(second)
    assert [one.outcome for one in first.summaries] == [Outcome.UNREACHABLE, Outcome.OK]
    assert [one.outcome for one in second.summaries] == [Outcome.OK, Outcome.OK]
    assert [one.new for one in second.summaries] == [5, 0]
    with reading(settings) as session:
        told = {(one.portal, str(one.explained)) for one in days(session)}
        assert alarms(session, evening.date() + timedelta(days=2)) == []
    assert told - {("named", "down"), ("named", "broken")} == {
        ("named", "new"),
        ("numbered", "new"),
        ("numbered", "empty"),
    }


async def _nothing(self: PublicResolver, name: str, port: int) -> list[str]:
    """What a resolver answers for names when no server of names answers it."""
    return [] if name == "localhost" else [name]
