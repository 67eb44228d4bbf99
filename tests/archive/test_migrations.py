"""The schema: steps lead to the models on both databases, up and down; what cannot be opened is one line."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from archive import database, migrations
from archive.store import Store
from archive.tables import metadata
from config.errors import SettingError, UserError
from config.settings import Settings
from tests.archive.lives import exported, nights
from tests.archives import Archive

KEPT = "0002"
"""The first schema with room for articles and their revisions; `base` is tested by itself."""


def test_head_is_the_newest_step() -> None:
    assert ScriptDirectory.from_config(migrations.configured()).get_heads() == [database.HEAD]


def test_steps_lead_to_the_models(database_url: str) -> None:
    engine = database.connect(database_url)
    database.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_constraint_has_the_name_it_has_in_the_models(database_url: str) -> None:
    engine = database.connect(database_url)
    database.upgrade(engine)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        named = {found.get_pk_constraint(table.name)["name"]}
        named |= {key["name"] for key in found.get_foreign_keys(table.name)}
        named |= {key["name"] for key in found.get_unique_constraints(table.name)}
        assert named == {constraint.name for constraint in table.constraints}, table.name
    engine.dispose()


def test_upgrade_again_changes_nothing(database_url: str) -> None:
    engine = database.connect(database_url)
    database.upgrade(engine)
    database.upgrade(engine)
    assert database.version(engine) == database.HEAD
    engine.dispose()


def test_a_populated_archive_goes_down_and_up(archive: Archive) -> None:
    archive.record("a")
    with database.writing(archive.store.engine) as connection:
        migrations.migrate(connection, "base")
    assert inspect(archive.store.engine).get_table_names() == ["alembic_version"]
    database.upgrade(archive.store.engine)
    assert set(inspect(archive.store.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_an_archive_with_a_life_goes_down_step_by_step_and_up_again(archive: Archive, settings: Settings) -> None:
    nights(archive)
    before = exported(settings, "before.csv")
    steps = [step.revision for step in ScriptDirectory.from_config(migrations.configured()).walk_revisions()]
    for step in (one for one in steps[1:] if one >= KEPT):
        with database.writing(archive.store.engine) as connection:
            migrations.migrate(connection, step)
        database.upgrade(archive.store.engine)
        with archive.store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert exported(settings, "after.csv") == before, f"down to {step} and up"


def test_a_newer_schema_is_refused(settings: Settings) -> None:
    Store.open(settings).close()
    engine = database.connect(settings.database)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(UserError, match="9999 is newer than this program; update caicach"):
        Store.open(settings)
    with pytest.raises(UserError, match="9999"), database.reading(settings):
        pass


def test_an_unwritable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="make it writable or set CAICACH_DATA") as caught:
        Store.open(Settings(data=tmp_path / "file" / "data"))
    assert "\n" not in str(caught.value)


def test_a_database_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make room, or make the folder and the file writable") as caught:
        Store.open(Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/none/caicach.sqlite"))
    assert "\n" not in str(caught.value)


def test_a_server_that_does_not_answer_is_one_line_without_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://somebody:verysecret@127.0.0.1:1/caicach"
    with pytest.raises(UserError, match="start the server or correct CAICACH_DATABASE_URL") as caught:
        Store.open(Settings(data=tmp_path, database_url=url))
    assert "\n" not in str(caught.value)
    assert "verysecret" not in str(caught.value)


@pytest.mark.parametrize("url", ["caicach.sqlite", "mysql://localhost/caicach", "nothing://x"])
def test_a_wrong_url_names_the_setting(url: str) -> None:
    with pytest.raises(SettingError, match="CAICACH_DATABASE_URL"):
        database.connect(url)


def test_reading_needs_an_archive(settings: Settings) -> None:
    with (
        pytest.raises(UserError, match=r"^no archive in .* yet: run `caicach crawl`, or set CAICACH_DATA"),
        database.reading(settings),
    ):
        pass


def test_reading_cannot_write(archive: Archive) -> None:
    archive.record("a")
    with pytest.raises(UserError), archive.session() as session:
        session.execute(text("DELETE FROM revision"))
    assert archive.read(lambda session: session.execute(text("SELECT count(*) FROM article")).scalar()) == 1


def test_revisions_of_before_are_weighed(archive: Archive) -> None:
    archive.record("a", "Kế hoạch")
    archive.record("a", "Kế hoạch sửa")
    archive.record("b", "Báo cáo", "Báo cáo cải cách hành chính quý một của huyện.")
    archive.record("b", "Báo cáo", "Báo cáo cải cách hành chính - quý một của huyện.")
    weights = text("SELECT article_id, number, weight FROM revision ORDER BY article_id, number")
    with archive.store.engine.connect() as connection:
        kept = connection.execute(weights).all()
    assert [tuple(row) for row in kept] == [(1, 1, None), (1, 2, "substantive"), (2, 1, None), (2, 2, "cosmetic")]
    with database.writing(archive.store.engine) as connection:
        migrations.migrate(connection, "0006")
    database.upgrade(archive.store.engine)
    with archive.store.engine.connect() as connection:
        assert connection.execute(weights).all() == kept
