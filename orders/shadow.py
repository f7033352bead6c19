"""Readings of customers in shadow: kept, and gathered for the comparison with what the ERP was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp import entered as erp_entered
from erp import mirror
from orders.comparison import KeyedLine
from orders.model import SalesOrder, ShadowReading
from orders.rollout import KEYED_WITHIN, Comparison, Day, KeyedOrder, compare_days
from orders.shadow_lines import Ladders, Message, Wanted, as_read, wanted

TEXT = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """What was found for each customer that wrote something, and of which day the ERP last told."""

    customers: Mapping[str, Comparison]
    known_until: date | None
    unnamed: int
    """Messages of people of several firms of which nobody knows for which they were."""


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


def rollout(
    session: Session, erp: str, *, since: date, until: date, timezone: str, codes: Iterable[str] | None = None
) -> Rollout:
    """Compare the readings of these customers (None: of all) with what was keyed, from one day to another."""
    rows = _readings(session, since, until, codes)
    by_party: dict[str, list[ShadowReading]] = {}
    for row in rows:
        by_party.setdefault(row.party_code, []).append(row)
    unnamed = len(by_party.pop("", ()))
    told = erp_entered.known_until(session, erp)
    if told is None:
        return Rollout(customers={}, known_until=None, unnamed=unnamed)
    known_until = told.astimezone(ZoneInfo(timezone)).date()
    keyed = _entered(session, by_party, since, until + KEYED_WITHIN)
    ladders = _ladders(session, rows, keyed)
    orders = _orders(keyed, ladders)
    return Rollout(
        customers={
            code: compare_days(_days(readings, ladders), orders.get(code, ()), known_until=known_until)
            for code, readings in by_party.items()
        },
        known_until=known_until,
        unnamed=unnamed,
    )


def _readings(session: Session, since: date, until: date, codes: Iterable[str] | None) -> Sequence[ShadowReading]:
    query = select(ShadowReading).where(ShadowReading.day >= since, ShadowReading.day <= until)
    if codes is not None:
        query = query.where(ShadowReading.party_code.in_(set(codes)))
    return session.scalars(query.order_by(ShadowReading.party_code, ShadowReading.day)).all()


def _entered(session: Session, codes: Iterable[str], since: date, until: date) -> list[erp_entered.EnteredLine]:
    """What was keyed by hand: our own orders are known as such by their numbers."""
    found = erp_entered.lines(session, codes, since=since, until=until)
    numbers = {line.number for line in found}
    ours = set(session.scalars(select(SalesOrder.erp_number).where(SalesOrder.erp_number.in_(numbers))))
    ours |= set(session.scalars(select(SalesOrder.number).where(SalesOrder.number.in_(numbers))))
    return [line for line in found if line.number not in ours]


def _ladders(
    session: Session, rows: Iterable[ShadowReading], keyed: Iterable[erp_entered.EnteredLine]
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


def _days(readings: Iterable[ShadowReading], ladders: Ladders) -> list[Day]:
    by_day: dict[date, list[ShadowReading]] = {}
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


def _message(row: ShadowReading) -> Message:
    return Message(inbound_id=row.inbound_id, said_at=row.said_at, reading=row.reading)
