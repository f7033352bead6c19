"""What Alembic runs: our tables, on the connection `store.migrate` hands over."""

from alembic import context
from sqlalchemy.sql.schema import SchemaItem

from store.base import Base
from store.migrations import models

models.load()


def ours(item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:  # noqa: ARG001
    """Whether autogenerate looks at it: the queue's own tables are procrastinate's."""
    return not (kind in {"table", "index"} and (name or "").startswith(("procrastinate_", "idx_procrastinate_")))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=ours,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
