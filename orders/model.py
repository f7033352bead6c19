"""Tables of order drafts, sales orders and aliases."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from erp.documents import Source
from store.base import Base

LEAST, MOST = Decimal("0.000001"), Decimal(10_000_000)
"""What a quantity or price somebody wrote can lie between: nobody means more, and no column holds its total."""
ORDER_NUMBER = Sequence("order_number", metadata=Base.metadata)


RECOGNISED = frozenset({"photo", "scan", "voice"})
"""What was read from these was recognised, not written: it never goes without its sender's own yes."""
BY_MAIL = "mail"
"""Anybody may write a mail in another's name."""


class DraftState(StrEnum):
    """Where an order draft stands. Desk: the office works on it, and its customer has not been shown it yet."""

    DESK = "desk"
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class LineStatus(StrEnum):
    """How sure a draft line is; the words of a reading."""

    MATCHED = "matched"
    ASK = "ask"
    UNKNOWN = "unknown"


class OrderState(StrEnum):
    """Where a confirmed order stands with the ERP. Held: confirmed, but kept back from the ERP by a person."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    POSTED = "posted"
    REJECTED = "rejected"
    HELD = "held"
    CANCELLED = "cancelled"


class OrderDraft(Base):
    """What we understood and its sender has not yet confirmed. Every change raises `version`."""

    __tablename__ = "order_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("parties.code"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    """Written by a rep in the firm's name."""
    source: Mapped[str] = mapped_column(default=Source.CHAT.value, server_default=Source.CHAT.value)
    """`desk` once a clerk has keyed in or changed lines of it."""
    state: Mapped[str] = mapped_column(default=DraftState.OPEN.value, index=True)
    version: Mapped[int] = mapped_column(default=1)
    ship_to: Mapped[str | None]
    requested_on: Mapped[date | None]
    asked_days: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """The days, in ISO form, of which its sender must say which one he meant; empty: nothing is asked."""
    next_dispatch_on: Mapped[date | None]
    """The day its sender was last shown as the one on which the goods leave."""
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its sender wants it quickly: a request to dispatch, never a promise."""
    customer_reference: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    message_ids: Mapped[list[Any]] = mapped_column(default=list)
    repeats: Mapped[str | None]
    """The order it was copied from, for 'same as last time'."""
    changes_order: Mapped[str | None]
    """Our number of the confirmed order it changes; without a line left it cancels that order."""
    changes_from: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    """The order as it stood when the change was begun: `{"revision", "lines"}` (`orders.amended.Standing`)."""
    duplicate_of: Mapped[str | None]
    duplicate_answer: Mapped[str | None]
    """`new` once its sender said that an equal order is another one."""
    opened_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    posts_at: Mapped[datetime | None]
    """When it is posted unless its sender says otherwise, as its summary says; None: it waits for his yes."""
    posts_version: Mapped[int | None]
    """The version that was announced so; each is announced once at most."""
    let_go_version: Mapped[int | None]
    """Of a customer in assist: the version a clerk let go, to be confirmed by its sender."""
    reminder_due_at: Mapped[datetime | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    rules_version: Mapped[int | None]
    """Of the rules by which it was last priced."""
    waits_for_more: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Below the least value; its sender said that more will come."""
    simulated: Mapped[bool] = mapped_column(default=False)

    lines: Mapped[list["DraftLine"]] = relationship(
        order_by="DraftLine.no", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        Index(
            "uq_order_drafts_open",
            "account_id",
            "party_code",
            text("coalesce(changes_order, '')"),
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_order_drafts_posts_at", "posts_at", postgresql_where=text("posts_at IS NOT NULL")),
        Index("ix_order_drafts_opened_at", "opened_at", postgresql_using="brin"),
    )


class DraftLine(Base):
    """One line of a draft under the number its sender sees."""

    __tablename__ = "draft_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), index=True)
    no: Mapped[int]
    changes_line: Mapped[int | None]
    """The number of the line it has in the order that is changed; None: it is new there."""
    status: Mapped[str]
    sku: Mapped[str | None]
    quantity: Mapped[Decimal | None]
    uom: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="")
    item_words: Mapped[str] = mapped_column(default="")
    """The words of it that named the item; a pick makes them an alias."""
    doubts: Mapped[list[Any]] = mapped_column(default=list)
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"sku", "quantity", "uom"}]`, best first, in the order in which they were offered."""
    price: Mapped[Decimal | None]
    """Net of everything the rules or a decision take off, a UoM, without tax; `list_price` is before that."""
    list_price: Mapped[Decimal | None]
    effective: Mapped[Decimal | None]
    """What a UoM comes to with the free goods that go with it; this is what is held against `floor`."""
    floor: Mapped[Decimal | None]
    absolute: Mapped[Decimal | None]
    """Below it nobody can approve."""
    schemes: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """The codes of the schemes that give this line something."""
    free_goods: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """`[{"scheme", "sku", "qty", "uom"}]`: what goes free with this line; worked out anew whenever it is priced."""
    held_schemes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    """`{"schemes", "price", "effective", "free"}`: what schemes would give it, if that below its floor were approved.

    Until then it has none of it and stands at list; worked out anew whenever it is priced.
    """
    granted_price: Mapped[Decimal | None]
    """Set by a decision alone: own limit, approval, accepted counter; holds while its approval covers the line."""
    granted_free: Mapped[Decimal | None]
    """The same for free goods no scheme gives: the line is priced as if they were worth so much off."""
    price_note: Mapped[str] = mapped_column(default="")
    tax_rate: Mapped[Decimal | None]
    requested_price: Mapped[Decimal | None]
    requested_on: Mapped[date | None]
    next_dispatch_on: Mapped[date | None]
    """As shown, of a line asked for another day than the order."""
    asked_free: Mapped[Decimal | None]
    problem: Mapped[str] = mapped_column(default="")
    """Why this line cannot go as it is: `inactive`, `no_price`, `moq`, `short` …; empty when it can."""
    problem_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    picked: Mapped[bool] = mapped_column(default=False)
    """Settled by its sender's answer to a question."""
    wanted: Mapped[Decimal | None]
    """How much was asked for, where the line was cut to what is in stock."""
    free_now: Mapped[Decimal | None]
    """How much of it can leave now, where that is less than was asked for."""
    short: Mapped[str | None]
    """What was decided of that: `backorder`, `cut`, `later`, `now` (`orders.free_stock.Short`)."""
    left_out: Mapped[bool] = mapped_column(default=False)
    """Set aside by 'Send the rest now'."""
    read_from: Mapped[str] = mapped_column(default="", server_default="")
    """What its words were read from: `photo`, `scan`, `voice`, `pdf`, `sheet`, `mail`; empty: its sender wrote them."""

    @validates("quantity", "requested_price", "asked_free")
    def _believable(self, _: str, value: Decimal | None) -> Decimal | None:
        """A number nobody can mean is none: it is asked."""
        return value if value is None or value == 0 or LEAST <= abs(value) < MOST else None


class SalesOrder(Base):
    """An order its sender confirmed, with the numbers and prices that were on the summary."""

    __tablename__ = "sales_orders"

    number: Mapped[str] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("parties.code"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), unique=True)
    draft_version: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default=Source.CHAT.value, server_default=Source.CHAT.value)
    state: Mapped[str] = mapped_column(default=OrderState.CONFIRMED.value, index=True)
    erp: Mapped[str]
    plant: Mapped[str | None]
    """The plant that supplied the party then; None: confirmed by an earlier release, the party's of today is meant."""
    erp_number: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    """What the ERP said when it refused; for the office only."""
    ship_to: Mapped[str | None]
    requested_on: Mapped[date | None]
    next_dispatch_on: Mapped[date | None]
    """The first day at or after it on which the plant works and the route runs; None: not known."""
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    customer_reference: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="INR")
    total: Mapped[Decimal]
    tax_estimate: Mapped[Decimal | None]
    value_with_tax: Mapped[Decimal]
    """What this order reserves of the customer's credit."""
    message_ids: Mapped[list[Any]] = mapped_column(default=list)
    confirmed_at: Mapped[datetime] = mapped_column(index=True)
    posted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many changes of it were confirmed, those not posted yet included."""
    changed_at: Mapped[datetime | None]
    """When it last became another one by a change; what the ERP listed before is older than that."""
    read_back: Mapped[str] = mapped_column(default="", server_default="")
    """What came of holding it against what the ERP booked (`orders.read_back.ReadBack`)."""
    read_back_due: Mapped[datetime | None]
    """Until then its sender is told nothing, as the ERP's list may still show what it booked."""
    seen_in_mirror_at: Mapped[datetime | None]
    """When the ERP's own list of open orders first held it; from then on the mirror says what is not yet invoiced."""
    simulated: Mapped[bool] = mapped_column(default=False)

    lines: Mapped[list["OrderLine"]] = relationship(
        order_by="OrderLine.no", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        Index(
            "ix_sales_orders_not_in_mirror",
            "state",
            "confirmed_at",
            postgresql_where=text("seen_in_mirror_at IS NULL"),
        ),
        Index("ix_sales_orders_read_back", "read_back_due", postgresql_where=text("read_back_due IS NOT NULL")),
    )


class OrderLine(Base):
    """One line of a confirmed order."""

    __tablename__ = "order_lines"

    order_number: Mapped[str] = mapped_column(ForeignKey("sales_orders.number"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    quantity: Mapped[Decimal]
    uom: Mapped[str]
    price: Mapped[Decimal]
    list_price: Mapped[Decimal]
    effective: Mapped[Decimal | None]
    """As it was judged; None: confirmed by an earlier release, or a free line."""
    floor: Mapped[Decimal | None]
    free: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Goes with its base line for nothing, by its scheme."""
    scheme: Mapped[str] = mapped_column(default="", server_default="")
    base_line: Mapped[int | None]
    """The number of the line it goes with."""
    approval_id: Mapped[int | None]
    """The approval this line used; None: it needed none."""
    tax_rate: Mapped[Decimal | None]
    requested_on: Mapped[date | None]
    original_text: Mapped[str] = mapped_column(default="")


class UsedScheme(Base):
    """What a scheme gave a line of an order: its caps and its budget are judged by these rows."""

    __tablename__ = "scheme_uses"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str] = mapped_column(index=True)
    party_code: Mapped[str]
    order_number: Mapped[str] = mapped_column(ForeignKey("sales_orders.number"), index=True)
    line: Mapped[int]
    """The base line."""
    change_number: Mapped[str | None] = mapped_column(index=True)
    """The change that gave it this; None: the order as it was confirmed."""
    quantity: Mapped[Decimal]
    """Free goods, in base units; 0 of a scheme that takes off money."""
    rupees: Mapped[Decimal]
    """What was taken off, or the list value of the free goods."""
    at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]
    """When the order or the line was cancelled, so that it counts no longer."""


class WrongPost(Base):
    """A line the ERP no longer holds as it was posted, seen within two days of the posting; what it held then."""

    __tablename__ = "wrong_posts"

    order_number: Mapped[str] = mapped_column(ForeignKey("sales_orders.number"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    ordered: Mapped[Decimal]
    """As confirmed, in base units."""
    held: Mapped[Decimal]
    """As the ERP's list had it when the difference was first seen, in base units; 0: cancelled, or not there."""
    seen_at: Mapped[datetime]


class TrailEntry(Base):
    """One step in the life of a draft or order: what happened, by whom, through which message. Append-only."""

    __tablename__ = "order_trail"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    by: Mapped[str]
    inbound_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index("ix_order_trail_at", "at", "id"),)


class AliasState(StrEnum):
    """Whether an alias matches (`approved`), waits for a yes (`proposed`) or is out of use (`retired`)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETIRED = "retired"


class Alias(Base):
    """A name people use for an item, of one customer or (party_code empty) of all."""

    __tablename__ = "aliases"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(default="")
    phrase: Mapped[str]
    """Folded: lower case, single spaces."""
    sku: Mapped[str]
    uom: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=AliasState.APPROVED.value, index=True)
    origin: Mapped[str] = mapped_column(default="file")
    """`file` (the ERP folder), `pick` (a customer's answer), `page` (an admin), `learn` (history)."""
    picks: Mapped[int] = mapped_column(default=0)
    inbound_id: Mapped[int | None]
    message: Mapped[str] = mapped_column(default="")
    """The words of the message the proposal came from, as the reviewer sees them."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(default="")
    previous: Mapped[dict[str, Any] | None]
    """What it was before the last change, for undo."""

    __table_args__ = (UniqueConstraint("party_code", "phrase", "sku"), Index("ix_aliases_phrase", "phrase"))


class ShadowReading(Base):
    """What was read in a message of a customer in shadow, kept to be compared with what was keyed in the ERP."""

    __tablename__ = "shadow_readings"

    inbound_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party_code: Mapped[str]
    """Empty: written by somebody of several firms who did not say for which."""
    day: Mapped[date]
    """On which it was written, by the clock of the plant."""
    said_at: Mapped[datetime]
    kind: Mapped[str]
    """Of the message: what is no text was read only as far as it has words."""
    revision: Mapped[int]
    """Of the catalogue it was read with."""
    reading: Mapped[dict[str, Any]]
    """As `parse` gives it, the lines of a repeated order put in."""

    __table_args__ = (Index("ix_shadow_readings_party_day", "party_code", "day"),)
