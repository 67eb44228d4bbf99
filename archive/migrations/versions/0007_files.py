"""What read a file and how much of it is a picture; how much each revision changed.

Files of before have none of it, and are read again by `caicach files read`; revisions of before are weighed here.
"""

from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic import op

from archive.revisions import Content, weigh

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; weigh what has been revised."""
    op.add_column("blob", sa.Column("reader", sa.String(), nullable=True))
    op.add_column("blob", sa.Column("scanned", sa.Integer(), nullable=True))
    op.add_column("blob", sa.Column("confidence", sa.JSON(), nullable=True))
    op.add_column("revision", sa.Column("weight", sa.String(), nullable=True))
    op.create_index(op.f("ix_revision_weight"), "revision", ["weight"], unique=False)
    _weigh(op.get_bind())


def _weigh(connection: sa.Connection) -> None:
    """One article after the other: only those with a second revision are read."""
    columns = ("id", "article_id", "number", "title", "summary", "body")
    table = sa.table("revision", *map(sa.column, columns), sa.column("facts", sa.JSON()), sa.column("weight"))
    changed = connection.execute(sa.select(table.c.article_id).where(table.c.number == 2)).scalars().all()
    for article in changed:
        mine = sa.select(table).where(table.c.article_id == article).order_by(table.c.number)
        rows = connection.execute(mine).all()
        for before, after in pairwise(rows):
            weight = weigh(_content(before), _content(after)).value
            connection.execute(sa.update(table).where(table.c.id == after.id).values(weight=weight))


def _content(row: Any) -> Content:
    return Content(row.title, row.summary, row.body, tuple(url for url, _ in row.facts["attachments"]))


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_revision_weight"), table_name="revision")
    op.drop_column("revision", "weight")
    for name in ("confidence", "scanned", "reader"):
        op.drop_column("blob", name)
