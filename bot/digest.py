"""What staff would have heard while their plant was closed: kept as rows, told in one message when it opens."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import COPY, KeptNotice
from bot.notices import language_of, write_to
from bot.replies import words
from bot.replies.words import short
from bot.turn import pages
from people.model import Person
from people.who import account_for, has_access
from routing.model import Matter
from routing.quiet import quiet_until
from routing.staff_hours import hours_of
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

BATCH = 200
LONGEST = 1400
"""One sentence must fit into a bubble: an ERP's reason can be long."""


def tell_kept(app: Munshi) -> int:
    """The duty: how many people were told what was kept for them. Each is claimed in a transaction of its own.

    Nobody is while we stand still: what is settled meanwhile is to be said so.
    """
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
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
    if standstill(session).everything or not any(notice.due_at <= present for notice in kept):
        return False  # another clock was first
    person = session.get_one(Person, person_id)
    told = _of_open_plants(app, session, person, kept, present)
    for simulated in (False, True):
        _write(app, session, person, [notice for notice in told if notice.simulated == simulated])
    if told:
        log.info("digest_told", person=person_id, count=len(told))
    return bool(told)


def _of_open_plants(
    app: Munshi, session: Session, person: Person, kept: Sequence[KeptNotice], present: datetime
) -> list[KeptNotice]:
    """What may be told now, marked so; the rest waits. The calendar may have changed: the day turned out a holiday."""
    timezone = app.settings.timezone
    closed_until = {
        plant: quiet_until(hours_of(session, person, plant=plant, timezone=timezone), present)
        for plant in {notice.plant for notice in kept}
    }
    told = []
    for notice in kept:
        still_closed = closed_until[notice.plant]
        if still_closed is None:
            notice.told_at = present
            told.append(notice)
        else:
            notice.due_at = still_closed
    return told


def _write(app: Munshi, session: Session, person: Person, kept: list[KeptNotice]) -> None:
    """In one bubble, or as few as it takes; but to nobody who has left, or has asked us not to write.

    All of it is simulated, or none.
    """
    if not kept:
        return
    account = account_for(session, person)
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    if account.opted_out_at is not None or not has_access(person, today):
        return
    said = words(language_of(person))
    told = dict.fromkeys(_told(session, notice, said("digest.settled")) for notice in kept)
    listed, simulated = [f"• {text}" for text in told], kept[0].simulated
    if all(notice.topic == COPY for notice in kept):
        heading = said("copy.heading", count=len(told))
        bubbles = pages([heading, *listed], language=said.catalogue, kind="rep_copy")
    else:
        heading = said("digest.heading", count=len(told))
        bubbles = pages([heading, *listed], language=said.catalogue, kind="digest")
    for bubble in bubbles:
        write_to(app, session, account, bubble, simulated=simulated)


def _told(session: Session, notice: KeptNotice, settled: str) -> str:
    """What was dealt with meanwhile is told, and said to be."""
    sentence = short(notice.sentence, LONGEST)
    number = notice.reference.removeprefix("N")
    matter = session.get(Matter, int(number)) if number.isdecimal() else None
    return f"{sentence} {settled}" if matter is not None and matter.closed_at is not None else sentence
