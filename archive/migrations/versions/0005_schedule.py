"""What the scheduler keeps: its lease, its duties, and the nights on which portals rested."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make three tables; nothing of the archive changes."""
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "duty",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.Date(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_duty")),
    )
    op.create_table(
        "rest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portal_id", sa.Integer(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_rest_portal_id_portal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rest")),
    )
    op.create_index(op.f("ix_rest_portal_id"), "rest", ["portal_id"], unique=False)
    op.create_index(op.f("ix_rest_last"), "rest", ["last"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("rest")
    op.drop_table("duty")
    op.drop_table("lease")
