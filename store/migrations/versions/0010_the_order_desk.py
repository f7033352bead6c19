"""The order desk: versions of matters, talks a clerk has taken over, drafts keyed in by the office."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN, CLOSED = sa.text("closed_at IS NULL"), sa.text("closed_at IS NOT NULL")


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("matter_version")))
    op.add_column("matters", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('matter_version')"), nullable=False)
    op.add_column("matters", version)
    op.create_index("ix_matters_open", "matters", ["opened_at", "id"], postgresql_where=OPEN)
    op.create_index("ix_matters_open_owner", "matters", ["owner", "opened_at", "id"], postgresql_where=OPEN)
    op.create_index("ix_matters_open_kind", "matters", ["kind", "opened_at", "id"], postgresql_where=OPEN)
    op.create_index("ix_matters_closed", "matters", ["closed_at", "id"], postgresql_where=CLOSED)
    op.create_index("ix_matters_version", "matters", ["version"])
    op.add_column("conversations", sa.Column("taken_over_by", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("taken_over_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_conversations_taken_over",
        "conversations",
        ["taken_over_until"],
        postgresql_where=sa.text("taken_over_by IS NOT NULL"),
    )
    for table in ("order_drafts", "sales_orders"):
        op.add_column(table, sa.Column("source", sa.Text(), server_default="chat", nullable=False))


def downgrade() -> None:
    for table in ("sales_orders", "order_drafts"):
        op.drop_column(table, "source")
    op.drop_index("ix_conversations_taken_over", "conversations")
    op.drop_column("conversations", "taken_over_until")
    op.drop_column("conversations", "taken_over_by")
    for name in ("version", "closed", "open_kind", "open_owner", "open"):
        op.drop_index(f"ix_matters_{name}", "matters")
    op.drop_column("matters", "version")
    op.drop_column("matters", "announced_at")
    op.execute(sa.schema.DropSequence(sa.Sequence("matter_version")))
