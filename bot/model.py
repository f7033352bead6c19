"""Tables of what was heard, what is said, and where each conversation stands."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class InboundState(StrEnum):
    """Stored: nobody acted on it yet. Parked: kept until we know its sender or firm. Failed: shown to a person."""

    STORED = "stored"
    PARKED = "parked"
    DONE = "done"
    FAILED = "failed"


class Inbound(Base):
    """One message as the provider handed it over, stored before it is acknowledged."""

    __tablename__ = "inbound"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    sid: Mapped[str]
    """The provider's id of the message: with the channel, the guard against doubles."""
    sender: Mapped[str] = mapped_column(index=True)
    """As given: `+91…`, or a business-scoped user id; never stripped of anything but the channel's prefix."""
    also_known_as: Mapped[str] = mapped_column(default="")
    """The other identity the same webhook carried, if any."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    profile_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="text")
    body: Mapped[str] = mapped_column(default="")
    payload: Mapped[str] = mapped_column(default="")
    """A button's or list row's id; never taken from the body."""
    quoted_sid: Mapped[str] = mapped_column(default="")
    forwarded: Mapped[bool] = mapped_column(default=False)
    media: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"url", "type"}]` as announced; contents are in `inbound_media` once fetched."""
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    simulated: Mapped[bool] = mapped_column(default=False)
    found_in_list: Mapped[bool] = mapped_column(default=False)
    """Taken from the provider's message list, which has no button payload."""
    sent_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=InboundState.STORED.value)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    """What came of it in one word: `summary`, `confirmed`, `matter`, `quiet` …"""
    failure: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("channel", "sid", name="uq_inbound_channel_sid"),
        Index("ix_inbound_waiting", "sender", "id", postgresql_where=text("state = 'stored'")),
        Index("ix_inbound_account_id_id", "account_id", "id"),
    )


class InboundMedia(Base):
    """A photo, voice note or document, fetched from the provider by a job."""

    __tablename__ = "inbound_media"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    refused: Mapped[str] = mapped_column(default="")
    """Why there is no content: `too_large`, `foreign_host`, `gone` …"""


class OutboundState(StrEnum):
    """From written to read. Sending: handed over, answer not known. Superseded: a newer one took its place."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SUPERSEDED = "superseded"


ACCEPTED_STATES = (OutboundState.SENT, OutboundState.DELIVERED, OutboundState.READ)


class Outbound(Base):
    """One bubble to one person, written in the transaction that made it necessary."""

    __tablename__ = "outbound"

    id: Mapped[str] = mapped_column(primary_key=True)
    """A random id that travels in the status callback's address."""
    position: Mapped[int] = mapped_column(Identity(), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    channel: Mapped[str]
    kind: Mapped[str]
    """The outgoing kind: `summary`, `posted`, `reminder` …; names the template used outside the window."""
    topic: Mapped[str] = mapped_column(default="")
    """What it is about; a newer bubble of the same topic replaces one not yet sent."""
    language: Mapped[str]
    lines: Mapped[list[Any]] = mapped_column(default=list)
    """The text, one string a line."""
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"payload", "title"}]`, at most three."""
    rows: Mapped[list[Any]] = mapped_column(default=list)
    """List rows `[{"payload", "title", "description"}]`, at most ten."""
    rows_title: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(unique=True)
    """The opaque part of this bubble's button payloads."""
    draft_id: Mapped[int | None] = mapped_column(index=True)
    draft_version: Mapped[int | None]
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inbound_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=OutboundState.QUEUED.value)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    state_at: Mapped[datetime | None]
    sid: Mapped[str | None] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    simulated: Mapped[bool] = mapped_column(default=False)
    waits_since: Mapped[datetime | None]
    """Not sent, since the window is closed and no form is approved: it goes when one is, or when the person writes."""
    released_at: Mapped[datetime | None]
    """When that waiting was over."""

    __table_args__ = (
        Index("ix_outbound_waiting", "account_id", "position", postgresql_where=text("waits_since IS NOT NULL")),
        Index(
            "ix_outbound_open",
            "account_id",
            "position",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_outbound_account_sent", "account_id", "sent_at"),
        Index("ix_outbound_sent_at", "sent_at", postgresql_using="brin"),
    )


class Conversation(Base):
    """Where the talk with one account stands. Locked first by every turn."""

    __tablename__ = "conversations"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    draft_id: Mapped[int | None]
    """The draft the person is talking about."""
    language: Mapped[str] = mapped_column(default="")
    """Of the last message we could tell it of; used when the person's own is not known."""
    pending: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The question that is open: `{"kind": "firm", "inbound_ids": […]}` …"""
    unsaid: Mapped[list[Any]] = mapped_column(default=list)
    """Sentences of turns that gave way to a newer message; the last turn says them."""
    misunderstood: Mapped[int] = mapped_column(default=0)
    """Turns in a row that we made nothing of."""
    automatic: Mapped[int] = mapped_column(default=0)
    """Our replies in a row that brought the talk no further."""
    stopped_at: Mapped[datetime | None]
    """We said who will call, and are silent until a person has dealt with it."""
    taken_over_by: Mapped[str | None]
    """Who of the office talks with this person now: we store and show what comes, and answer nothing."""
    taken_over_until: Mapped[datetime | None]
    """Without a word of his until then it is handed back."""

    __table_args__ = (
        Index("ix_conversations_taken_over", "taken_over_until", postgresql_where=text("taken_over_by IS NOT NULL")),
    )


COPY = "copy"
"""The topic of a kept notice that tells a rep what his customers do."""


class KeptNotice(Base):
    """A sentence to a member of staff, kept while his plant is closed."""

    __tablename__ = "kept_notices"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    plant: Mapped[str]
    """The plant it is about; his own goes before it."""
    sentence: Mapped[str]
    reference: Mapped[str]
    """The matter's number; empty when it is about none."""
    topic: Mapped[str] = mapped_column(default="", server_default="")
    """What it belongs to: `copy`, what a rep's customers do; empty: a notice kept while his plant was closed."""
    simulated: Mapped[bool]
    kept_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When his plant opens."""
    told_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_kept_notices_due", "person_id", "due_at", postgresql_where=text("told_at IS NULL")),)


class Mailbox(Base):
    """How far a mailbox has been read: what comes before that is stored here or was refused."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(primary_key=True)
    uid_validity: Mapped[int]
    """The server's mark of its numbering: when it changes, every number means another mail."""
    last_uid: Mapped[int]
    looked_at: Mapped[datetime]
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    """Why the last look failed; empty when it did not."""


class OnboardingStep(Base):
    """A step of the walk through `onboard` that is done, and what came of it; repeated, the row is written anew."""

    __tablename__ = "onboarding_steps"

    step: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    by: Mapped[str]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As the report tells it."""


class OnboardingChat(Base):
    """An exported chat that was given to `onboard`: where its file lies, and for whom its senders speak."""

    __tablename__ = "onboarding_chats"

    name: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    dates: Mapped[str]
    """The order of day, month and year that somebody said; empty: as the file shows it."""
    added_at: Mapped[datetime]
    senders: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Customer codes with `;` between them, `rep`, `ours`, or nothing for who is left out."""


class PlantDigest(Base):
    """What planning and dispatch of a plant were told on one of its days: its orders since the digest before."""

    __tablename__ = "plant_digests"

    plant: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    told_at: Mapped[datetime]
    told: Mapped[int]
    """So many people; 0: there was nothing to tell, or nobody to tell it to."""
    sheet: Mapped[str] = mapped_column(default="")
    """The list as CSV, as it was when it was told."""


class LeakageDigest(Base):
    """That the head of sales of a plant was told what a week gave away below list; the row is the claim."""

    __tablename__ = "leakage_digests"

    plant: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday."""
    told_at: Mapped[datetime]
    told: Mapped[int]
    """So many people; 0: nothing was sold, or there was nobody to tell it to."""
    rupees: Mapped[Decimal]


class ContentShape(Base):
    """A Content template made at the provider for one shape of bubble; made once, remembered here."""

    __tablename__ = "content_shapes"

    key: Mapped[str] = mapped_column(primary_key=True)
    sid: Mapped[str]
    made_at: Mapped[datetime]
    approval: Mapped[str] = mapped_column(default="")
    """Of a form to be approved, WhatsApp's word of it: `received`, `approved`, `rejected`, `paused` …"""
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it was rejected, as WhatsApp says it."""
    judged_at: Mapped[datetime | None]
    """When that word was first heard."""
    asked_at: Mapped[datetime | None]
    """When it was last asked for."""
