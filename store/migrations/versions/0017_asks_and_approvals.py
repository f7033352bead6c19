"""Asks, whom they were put to, delegations; price requests and approvals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
OPEN = sa.text("state = 'open'")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _amount(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=20, scale=6), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))


def _asks() -> None:
    op.create_table(
        "asks",
        _id(),
        _text("kind"),
        _text("reference"),
        _text("party_code", nullable=True),
        _text("plant"),
        _text("function"),
        _text("then"),
        _number("asked_by"),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        _number("step", nullable=False),
        _text("state"),
        _number("version", nullable=False),
        sa.Column("simulated", sa.Boolean(), server_default=sa.false(), nullable=False),
        _at("opened_at"),
        _at("step_opened_at"),
        _at("due_at", nullable=True),
        _text("answer", nullable=True),
        sa.Column("answer_facts", JSON, nullable=False),
        _number("answered_by"),
        _number("for_person"),
        _at("answered_at", nullable=True),
        _number("inbound_id"),
        _at("ended_at", nullable=True),
        _text("end_reason"),
        *(_refers("asks", column, "persons.id") for column in ("asked_by", "answered_by", "for_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )
    op.create_index(op.f("ix_asks_reference"), "asks", ["reference"])
    op.create_index(op.f("ix_asks_party_code"), "asks", ["party_code"])
    op.create_index("ix_asks_open", "asks", ["due_at", "id"], postgresql_where=OPEN)
    op.create_index("uq_asks_open", "asks", ["kind", "reference"], unique=True, postgresql_where=OPEN)
    op.create_table(
        "asked_persons",
        _id(),
        _number("ask_id", nullable=False),
        _number("step", nullable=False),
        _number("level", nullable=False),
        _number("person_id", nullable=False),
        _number("for_person_id"),
        _at("asked_at"),
        _at("sees_at"),
        _at("due_at"),
        _at("told_end_at", nullable=True),
        _refers("asked_persons", "ask_id", "asks.id"),
        *(_refers("asked_persons", column, "persons.id") for column in ("person_id", "for_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_persons")),
    )
    op.create_index(op.f("ix_asked_persons_ask_id"), "asked_persons", ["ask_id"])
    op.create_index(op.f("ix_asked_persons_person_id"), "asked_persons", ["person_id"])
    op.create_table(
        "delegations",
        _id(),
        _number("from_person", nullable=False),
        _number("to_person", nullable=False),
        _at("starts_at"),
        _at("ends_at"),
        _at("made_at"),
        _number("inbound_id"),
        _at("revoked_at", nullable=True),
        *(_refers("delegations", column, "persons.id") for column in ("from_person", "to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    for column in ("from_person", "to_person"):
        op.create_index(op.f(f"ix_delegations_{column}"), "delegations", [column])


def _requests() -> None:
    op.create_table(
        "price_requests",
        _id(),
        _number("draft_id", nullable=False),
        _number("draft_version", nullable=False),
        _text("order_number", nullable=True),
        _text("party_code"),
        _number("account_id", nullable=False),
        _number("person_id", nullable=False),
        _text("reason"),
        _text("ship_to"),
        _number("payment_term"),
        _number("rules_version", nullable=False),
        _text("state"),
        _at("asked_at"),
        _at("ended_at", nullable=True),
        _text("end_reason"),
        _number("ask_id"),
        _number("inbound_id"),
        _refers("price_requests", "draft_id", "order_drafts.id"),
        _refers("price_requests", "account_id", "accounts.id"),
        _refers("price_requests", "person_id", "persons.id"),
        _refers("price_requests", "ask_id", "asks.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_requests")),
    )
    for column in ("draft_id", "party_code", "account_id", "ask_id"):
        op.create_index(op.f(f"ix_price_requests_{column}"), "price_requests", [column])
    op.create_index("uq_price_requests_open", "price_requests", ["draft_id"], unique=True, postgresql_where=OPEN)
    op.create_table(
        "price_request_lines",
        _number("request_id", nullable=False),
        _number("line_no", nullable=False),
        _text("sku"),
        _text("uom"),
        _amount("quantity"),
        _amount("list_price"),
        _amount("price"),
        _amount("asked_price", nullable=True),
        _amount("asked_free", nullable=True),
        _amount("effective"),
        _amount("floor", nullable=True),
        _amount("absolute", nullable=True),
        _text("decision", nullable=True),
        _amount("decided_price", nullable=True),
        _amount("decided_free", nullable=True),
        _text("reason"),
        _at("accepted_at", nullable=True),
        _refers("price_request_lines", "request_id", "price_requests.id"),
        sa.PrimaryKeyConstraint("request_id", "line_no", name=op.f("pk_price_request_lines")),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        _id(),
        _text("basis"),
        _number("request_id", nullable=False),
        _number("draft_id", nullable=False),
        _number("draft_version", nullable=False),
        _number("line_no", nullable=False),
        *(_text(name) for name in ("party_code", "ship_to", "sku", "uom")),
        _amount("least_quantity"),
        _amount("price"),
        _amount("free", nullable=True),
        _amount("least_price"),
        _amount("most_free"),
        _number("payment_term"),
        _number("rules_version", nullable=False),
        _amount("list_price"),
        _amount("floor", nullable=True),
        _number("person_id", nullable=False),
        _text("by"),
        _at("granted_at"),
        _at("expires_at"),
        _text("used_order", nullable=True),
        _number("used_line"),
        _at("used_at", nullable=True),
        _at("voided_at", nullable=True),
        _text("void_reason"),
        _refers("approvals", "request_id", "price_requests.id"),
        _refers("approvals", "draft_id", "order_drafts.id"),
        _refers("approvals", "person_id", "persons.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    for column in ("request_id", "draft_id", "party_code", "used_order"):
        op.create_index(op.f(f"ix_approvals_{column}"), "approvals", [column])


def upgrade() -> None:
    _asks()
    _requests()
    _approvals()


def downgrade() -> None:
    tables = ("approvals", "price_request_lines", "price_requests", "delegations", "asked_persons", "asks")
    for table in tables:
        op.drop_table(table)
