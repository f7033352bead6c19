"""Reading the papers a message brought: each is opened apart, and what stands on it becomes a message of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.channels.email import NAME as MAIL
from bot.intake import Incoming, take_in
from bot.model import Inbound, InboundMedia
from bot.papers import derived, opening
from bot.papers.derived import Source
from bot.papers.kinds import PaperKind, announced_kind, kind_of
from bot.papers.values import CannotRead, Origin, Refusal
from store.database import now
from store.holds import LOOK_AGAIN, standstill
from store.queue import Again, Queue, defer

log = structlog.get_logger()

JOB = "papers.read"
TEXT = "text"
"""The number of what stands in a mail itself, beside those of its files."""
UNTIL_FETCHED = timedelta(seconds=2)
PATIENCE = timedelta(hours=1)
"""What is not there by then will not come."""


def can_read(app: Munshi, announced: Mapping[str, str]) -> bool:
    """Whether an attachment, by what it is announced as, can be read here."""
    match announced_kind(announced.get("type", ""), announced.get("name", "")):
        case None:
            return False
        case PaperKind.PICTURE:
            return app.reads_pictures
        case PaperKind.VOICE:
            return app.transcriber is not None
        case _:
            return True


def ask_for(session: Session, inbound: Inbound) -> None:
    """Have the papers of a message read, once they are there."""
    defer(session, JOB, queue=Queue.READ, lock=f"papers:{inbound.id}", inbound_id=inbound.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """One attachment as it was fetched."""

    content: bytes | None
    content_type: str
    name: str
    refused: str = ""


def read(app: Munshi, inbound_id: int) -> None:
    """Read every paper of a message that is not read yet. Raises Again while one is not there, or all stands still."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            raise Again(LOOK_AGAIN)
        inbound = session.get_one(Inbound, inbound_id)
        source = _source(inbound)
        numbers = _to_be_read(app, inbound)
        mail = inbound.raw.get("mail", {}).get("text", "") if source.by_mail else ""
        mail = mail if any(map(str.isalpha, mail)) and not _is_read(session, inbound, TEXT) else ""
    if mail:
        _keep(app, source, derived.from_text(source, TEXT, mail, Origin.MAIL, beside=bool(inbound.media)))
    for number in numbers:
        part = app.database.retrying(lambda session, number=number: _unread(session, inbound_id, number))  # type: ignore[misc]
        if part is not None:
            _keep(app, source, _read(app, source, number, part))


def gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    """What could not be read for good: its sender is told, and a person sees it."""
    del error
    with app.database.transaction() as session:
        inbound = session.get_one(Inbound, inbound_id)
        for number in _to_be_read(app, inbound):
            if not _is_read(session, inbound, number):
                take_in(session, derived.not_read(_source(inbound), number, Refusal.FAILED))


def _to_be_read(app: Munshi, inbound: Inbound) -> list[int]:
    """The numbers of the attachments to be read.

    What was to be read when it came, and cannot be here and now, is tried all the same: then a person hears of it. Of
    a mail he has heard already.
    """
    here = [number for number, one in enumerate(inbound.media) if can_read(app, one)]
    if here or inbound.channel == MAIL:
        return here
    kinds = [announced_kind(one.get("type", ""), one.get("name", "")) for one in inbound.media]
    return [number for number, kind in enumerate(kinds) if kind is not None]


def _source(inbound: Inbound) -> Source:
    return Source(
        inbound_id=inbound.id,
        sid=inbound.sid,
        channel=inbound.channel,
        sender=inbound.sender,
        sent_at=inbound.sent_at,
        caption="" if inbound.channel == MAIL else inbound.body.strip(),
        by_mail=inbound.channel == MAIL,
        simulated=inbound.simulated,
        forwarded=inbound.forwarded,
    )


def _is_read(session: Session, inbound: Inbound, number: int | str) -> bool:
    sid = derived.derived_sid(inbound.sid, number)
    return session.scalar(select(Inbound.id).where(Inbound.channel == inbound.channel, Inbound.sid == sid)) is not None


def _unread(session: Session, inbound_id: int, number: int) -> _Part | None:
    """An attachment that is to be read; None when it has been. Raises Again while it is being fetched."""
    inbound = session.get_one(Inbound, inbound_id)
    if _is_read(session, inbound, number):
        return None
    part = session.get(InboundMedia, (inbound_id, number))
    announced = inbound.media[number]
    name = str(announced.get("name", ""))
    if part is None:
        if now(session) - inbound.stored_at < PATIENCE:
            raise Again(UNTIL_FETCHED)
        return _Part(content=None, content_type=str(announced.get("type", "")), name=name, refused="gone")
    return _Part(content=part.content, content_type=part.content_type, name=name, refused=part.refused)


def _read(app: Munshi, source: Source, number: int, part: _Part) -> Incoming:
    """What became of one paper. No transaction is open meanwhile."""
    if part.content is None:
        too_large = part.refused == Refusal.TOO_LARGE
        return derived.not_read(source, number, Refusal.TOO_LARGE if too_large else Refusal.GONE)
    kind = kind_of(part.content, content_type=part.content_type, name=part.name)
    try:
        found = _message(app, source, number, kind, part)
    except CannotRead as refusal:
        log.info("paper_not_read", inbound=source.inbound_id, kind=kind, reason=refusal.reason.value)
        return derived.not_read(source, number, refusal.reason)
    log.info("paper_read", inbound=source.inbound_id, kind=kind, characters=len(found.body))
    return found


def _message(app: Munshi, source: Source, number: int, kind: PaperKind | None, part: _Part) -> Incoming:
    assert part.content is not None
    if kind is None:
        raise CannotRead(Refusal.BROKEN)
    if kind is PaperKind.PICTURE and not app.reads_pictures:
        raise CannotRead(Refusal.FAILED)
    if kind is not PaperKind.VOICE:
        return derived.from_rows(source, number, opening.opened(kind, part.content))
    if app.transcriber is None:
        raise CannotRead(Refusal.FAILED)
    said = app.transcriber.text_of(part.content, part.content_type)
    return derived.from_text(source, number, said, Origin.VOICE)


def _keep(app: Munshi, source: Source, incoming: Incoming) -> None:
    """Unless whoever sent it was erased meanwhile: then it is nobody's any more."""

    def store(session: Session) -> None:
        inbound = session.get_one(Inbound, source.inbound_id, with_for_update=True)
        if inbound.sender == source.sender:
            take_in(session, incoming)

    app.database.retrying(store)
