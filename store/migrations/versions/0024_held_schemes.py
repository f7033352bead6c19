"""What schemes would give a line that stands at list, since that below its floor is not approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    held = sa.Column(
        "held_schemes",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'{}'::jsonb"),
        nullable=False,
    )
    op.add_column("draft_lines", held)


def downgrade() -> None:
    op.drop_column("draft_lines", "held_schemes")
