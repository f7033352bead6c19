"""Plant calendars, the dispatch day of an order, days that are asked, urgent orders, notices kept for the morning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_calendar_days")),
    )
    op.create_index(op.f("ix_calendar_days_calendar"), "calendar_days", ["calendar"])
    # The release before this one writes these rows without the new columns: each has a default of the server's.
    for table in ("order_drafts", "sales_orders"):
        op.add_column(table, sa.Column("next_dispatch_on", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "order_drafts",
        sa.Column(
            "asked_days",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("draft_lines", sa.Column("next_dispatch_on", sa.Date(), nullable=True))
    op.create_table(
        "kept_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_kept_notices_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_notices")),
    )
    op.create_index(
        "ix_kept_notices_due", "kept_notices", ["person_id", "due_at"], postgresql_where=sa.text("told_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("kept_notices")
    op.drop_column("draft_lines", "next_dispatch_on")
    op.drop_column("order_drafts", "asked_days")
    for table in ("sales_orders", "order_drafts"):
        op.drop_column(table, "urgent")
        op.drop_column(table, "next_dispatch_on")
    op.drop_table("calendar_days")
