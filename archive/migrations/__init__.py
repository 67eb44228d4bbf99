"""The history of the schema, one file a step, applied by Alembic inside a transaction of ours."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def configured() -> Config:
    """Alembic's settings without a file: where the steps are."""
    config = Config()
    config.set_main_option("script_location", Path(__file__).parent.as_posix())
    return config


def current(connection: Connection) -> str | None:
    """The step that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def known() -> set[str]:
    """All steps that this code has."""
    return {step.revision for step in ScriptDirectory.from_config(configured()).walk_revisions()}


def migrate(connection: Connection, target: str) -> None:
    """Go up or down to a step (`head`, `base` or its number) within the connection's transaction."""
    config = configured()
    config.attributes["connection"] = connection
    up = target == "head" or int(current(connection) or 0) < int(target if target != "base" else 0)
    (command.upgrade if up else command.downgrade)(config, target)
