"""The consent ledger and what is done with people's data; what waits for an approved form, and how forms stand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFUSED = """
    CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME;
    END $$
"""
LEDGERS = ("consents", "privacy_acts")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbound", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbound", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbound_waiting",
        "outbound",
        ["account_id", "position"],
        postgresql_where=sa.text("waits_since IS NOT NULL"),
    )
    op.add_column("content_shapes", sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("content_shapes", sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("content_shapes", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_consents_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_account_id"), "consents", ["account_id"])
    op.create_table(
        "privacy_acts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_acts")),
    )
    op.execute(REFUSED)
    for ledger in LEDGERS:
        op.execute(
            f"CREATE TRIGGER {ledger}_append_only BEFORE UPDATE OR DELETE ON {ledger}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()"
        )


def downgrade() -> None:
    op.drop_table("privacy_acts")
    op.drop_table("consents")
    op.execute("DROP FUNCTION refuse_change_of_ledger()")
    for column in ("asked_at", "judged_at", "reason"):
        op.drop_column("content_shapes", column)
    op.drop_index("ix_outbound_waiting", "outbound")
    op.drop_column("outbound", "released_at")
    op.drop_column("outbound", "waits_since")
    op.drop_column("accounts", "noticed_at")
