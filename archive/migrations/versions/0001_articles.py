"""Portals, runs, captures, acts and articles: what everything else refers to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _act() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("key", name=op.f("uq_act_key")),
    )
    op.create_index(op.f("ix_act_number"), "act", ["number"], unique=False)


def _blob() -> None:
    op.create_table(
        "blob",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("digest", name=op.f("uq_blob_digest")),
    )


def _portal() -> None:
    op.create_table(
        "portal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=True),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("province_now", sa.String(), nullable=True),
        sa.Column("province_key", sa.String(), nullable=False),
        sa.Column("province_now_key", sa.String(), nullable=False),
        sa.Column("district_key", sa.String(), nullable=False),
        sa.Column("commune_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("discovered", sa.JSON(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal")),
        sa.UniqueConstraint("slug", name=op.f("uq_portal_slug")),
    )
    op.create_index(op.f("ix_portal_province_key"), "portal", ["province_key"], unique=False)
    op.create_index(op.f("ix_portal_province_now_key"), "portal", ["province_now_key"], unique=False)


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portal_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("warc", sa.String(), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_run_portal_id_portal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_portal_id"), "run", ["portal_id"], unique=False)


def _capture() -> None:
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("portal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("url_digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified", sa.String(), nullable=False),
        sa.Column("warc", sa.String(), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.Column("warc_length", sa.BigInteger(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["original_id"], ["capture.id"], name=op.f("fk_capture_original_id_capture")),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_capture_portal_id_portal")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_capture_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
    )
    op.create_index(op.f("ix_capture_digest"), "capture", ["digest"], unique=False)
    op.create_index(op.f("ix_capture_portal_id_url_digest"), "capture", ["portal_id", "url_digest"], unique=False)
    op.create_index(op.f("ix_capture_run_id"), "capture", ["run_id"], unique=False)


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("portal_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("url_digest", sa.String(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body_digest", sa.String(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("reader_version", sa.String(), nullable=False),
        sa.Column("normaliser_version", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_precision", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("issuing_body", sa.String(), nullable=True),
        sa.Column("issuing_key", sa.String(), nullable=False),
        sa.Column("act_type", sa.String(), nullable=True),
        sa.Column("act_type_key", sa.String(), nullable=False),
        sa.Column("act_number", sa.String(), nullable=True),
        sa.Column("act_date", sa.Date(), nullable=True),
        sa.Column("plan_year", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("is_reform", sa.Boolean(), nullable=False),
        sa.Column("attachment_text_chars", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_reason", sa.String(), nullable=True),
        sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withheld_reason", sa.String(), nullable=True),
        sa.Column("copy_group", sa.Integer(), nullable=True),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_article_capture_id_capture")),
        sa.ForeignKeyConstraint(["copy_group"], ["article.id"], name=op.f("fk_article_copy_group_article")),
        sa.ForeignKeyConstraint(["first_id"], ["article.id"], name=op.f("fk_article_first_id_article")),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_article_portal_id_portal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("portal_id", "url_digest", name=op.f("uq_article_portal_id_url_digest")),
    )
    op.create_index(op.f("ix_article_copy_group"), "article", ["copy_group"], unique=False)
    op.create_index(op.f("ix_article_portal_id_body_digest"), "article", ["portal_id", "body_digest"], unique=False)
    op.create_index(op.f("ix_article_portal_id_look_again_at"), "article", ["portal_id", "look_again_at"], unique=False)
    op.create_index(op.f("ix_article_portal_id_published_on"), "article", ["portal_id", "published_on"], unique=False)
    op.create_index(op.f("ix_article_published_on"), "article", ["published_on"], unique=False)


def upgrade() -> None:
    """Make the tables, each after those it refers to."""
    _act()
    _blob()
    _portal()
    _run()
    _capture()
    _article()


def downgrade() -> None:
    """Drop them in the other order; their indices go with them."""
    for table in ("article", "capture", "run", "portal", "blob", "act"):
        op.drop_table(table)
