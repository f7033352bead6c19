"""One conversation as bubbles, both ways in the order of time: for the console and for every page that shows a talk."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, load_only

from bot.dialogues.answers import DESK_REPLY
from bot.model import Inbound, InboundMedia, InboundState, Outbound, OutboundState
from people.model import Identity

LIMIT = 120
TICKS = {
    OutboundState.QUEUED: "waiting",
    OutboundState.SENDING: "waiting",
    OutboundState.SENT: "sent",
    OutboundState.DELIVERED: "delivered",
    OutboundState.READ: "read",
    OutboundState.FAILED: "failed",
    OutboundState.SUPERSEDED: "superseded",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Medium:
    """One attachment; `stored` when its content can be shown."""

    inbound_id: int
    no: int
    content_type: str
    stored: bool
    refused: str

    @property
    def kind(self) -> str:
        """`image`, `audio`, `video` or `document`."""
        first = self.content_type.partition("/")[0]
        return first if first in ("image", "audio", "video") else "document"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One message as it is shown. `mine` is true for what the person wrote, false for Munshi's."""

    key: str
    mine: bool
    at: datetime
    lines: tuple[str, ...]
    tick: str
    sid: str = ""
    kind: str = "text"
    quoted: str = ""
    quoted_key: str = ""
    forwarded: bool = False
    tapped: bool = False
    buttons: tuple[dict[str, Any], ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    rows_title: str = ""
    media: tuple[Medium, ...] = ()
    error: str = ""
    by: str = ""
    """The clerk who wrote it as the firm; empty: Munshi."""

    @property
    def version(self) -> str:
        """Changes whenever what is shown changes."""
        shown = (self.tick, self.lines, self.quoted, self.media, self.error, self.rows, self.buttons)
        return hashlib.blake2s(repr(shown).encode(), digest_size=6).hexdigest()


def accounts_of(session: Session, sender: str) -> list[int]:
    """The account known by this name, if there is one yet."""
    return list(session.scalars(select(Identity.account_id).where(Identity.value == sender)))


def of_sender(session: Session, sender: str, *, channel: str) -> list[Bubble]:
    """What the person at this end of a channel sees: only what was really sent to him."""
    accounts = accounts_of(session, sender)
    heard = _heard(session, or_(Inbound.sender == sender, Inbound.account_id.in_(accounts)), channel=channel)
    said = _said(session, accounts, channel=channel)
    return _merged(session, heard, [row for row in said if row.sent_at is not None])


def of_account(session: Session, account_id: int, *, limit: int = LIMIT) -> list[Bubble]:
    """The last `limit` bubbles of the talk with an account on any channel, what waits to be sent included."""
    heard = _heard(session, _from(session, account_id), limit=limit)
    return _merged(session, heard, _said(session, [account_id], limit=limit), limit=limit)


def newest_heard(session: Session, account_id: int) -> int:
    """The id of the newest message of an account; 0 for none."""
    return session.scalar(select(func.max(Inbound.id)).where(_from(session, account_id))) or 0


def media_of(session: Session, inbound_id: int | None) -> tuple[Medium, ...]:
    """The attachments of one message."""
    row = session.get(Inbound, inbound_id) if inbound_id else None
    return _media(session, [row])[row.id] if row is not None else ()


def _from(session: Session, account_id: int) -> ColumnElement[bool]:
    names = list(session.scalars(select(Identity.value).where(Identity.account_id == account_id)))
    return or_(Inbound.account_id == account_id, Inbound.sender.in_(names))


def of_messages(session: Session, inbound_ids: Iterable[int]) -> list[Bubble]:
    """These messages alone."""
    rows = session.scalars(select(Inbound).where(Inbound.id.in_(list(inbound_ids))).order_by(Inbound.id.desc()))
    return _merged(session, list(rows), [])


def _heard(session: Session, condition: Any, *, channel: str | None = None, limit: int = LIMIT) -> Sequence[Inbound]:
    query = select(Inbound).where(condition).order_by(Inbound.id.desc()).limit(limit)
    return session.scalars(query.where(Inbound.channel == channel) if channel else query).all()


def _said(
    session: Session, accounts: Sequence[int], *, channel: str | None = None, limit: int = LIMIT
) -> Sequence[Outbound]:
    if not accounts:
        return ()
    query = select(Outbound).where(Outbound.account_id.in_(accounts)).order_by(Outbound.position.desc()).limit(limit)
    return session.scalars(query.where(Outbound.channel == channel) if channel else query).all()


def _merged(
    session: Session, heard: Sequence[Inbound], said: Sequence[Outbound], *, limit: int = LIMIT
) -> list[Bubble]:
    rows: list[Inbound | Outbound] = [*heard, *said]
    quotable = {row.sid: _quotable(row) for row in rows if row.sid}
    media = _media(session, [row for row in heard if row.media])
    bubbles = [_of_inbound(row, quotable, media) for row in heard] + [_of_outbound(row) for row in said]
    bubbles.reverse()  # rows come newest first
    # What a person wrote comes first among equals: an answer never stands above its question.
    return sorted(bubbles, key=lambda bubble: (bubble.at, not bubble.mine))[-limit:]


def _quotable(row: Inbound | Outbound) -> tuple[str, str]:
    if isinstance(row, Outbound):
        return f"out-{row.id}", next((line for line in row.lines if line.strip()), "")
    return f"in-{row.id}", row.body or row.kind


def _media(session: Session, rows: Sequence[Inbound]) -> dict[int, tuple[Medium, ...]]:
    if not rows:
        return {}
    stored = {
        (part.inbound_id, part.no): part
        for part in session.scalars(
            select(InboundMedia)
            .options(load_only(InboundMedia.content_type, InboundMedia.refused))
            .where(InboundMedia.inbound_id.in_([row.id for row in rows]))
        )
    }
    return {row.id: tuple(_medium(row, no, stored.get((row.id, no))) for no in range(len(row.media))) for row in rows}


def _medium(row: Inbound, no: int, part: InboundMedia | None) -> Medium:
    announced = str(row.media[no].get("type", ""))
    return Medium(
        inbound_id=row.id,
        no=no,
        content_type=part.content_type if part else announced,
        stored=part is not None and not part.refused,
        refused=part.refused if part else "",
    )


def _of_inbound(row: Inbound, quotable: dict[str, tuple[str, str]], media: dict[int, tuple[Medium, ...]]) -> Bubble:
    quoted_key, quoted = quotable.get(row.quoted_sid, ("", "")) if row.quoted_sid else ("", "")
    return Bubble(
        key=f"in-{row.id}",
        mine=True,
        at=row.stored_at,
        lines=tuple(row.body.splitlines()),
        tick="delivered" if row.state == InboundState.STORED else "read",
        sid=row.sid,
        kind=row.kind,
        quoted=quoted,
        quoted_key=quoted_key,
        forwarded=row.forwarded,
        tapped=bool(row.payload),
        media=media.get(row.id, ()),
        error=row.failure if row.state == InboundState.FAILED else "",
    )


def _of_outbound(row: Outbound) -> Bubble:
    return Bubble(
        key=f"out-{row.id}",
        mine=False,
        at=row.sent_at or row.created_at,
        lines=tuple(str(line) for line in row.lines),
        tick="waiting" if row.waits_since is not None else TICKS[OutboundState(row.state)],
        sid=row.sid or "",
        kind=row.kind,
        buttons=tuple(row.buttons),
        rows=tuple(row.rows),
        rows_title=row.rows_title,
        error=row.error,
        by=str(row.subject.get("by", "")) if row.kind == DESK_REPLY else "",
    )
