"""Contract prices, floors, limits and the approval matrix; versions of the rules and what the pages decided of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LEDGERS = ("rule_versions", "rule_changes")
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=20, scale=6), nullable=nullable)


def _held() -> list[sa.Column[object]]:
    """From which day to which a rule holds, and what every mirrored row carries."""
    return [
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "customer_prices",
        *_text("row_key", "customer", "sku", "uom"),
        _number("price", nullable=False),
        *_text("reference"),
        *_held(),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_customer_prices")),
    )
    op.create_index("ix_customer_prices_customer_sku", "customer_prices", ["customer", "sku"])
    op.create_table(
        "floors",
        *_text("row_key", "tier", "group", "sku", "customer"),
        _number("floor_price"),
        _number("min_margin_percent"),
        _number("max_discount_percent"),
        sa.Column("absolute", sa.Boolean(), nullable=False),
        *_held(),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_floors")),
    )
    op.create_index("ix_floors_sku_group_customer", "floors", ["sku", "group", "customer"])
    op.create_table(
        "limits",
        *_text("row_key", "person", "role", "group"),
        _number("max_discount_percent"),
        _number("max_amount"),
        *_held(),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_limits")),
    )
    op.create_table(
        "approval_levels",
        *_text("row_key", "tier", "group", "customer", "plant", "mode"),
        sa.Column("level", sa.BigInteger(), nullable=False),
        _number("min_discount_percent", nullable=False),
        _number("min_amount", nullable=False),
        sa.Column("approvers", JSON, nullable=False),
        sa.Column("expiry_minutes", sa.BigInteger(), nullable=False),
        *_held(),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_approval_levels")),
    )
    op.create_index("ix_schemes_sku_group", "schemes", ["sku", "group"])
    _create_versions()


def _create_versions() -> None:
    op.create_table(
        "rule_holds",
        *_text("kind", "row_key"),
        sa.Column("told", JSON, nullable=True),
        *_text("erp", "by"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_text("reason"),
        sa.PrimaryKeyConstraint("kind", "row_key", name=op.f("pk_rule_holds")),
    )
    op.create_table(
        "rule_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_state")),
    )
    op.create_table(
        "rule_versions",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_text("by", "origin", "reason"),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("changed", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rule_versions")),
    )
    op.create_table(
        "rule_changes",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        *_text("kind", "row_key"),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("held_before", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("version", "kind", "row_key", name=op.f("pk_rule_changes")),
    )
    op.create_index("ix_rule_changes_kind_row_key", "rule_changes", ["kind", "row_key"])
    for ledger in LEDGERS:
        op.execute(
            f"CREATE TRIGGER {ledger}_append_only BEFORE UPDATE OR DELETE ON {ledger}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()"
        )


def downgrade() -> None:
    for table in ("rule_changes", "rule_versions", "rule_state", "rule_holds"):
        op.drop_table(table)
    op.drop_index("ix_schemes_sku_group", "schemes")
    for table in ("approval_levels", "limits", "floors", "customer_prices"):
        op.drop_table(table)
