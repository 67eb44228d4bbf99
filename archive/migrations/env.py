"""How Alembic meets our database: over the connection that `archive.database.upgrade` gives."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from archive.schema import Utc
from archive.tables import metadata

PLAIN = {AutoString: "sa.String()", Utc: "sa.DateTime(timezone=True)"}


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Name our types by what they are in SQL, so that a step outlives the classes of its day."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def migrate() -> None:
    """Run the steps inside the caller's transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=plain)
    with context.begin_transaction():
        context.run_migrations()


migrate()
