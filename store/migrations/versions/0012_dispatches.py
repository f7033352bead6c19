"""What has left and is open in the ERP is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_erp_order_lines_dispatched",
        "erp_order_lines",
        ["customer"],
        postgresql_where=sa.text("listed AND dispatched > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_erp_order_lines_dispatched", table_name="erp_order_lines")
