"""What finance lets go beyond the limit; facts that the database refuses to change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# A row of facts is neither deleted nor changed. The arguments name the exceptions: `name` changes freely, `?name` is
# written once, `-name` holds a person's words or name and changes only where something is forgotten.
REFUSED = """
    CREATE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed text;
        before jsonb;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME;
        END IF;
        before := to_jsonb(OLD);
        FOR changed IN SELECT key FROM jsonb_each(to_jsonb(NEW)) WHERE value IS DISTINCT FROM before -> key LOOP
            CONTINUE WHEN changed = ANY (TG_ARGV);
            CONTINUE WHEN '?' || changed = ANY (TG_ARGV) AND before -> changed = 'null'::jsonb;
            CONTINUE WHEN '-' || changed = ANY (TG_ARGV) AND current_setting('munshi.forgetting', true) = 'on';
            RAISE EXCEPTION 'the column % of the table % does not change', changed, TG_TABLE_NAME;
        END LOOP;
        RETURN NEW;
    END $$
"""
FACTS = {
    "credit_releases": ("?used_at", "?ended_at", "?end_reason", "-by", "-reason", "-facts"),
    "order_trail": ("-by", "-facts"),
}
AMOUNT = sa.Numeric(20, 6)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "credit_releases",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("most_value", AMOUNT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("limit_then", AMOUNT, nullable=True),
        sa.Column("exposure", AMOUNT, nullable=False),
        sa.Column("overdue_days", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("for_person_id", sa.BigInteger(), nullable=True),
        sa.Column("ask_id", sa.BigInteger(), nullable=True),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["party_code"], ["parties.code"], name=op.f("fk_credit_releases_party_code")),
        sa.ForeignKeyConstraint(
            ["order_number"], ["sales_orders.number"], name=op.f("fk_credit_releases_order_number")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_credit_releases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_releases")),
    )
    op.create_index(op.f("ix_credit_releases_order_number"), "credit_releases", ["order_number"])
    op.create_index(op.f("ix_credit_releases_person_id"), "credit_releases", ["person_id"])
    live = {"postgresql_where": sa.text("ended_at IS NULL")}
    op.create_index("ix_credit_releases_live", "credit_releases", ["party_code", "basis"], **live)
    asked = {"postgresql_where": sa.text("ask_id IS NOT NULL")}
    op.create_index("uq_credit_releases_ask", "credit_releases", ["ask_id", "basis"], unique=True, **asked)
    op.create_index("ix_credit_releases_at", "credit_releases", ["at", "id"])
    op.create_index("ix_order_trail_at", "order_trail", ["at", "id"])
    op.execute(REFUSED)
    for table, exceptions in FACTS.items():
        given = ", ".join(f"'{name}'" for name in exceptions)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_facts({given})"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER order_trail_append_only ON order_trail")
    op.drop_index("ix_order_trail_at", "order_trail")
    op.drop_table("credit_releases")
    op.execute("DROP FUNCTION refuse_change_of_facts()")
