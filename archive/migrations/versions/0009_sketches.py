"""Bands wait as sketches and become rows sorted, many at a time; of the keys that are rows there is a mask.

A band is not looked after by a foreign key any more, nor found by its article: both cost more than the row. The mask
of the rows that are there is made when it is first needed.
"""

import struct

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX, KEY = "ix_band_article_id", "fk_band_article_id_article"


def upgrade() -> None:
    """Make the two tables; bands stay what they are, in a table that asks less."""
    op.create_table(
        "sketch",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_sketch_article_id_article")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sketch")),
    )
    op.create_table(
        "band_mask",
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_band_mask")),
    )
    op.drop_index(op.f(INDEX), table_name="band")
    if op.get_bind().dialect.name == "sqlite":
        _written_anew()
    else:
        op.drop_constraint(op.f(KEY), "band", type_="foreignkey")


def downgrade() -> None:
    """What waits becomes rows; then the tables go."""
    _file(op.get_bind())
    op.drop_table("band_mask")
    op.drop_table("sketch")
    reference = sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f(KEY))
    if op.get_bind().dialect.name == "sqlite":
        _written_anew(reference)
    else:
        op.create_foreign_key(op.f(KEY), "band", "article", ["article_id"], ["id"])
    op.create_index(op.f(INDEX), "band", ["article_id"], unique=False)


def _written_anew(*constraints: sa.ForeignKeyConstraint) -> None:
    """The only way in which SQLite takes a constraint from a table, or gives it one."""
    op.create_table(
        "band_anew",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        *constraints,
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO band_anew SELECT key, article_id FROM band ORDER BY key, article_id")
    op.drop_table("band")
    op.rename_table("band_anew", "band")


def _file(connection: sa.Connection) -> None:
    put = sa.text("INSERT INTO band (key, article_id) VALUES (:key, :article) ON CONFLICT DO NOTHING")
    newest = dict(map(tuple, connection.execute(sa.text("SELECT article_id, keys FROM sketch ORDER BY number"))))
    for article, keys in newest.items():
        rows = [{"key": key, "article": article} for (key,) in struct.iter_unpack("<q", keys)]
        if rows:
            connection.execute(put, rows)
