"""One process has a portal to itself, on a file or on one connection to PostgreSQL, until that connection is lost."""

from contextlib import ExitStack

import pytest
from sqlalchemy import text

from archive.store import Store
from config.errors import UserError
from config.settings import Settings
from tests.archives import Archive


def test_a_portal_is_ones_own_until_the_end_of_the_block(archive: Archive) -> None:
    with Store.open(archive.settings) as other:
        with archive.store.lock("queson") as mine, other.lock("queson") as theirs, other.lock("another") as free:
            assert (mine, theirs, free) == (True, False, True)
            with archive.store.lock("queson") as again:
                assert not again, "nor is it locked twice by one process"
        with other.lock("queson") as theirs:
            assert theirs


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_sixty_locks_cost_one_connection_and_are_lost_with_it(archive: Archive) -> None:
    count = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
    )
    holders = text(
        "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid"
        " FROM pg_database WHERE datname = current_database())"
    )
    locks = archive.store.locks
    with ExitStack() as stack:
        assert all(stack.enter_context(locks.portal(f"p{n}")) for n in range(60))
        with archive.store.engine.connect() as connection:
            assert connection.execute(count).scalar() == 60
            pids = connection.execute(holders).scalars().all()
            assert len(pids) == 1
            assert locks.alive()
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pids[0]})
        assert not locks.alive()
        assert locks.lost == 1
        with Store.open(archive.settings) as other, other.lock("p1") as theirs, locks.portal("p1") as mine:
            assert (theirs, mine) == (True, False)
        with locks.portal("p2") as mine:
            assert mine


def test_a_server_that_is_away_is_one_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    from archive.database import connect
    from archive.store_locks import Locks

    settings = Settings(data=tmp_path_factory.mktemp("away"))
    engine = connect("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(UserError, match="start the server"), Locks(engine, settings.data).portal("p"):
        pass
