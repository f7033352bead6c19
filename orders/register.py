"""The register for accounts: every order of some days and a plant, and how it differs from what the ERP holds of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

EVERY_PLANT = "*"
"""In place of a plant's code; an empty code means the orders of no plant."""
FETCHED = 500


class Difference(StrEnum):
    """How an order differs from what the ERP's list of orders holds."""

    MISSING = "missing"
    """Posted, and in no list the ERP has handed over since."""
    UNEXPECTED = "unexpected"
    """In the ERP, though it is held, rejected or cancelled here."""
    LINES = "lines"
    VALUE = "value"


class Compared(StrEnum):
    """What stands in the column where there is no difference."""

    EQUAL = "equal"
    NOT_YET = "not_yet"
    """Posted after the ERP's last list."""
    NOT_POSTED = "not_posted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Which orders: confirmed from `since` up to before `until`, of one plant or every one, of one customer or all."""

    since: datetime
    until: datetime
    plant: str = EVERY_PLANT
    customer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in the register an order stands, differences first: what a page goes on after."""

    rank: int
    confirmed_at: datetime
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One order of the register."""

    number: str
    erp_number: str
    state: str
    plant: str
    customer: str
    name: str
    gstin: str
    """Of the place the goods go to, else of the customer."""
    ship_to: str
    currency: str
    total: Decimal
    tax: Decimal | None
    ordered_by: str
    for_the_firm: bool
    """Ordered by a rep in the firm's name."""
    confirmed_by: str
    confirmed_at: datetime
    approved_by: str
    """Who let it go when it was held; empty when nobody had to."""
    messages: tuple[str, ...]
    """The provider's ids of the messages it came through, the confirming one last."""
    inbound_id: int | None
    """Of the confirming message."""
    draft_id: int
    compared: str
    """A Difference, or Compared where there is none."""
    erp_total: Decimal | None
    unlike: str
    """The goods that differ: `KG-050 2400 → 2160`, in base units, here and in the ERP."""
    place: Place

    @property
    def differs(self) -> bool:
        return self.compared in set(Difference)


# The chosen orders are compared as a whole, since differences come first; what only a shown row needs is looked up
# for the rows of the page alone. Less than a rupee between two values is rounding.
REGISTER = text(
    """
WITH chosen AS MATERIALIZED (
    SELECT o.*, coalesce(o.plant, w.plant, '') AS of_plant, p.name, p.gstin AS party_gstin
      FROM sales_orders o
      JOIN parties p ON p.code = o.party_code
      LEFT JOIN warehouses w ON w.code = p.warehouse
     WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
       AND (:plant = '*' OR coalesce(o.plant, w.plant, '') = :plant)
       AND (:customer = '' OR o.party_code = :customer)
), held AS MATERIALIZED (
    SELECT c.number, m.sku, m.uom, m.ordered - m.cancelled AS quantity, m.price
      FROM chosen c JOIN erp_order_lines m ON m.our_number = c.number
    UNION ALL
    SELECT c.number, m.sku, m.uom, m.ordered - m.cancelled, m.price
      FROM chosen c JOIN erp_order_lines m ON m.erp_number = c.erp_number AND m.our_number = ''
), worth AS (
    SELECT number, CASE WHEN bool_and(price IS NOT NULL) THEN sum(quantity * price) END AS value
      FROM held GROUP BY number
), goods AS (
    SELECT number, sku, sum(ours * coalesce(u.factor, 1)) AS ours, sum(theirs * coalesce(u.factor, 1)) AS theirs
      FROM (SELECT l.order_number AS number, l.sku, l.uom, l.quantity AS ours, 0 AS theirs
              FROM worth JOIN order_lines l ON l.order_number = worth.number
            UNION ALL
            SELECT number, sku, uom, 0, quantity FROM held) AS line
      LEFT JOIN item_uoms u USING (sku, uom)
     GROUP BY number, sku
    HAVING sum(ours * coalesce(u.factor, 1)) <> sum(theirs * coalesce(u.factor, 1))
), unlike AS (
    SELECT number, string_agg(sku || ' ' || trim_scale(ours) || ' → ' || trim_scale(theirs), ', ' ORDER BY sku) AS goods
      FROM goods GROUP BY number
), compared AS (
    SELECT c.*, worth.value AS erp_total, coalesce(unlike.goods, '') AS unlike,
           CASE WHEN worth.number IS NULL THEN
                     CASE WHEN c.state <> 'posted' THEN 'not_posted'
                          WHEN EXISTS (SELECT FROM history_lines h WHERE h."order" = c.erp_number) THEN 'equal'
                          WHEN EXISTS (SELECT FROM mirror_state s WHERE s.erp = c.erp AND s.kind = 'orders'
                                          AND coalesce(s.as_of, s.pulled_at) > c.posted_at) THEN 'missing'
                          ELSE 'not_yet' END
                WHEN c.changed_at IS NOT NULL
                     AND NOT EXISTS (SELECT FROM mirror_state s WHERE s.erp = c.erp AND s.kind = 'orders'
                                        AND coalesce(s.as_of, s.pulled_at) > c.changed_at) THEN 'not_yet'
                WHEN EXISTS (SELECT FROM order_changes h WHERE h.order_number = c.number
                                AND h.state IN ('confirmed', 'accepted')) THEN 'not_yet'
                WHEN c.state IN ('held', 'rejected', 'cancelled')
                     AND coalesce(worth.value, 1) <> 0 THEN 'unexpected'
                WHEN unlike.number IS NOT NULL THEN 'lines'
                WHEN abs(worth.value - c.total) >= 1 THEN 'value'
                ELSE 'equal' END AS compared
      FROM chosen c LEFT JOIN worth USING (number) LEFT JOIN unlike USING (number)
), ranked AS (
    SELECT *, CASE compared WHEN 'missing' THEN 1 WHEN 'unexpected' THEN 1 WHEN 'lines' THEN 2 WHEN 'value' THEN 3
                            ELSE 9 END AS rank
      FROM compared
), page AS (
    SELECT * FROM ranked
     WHERE (rank, confirmed_at, number) > (:after_rank, :after_at, :after_number)
     ORDER BY rank, confirmed_at, number
     LIMIT :most
)
SELECT page.number, coalesce(page.erp_number, '') AS erp_number, page.state, page.of_plant AS plant,
       page.party_code AS customer, page.name, coalesce(nullif(a.gstin, ''), page.party_gstin) AS gstin,
       concat_ws(', ', page.ship_to, nullif(a.name, ''), nullif(a.city, '')) AS ship_to, page.currency, page.total,
       page.tax_estimate AS tax, person.name AS ordered_by, page.on_behalf AS for_the_firm,
       coalesce(yes.by, '') AS confirmed_by, page.confirmed_at, coalesce(approved.by, '') AS approved_by,
       page.message_ids AS messages, tapped.sid AS confirming, yes.inbound_id, page.draft_id, page.compared,
       page.erp_total, page.unlike, page.rank
  FROM page
  JOIN persons person ON person.id = page.person_id
  LEFT JOIN addresses a ON a.party_code = page.party_code AND a.code = page.ship_to
  LEFT JOIN LATERAL (SELECT t.by, t.inbound_id FROM order_trail t
                      WHERE t.draft_id = page.draft_id AND t.what = 'confirmed' ORDER BY t.id DESC LIMIT 1) yes ON true
  LEFT JOIN inbound tapped ON tapped.id = yes.inbound_id
  LEFT JOIN LATERAL (SELECT string_agg(DISTINCT t.by, ', ') AS by FROM order_trail t
                      WHERE t.draft_id = page.draft_id AND t.what IN ('released', 'approved')) approved ON true
 ORDER BY page.rank, page.confirmed_at, page.number
"""
).bindparams(bindparam("after_at", type_=TIMESTAMP(timezone=True)))


def register(session: Session, wish: Wish, *, after: Place | None = None, most: int | None = None) -> Iterator[Entry]:
    """The orders in their places, differences first; at most so many after a place. Rows are fetched as they are read.

    It costs what comparing the orders of the days costs, whatever page is asked for.
    """
    given = {
        "since": wish.since,
        "until": wish.until,
        "plant": wish.plant,
        "customer": wish.customer,
        "after_rank": after.rank if after else 0,
        "after_at": after.confirmed_at if after else wish.since,
        "after_number": after.number if after else "",
        "most": most,
    }
    rows = session.execute(REGISTER, given, execution_options={"yield_per": FETCHED})
    return (_entry(row) for row in rows.mappings())


def _entry(row: Any) -> Entry:
    found = dict(row)
    place = Place(rank=found.pop("rank"), confirmed_at=found["confirmed_at"], number=found["number"])
    confirming = found.pop("confirming")
    said = [*found.pop("messages"), *([confirming] if confirming else [])]
    return Entry(**found, messages=tuple(dict.fromkeys(said)), place=place)
