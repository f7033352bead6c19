"""Silent creep of thirteen weeks: the rows the rules of `orders/creep.py` and `creep_asked.py` are asked about.

What is read grows with what leaked and was asked, not with what was sold; the value of each customer's orders alone is
summed over all orders of the weeks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Limit
from orders.creep import (
    A_WEEK,
    GRANTS,
    HABIT_TIMES,
    WEEKS,
    ZERO,
    Bought,
    Counted,
    Customer,
    Finding,
    Ground,
    Part,
    Row,
    better_tiers,
    counted,
    grouped,
    habits,
    lists_earned,
    other_firms,
    stacked,
)
from orders.creep_asked import (
    Asked,
    Decision,
    Thresholds,
    claimed_schemes,
    just_below,
    last_asked,
    quick_yes,
    split_orders,
)
from orders.leakage import Leak, Span, leaks_of_note
from orders.register import EVERY_PLANT
from people.model import Person

Line = tuple[str, int]
"""Order number and line."""

LINES = """
SELECT o.number AS order, l.no AS line, (o.confirmed_at AT TIME ZONE :zone)::date AS day, o.party_code AS customer,
       o.person_id, l.sku, l.uom, l.quantity, l.list_price, l.price, x.price AS earned_price
  FROM sales_orders o
  JOIN order_lines l ON l.order_number = o.number AND NOT l.free
  LEFT JOIN unnest(CAST(:customers AS text[]), CAST(:lists AS text[])) AS e(customer, price_list)
    ON e.customer = o.party_code
  JOIN parties q ON q.code = o.party_code
  LEFT JOIN warehouses w ON w.code = q.warehouse
  LEFT JOIN LATERAL (
    SELECT round(p.price / CASE WHEN p.tax_included THEN 1 + coalesce(l.tax_rate, 0) / 100 ELSE 1 END, 2) AS price
      FROM prices p
     WHERE p.price_list = e.price_list AND p.sku = l.sku AND p.uom = l.uom AND p.min_qty <= greatest(l.quantity, 1)
       AND (p.valid_from IS NULL OR p.valid_from <= (o.confirmed_at AT TIME ZONE :zone)::date)
       AND (p.valid_to IS NULL OR p.valid_to >= (o.confirmed_at AT TIME ZONE :zone)::date)
       AND p.listed AND p.plant IN ('', coalesce(o.plant, w.plant, ''))
     ORDER BY p.plant DESC, p.min_qty DESC, p.valid_from DESC NULLS LAST LIMIT 1) x ON true
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
   AND o.state NOT IN ('cancelled', 'rejected') AND l.list_price > 0
   AND (:plant = '*' OR coalesce(o.plant, w.plant, '') = :plant)
   AND (e.customer IS NOT NULL OR o.party_code = ANY(:firms)
        OR (o.party_code, l.sku) IN (SELECT * FROM unnest(CAST(:of AS text[]), CAST(:skus AS text[]))))
 ORDER BY o.confirmed_at, o.number, l.no
"""

VALUES = """
SELECT order_number, sum(list_price * quantity) AS value FROM order_lines
 WHERE order_number = ANY(:orders) AND NOT free GROUP BY order_number
"""

# Of an ERP that hands over its history the larger of both counts: some order here, others by telephone.
CUSTOMERS = """
SELECT p.code, p.tier, p.price_list, greatest(coalesce(ours.value, 0), coalesce(theirs.value, 0)) AS value,
       NOT (EXISTS (SELECT FROM sales_orders b WHERE b.party_code = p.code AND b.confirmed_at < :since)
            OR EXISTS (SELECT FROM history_lines b WHERE b.customer = p.code AND b.date < :first)) AS new
  FROM parties p
  LEFT JOIN (SELECT o.party_code, sum(o.total) AS value FROM sales_orders o
              WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
                AND o.state NOT IN ('cancelled', 'rejected') GROUP BY o.party_code) ours ON ours.party_code = p.code
  LEFT JOIN (SELECT h.customer, sum(h.qty * h.price) AS value FROM history_lines h
              WHERE h.date >= :first AND h.date < :last AND NOT h.free GROUP BY h.customer) theirs
    ON theirs.customer = p.code
 WHERE p.active
"""

ASKED = """
SELECT r.id AS request, r.draft_id AS draft, (r.asked_at AT TIME ZONE :zone)::date AS day, r.party_code AS customer,
       r.person_id, l.line_no AS line, l.sku, l.list_price * l.quantity AS value,
       greatest(l.list_price - l.effective, 0) * l.quantity AS off, coalesce(l.asked_free, 0) > 0 AS claims_free,
       coalesce(l.decision, '') = 'granted' AS by_own_limit, coalesce(a.used_order, '') AS order,
       coalesce(a.used_line, 0) AS order_line
  FROM price_requests r
  JOIN price_request_lines l ON l.request_id = r.id
  JOIN parties p ON p.code = r.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
  LEFT JOIN approvals a ON a.request_id = r.id AND a.line_no = l.line_no AND a.used_order IS NOT NULL
 WHERE r.asked_at >= :since AND r.asked_at < :until AND (:plant = '*' OR coalesce(w.plant, '') = :plant)
 ORDER BY r.id, l.line_no
"""

# The clock of an answer begins when he who gave it was at work.
DECIDED = """
SELECT a.answered_by AS person_id, extract(epoch FROM a.answered_at - coalesce(seen.at, a.step_opened_at)) AS seconds,
       a.answer, r.id AS request
  FROM price_requests r
  JOIN asks a ON a.id = r.ask_id
  JOIN parties p ON p.code = r.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
  LEFT JOIN LATERAL (SELECT max(s.sees_at) AS at FROM asked_persons s
                      WHERE s.ask_id = a.id AND s.person_id = a.answered_by AND s.sees_at <= a.answered_at) seen ON true
 WHERE r.asked_at >= :since AND r.asked_at < :until AND a.answered_by IS NOT NULL
   AND (:plant = '*' OR coalesce(w.plant, '') = :plant)
 ORDER BY a.id
"""

FIRMS = """
SELECT s.id, array_agg(DISTINCT p.code ORDER BY p.code) AS firms
  FROM persons s JOIN LATERAL jsonb_array_elements_text(s.parties) AS of(code) ON true
  JOIN parties p ON p.code = of.code AND p.active
 WHERE jsonb_array_length(s.parties) > 1
 GROUP BY s.id HAVING count(DISTINCT p.price_list) > 1
"""


def creep(session: Session, *, until: date, zone: ZoneInfo, plant: str = EVERY_PLANT) -> list[Counted]:
    """Everything found in the thirteen weeks that end before a Monday, most rupees first; the week is the last one."""
    span = Span(first=until - WEEKS * A_WEEK, until=until, zone=zone, plant=plant)
    parts = grouped(leaks_of_note(session, span), lambda fact: (fact.number, fact.line))
    customers = [Customer(**row) for row in _rows(session, CUSTOMERS, span)]
    earned = lists_earned(customers)
    firms = {row["id"]: tuple(row["firms"]) for row in _rows(session, FIRMS, span)}
    lines = _lines(session, span, parts, {code: one.price_list for code, one in earned.items()}, firms)
    asked = _asked(session, span, parts)
    levels = mirror.levels(session, day=until)
    found = [
        *habits(lines),
        *_stacked(session, span, parts),
        *better_tiers((line for line in lines if line.customer in earned), earned),
        *other_firms(lines, firms, until=until),
        *claimed_schemes(asked),
        *just_below(asked, _thresholds(session, asked, day=until)),
        *split_orders(asked, sorted({level.min_amount for level in levels if level.min_amount})),
        *quick_yes(_decisions(session, span, asked)),
    ]
    return counted(found, week=until - A_WEEK)


def _rows(session: Session, statement: str, span: Span, **more: object) -> list[Mapping[str, Any]]:
    given = {
        "since": datetime.combine(span.first, time(), tzinfo=span.zone),
        "until": datetime.combine(span.until, time(), tzinfo=span.zone),
        "first": span.first,
        "last": span.until,
        "zone": span.zone.key,
        "plant": span.plant,
        **more,
    }
    return [dict(row) for row in session.execute(text(statement), given).mappings()]


def _lines(
    session: Session,
    span: Span,
    parts: Mapping[Line, Sequence[Leak]],
    lists: Mapping[str, str],
    firms: Mapping[int, Sequence[str]],
) -> list[Bought]:
    """Oldest first: of items that were granted often enough, and of customers to be looked into."""
    granted = [fact for of_line in parts.values() for fact in of_line if fact.ground in GRANTS]
    of_pairs = grouped(granted, lambda fact: (fact.customer, fact.sku))
    pairs = [pair for pair, facts in of_pairs.items() if len({fact.number for fact in facts}) >= HABIT_TIMES]
    rows = _rows(
        session,
        LINES,
        span,
        customers=list(lists),
        lists=list(lists.values()),
        firms=sorted({code for codes in firms.values() for code in codes}),
        of=[customer for customer, _ in pairs],
        skus=[sku for _, sku in pairs],
    )
    return [Bought(**row, parts=_of_line(parts.get((row["order"], row["line"]), ()))) for row in rows]


def _stacked(session: Session, span: Span, parts: Mapping[Line, Sequence[Leak]]) -> list[Finding]:
    """Of the orders with discounts of several kinds."""
    lines = [_below_list(facts) for facts in parts.values()]
    of_orders = grouped(sorted(lines, key=lambda line: (line.day, line.order, line.line)), lambda line: line.order)
    several = {
        number: of_order
        for number, of_order in of_orders.items()
        if len({(part.ground, part.name) for line in of_order for part in line.parts}) > 1
    }
    values = {row["order_number"]: row["value"] for row in _rows(session, VALUES, span, orders=list(several))}
    return stacked((line for of_order in several.values() for line in of_order), values)


def _below_list(facts: Sequence[Leak]) -> Bought:
    """A line as far as its facts tell of it: who ordered it is not asked there."""
    one = facts[0]
    return Bought(
        order=one.number,
        line=one.line,
        day=one.day,
        customer=one.customer,
        person_id=0,
        sku=one.sku,
        uom=one.uom,
        quantity=one.quantity,
        list_price=one.list_price,
        price=one.effective,
        parts=_of_line(facts),
    )


def _of_line(facts: Iterable[Leak]) -> tuple[Part, ...]:
    return tuple(Part(ground=Ground(fact.ground), name=fact.name, rupees=fact.rupees) for fact in facts)


def _granted(facts: Iterable[Leak]) -> Decimal:
    return sum((fact.rupees for fact in facts if fact.ground in GRANTS), ZERO)


def _asked(session: Session, span: Span, parts: Mapping[Line, Sequence[Leak]]) -> list[Asked]:
    asked = last_asked(Asked(**row) for row in _rows(session, ASKED, span))
    return [replace(one, rupees=_granted(parts.get((one.order, one.order_line), ()))) for one in asked]


def _decisions(session: Session, span: Span, asked: Iterable[Asked]) -> list[Decision]:
    """The lines that went by a yes are those of its request that were ordered."""
    of_request = grouped((one for one in asked if one.order), lambda one: one.request)
    return [
        Decision(
            person_id=row["person_id"],
            seconds=float(row["seconds"]),
            answer=row["answer"],
            rows=tuple(
                Row(order=one.order, line=one.order_line, day=one.day, rupees=one.rupees, request=one.request)
                for one in of_request.get(row["request"], ())
            ),
        )
        for row in _rows(session, DECIDED, span)
    ]


def _thresholds(session: Session, asked: Iterable[Asked], *, day: date) -> Thresholds:
    """Of limits for one group nothing is said: a person has several then."""
    limits = [limit for limit in mirror.limits(session, day=day) if not limit.group]
    people = [session.get(Person, person_id) for person_id in sorted({one.person_id for one in asked})]
    own = {person.id: limit for person in people if person and (limit := _own_limit(limits, person)) is not None}
    depths = sorted({level.min_discount_percent for level in mirror.levels(session, day=day)})
    return Thresholds(own=own, depths=tuple(depths))


def _own_limit(limits: Collection[Limit], person: Person) -> Decimal | None:
    """His own row goes before those of his roles; of these the furthest."""
    own = [limit for limit in limits if limit.person == person.phone]
    of_roles = [limit for limit in limits if not limit.person and limit.role in person.roles]
    return max(
        (one.max_discount_percent for one in own or of_roles if one.max_discount_percent is not None), default=None
    )
