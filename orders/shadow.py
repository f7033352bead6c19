"""Readings of customers in shadow: kept, and gathered for the comparison with what the ERP was told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp import entered as erp_entered
from erp import mirror
from orders.comparison import KeyedLine
from orders.model import SalesOrder, ShadowReading
from orders.rollout import KEYED_WITHIN, Comparison, Day, KeyedOrder, compare_days
from orders.shadow_lines import Ladders, Message, Wanted, as_read, wanted

TEXT = "text"
NOBODY = ""
"""The customer of what somebody of several firms wrote without saying for which."""


class Said(NamedTuple):
    """One reading, without the cost of a mapped row."""

    party_code: str
    day: date
    kind: str
    inbound_id: int
    said_at: datetime
    reading: Mapping[str, Any]


CHUNK = 200
"""So many customers are compared at a time, which bounds the memory it takes."""


def keep(
    session: Session,
    *,
    inbound_id: int,
    party_code: str,
    day: date,
    said_at: datetime,
    kind: str,
    revision: int,
    reading: Mapping[str, Any],
) -> None:
    """Keep what was read in a message; a message read again takes the place of its first reading."""
    row = {
        "inbound_id": inbound_id,
        "party_code": party_code,
        "day": day,
        "said_at": said_at,
        "kind": kind,
        "revision": revision,
        "reading": dict(reading),
    }
    new = {name: value for name, value in row.items() if name != "inbound_id"}
    session.execute(insert(ShadowReading).values(row).on_conflict_do_update(index_elements=["inbound_id"], set_=new))


def wanted_on(session: Session, party_code: str, day: date) -> tuple[Wanted, ...]:
    """What a customer has ordered so far on a day."""
    rows = session.scalars(
        select(ShadowReading).where(ShadowReading.party_code == party_code, ShadowReading.day == day)
    ).all()
    return wanted(map(_message, rows))


def known_until(session: Session, erp: str, *, timezone: str) -> date | None:
    """The day of which the ERP last told orders; None: it told none yet."""
    told = erp_entered.known_until(session, erp)
    return None if told is None else told.astimezone(ZoneInfo(timezone)).date()


def state(session: Session, *, since: date, until: date) -> tuple[object, ...]:
    """What changes whenever a comparison of these days may come out otherwise."""
    days = ShadowReading.day.between(since, until)
    count, newest = session.execute(select(func.count(), func.max(ShadowReading.inbound_id)).where(days)).one()
    return (count, newest, *erp_entered.versions(session))


def unnamed(session: Session, *, since: date, until: date) -> int:
    """Messages of people of several firms of which nobody knows for which they were."""
    days = ShadowReading.day.between(since, until)
    return session.scalar(select(func.count()).where(days, ShadowReading.party_code == NOBODY)) or 0


def compared(
    session: Session, erp: str, *, since: date, until: date, timezone: str, codes: Iterable[str] | None = None
) -> Iterator[tuple[str, Comparison]]:
    """Each of these customers (None: of all) that wrote from one day to another, compared with what was keyed."""
    last = known_until(session, erp, timezone=timezone)
    if last is None:
        return
    wrote = select(ShadowReading.party_code).where(
        ShadowReading.day.between(since, until), ShadowReading.party_code != NOBODY
    )
    if codes is not None:
        wrote = wrote.where(ShadowReading.party_code.in_(set(codes)))
    found = session.scalars(wrote.distinct().order_by(ShadowReading.party_code)).all()
    for chunk in (found[start : start + CHUNK] for start in range(0, len(found), CHUNK)):
        yield from _compared(session, chunk, since=since, until=until, last=last)


def _compared(
    session: Session, codes: Sequence[str], *, since: date, until: date, last: date
) -> Iterator[tuple[str, Comparison]]:
    readings: dict[str, list[Said]] = {}
    for row in _readings(session, since, until, codes):
        readings.setdefault(row.party_code, []).append(row)
    keyed = _entered(session, codes, since, until + KEYED_WITHIN)
    ladders = _ladders(session, [row for rows in readings.values() for row in rows], keyed)
    orders = _orders(keyed, ladders)
    for code, rows in readings.items():
        yield code, compare_days(_days(rows, ladders), orders.get(code, ()), known_until=last)


def _readings(session: Session, since: date, until: date, codes: Sequence[str]) -> Iterator[Said]:
    row = ShadowReading
    query = select(row.party_code, row.day, row.kind, row.inbound_id, row.said_at, row.reading).where(
        row.day.between(since, until), row.party_code.in_(codes)
    )
    return (Said(*found) for found in session.execute(query.order_by(row.party_code, row.day)))


def _entered(session: Session, codes: Iterable[str], since: date, until: date) -> list[erp_entered.EnteredLine]:
    """What was keyed by hand: our own orders are known as such by their numbers."""
    found = erp_entered.lines(session, codes, since=since, until=until)
    numbers = {line.number for line in found}
    ours = set(session.scalars(select(SalesOrder.erp_number).where(SalesOrder.erp_number.in_(numbers))))
    ours |= set(session.scalars(select(SalesOrder.number).where(SalesOrder.number.in_(numbers))))
    return [line for line in found if line.number not in ours]


def _ladders(
    session: Session, rows: Iterable[Said], keyed: Iterable[erp_entered.EnteredLine]
) -> dict[tuple[str, str], Decimal]:
    skus = {line["sku"] for row in rows for line in row.reading["lines"] if line["sku"]}
    skus |= {line.sku for line in keyed}
    return {
        (sku, uom): rung.factor for sku, ladder in mirror.uoms(session, skus).items() for uom, rung in ladder.items()
    }


def _orders(keyed: Iterable[erp_entered.EnteredLine], ladders: Ladders) -> dict[str, list[KeyedOrder]]:
    """By customer."""
    of_order: dict[tuple[str, str], list[erp_entered.EnteredLine]] = {}
    for line in keyed:
        of_order.setdefault((line.customer, line.number), []).append(line)
    found: dict[str, list[KeyedOrder]] = {}
    for (customer, number), lines in of_order.items():
        on = min(line.day for line in lines)
        rows = tuple(_keyed(line, ladders) for line in lines)
        found.setdefault(customer, []).append(KeyedOrder(number=number, on=on, lines=rows))
    return found


def _keyed(line: erp_entered.EnteredLine, ladders: Ladders) -> KeyedLine:
    base = line.quantity * ladders.get((line.sku, line.uom), Decimal(1))
    return KeyedLine(order=line.number, sku=line.sku, quantity=line.quantity, uom=line.uom, base=base)


def _days(readings: Iterable[Said], ladders: Ladders) -> list[Day]:
    by_day: dict[date, list[Said]] = {}
    for row in readings:
        by_day.setdefault(row.day, []).append(row)
    return [
        Day(
            on=day,
            read=tuple(as_read(line, ladders) for line in wanted(map(_message, rows))),
            no_text=any(row.kind != TEXT for row in rows),
        )
        for day, rows in by_day.items()
    ]


def _message(row: Said | ShadowReading) -> Message:
    return Message(inbound_id=row.inbound_id, said_at=row.said_at, reading=row.reading)
