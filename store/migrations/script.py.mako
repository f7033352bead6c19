"""${message.capitalize()}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
% if down_revision is None:
from store.migrate import procrastinate_schema
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
% if down_revision is None:

# procrastinate looks for earlier jobs of a lock for every job that waits, without an index that begins with
# the lock: at a backlog of 5,000 that was 193 ms a fetch, with this one 7 ms and less.
QUEUE_INDEX = """
    CREATE INDEX ix_procrastinate_jobs_lock_open ON procrastinate_jobs (lock, id)
     WHERE status IN ('todo', 'doing')
"""

# PostgreSQL lets one transaction at a time commit a NOTIFY, its wait for the disk included: eight writers at once
# deferred 240 to 290 jobs a second with this trigger, 1,080 to 1,730 without. `store.wake` calls workers instead.
QUIET_QUEUE = "ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1"
% endif


def upgrade() -> None:
% if down_revision is None:
    op.get_bind().exec_driver_sql(procrastinate_schema())
    op.execute(QUEUE_INDEX)
    op.execute(QUIET_QUEUE)
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_number")))
% endif
    ${upgrades if upgrades else "pass"}
