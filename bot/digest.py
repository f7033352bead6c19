"""What staff would have heard while their plant was closed: kept as rows, told in one message when it opens."""

from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import KeptNotice
from bot.notices import channel_of, language_of
from bot.outgoing import queue
from bot.quiet import hours_of
from bot.replies import words
from bot.replies.words import short
from bot.turn import pages
from people.model import Person
from people.who import account_for, has_access
from routing.model import Matter
from routing.quiet import quiet_until
from store.database import now

log = structlog.get_logger()

BATCH = 200
LONGEST = 1400
"""One sentence must fit into a bubble: an ERP's reason can be long."""


def tell_kept(app: Munshi) -> int:
    """The duty: how many people were told what was kept for them. Each is claimed in a transaction of its own."""
    with app.database.transaction() as session:
        due = session.scalars(
            select(KeptNotice.person_id)
            .where(KeptNotice.told_at.is_(None), KeptNotice.due_at <= now(session))
            .group_by(KeptNotice.person_id)
            .limit(BATCH)
        ).all()
    return sum(app.database.retrying(partial(_tell, app, person_id=person_id)) for person_id in due)


def _tell(app: Munshi, session: Session, *, person_id: int) -> bool:
    kept = session.scalars(
        select(KeptNotice)
        .where(KeptNotice.person_id == person_id, KeptNotice.told_at.is_(None))
        .order_by(KeptNotice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    present = now(session)
    due = next((notice for notice in kept if notice.due_at <= present), None)
    if due is None:
        return False  # another clock was first
    person = session.get_one(Person, person_id)
    # The calendar may have changed meanwhile: the day has turned out a holiday.
    hours = hours_of(session, person, plant=due.plant, timezone=app.settings.timezone)
    still_closed = quiet_until(hours, present)
    if still_closed is not None:
        for notice in kept:
            notice.due_at = still_closed
        return False
    for notice in kept:
        notice.told_at = present
    _write(app, session, person, list(kept))
    log.info("digest_told", person=person_id, count=len(kept))
    return True


def _write(app: Munshi, session: Session, person: Person, kept: list[KeptNotice]) -> None:
    """In one bubble, or as few as it takes; but to nobody who has left, or has asked us not to write."""
    account = account_for(session, person)
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    if account.opted_out_at is not None or not has_access(person, today):
        return
    said = words(language_of(person))
    told = dict.fromkeys(_told(session, notice, said("digest.settled")) for notice in kept)
    sentences = [said("digest.heading", count=len(told)), *(f"• {text}" for text in told)]
    simulated = all(notice.simulated for notice in kept)
    for bubble in pages(sentences, language=said.catalogue, kind="digest"):
        queue(
            session,
            account_id=account.id,
            channel=channel_of(app, session, account, simulated=simulated),
            bubble=bubble,
            simulated=simulated,
        )


def _told(session: Session, notice: KeptNotice, settled: str) -> str:
    """What was dealt with meanwhile is told, and said to be."""
    sentence = short(notice.sentence, LONGEST)
    number = notice.reference.removeprefix("N")
    matter = session.get(Matter, int(number)) if number.isdecimal() else None
    return f"{sentence} {settled}" if matter is not None and matter.closed_at is not None else sentence
