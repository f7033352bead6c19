"""What a line of a price request would cost, and the free goods that would go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("wished_price", "own_free"):
        amount = sa.Column(name, sa.Numeric(precision=20, scale=6), server_default=sa.text("0"), nullable=False)
        op.add_column("price_request_lines", amount)


def downgrade() -> None:
    for name in ("own_free", "wished_price"):
        op.drop_column("price_request_lines", name)
