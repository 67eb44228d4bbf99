"""What a run changed is found by the run, not by reading every change there ever was: each run's end asks for it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make an index; its end is where every change is added."""
    op.create_index(op.f("ix_change_run_id"), "change", ["run_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_change_run_id"), table_name="change")
