"""Where a person's data stands: every table with what of it is his, what is told him of it, and what erasing leaves.

A test fails when a table refers to people or their messages and is not named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, or_, select, union_all

from bot.model import Conversation, Inbound, InboundMedia, KeptNotice, Outbound
from erp.outbox_model import OutboxRow
from orders.approval_model import Approval, PriceRequest
from orders.change_model import OrderChange
from orders.credit_model import CreditRelease
from orders.model import Alias, DraftLine, OrderDraft, OrderLine, SalesOrder, ShadowReading, TrailEntry, UsedScheme
from people.model import Account, ConsentEntry, Identity, Person
from people.privacy import Subject
from routing.ask_model import Ask, AskedPerson, Delegation
from routing.model import Matter
from store.base import Base


class Whose(StrEnum):
    """By which column a row belongs to somebody."""

    PERSON = "person"
    ACCOUNT = "account"
    MESSAGE = "message"
    MATTER = "matter"
    DRAFT = "draft"
    ORDER = "order"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One table. `told`: the columns he is given; `blanks`: what erasing leaves in place; `goes`: whole rows do."""

    model: type[Base]
    whose: Whose
    told: tuple[str, ...] = ()
    blanks: Mapping[str, Any] = field(default_factory=dict)
    goes: bool = False
    column: str = ""
    """By which it is his, where that is not the usual one."""

    @property
    def table(self) -> Table:
        """As SQLAlchemy knows it."""
        table = self.model.__table__
        assert isinstance(table, Table)
        return table


MESSAGE_BLANKS: Mapping[str, Any] = {
    "also_known_as": "", "profile_name": "", "body": "", "payload": "", "media": [], "raw": {}, "failure": "",
}  # fmt: skip
MESSAGE_TOLD = (
    "id", "channel", "sender", "also_known_as", "profile_name", "kind", "body", "payload", "media", "raw", "sent_at",
    "stored_at", "outcome",
)  # fmt: skip
ORDER_TOLD = (
    "number", "party_code", "state", "erp_number", "ship_to", "requested_on", "customer_reference", "remarks", "total",
    "confirmed_at",
)  # fmt: skip
BUBBLE_BLANKS: Mapping[str, Any] = {
    "lines": [], "buttons": [], "rows": [], "rows_title": "", "subject": {}, "error": "",
}  # fmt: skip

KEPT: tuple[Kept, ...] = (
    Kept(
        model=Person,
        whose=Whose.PERSON,
        told=(
            *("phone", "name", "emails", "parties", "roles", "functions", "customers", "plant", "language"),
            *("active", "until"),
        ),
        blanks={
            "name": "",
            "emails": [],
            "parties": [],
            "roles": [],
            "functions": [],
            "customers": [],
            "plant": "",
            "language": "",
            "active": False,
            "sees_money": False,
            "main": False,
            "from_pages": True,
        },
    ),
    Kept(
        model=Account,
        whose=Whose.ACCOUNT,
        told=("profile_name", "claimed_firm", "first_seen_at", "last_heard_at", "noticed_at", "opted_out_at"),
        blanks={"profile_name": "", "claimed_firm": "", "unreachable_reason": ""},
    ),
    Kept(model=Identity, whose=Whose.ACCOUNT, told=("kind", "value"), goes=True),
    Kept(model=ConsentEntry, whose=Whose.ACCOUNT, told=("what", "at", "source")),
    Kept(
        model=Inbound,
        whose=Whose.MESSAGE,
        told=MESSAGE_TOLD,
        blanks=MESSAGE_BLANKS,
    ),
    Kept(model=InboundMedia, whose=Whose.MESSAGE, told=("inbound_id", "no", "content_type", "refused"), goes=True),
    Kept(model=ShadowReading, whose=Whose.MESSAGE, told=("inbound_id", "party_code", "day", "reading"), goes=True),
    Kept(
        model=Outbound,
        whose=Whose.ACCOUNT,
        told=("channel", "kind", "language", "lines", "state", "created_at", "sent_at"),
        blanks=BUBBLE_BLANKS,
    ),
    Kept(
        model=Conversation,
        whose=Whose.ACCOUNT,
        told=("language",),
        blanks={"language": "", "pending": {}, "unsaid": []},
    ),
    Kept(model=KeptNotice, whose=Whose.PERSON, goes=True),
    # What the office wrote about a matter is its own, and is not handed out.
    Kept(model=Matter, whose=Whose.MATTER, told=("id", "kind", "opened_at", "closed_at"), blanks={"facts": {}}),
    Kept(
        model=OrderDraft,
        whose=Whose.ACCOUNT,
        told=("id", "party_code", "state", "ship_to", "requested_on", "remarks", "opened_at", "closed_at"),
        blanks={"remarks": "", "changes_from": {}},
    ),
    Kept(
        model=DraftLine,
        whose=Whose.DRAFT,
        told=("draft_id", "no", "sku", "quantity", "uom", "source", "price"),
        blanks={"source": "", "item_words": ""},
    ),
    Kept(model=TrailEntry, whose=Whose.DRAFT, told=("draft_id", "at", "what"), blanks={"facts": {}}),
    Kept(
        model=CreditRelease,
        whose=Whose.PERSON,
        told=("order_number", "basis", "most_value", "until", "reason", "at"),
        blanks={"by": ""},
    ),
    Kept(
        model=SalesOrder,
        whose=Whose.ACCOUNT,
        told=ORDER_TOLD,
        blanks={"remarks": ""},
    ),
    Kept(
        model=OrderLine,
        whose=Whose.ORDER,
        told=("order_number", "no", "sku", "quantity", "uom", "price", "original_text"),
        blanks={"original_text": ""},
    ),
    Kept(model=UsedScheme, whose=Whose.ORDER, told=("order_number", "line", "scheme", "quantity", "rupees")),
    Kept(
        model=OrderChange,
        whose=Whose.ACCOUNT,
        told=("number", "order_number", "revision", "state", "lines", "total", "confirmed_at"),
    ),
    Kept(
        model=PriceRequest,
        whose=Whose.ACCOUNT,
        told=("id", "draft_id", "party_code", "reason", "state", "asked_at", "ended_at"),
        blanks={"reason": ""},
    ),
    Kept(
        model=Approval,
        whose=Whose.PERSON,
        told=("id", "party_code", "sku", "least_quantity", "uom", "price", "granted_at", "used_order"),
        blanks={"by": ""},
    ),
    Kept(model=Ask, whose=Whose.PERSON, column="asked_by", told=("id", "kind", "state", "opened_at", "ended_at")),
    Kept(model=AskedPerson, whose=Whose.PERSON, told=("ask_id", "asked_at")),
    Kept(
        model=Delegation,
        whose=Whose.PERSON,
        column="from_person",
        told=("starts_at", "ends_at", "made_at", "revoked_at"),
    ),
    Kept(model=Alias, whose=Whose.MESSAGE, told=("phrase", "sku", "message"), blanks={"message": ""}),
    Kept(model=OutboxRow, whose=Whose.DOCUMENT),
)
BY_TABLE: Mapping[str, Kept] = {kept.table.name: kept for kept in KEPT}


def messages_of(whose: Subject) -> Select[Any]:
    """The ids of what he wrote, under whichever of his names; what is not heard yet included."""
    names = select(Identity.value).where(Identity.account_id.in_(whose.account_ids))
    phone = select(Person.phone).where(Person.id == whose.person_id)
    senders = or_(Inbound.sender.in_(names), Inbound.sender.in_(phone))
    return select(Inbound.id).where(or_(Inbound.account_id.in_(whose.account_ids), senders))


def drafts_of(whose: Subject) -> Select[Any]:
    """The ids of his drafts."""
    return select(OrderDraft.id).where(OrderDraft.account_id.in_(whose.account_ids))


def orders_of(whose: Subject) -> Select[Any]:
    """The numbers of the orders he said yes to."""
    return select(SalesOrder.number).where(SalesOrder.account_id.in_(whose.account_ids))


def documents_of(whose: Subject) -> CompoundSelect[Any]:
    """The numbers of these, and of the changes he said yes to."""
    changes = select(OrderChange.number).where(OrderChange.account_id.in_(whose.account_ids))
    return union_all(orders_of(whose), changes)


def rows_of(kept: Kept, whose: Subject) -> ColumnElement[bool]:
    """Which rows of a table are his."""
    columns = kept.table.c
    match kept.whose:
        case Whose.PERSON:
            return columns[kept.column or ("id" if kept.model is Person else "person_id")] == whose.person_id
        case Whose.ACCOUNT:
            return columns["id" if kept.model is Account else "account_id"].in_(whose.account_ids)
        case Whose.MESSAGE:
            return columns["id" if kept.model is Inbound else "inbound_id"].in_(messages_of(whose))
        case Whose.MATTER:
            return or_(columns.account_id.in_(whose.account_ids), columns.inbound_id.in_(messages_of(whose)))
        case Whose.DRAFT:
            return columns.draft_id.in_(drafts_of(whose))
        case Whose.ORDER:
            return columns.order_number.in_(orders_of(whose))
        case Whose.DOCUMENT:
            return columns.number.in_(documents_of(whose))
