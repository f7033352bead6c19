"""What waits at the order desk for 30 working minutes is told to commercial, once, as few messages as it takes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import Inbound
from bot.notices import tell_function
from orders.schedule import plant_of_party
from people.model import Account, Function, Party
from routing import matters
from routing.model import Matter, MatterKind
from routing.staff_hours import hours_of_plant
from store.database import now
from store.holds import standstill

PATIENCE = timedelta(minutes=30)
"""Of the plant's working time."""
BATCH = 200
NAMED = 8
"""So many are named in one message; the rest is counted."""
# What no clerk can do anything about: the house's own machinery, and who talks with whom.
NOT_OF_THE_DESK = (MatterKind.MASTER_DATA, MatterKind.FAILED_JOB, MatterKind.TAKEN_OVER)


def tell_waiting(app: Munshi) -> int:
    """The duty: how many matters were told. Nothing is while we stand still.

    What somebody has taken is in a person's hands; but a person who wrote to a clerk waits for that clerk.
    """
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        due = _due(app, session)
    return sum(
        app.database.retrying(partial(_tell, app, plant=plant, simulated=simulated, ids=ids))
        for (plant, simulated), ids in due.items()
    )


def _due(app: Munshi, session: Session) -> Mapping[tuple[str, bool], Sequence[int]]:
    """Those that have waited so long, by plant and by whether they are a demonstration's."""
    present = now(session)
    waits = (Matter.owner.is_(None)) | (Matter.kind == MatterKind.UNANSWERED.value)
    found = session.scalars(
        select(Matter)
        .where(
            Matter.closed_at.is_(None),
            Matter.announced_at.is_(None),
            waits,
            Matter.opened_at <= present - PATIENCE,
            Matter.kind.not_in([kind.value for kind in NOT_OF_THE_DESK]),
        )
        .order_by(Matter.opened_at, Matter.id)
        .limit(BATCH)
    ).all()
    due: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for matter in found:
        plant = _plant(app, session, matter)
        hours = hours_of_plant(session, plant, timezone=app.settings.timezone)
        if hours.worked(matter.opened_at, present, at_most=PATIENCE) >= PATIENCE:
            due[plant, _simulated(session, matter)].append(matter.id)
    return due


def _tell(app: Munshi, session: Session, *, plant: str, simulated: bool, ids: Sequence[int]) -> int:
    claimed = [matter_id for matter_id in sorted(ids) if matters.announced(session, matter_id)]
    if not claimed:
        return 0
    named = [_named(session, session.get_one(Matter, matter_id)) for matter_id in claimed[:NAMED]]
    more = ["…"] if len(claimed) > NAMED else []
    tell_function(
        app,
        session,
        Function.COMMERCIAL,
        "notice.waits",
        party_code=None,
        simulated=simulated,
        plant=plant,
        count=len(claimed),
        list=", ".join([*named, *more]),
    )
    return len(claimed)


def _named(session: Session, matter: Matter) -> str:
    """`N123 (Agrawal Trading Company)`."""
    party = session.get(Party, matter.party_code) if matter.party_code else None
    account = session.get(Account, matter.account_id) if matter.account_id else None
    person = account.person if account is not None else None
    who = party.name if party is not None else person.name if person is not None else ""
    return f"{matter.number} ({who})" if who else matter.number


def _plant(app: Munshi, session: Session, matter: Matter) -> str:
    party = session.get(Party, matter.party_code) if matter.party_code else None
    return "" if party is None else plant_of_party(session, party, timezone=app.settings.timezone).code


def _simulated(session: Session, matter: Matter) -> bool:
    """Whether the talk it is about is one of the console's."""
    about = Inbound.id == matter.inbound_id if matter.inbound_id else Inbound.account_id == matter.account_id
    return bool(session.scalar(select(Inbound.simulated).where(about).order_by(Inbound.id.desc()).limit(1)))
