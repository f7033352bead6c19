"""What was asked, decided and used does not change."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# The arguments name the exceptions: `name` changes freely, `?name` is written once, `~name` changes while the row's
# state is open, `-name` holds a person's words, name or number and changes only where something is forgotten.
REFUSED = """
    CREATE OR REPLACE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed text;
        before jsonb;
        forgets boolean := coalesce(current_setting('munshi.forgetting', true), '') = 'on';
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME;
        END IF;
        before := to_jsonb(OLD);
        FOR changed IN SELECT key FROM jsonb_each(to_jsonb(NEW)) WHERE value IS DISTINCT FROM before -> key LOOP
            CONTINUE WHEN changed = ANY (TG_ARGV);
            CONTINUE WHEN '?' || changed = ANY (TG_ARGV)
                      AND before -> changed IN ('null'::jsonb, '""'::jsonb, '{}'::jsonb, '[]'::jsonb);
            CONTINUE WHEN '~' || changed = ANY (TG_ARGV) AND before ->> 'state' = 'open';
            CONTINUE WHEN '-' || changed = ANY (TG_ARGV) AND forgets;
            RAISE EXCEPTION 'the column % of the table % does not change', changed, TG_TABLE_NAME;
        END LOOP;
        RETURN NEW;
    END $$
"""
FACTS = {
    "asks": (
        *("state", "step", "version", "step_opened_at", "due_at", "ended_at", "end_reason"),
        *("?answer", "?answer_facts", "?answered_by", "?for_person", "?answered_at", "?inbound_id", "~facts"),
        *("-facts", "-answer_facts", "-steps"),
    ),
    "asked_persons": ("told_at", "told_end_at"),
    "delegations": ("?revoked_at",),
    "price_requests": ("state", "ended_at", "end_reason", "?ask_id", "?order_number", "?reason", "-reason"),
    "price_request_lines": ("?decision", "?decided_price", "?decided_free", "?reason", "?accepted_at", "-reason"),
    "approvals": ("?used_order", "?used_line", "?used_at", "?voided_at", "?void_reason", "-by", "-void_reason"),
    "rule_versions": ("-by", "-reason"),
    "rule_changes": ("-before", "-after"),
}


def upgrade() -> None:
    op.execute(REFUSED)
    for table in ("rule_versions", "rule_changes"):
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    for table, exceptions in FACTS.items():
        given = ", ".join(f"'{name}'" for name in exceptions)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_facts({given})"
        )


def downgrade() -> None:
    for table in FACTS:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    for table in ("rule_versions", "rule_changes"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()"
        )
