"""Tables of parties, persons and their identities, and of those who sign in to the pages."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.base import Base


class Role(StrEnum):
    """What a person may do; the words of `people.csv`."""

    BUYER = "buyer"
    SALES_REP = "sales_rep"
    APPROVER_1 = "approver:1"
    APPROVER_2 = "approver:2"
    APPROVER_3 = "approver:3"
    ORDER_DESK = "order_desk"
    PLANNER = "planner"
    QUALITY = "quality"
    MATERIALS = "materials"
    MAINTENANCE = "maintenance"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    DISPATCH = "dispatch"
    DRIVER = "driver"
    FINANCE = "finance"
    PLANT_HEAD = "plant_head"
    ADMIN = "admin"


class Function(StrEnum):
    """The departments that owe answers; a closed list."""

    PLANNING = "planning"
    PRODUCTION = "production"
    MATERIALS = "materials"
    QUALITY = "quality"
    MAINTENANCE = "maintenance"
    COMMERCIAL = "commercial"
    DISPATCH = "dispatch"
    FINANCE = "finance"
    PLANT_HEAD = "plant_head"
    IT = "it"


class Party(Base):
    """A buying company as the ERP knows it; its code is the ERP's. Locked first by whoever judges credit."""

    __tablename__ = "parties"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[str] = mapped_column(default="")
    price_list: Mapped[str] = mapped_column(default="")
    credit_limit: Mapped[Decimal | None]
    outstanding: Mapped[Decimal] = mapped_column(default=Decimal(0))
    overdue_days: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    gstin: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    credit_days: Mapped[int | None]
    default_ship_to: Mapped[str] = mapped_column(default="")
    warehouse: Mapped[str] = mapped_column(default="")
    sales_rep: Mapped[str] = mapped_column(default="")
    territory: Mapped[str] = mapped_column(default="")
    route: Mapped[str] = mapped_column(default="")
    min_order_value: Mapped[Decimal | None]
    short_rule: Mapped[str] = mapped_column(default="")
    rep_orders: Mapped[str] = mapped_column(default="")
    """`no`: reps may not order for this firm."""
    auto_confirm: Mapped[bool] = mapped_column(default=False)
    """As the ERP has it; what holds, `people.modes` says. So is `mode`."""
    mode: Mapped[str] = mapped_column(default="")
    dispatch_news: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether its people are told what has left for them."""
    balance_as_of: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)

    addresses: Mapped[list["Address"]] = relationship(
        order_by="Address.code", cascade="all, delete-orphan", lazy="select"
    )


class PartyOverride(Base):
    """An admin's word on one column of a party, before the ERP's; the newest holds. Append-only."""

    __tablename__ = "party_overrides"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("parties.code"))
    column: Mapped[str]
    value: Mapped[str | None]
    """None: what the ERP says holds again."""
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]

    __table_args__ = (Index("ix_party_overrides_newest", "party_code", "column", "id"),)


class Address(Base):
    """A place a party's goods are sent to; only the ERP makes one, never a chat."""

    __tablename__ = "addresses"

    party_code: Mapped[str] = mapped_column(ForeignKey("parties.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    pincode: Mapped[str] = mapped_column(default="")
    gstin: Mapped[str] = mapped_column(default="")
    route: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class Person(Base):
    """A human who writes to us. `parties` are the firms he buys for, `customers` those a rep may order for."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parties: Mapped[list[Any]] = mapped_column(default=list)
    emails: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """The mail addresses this person writes from, in lower case."""
    roles: Mapped[list[Any]] = mapped_column(default=list)
    functions: Mapped[list[Any]] = mapped_column(default=list)
    customers: Mapped[list[Any]] = mapped_column(default=list)
    plant: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    until: Mapped[date | None]
    shared: Mapped[bool] = mapped_column(default=False)
    sees_money: Mapped[bool] = mapped_column(default=False)
    main: Mapped[bool] = mapped_column(default=False)
    from_pages: Mapped[bool] = mapped_column(default=False)
    """Made or changed by an admin: survives re-reads of the ERP's file."""

    __table_args__ = (Index("ix_persons_parties", "parties", postgresql_using="gin"),)


class Account(Base):
    """One end of a chat, whatever it is called by: a phone, a business-scoped user id, or both."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    profile_name: Mapped[str] = mapped_column(default="")
    claimed_firm: Mapped[str] = mapped_column(default="")
    first_seen_at: Mapped[datetime]
    last_heard_at: Mapped[datetime | None]
    """When this account last wrote; WhatsApp's 24-hour window runs from here."""
    greeted_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    """An admin decided that this unknown sender is none of ours."""
    unreachable_reason: Mapped[str] = mapped_column(default="")
    opted_out_at: Mapped[datetime | None]
    noticed_at: Mapped[datetime | None]
    """When it was told who we are and how to stop."""

    person: Mapped[Person | None] = relationship(lazy="joined")
    identities: Mapped[list["Identity"]] = relationship(cascade="all, delete-orphan", lazy="select")


class Identity(Base):
    """A name an account is called by on a channel: `+91…` or a business-scoped user id `IN.…`, kept as given."""

    __tablename__ = "identities"

    value: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]
    """`phone` or `bsuid`."""


class Consent(StrEnum):
    """What the ledger holds: told who we are and how to stop; asked us not to write; let us write again; erased."""

    NOTICED = "noticed"
    STOPPED = "stopped"
    STARTED = "started"
    ERASED = "erased"


class ConsentEntry(Base):
    """One line of the consent ledger. Append-only: the database refuses every change. Holds no name and no number."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    what: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str]
    """`message`, or `office`: said to a person who noted it here."""
    by: Mapped[str]
    """Who noted it: `munshi`, or the name of whoever gave the command."""
    inbound_id: Mapped[int | None]
    """The message it was said in, or answers."""


class PrivacyAct(StrEnum):
    """What was done with people's data."""

    EXPORT = "export"
    ERASE = "erase"
    RETENTION = "retention"
    REPORT = "report"


class PrivacyEntry(Base):
    """One act on people's data, for the record; the counts say of how much, and nothing says whose but a number."""

    __tablename__ = "privacy_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    """`person:17` or `account:9`; empty when it was about everybody."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PageRole(StrEnum):
    """What somebody may do in the browser."""

    VIEWER = "viewer"
    DESK = "desk"
    ALIASES = "aliases"
    RULES = "rules"
    ADMIN = "admin"


class Administrator(Base):
    """Somebody who signs in to the pages."""

    __tablename__ = "administrators"

    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default=PageRole.ADMIN.value)
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised by reset and disable: sessions begun before are over."""


class SignInFailure(Base):
    """One failed sign-in; counted per name and per address to slow guessing down."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Base):
    """A sign-in link printed in the terminal: only its hash is kept, and it works once."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("administrators.name"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
