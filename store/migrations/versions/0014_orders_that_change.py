"""Orders are changed and cancelled after their confirmation, and held against what the ERP booked.

A draft that changes an order is none that makes one: the release before knows nothing of the first kind, and is kept
from confirming it as an order of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
UNFINISHED = sa.text("state IN ('confirmed', 'accepted', 'held')")
NO_LIST = sa.text("'[]'::jsonb")


def upgrade() -> None:
    op.add_column("order_drafts", sa.Column("changes_order", sa.Text()))
    op.add_column(
        "order_drafts", sa.Column("changes_from", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    op.add_column("draft_lines", sa.Column("changes_line", sa.BigInteger()))
    op.drop_index("uq_order_drafts_open", "order_drafts")
    op.create_index(
        "uq_order_drafts_open",
        "order_drafts",
        ["account_id", "party_code", sa.text("coalesce(changes_order, '')")],
        unique=True,
        postgresql_where=OPEN,
    )
    op.add_column("sales_orders", sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sales_orders", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.add_column("sales_orders", sa.Column("read_back", sa.Text(), nullable=False, server_default=""))
    op.add_column("sales_orders", sa.Column("read_back_due", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_sales_orders_read_back",
        "sales_orders",
        ["read_back_due"],
        postgresql_where=sa.text("read_back_due IS NOT NULL"),
    )
    op.add_column("outbox", sa.Column("booked", JSONB()))
    _changes()
    op.execute(
        """
        CREATE FUNCTION no_order_of_a_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM order_drafts WHERE id = NEW.draft_id AND changes_order IS NOT NULL) THEN
                RAISE EXCEPTION 'draft % changes an order and makes none', NEW.draft_id;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER no_order_of_a_change BEFORE INSERT ON sales_orders"
        " FOR EACH ROW EXECUTE FUNCTION no_order_of_a_change()"
    )


def _changes() -> None:
    op.create_table(
        "order_changes",
        sa.Column("number", sa.Text(), primary_key=True),
        sa.Column("order_number", sa.Text(), sa.ForeignKey("sales_orders.number"), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), sa.ForeignKey("order_drafts.id"), nullable=False, unique=True),
        sa.Column("draft_version", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, server_default="chat"),
        sa.Column("cancels", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("diff", JSONB(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("total", sa.Numeric(20, 6), nullable=False),
        sa.Column("tax_estimate", sa.Numeric(20, 6)),
        sa.Column("value_with_tax", sa.Numeric(20, 6), nullable=False),
        sa.Column("more", sa.Numeric(20, 6), nullable=False),
        sa.Column("approvals", JSONB(), nullable=False, server_default=NO_LIST),
        sa.Column("message_ids", JSONB(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("order_number", "revision"),
    )
    for column in ("order_number", "account_id"):
        op.create_index(f"ix_order_changes_{column}", "order_changes", [column])
    op.create_index("ix_order_changes_unfinished", "order_changes", ["order_number"], postgresql_where=UNFINISHED)


def downgrade() -> None:
    op.execute(
        "UPDATE order_drafts SET state = 'cancelled', closed_at = now() WHERE changes_order IS NOT NULL AND state = 'open'"
    )
    op.execute("DROP TRIGGER no_order_of_a_change ON sales_orders")
    op.execute("DROP FUNCTION no_order_of_a_change()")
    op.drop_table("order_changes")
    op.drop_column("outbox", "booked")
    op.drop_index("ix_sales_orders_read_back", "sales_orders")
    for name in ("read_back_due", "read_back", "changed_at", "revision"):
        op.drop_column("sales_orders", name)
    op.drop_index("uq_order_drafts_open", "order_drafts")
    op.create_index(
        "uq_order_drafts_open", "order_drafts", ["account_id", "party_code"], unique=True, postgresql_where=OPEN
    )
    op.drop_column("draft_lines", "changes_line")
    for name in ("changes_from", "changes_order"):
        op.drop_column("order_drafts", name)
