"""What finance lets go of a change of an order."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credit_releases", sa.Column("change_number", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_credit_releases_change_number"), "credit_releases", "order_changes", ["change_number"], ["number"]
    )
    op.create_index(op.f("ix_credit_releases_change_number"), "credit_releases", ["change_number"])


def downgrade() -> None:
    op.drop_index("ix_credit_releases_change_number", "credit_releases")
    op.drop_column("credit_releases", "change_number")
