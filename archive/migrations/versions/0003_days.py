"""The portal-day, a portal's health, and when an article was last looked at or first missed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTS = ("requests", "listings", "links", "new_links", "fetched", "read", "new", "revised")
REFUSED = ("fallback", "rejected", "quarantined", "indexed")


def upgrade() -> None:
    """Make the table and add the columns; what was archived before has no portal-days, and looks go on."""
    op.create_table(
        "portal_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portal_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, *REFUSED)),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("explained", sa.String(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("health", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_portal_day_capture_id_capture")),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_portal_day_portal_id_portal")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_portal_day_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_day")),
        sa.UniqueConstraint("portal_id", "day", name=op.f("uq_portal_day_portal_id_day")),
    )
    op.create_index(op.f("ix_portal_day_day"), "portal_day", ["day"], unique=False)
    op.create_index(op.f("ix_portal_day_run_id"), "portal_day", ["run_id"], unique=False)
    op.add_column("portal", sa.Column("health", sa.JSON(), nullable=True))
    op.add_column("article", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("article", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them in the other order."""
    op.drop_column("article", "missing_since")
    op.drop_column("article", "looked_at")
    op.drop_column("portal", "health")
    op.drop_table("portal_day")
