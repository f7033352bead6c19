"""The weekly digest of leakage: once a week the head of sales of each plant is told what went below list, and creep.

The head of sales is who has the role approver:3 at the plant, or at none; where nobody has, its plant head.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import LeakageDigest
from bot.notices import language_of, tell
from bot.replies import words
from bot.replies.leakage import Week, said_of
from bot.settings import OFF
from bot.turn import pages
from erp import mirror
from orders.creep import A_WEEK
from orders.creep_facts import creep
from orders.creep_names import names_in
from orders.leakage import Span, leakage
from orders.register import EVERY_PLANT
from people.model import Person, Role
from people.who import has_access
from routing.daily import week_owed
from routing.staff_hours import hours_of_plant
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

PAGE = "/leakage/"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HEADS = (Role.APPROVER_3, Role.PLANT_HEAD)


def tell_leakage(app: Munshi) -> int:
    """The duty: how many plants were told. Each is claimed and told in one transaction of its own."""
    if app.settings.leakage_day == OFF:
        return 0
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        owed = [plant.code for plant in mirror.plants(session) if _owed(app, session, plant.code) is not None]
    return sum(app.database.retrying(partial(_tell, app, plant=code)) for code in owed)


def _owed(app: Munshi, session: Session, plant: str) -> date | None:
    """The Monday of the week it is to be told of now."""
    last = session.scalars(
        select(LeakageDigest.week).where(LeakageDigest.plant == plant).order_by(LeakageDigest.week.desc()).limit(1)
    ).first()
    hours = hours_of_plant(session, plant, timezone=app.settings.timezone)
    weekday = WEEKDAYS.index(app.settings.leakage_day) + 1
    return week_owed(hours, weekday=weekday, moment=now(session), last=last)


def _tell(app: Munshi, session: Session, *, plant: str) -> bool:
    week = _owed(app, session, plant)
    if week is None or standstill(session).everything:
        return False
    row = insert(LeakageDigest).values(plant=plant, week=week, told_at=now(session), told=0, rupees=0)
    claimed = session.execute(row.on_conflict_do_nothing().returning(LeakageDigest.week)).first()
    if claimed is None:
        return False  # another clock was first
    told = session.get_one(LeakageDigest, (plant, week))
    found = _week(app, session, plant, week)
    told.rupees = found.leakage.total
    if found.leakage.sold or found.creep:
        readers = _readers(session, plant, timezone=app.settings.timezone)
        told.told = sum(_tell_one(app, session, person, found) for person in readers)
    log.info("leakage_digest_told", plant=plant, week=str(week), count=told.told)
    return told.told > 0


def _week(app: Munshi, session: Session, plant: str, week: date) -> Week:
    """Orders without a plant are those of the only one there is."""
    plants = mirror.plants(session)
    zone = ZoneInfo(hours_of_plant(session, plant, timezone=app.settings.timezone).timezone)
    span = Span(first=week, until=week + A_WEEK, zone=zone, plant=EVERY_PLANT if len(plants) == 1 else plant)
    found = leakage(session, span)
    before = leakage(session, replace(span, first=week - A_WEEK, until=week))
    crept = creep(session, until=span.until, zone=zone, plant=span.plant)
    address = app.settings.public_url or f"http://{app.settings.host}:{app.settings.port}"
    return Week(
        plant=next((one.name for one in plants if one.code == plant), "") or plant,
        monday=week,
        leakage=found,
        before=before.total,
        creep=crept,
        names=names_in(session, crept, customers=found.customers, persons=found.reps, skus=found.skus),
        link=f"{address}{PAGE}?until={span.until}&plant={span.plant}",
    )


def _tell_one(app: Munshi, session: Session, person: Person, week: Week) -> bool:
    said = words(language_of(person))
    bubbles = pages(said_of(said, week), language=said.catalogue, kind="leakage_digest")
    return None not in [tell(app, session, person, bubble, simulated=False) for bubble in bubbles]


def unread(session: Session, *, timezone: str) -> list[str]:
    """The plants whose digest nobody would hear."""
    return [one.code for one in mirror.plants(session) if not _readers(session, one.code, timezone=timezone)]


def _readers(session: Session, plant: str, *, timezone: str) -> Sequence[Person]:
    """Its head of sales, else its plant head; who may not see money hears nothing of it."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    alone = len(mirror.plants(session)) == 1
    for role in HEADS:
        people = session.scalars(select(Person).where(Person.roles.contains([role.value])).order_by(Person.id))
        found = [
            person
            for person in people
            if has_access(person, today)
            and person.sees_money
            and not person.shared
            and (alone or person.plant in ("", plant))
        ]
        if found:
            return found
    return ()
