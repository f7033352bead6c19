"""What a line short of stock was decided to be, drafts that wait for more, dispatches told, copies for reps."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(precision=20, scale=6)


def upgrade() -> None:
    op.add_column("draft_lines", sa.Column("wanted", AMOUNT, nullable=True))
    op.add_column("draft_lines", sa.Column("free_now", AMOUNT, nullable=True))
    op.add_column("draft_lines", sa.Column("short", sa.Text(), nullable=True))
    # The release before this one writes these rows without the new columns: each has a default of the server's.
    op.add_column("order_drafts", sa.Column("waits_for_more", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("parties", sa.Column("dispatch_news", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("kept_notices", sa.Column("topic", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_erp_order_lines_sku_open", "erp_order_lines", ["sku"], postgresql_where=sa.text("listed"))
    op.create_index(
        "ix_sales_orders_not_in_mirror",
        "sales_orders",
        ["state", "confirmed_at"],
        postgresql_where=sa.text("seen_in_mirror_at IS NULL"),
    )
    op.create_table(
        "dispatch_told",
        sa.Column("erp_number", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dispatched", AMOUNT, nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("lr_no", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("erp_number", "line", name=op.f("pk_dispatch_told")),
    )
    op.create_table(
        "dispatch_watch",
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("erp", name=op.f("pk_dispatch_watch")),
    )


def downgrade() -> None:
    op.drop_table("dispatch_watch")
    op.drop_table("dispatch_told")
    op.drop_index("ix_sales_orders_not_in_mirror", table_name="sales_orders")
    op.drop_index("ix_erp_order_lines_sku_open", table_name="erp_order_lines")
    op.drop_column("kept_notices", "topic")
    op.drop_column("parties", "dispatch_news")
    op.drop_column("order_drafts", "waits_for_more")
    for column in ("short", "free_now", "wanted"):
        op.drop_column("draft_lines", column)
