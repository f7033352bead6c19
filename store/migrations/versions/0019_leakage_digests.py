"""Which weeks' leakage the head of sales of a plant was told."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leakage_digests",
        sa.Column("plant", sa.Text(), primary_key=True),
        sa.Column("week", sa.Date(), primary_key=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("rupees", sa.Numeric(20, 6), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("leakage_digests")
