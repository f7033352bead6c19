"""The digest of each plant: on every day it works its planning and dispatch are told what was ordered of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.links import signed_link
from bot.model import PlantDigest
from bot.notices import language_of, tell
from bot.replies import words
from bot.replies.plant_day import said_of
from bot.settings import OFF
from bot.turn import pages
from erp import mirror
from orders.plant_day import plant_day
from people.model import Function, Person, Role
from people.who import answering
from routing.daily import day_owed
from routing.plants import plant_time
from routing.quiet import by_day, quiet_until
from routing.working_hours import WorkingHours
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

LINK_LASTS = timedelta(days=7)
SHEET = "/digests/sheet.csv"
FIRST_LOOKS_BACK = timedelta(days=1)
COMMITTED = timedelta(minutes=1)
"""What was confirmed within it may not be seen yet: it is left to the next digest, and so never to none."""


def tell_plants(app: Munshi) -> int:
    """The duty: how many plants were told. Each is claimed and told in one transaction of its own."""
    if app.settings.digest_at == OFF:
        return 0
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        owed = [plant.code for plant in mirror.plants(session) if _owed(app, session, plant.code) is not None]
    return sum(app.database.retrying(partial(_tell, app, plant=code)) for code in owed)


def _owed(app: Munshi, session: Session, plant: str) -> date | None:
    """The day it is to be told for now; within the hours in which its people may be written to."""
    working = _hours(session, plant, timezone=app.settings.timezone)
    present = now(session)
    last = session.scalars(
        select(PlantDigest.day).where(PlantDigest.plant == plant).order_by(PlantDigest.day.desc()).limit(1)
    ).first()
    day = day_owed(working, at=time.fromisoformat(app.settings.digest_at), moment=present, last=last)
    awake = working if working.hours_told else replace(working, weekly=by_day(working.timezone).weekly)
    return None if day is None or quiet_until(awake, present) is not None else day


def _hours(session: Session, plant: str, *, timezone: str) -> WorkingHours:
    found = plant_time(session, plant, timezone=timezone)
    return found.hours or by_day(found.timezone)


def _tell(app: Munshi, session: Session, *, plant: str) -> bool:
    day = _owed(app, session, plant)
    if day is None or standstill(session).everything:
        return False
    present = now(session)
    before = session.scalars(
        select(PlantDigest.until).where(PlantDigest.plant == plant).order_by(PlantDigest.day.desc()).limit(1)
    ).first()
    since = before or present - FIRST_LOOKS_BACK
    until = max(since, present - COMMITTED)
    row = insert(PlantDigest).values(plant=plant, day=day, since=since, until=until, told_at=present, told=0, sheet="")
    claimed = session.execute(row.on_conflict_do_nothing().returning(PlantDigest.day)).first()
    if claimed is None:
        return False  # another clock was first
    _forget_old_sheets(session, plant, before=present - LINK_LASTS)
    told = session.get_one(PlantDigest, (plant, day))
    told.told = _write(app, session, told)
    log.info("plant_digest_told", plant=plant, day=str(day), count=told.told)
    return told.told > 0


def _forget_old_sheets(session: Session, plant: str, *, before: datetime) -> None:
    """Nobody can open them any more."""
    old = update(PlantDigest).where(PlantDigest.plant == plant, PlantDigest.told_at < before, PlantDigest.sheet != "")
    session.execute(old.values(sheet=""))


def _write(app: Munshi, session: Session, told: PlantDigest) -> int:
    """How many were told; nobody is of a day on which nothing was ordered and nothing is open."""
    timezone = app.settings.timezone
    zone = plant_time(session, told.plant, timezone=timezone).timezone
    found = plant_day(session, told.plant, since=told.since, until=told.until, day=told.day)
    told.sheet = found.sheet
    if found.empty:
        return 0
    name = next((one.name for one in mirror.plants(session) if one.code == told.plant), "") or told.plant
    link = sheet_link(app, told, present=told.told_at)
    count = 0
    for person in _readers(session, told.plant, timezone=timezone):
        sentences = said_of(words(language_of(person)), found, plant=name, since=told.since, zone=zone, link=link)
        count += _tell_one(app, session, person, sentences)
    return count


def _tell_one(app: Munshi, session: Session, person: Person, sentences: Sequence[str]) -> bool:
    catalogue = words(language_of(person)).catalogue
    bubbles = pages(sentences, language=catalogue, kind="plant_digest")
    said = [tell(app, session, person, bubble, simulated=False) for bubble in bubbles]
    return None not in said


def sheet_link(app: Munshi, told: PlantDigest, *, present: datetime) -> str:
    """Where its list is, for a week."""
    facts = {"plant": told.plant, "day": told.day.isoformat()}
    return signed_link(app.settings, SHEET, facts, ends=present + LINK_LASTS)


def unread(session: Session, *, timezone: str) -> list[str]:
    """The plants whose digest nobody would hear."""
    return [one.code for one in mirror.plants(session) if not list(_readers(session, one.code, timezone=timezone))]


def _readers(session: Session, plant: str, *, timezone: str) -> Iterable[Person]:
    """Its planning and dispatch; who belongs to another plant is left in peace."""
    alone = len(mirror.plants(session)) == 1
    found = {
        person.id: person
        for function in (Function.PLANNING, Function.DISPATCH)
        for person in answering(session, function, timezone=timezone, plant=plant)
        if (alone or person.plant in ("", plant)) and set(person.roles) != {Role.DRIVER.value}
    }
    return found.values()
