"""What a line costs after everything, its floors, its free goods, and what schemes have given."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NONE_YET = sa.text("'[]'::jsonb")
DRAFT_LINE_AMOUNTS = ("effective", "floor", "absolute", "granted_price", "granted_free")


def upgrade() -> None:
    for name in DRAFT_LINE_AMOUNTS:
        op.add_column("draft_lines", sa.Column(name, sa.Numeric(20, 6)))
    for name in ("schemes", "free_goods"):
        op.add_column("draft_lines", sa.Column(name, JSONB(), nullable=False, server_default=NONE_YET))
    op.add_column("order_drafts", sa.Column("rules_version", sa.BigInteger()))
    op.add_column("order_lines", sa.Column("effective", sa.Numeric(20, 6)))
    op.add_column("order_lines", sa.Column("floor", sa.Numeric(20, 6)))
    op.add_column("order_lines", sa.Column("free", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("order_lines", sa.Column("scheme", sa.Text(), nullable=False, server_default=""))
    op.add_column("order_lines", sa.Column("base_line", sa.BigInteger()))
    op.add_column("order_lines", sa.Column("approval_id", sa.BigInteger()))
    op.create_table(
        "scheme_uses",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), sa.ForeignKey("sales_orders.number"), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(20, 6), nullable=False),
        sa.Column("rupees", sa.Numeric(20, 6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_scheme_uses_scheme", "scheme_uses", ["scheme"])
    op.create_index("ix_scheme_uses_order_number", "scheme_uses", ["order_number"])


def downgrade() -> None:
    op.drop_table("scheme_uses")
    for name in ("approval_id", "base_line", "scheme", "free", "floor", "effective"):
        op.drop_column("order_lines", name)
    op.drop_column("order_drafts", "rules_version")
    for name in (*DRAFT_LINE_AMOUNTS, "schemes", "free_goods"):
        op.drop_column("draft_lines", name)
