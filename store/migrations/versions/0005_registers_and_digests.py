"""The plant of an order, digests of the plants, lines the ERP no longer holds as posted; ways to find a week's rows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Block ranges: rows come in nearly the order of their time, and such an index costs a write next to nothing.
BY_TIME = (("outbound", "sent_at"), ("order_drafts", "opened_at"), ("erp_order_lines", "date"))


def upgrade() -> None:
    # The release before this one confirms orders without it.
    op.add_column("sales_orders", sa.Column("plant", sa.Text(), nullable=True))
    op.create_table(
        "wrong_posts",
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("ordered", sa.Numeric(20, 6), nullable=False),
        sa.Column("held", sa.Numeric(20, 6), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["sales_orders.number"], name=op.f("fk_wrong_posts_order_number_sales_orders")
        ),
        sa.PrimaryKeyConstraint("order_number", "sku", name=op.f("pk_wrong_posts")),
    )
    op.create_table(
        "plant_digests",
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plant", "day", name=op.f("pk_plant_digests")),
    )
    for table, column in BY_TIME:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], postgresql_using="brin")


def downgrade() -> None:
    for table, column in BY_TIME:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.drop_table("plant_digests")
    op.drop_table("wrong_posts")
    op.drop_column("sales_orders", "plant")
