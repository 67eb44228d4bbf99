"""Which files are due to be read again is found without reading their texts."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make an index that has all that is asked."""
    op.create_index(op.f("ix_blob_reader_scanned"), "blob", ["reader", "scanned"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_blob_reader_scanned"), table_name="blob")
