"""What was read from a paper as a message of its own: of the same sender, beside the message that brought the paper.

So it is heard in its turn, waits for its firm, is shown in the chat and forgotten like anything its sender wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.intake import Incoming
from bot.model import Inbound
from bot.papers.opening import Opened, rows_of
from bot.papers.values import RECOGNISED, Origin, Refusal
from nlp.tables import Row, text_of

KIND = "paper"
LONGEST_TEXT = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The message that brought a paper."""

    inbound_id: int
    sid: str
    """As it is named among an order's messages."""
    channel: str
    sender: str
    sent_at: datetime
    caption: str
    by_mail: bool
    simulated: bool
    forwarded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """What a message of kind `paper` holds beside its text."""

    of: int
    """The message that brought it."""
    sid: str
    origin: Origin | None = None
    refused: Refusal | None = None
    rows: tuple[Row, ...] = ()
    by_mail: bool = False
    caption: str = ""
    beside: bool = False
    """The text of a mail whose attachments are papers of their own: if it orders nothing, nothing is missing."""


def paper_of(inbound: Inbound) -> Paper | None:
    """The paper a message was read from; None for what somebody wrote."""
    if inbound.kind != KIND:
        return None
    stored = inbound.raw.get(KIND, {})
    return Paper(
        of=int(stored["of"]),
        sid=str(stored["sid"]),
        origin=Origin(stored["origin"]) if stored.get("origin") else None,
        refused=Refusal(stored["refused"]) if stored.get("refused") else None,
        rows=rows_of(stored.get("rows", ())),
        by_mail=bool(stored.get("by_mail")),
        caption=str(stored.get("caption", "")),
        beside=bool(stored.get("beside")),
    )


def came_by_mail(inbound: Inbound) -> bool:
    """Whether it was read from a mail: that opens nobody's window on WhatsApp."""
    return inbound.kind == KIND and bool(inbound.raw.get(KIND, {}).get("by_mail"))


def origin_of(inbound: Inbound) -> str:
    """What its words were read from, as draft lines keep it; empty for what was written."""
    origin = str(inbound.raw.get(KIND, {}).get("origin") or "") if inbound.kind == KIND else ""
    return Origin.MAIL.value if origin and came_by_mail(inbound) and origin not in RECOGNISED else origin


def message_id(inbound: Inbound) -> str:
    """The provider's id of what its sender sent."""
    return str(inbound.raw.get(KIND, {}).get("sid") or inbound.sid) if inbound.kind == KIND else inbound.sid


def derived_sid(sid: str, number: int | str) -> str:
    """The id under which a paper's message is kept: once, however often it is read."""
    return f"{sid}#{number}"


def from_rows(source: Source, number: int, found: Opened) -> Incoming:
    """What stood on a paper."""
    text = "\n".join(part for part in (source.caption, text_of(found.rows)) if part)
    stored = [[[cell.text, cell.left, cell.right, cell.top] for cell in row] for row in found.rows]
    return _incoming(source, number, text, {"origin": found.origin.value, "rows": stored})


def from_text(source: Source, number: int | str, text: str, origin: Origin, *, beside: bool = False) -> Incoming:
    """What was said or written: a voice note, the text of a mail."""
    said = "\n".join(part for part in (source.caption, text) if part)
    return _incoming(source, number, said, {"origin": origin.value, "beside": beside})


def not_read(source: Source, number: int, reason: Refusal) -> Incoming:
    """A paper that could not be read; what was written under it still counts."""
    return _incoming(source, number, source.caption, {"refused": reason.value})


def _incoming(source: Source, number: int | str, text: str, facts: Mapping[str, Any]) -> Incoming:
    about = {"of": source.inbound_id, "sid": source.sid, "by_mail": source.by_mail, "caption": source.caption}
    return Incoming(
        channel=source.channel,
        sid=derived_sid(source.sid, number),
        sender=source.sender,
        sent_at=source.sent_at,
        kind=KIND,
        body=text[:LONGEST_TEXT],
        raw={KIND: {**about, **facts}},
        forwarded=source.forwarded,
        simulated=source.simulated,
    )
