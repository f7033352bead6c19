"""Every table of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from store.migrate import procrastinate_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# procrastinate looks for earlier jobs of a lock for every job that waits, without an index that begins with
# the lock: at a backlog of 5,000 that was 193 ms a fetch, with this one 7 ms and less.
QUEUE_INDEX = """
    CREATE INDEX ix_procrastinate_jobs_lock_open ON procrastinate_jobs (lock, id)
     WHERE status IN ('todo', 'doing')
"""

# PostgreSQL lets one transaction at a time commit a NOTIFY, its wait for the disk included: eight writers at once
# deferred 240 to 290 jobs a second with this trigger, 1,080 to 1,730 without. `store.wake` calls workers instead.
QUIET_QUEUE = "ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(procrastinate_schema())
    op.execute(QUEUE_INDEX)
    op.execute(QUIET_QUEUE)
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_number")))
    op.create_table(
        "administrators",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_administrators")),
    )
    op.create_table(
        "aliases",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("picks", sa.BigInteger(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("previous", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("party_code", "phrase", "sku", name=op.f("uq_aliases_party_code_phrase_sku")),
    )
    op.create_index("ix_aliases_phrase", "aliases", ["phrase"], unique=False)
    op.create_index(op.f("ix_aliases_state"), "aliases", ["state"], unique=False)
    op.create_table(
        "content_shapes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_content_shapes")),
    )
    op.create_table(
        "erp_circuits",
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("probes", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("erp", name=op.f("pk_erp_circuits")),
    )
    op.create_table(
        "erp_order_lines",
        sa.Column("erp_number", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("our_number", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("ship_to", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("ordered", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("dispatched", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("invoiced", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("cancelled", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("lr_no", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("erp_number", "line", name=op.f("pk_erp_order_lines")),
    )
    op.create_index(op.f("ix_erp_order_lines_customer"), "erp_order_lines", ["customer"], unique=False)
    op.create_index(op.f("ix_erp_order_lines_our_number"), "erp_order_lines", ["our_number"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "history_lines",
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("ship_to", sa.Text(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("order", "line", name=op.f("pk_history_lines")),
    )
    op.create_index("ix_history_lines_customer_date", "history_lines", ["customer", "date"], unique=False)
    op.create_table(
        "item_uoms",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("factor", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("decimals", sa.Boolean(), nullable=False),
        sa.Column("sales", sa.Boolean(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sku", "uom", name=op.f("pk_item_uoms")),
    )
    op.create_table(
        "items",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("base_uom", sa.Text(), nullable=False),
        sa.Column("order_uom", sa.Text(), nullable=False),
        sa.Column("mrp", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("cost", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("hsn", sa.Text(), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("moq", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("multiple", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("weight_kg", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("volume_l", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("shelf_life_days", sa.BigInteger(), nullable=True),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_items")),
    )
    op.create_table(
        "mirror_revision",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_revision")),
    )
    op.create_table(
        "mirror_state",
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bad", sa.BigInteger(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problems", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("kept_previous", sa.Boolean(), nullable=False),
        sa.Column("agreed_stamp", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("names_digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("erp", "kind", name=op.f("pk_mirror_state")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erp_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("then", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("erp", "kind", "number", name=op.f("uq_outbox_erp_kind_number")),
    )
    op.create_index(
        "ix_outbox_accepted", "outbox", ["accepted_at"], unique=False, postgresql_where=sa.text("state = 'accepted'")
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_table(
        "parked_jobs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=False),
        sa.Column("ids", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_jobs")),
        sa.UniqueConstraint("job_id", name=op.f("uq_parked_jobs_job_id")),
    )
    op.create_index(
        "ix_parked_jobs_open", "parked_jobs", ["id"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "parties",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("price_list", sa.Text(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("outstanding", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("overdue_days", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("gstin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("credit_days", sa.BigInteger(), nullable=True),
        sa.Column("default_ship_to", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("sales_rep", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("min_order_value", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("short_rule", sa.Text(), nullable=False),
        sa.Column("rep_orders", sa.Text(), nullable=False),
        sa.Column("auto_confirm", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("balance_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_parties")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parties", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("roles", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("functions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("customers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("sees_money", sa.Boolean(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("from_pages", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("phone", name=op.f("uq_persons_phone")),
    )
    op.create_index("ix_persons_parties", "persons", ["parties"], unique=False, postgresql_using="gin")
    op.create_table(
        "plants",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("gstin", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("cutoff", sa.Time(), nullable=True),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plants")),
    )
    op.create_table(
        "prices",
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("price_list", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("min_qty", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("floor", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_prices")),
    )
    op.create_index("ix_prices_price_list_sku", "prices", ["price_list", "sku"], unique=False)
    op.create_table(
        "queue_holds",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_queue_holds")),
    )
    op.create_table(
        "routes",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("cutoff", sa.Time(), nullable=True),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("route", "weekday", "plant", name=op.f("pk_routes")),
    )
    op.create_table(
        "schemes",
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_list", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("buy_qty", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("buy_uom", sa.Text(), nullable=False),
        sa.Column("free_sku", sa.Text(), nullable=False),
        sa.Column("free_qty", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("percent", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("cap_order", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("cap_customer", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("budget", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_schemes")),
    )
    op.create_index(op.f("ix_schemes_code"), "schemes", ["code"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_address"), "sign_in_failures", ["address"], unique=False)
    op.create_index(op.f("ix_sign_in_failures_at"), "sign_in_failures", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_failures_name"), "sign_in_failures", ["name"], unique=False)
    op.create_table(
        "stock",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("qty", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("mfg_date", sa.Date(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("mrp", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sku", "warehouse", "lot", "status", name=op.f("pk_stock")),
    )
    op.create_table(
        "warehouses",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("warehouse_kind", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_warehouses")),
    )
    op.create_table(
        "work_centres",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_work_centres")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("profile_name", sa.Text(), nullable=False),
        sa.Column("claimed_firm", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("greeted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_reason", sa.Text(), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_person_id"), "accounts", ["person_id"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pincode", sa.Text(), nullable=False),
        sa.Column("gstin", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party_code"], ["parties.code"], name=op.f("fk_addresses_party_code")),
        sa.PrimaryKeyConstraint("party_code", "code", name=op.f("pk_addresses")),
    )
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["name"], ["administrators.name"], name=op.f("fk_one_time_links_name")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_links")),
    )
    op.create_table(
        "conversations",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pending", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("unsaid", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("misunderstood", sa.BigInteger(), nullable=False),
        sa.Column("automatic", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_conversations_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "identities",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_identities_account_id")),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_account_id"), "identities", ["account_id"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("also_known_as", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("profile_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("quoted_sid", sa.Text(), nullable=False),
        sa.Column("forwarded", sa.Boolean(), nullable=False),
        sa.Column("media", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("raw", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("found_in_list", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inbound_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("channel", "sid", name="uq_inbound_channel_sid"),
    )
    op.create_index(op.f("ix_inbound_account_id"), "inbound", ["account_id"], unique=False)
    op.create_index("ix_inbound_account_id_id", "inbound", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_inbound_sender"), "inbound", ["sender"], unique=False)
    op.create_index(
        "ix_inbound_waiting", "inbound", ["sender", "id"], unique=False, postgresql_where=sa.text("state = 'stored'")
    )
    op.create_table(
        "matters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=101), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_matters_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index(op.f("ix_matters_account_id"), "matters", ["account_id"], unique=False)
    op.create_index(op.f("ix_matters_kind"), "matters", ["kind"], unique=False)
    op.create_index(op.f("ix_matters_party_code"), "matters", ["party_code"], unique=False)
    op.create_index(op.f("ix_matters_reference"), "matters", ["reference"], unique=False)
    op.create_index(
        "uq_matters_open", "matters", ["kind", "reference"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "order_drafts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("ship_to", sa.Text(), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("customer_reference", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("message_ids", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("repeats", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.Text(), nullable=True),
        sa.Column("duplicate_answer", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminder_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_order_drafts_account_id")),
        sa.ForeignKeyConstraint(["party_code"], ["parties.code"], name=op.f("fk_order_drafts_party_code")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_order_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_drafts")),
    )
    op.create_index(op.f("ix_order_drafts_account_id"), "order_drafts", ["account_id"], unique=False)
    op.create_index(op.f("ix_order_drafts_party_code"), "order_drafts", ["party_code"], unique=False)
    op.create_index(op.f("ix_order_drafts_reminder_due_at"), "order_drafts", ["reminder_due_at"], unique=False)
    op.create_index(op.f("ix_order_drafts_state"), "order_drafts", ["state"], unique=False)
    op.create_index(
        "uq_order_drafts_open",
        "order_drafts",
        ["account_id", "party_code"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "outbound",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("buttons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rows_title", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("draft_version", sa.BigInteger(), nullable=True),
        sa.Column("subject", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_outbound_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound")),
        sa.UniqueConstraint("position", name=op.f("uq_outbound_position")),
        sa.UniqueConstraint("sid", name=op.f("uq_outbound_sid")),
        sa.UniqueConstraint("token", name=op.f("uq_outbound_token")),
    )
    op.create_index(op.f("ix_outbound_account_id"), "outbound", ["account_id"], unique=False)
    op.create_index("ix_outbound_account_sent", "outbound", ["account_id", "sent_at"], unique=False)
    op.create_index(op.f("ix_outbound_draft_id"), "outbound", ["draft_id"], unique=False)
    op.create_index(op.f("ix_outbound_inbound_id"), "outbound", ["inbound_id"], unique=False)
    op.create_index(
        "ix_outbound_open",
        "outbound",
        ["account_id", "position"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_table(
        "draft_lines",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("uom", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("item_words", sa.Text(), nullable=False),
        sa.Column("doubts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("candidates", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("list_price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("price_note", sa.Text(), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("requested_price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("asked_free", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("picked", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["order_drafts.id"], name=op.f("fk_draft_lines_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_lines")),
    )
    op.create_index(op.f("ix_draft_lines_draft_id"), "draft_lines", ["draft_id"], unique=False)
    op.create_table(
        "inbound_media",
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_inbound_media_inbound_id")),
        sa.PrimaryKeyConstraint("inbound_id", "no", name=op.f("pk_inbound_media")),
    )
    op.create_table(
        "order_trail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["order_drafts.id"], name=op.f("fk_order_trail_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_trail")),
    )
    op.create_index(op.f("ix_order_trail_draft_id"), "order_trail", ["draft_id"], unique=False)
    op.create_table(
        "sales_orders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("party_code", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_version", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("erp_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ship_to", sa.Text(), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("customer_reference", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("tax_estimate", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("value_with_tax", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("message_ids", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_in_mirror_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sales_orders_account_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["order_drafts.id"], name=op.f("fk_sales_orders_draft_id")),
        sa.ForeignKeyConstraint(["party_code"], ["parties.code"], name=op.f("fk_sales_orders_party_code")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sales_orders_person_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sales_orders")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_sales_orders_draft_id")),
    )
    op.create_index(op.f("ix_sales_orders_account_id"), "sales_orders", ["account_id"], unique=False)
    op.create_index(op.f("ix_sales_orders_confirmed_at"), "sales_orders", ["confirmed_at"], unique=False)
    op.create_index(op.f("ix_sales_orders_erp_number"), "sales_orders", ["erp_number"], unique=False)
    op.create_index(op.f("ix_sales_orders_party_code"), "sales_orders", ["party_code"], unique=False)
    op.create_index(op.f("ix_sales_orders_state"), "sales_orders", ["state"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("list_price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("original_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["sales_orders.number"], name=op.f("fk_order_lines_order_number")),
        sa.PrimaryKeyConstraint("order_number", "no", name=op.f("pk_order_lines")),
    )
