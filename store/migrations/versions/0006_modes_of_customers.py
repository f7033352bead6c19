"""Modes of customers: an admin's word before the ERP's, shadow readings, orders that post unless their sender objects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "party_overrides",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_code"], ["parties.code"], name=op.f("fk_party_overrides_party_code_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_overrides")),
    )
    op.create_index("ix_party_overrides_newest", "party_overrides", ["party_code", "column", "id"])
    op.create_table(
        "shadow_readings",
        sa.Column("inbound_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("inbound_id", name=op.f("pk_shadow_readings")),
    )
    op.create_index("ix_shadow_readings_party_day", "shadow_readings", ["party_code", "day"])
    op.add_column("order_drafts", sa.Column("posts_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("order_drafts", sa.Column("posts_version", sa.BigInteger(), nullable=True))
    op.add_column("order_drafts", sa.Column("let_go_version", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_order_drafts_posts_at", "order_drafts", ["posts_at"], postgresql_where=sa.text("posts_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_order_drafts_posts_at", "order_drafts")
    for name in ("let_go_version", "posts_version", "posts_at"):
        op.drop_column("order_drafts", name)
    op.drop_table("shadow_readings")
    op.drop_table("party_overrides")
