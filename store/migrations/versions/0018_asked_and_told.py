"""When somebody who is asked to decide was told so."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asked_persons", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_asked_persons_untold",
        "asked_persons",
        ["sees_at", "person_id"],
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_asked_persons_untold", table_name="asked_persons")
    op.drop_column("asked_persons", "told_at")
