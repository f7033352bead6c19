"""The duty that looks into the mailbox: each mail is stored, once, before it is marked as read."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.channels.email import NAME, ImapBox, Mail, MailAway, OpenBox, mail_of
from bot.intake import Incoming, storable, take_in
from bot.model import Inbound, InboundMedia, Mailbox
from bot.papers.values import Refusal
from store.database import now

log = structlog.get_logger()


def look(app: Munshi) -> int:
    """Store what has come since the last look; how many mails. What goes wrong is kept, and looked at again."""
    if app.mailbox is None:
        return 0
    trouble = ""
    try:
        taken = _look(app, app.mailbox)
    except MailAway as away:
        taken, trouble = 0, str(away)
        log.warning("mail_not_read", reason=trouble)
    name = app.mailbox.name
    app.database.retrying(lambda session: _note(session, name, trouble))
    return taken


def _look(app: Munshi, box: ImapBox) -> int:
    opened = box.opened()
    try:
        with app.database.transaction() as session:
            known = session.get(Mailbox, box.name)
        same = known is not None and known.uid_validity == opened.validity
        # With a new numbering, only what nobody has seen is looked at: the Message-ID tells what is here already.
        last = known.last_uid if known is not None and same else None
        return sum(_take(app, box, opened, number) for number in opened.waiting(last))
    finally:
        opened.close()


def _take(app: Munshi, box: ImapBox, opened: OpenBox, number: int) -> bool:
    mail = mail_of(opened.content(number), fallback=f"uid:{box.name}:{opened.validity}:{number}")
    stored = app.database.retrying(lambda session: _store(session, box, opened.validity, number, mail))
    opened.seen(number)
    log.info("mail_taken_in", number=number, new=stored, attachments=len(mail.attachments), automatic=mail.automatic)
    return stored


def _store(session: Session, box: ImapBox, validity: int, number: int, mail: Mail) -> bool:
    """The mail with its files and how far the mailbox has been read, in one transaction; False for one that is here."""
    reached = insert(Mailbox).values(
        name=box.name, uid_validity=validity, last_uid=number, looked_at=now(session), trouble=""
    )
    further = (Mailbox.uid_validity != validity) | (Mailbox.last_uid < number)
    session.execute(
        reached.on_conflict_do_update(
            index_elements=["name"], set_={"uid_validity": validity, "last_uid": number}, where=further
        )
    )
    inbound_id = take_in(session, _incoming(mail, sid=_sid(session, mail)))
    if inbound_id is None:
        return False
    for place, file in enumerate(mail.attachments):
        session.add(
            InboundMedia(
                inbound_id=inbound_id,
                no=place,
                content_type=file.content_type,
                content=file.content,
                refused="" if file.content is not None else Refusal.TOO_LARGE.value,
            )
        )
    return True


def _sid(session: Session, mail: Mail) -> str:
    """Its Message-ID; of another mail that bears the same one, with what tells them apart: none is lost."""
    raw = session.scalar(select(Inbound.raw).where(Inbound.channel == NAME, Inbound.sid == storable(mail.sid)))
    if raw is None or raw.get("mail", {}).get("digest") == mail.digest:
        return mail.sid
    return f"{mail.sid} {mail.digest}"


def _incoming(mail: Mail, *, sid: str) -> Incoming:
    about = {
        "digest": mail.digest,
        "subject": mail.subject,
        "text": mail.text,
        "automatic": mail.automatic,
        "left_out": mail.left_out,
    }
    return Incoming(
        channel=NAME,
        sid=sid,
        sender=mail.sender,
        sent_at=mail.sent_at,
        profile_name=mail.name,
        kind="mail",
        body="\n\n".join(part for part in (mail.subject, mail.text) if part),
        media=tuple({"url": "", "type": file.content_type, "name": file.name} for file in mail.attachments),
        raw={"mail": about},
    )


def _note(session: Session, name: str, trouble: str) -> None:
    row = insert(Mailbox).values(name=name, uid_validity=0, last_uid=0, looked_at=now(session), trouble=trouble)
    session.execute(
        row.on_conflict_do_update(index_elements=["name"], set_={"looked_at": now(session), "trouble": trouble})
    )
