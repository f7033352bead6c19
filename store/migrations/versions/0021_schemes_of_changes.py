"""What a scheme gives by a change of an order is told apart from what it gave before."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scheme_uses", sa.Column("change_number", sa.Text()))
    op.create_index("ix_scheme_uses_change_number", "scheme_uses", ["change_number"])


def downgrade() -> None:
    op.drop_index("ix_scheme_uses_change_number", "scheme_uses")
    op.drop_column("scheme_uses", "change_number")
