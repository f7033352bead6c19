"""When an order's goods leave: what the mirror knows of its plant and route, put to the rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from datetime import time as clock_time

from sqlalchemy.orm import Session

from erp import mirror
from orders.dispatch import Dispatch, Timetable, next_dispatch
from orders.model import OrderDraft, OrderLine, SalesOrder
from people.model import Address, Party
from routing.plants import PlantTime, plant_time
from store.database import now

Runs = Mapping[int, clock_time | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When the goods of an order leave; lines asked for another day have their own. None: it cannot be told."""

    order: Dispatch | None = None
    lines: Mapping[int, Dispatch] = field(default_factory=dict)
    """By line number."""

    @property
    def on(self) -> date | None:
        """The order's day."""
        return None if self.order is None else self.order.on


def schedule(session: Session, draft: OrderDraft, *, timezone: str) -> Schedule:
    """When a draft's goods would leave if it were confirmed now. `timezone` is the setting's."""
    days = {line.no: line.requested_on for line in draft.lines if not line.left_out}
    return _schedule(session, draft.party_code, draft.ship_to, draft.requested_on, days, timezone=timezone)


def show(session: Session, draft: OrderDraft, *, timezone: str) -> Schedule:
    """The same, remembered as what its sender is shown."""
    found = schedule(session, draft, timezone=timezone)
    draft.next_dispatch_on = found.on
    for line in draft.lines:
        line.next_dispatch_on = found.lines[line.no].on if line.no in found.lines else None
    return found


def has_moved(draft: OrderDraft, found: Schedule) -> bool:
    """Whether what was asked for a day would leave on another one than its sender was shown."""
    if draft.requested_on is not None and draft.next_dispatch_on != found.on:
        return True
    shown = {line.no: line.next_dispatch_on for line in draft.lines}
    return any(shown[no] != dispatch.on for no, dispatch in found.lines.items())


def again(session: Session, order: SalesOrder, *, timezone: str) -> None:
    """Count the dispatch day of an order that was kept back anew: the one it was confirmed with may be over."""
    lines: list[OrderLine] = list(order.lines)
    days = {line.no: line.requested_on for line in lines}
    found = _schedule(session, order.party_code, order.ship_to, order.requested_on, days, timezone=timezone)
    order.next_dispatch_on = found.on


def plant_of_party(session: Session, party: Party, *, timezone: str) -> PlantTime:
    """The clock of the plant that supplies a firm."""
    return plant_time(session, mirror.plant_of(session, party.warehouse), timezone=timezone)


def _schedule(
    session: Session,
    party_code: str,
    ship_to: str | None,
    requested_on: date | None,
    line_days: Mapping[int, date | None],
    *,
    timezone: str,
) -> Schedule:
    party = session.get_one(Party, party_code)
    timetable = _timetable(session, party, ship_to, timezone=timezone)
    if timetable is None:
        return Schedule()
    own = {no: day for no, day in line_days.items() if day is not None and day != requested_on}
    if requested_on is None and own and len(own) == len(line_days):
        requested_on = min(own.values())
    moment = now(session)
    lines = {no: next_dispatch(timetable, requested_on=day, moment=moment) for no, day in own.items()}
    return Schedule(
        order=next_dispatch(timetable, requested_on=requested_on, moment=moment),
        lines={no: dispatch for no, dispatch in lines.items() if dispatch is not None},
    )


def _timetable(session: Session, party: Party, ship_to: str | None, *, timezone: str) -> Timetable | None:
    """None where nothing, or too little, is known: then no day is named."""
    route = _route(session, party, ship_to)
    rows = mirror.routes(session, route) if route else []
    plant = mirror.plant_of(session, party.warehouse) or _only({row.plant for row in rows if row.plant})
    known = plant_time(session, plant, timezone=timezone)
    runs: Runs | None = {row.weekday: row.cutoff for row in rows if row.plant in ("", known.code)} if route else None
    if known.missing or (route and not runs):
        return None
    if known.hours is None and runs is None and known.cutoff is None:
        return None
    return Timetable(timezone=known.timezone, hours=known.hours, runs=runs, cutoff=known.cutoff)


def _route(session: Session, party: Party, ship_to: str | None) -> str:
    """The route of the place, else the customer's."""
    place = session.get(Address, (party.code, ship_to)) if ship_to else None
    return (place.route if place is not None else "") or party.route


def _only(plants: set[str]) -> str:
    """The plant a route starts from, when it is one."""
    return next(iter(plants)) if len(plants) == 1 else ""
