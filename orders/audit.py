"""The audit: who asked, who decided, on what facts, through which message; read from the rows that hold it.

Nothing is written down twice: what was asked, decided, granted, used and changed stands in its own table, and the
database refuses to change those facts (`refuse_change_of_facts`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from erp.records import plain

FETCHED = 500
COSTLY = frozenset({"floor", "absolute", "before", "after"})
"""Facts that tell what goods cost us, or how far we would go; so does every one that speaks of cost or margin."""
TELLS_COST = ("cost", "margin")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Which entries: from `since` up to before `until`; of a customer, an order, or with somebody in it, if named."""

    since: datetime
    until: datetime
    customer: str = ""
    number: str = ""
    """Our number of an order or the ERP's, or `draft:17`."""
    person: str = ""
    """Part of a name: of whoever asked, decided, or was stood in for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an entry stands: what a page goes on after."""

    at: datetime
    source: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that was asked, decided or done."""

    at: datetime
    source: str
    id: str
    what: str
    by: str
    """Who did it; empty: the machine, or somebody who was erased."""
    asked_by: str
    in_stead_of: str
    customer: str
    firm: str
    number: str
    draft_id: int | None
    reason: str
    facts: Mapping[str, Any]
    message: str
    """The provider's id of the message it was done in."""
    inbound_id: int | None

    @property
    def place(self) -> Place:
        return Place(at=self.at, source=self.source, id=self.id)


# Each branch is bounded by the days through an index or is small; what only a shown row needs is joined to the page.
EVENTS = """
    SELECT a.opened_at AS at, 'asks' AS source, 'o' || lpad(a.id::text, 12, '0') AS id, a.kind || '_asked' AS what,
           NULL::bigint AS by_id, '' AS by_name, a.asked_by AS asked_id, NULL::bigint AS for_id,
           coalesce(a.party_code, '') AS customer,
           CASE WHEN a.reference LIKE 'order:%' THEN substr(a.reference, 7)
                WHEN a.reference LIKE 'change:%' THEN (
                    SELECT k.order_number FROM order_changes k WHERE k.number = substr(a.reference, 8))
                ELSE coalesce(r.order_number, so.number, '') END AS number,
           r.draft_id, r.inbound_id, coalesce(r.reason, '') AS reason,
           jsonb_build_object('shown', a.facts, 'asked', (
               SELECT jsonb_agg(p.name ORDER BY w.id) FROM asked_persons w JOIN persons p ON p.id = w.person_id
                WHERE w.ask_id = a.id)) AS facts
      FROM asks a LEFT JOIN price_requests r ON r.ask_id = a.id
      LEFT JOIN sales_orders so ON so.draft_id = r.draft_id
     WHERE a.opened_at >= :since AND a.opened_at < :until
    UNION ALL
    SELECT a.ended_at, 'asks', 'e' || lpad(a.id::text, 12, '0'), a.kind || '_' || coalesce(a.answer, a.state),
           a.answered_by, '', a.asked_by, a.for_person, coalesce(a.party_code, ''),
           CASE WHEN a.reference LIKE 'order:%' THEN substr(a.reference, 7)
                WHEN a.reference LIKE 'change:%' THEN (
                    SELECT k.order_number FROM order_changes k WHERE k.number = substr(a.reference, 8))
                ELSE coalesce(r.order_number, so.number, '') END,
           r.draft_id, a.inbound_id,
           coalesce(nullif(a.answer_facts ->> 'reason', ''), CASE WHEN a.answer IS NULL THEN a.end_reason ELSE '' END),
           jsonb_build_object('shown', a.facts, 'answer', a.answer_facts)
      FROM asks a LEFT JOIN price_requests r ON r.ask_id = a.id
      LEFT JOIN sales_orders so ON so.draft_id = r.draft_id
     WHERE a.ended_at >= :since AND a.ended_at < :until
    UNION ALL
    SELECT r.asked_at, 'price_requests', lpad(r.id::text, 12, '0'),
           CASE WHEN r.ask_id IS NULL THEN 'price_within_own_limit' ELSE 'price_requested' END,
           r.person_id, '', r.person_id, NULL, r.party_code, coalesce(r.order_number, so.number, ''), r.draft_id,
           r.inbound_id,
           r.reason,
           jsonb_build_object('rules_version', r.rules_version, 'lines', (
               SELECT jsonb_agg(to_jsonb(l) - 'request_id' ORDER BY l.line_no)
                 FROM price_request_lines l WHERE l.request_id = r.id))
      FROM price_requests r LEFT JOIN sales_orders so ON so.draft_id = r.draft_id
     WHERE r.asked_at >= :since AND r.asked_at < :until
    UNION ALL
    SELECT v.at, 'approvals', v.step || lpad(g.id::text, 12, '0'), v.what, v.by_id, CASE WHEN v.step = 'g' THEN g.by
           ELSE '' END, r.person_id, NULL, g.party_code, coalesce(g.used_order, ''), g.draft_id, r.inbound_id,
           CASE WHEN v.step = 'v' THEN g.void_reason ELSE '' END,
           to_jsonb(g) - '{id,by,person_id,party_code,draft_id,request_id}'::text[]
      FROM approvals g
      JOIN price_requests r ON r.id = g.request_id
      CROSS JOIN LATERAL (VALUES ('g', g.granted_at, 'approval_granted', g.person_id),
                                 ('u', g.used_at, 'approval_used', NULL),
                                 ('v', g.voided_at, 'approval_voided', NULL)) AS v (step, at, what, by_id)
     WHERE v.at >= :since AND v.at < :until
    UNION ALL
    SELECT c.at, 'credit_releases', lpad(c.id::text, 12, '0'),
           CASE c.basis WHEN 'raise' THEN 'credit_limit_raised' ELSE 'credit_released_once' END,
           c.person_id, c.by, o.person_id, c.for_person_id, c.party_code, coalesce(c.order_number, ''), o.draft_id,
           c.inbound_id, c.reason,
           jsonb_build_object('most_value', c.most_value, 'until', c.until, 'limit_then', c.limit_then,
                              'exposure', c.exposure, 'overdue_days', c.overdue_days, 'used_at', c.used_at,
                              'change', c.change_number, 'shown', c.facts)
      FROM credit_releases c LEFT JOIN sales_orders o ON o.number = c.order_number
     WHERE c.at >= :since AND c.at < :until
    UNION ALL
    SELECT v.at, 'delegations', v.step || lpad(d.id::text, 12, '0'), v.what, d.from_person, '', NULL, NULL, '', '',
           NULL, CASE WHEN v.step = 'm' THEN d.inbound_id END, '',
           jsonb_build_object('to', t.name, 'starts_at', d.starts_at, 'ends_at', d.ends_at)
      FROM delegations d
      JOIN persons t ON t.id = d.to_person
      CROSS JOIN LATERAL (VALUES ('m', d.made_at, 'delegated'), ('r', d.revoked_at, 'delegation_revoked'))
           AS v (step, at, what)
     WHERE v.at >= :since AND v.at < :until
    UNION ALL
    SELECT n.at, 'rule_versions', lpad(n.number::text, 12, '0'), 'rules_changed', NULL, n.by, NULL, NULL, '', '', NULL,
           NULL, n.reason,
           jsonb_build_object('version', n.number, 'origin', n.origin, 'undoes', n.undoes, 'changed', n.changed)
      FROM rule_versions n WHERE n.at >= :since AND n.at < :until
    UNION ALL
    SELECT t.at, 'order_trail', lpad(t.id::text, 12, '0'), t.what, NULL, t.by, d.person_id, NULL, d.party_code,
           coalesce(o.number, ''), t.draft_id, t.inbound_id, coalesce(t.facts ->> 'reason', ''), t.facts - 'reason'
      FROM order_trail t
      JOIN order_drafts d ON d.id = t.draft_id
      LEFT JOIN sales_orders o ON o.draft_id = t.draft_id
     WHERE t.at >= :since AND t.at < :until
       AND t.what NOT IN ('drafted', 'changed', 'reminded', 'second_reader', 'announced')
"""
ENTRIES = f"""
WITH events AS ({EVENTS}), named AS (
    SELECT e.*, coalesce(b.name, e.by_name, '') AS by, coalesce(q.name, '') AS asked_by,
           coalesce(f.name, '') AS in_stead_of
      FROM events e
      LEFT JOIN persons b ON b.id = e.by_id
      LEFT JOIN persons q ON q.id = e.asked_id
      LEFT JOIN persons f ON f.id = e.for_id
     WHERE (:customer = '' OR e.customer = :customer)
       AND (:number = '' OR e.number = :number OR 'draft:' || e.draft_id = :number
            OR e.number = (SELECT max(o.number) FROM sales_orders o WHERE o.erp_number = :number))
), page AS (
    SELECT * FROM named
     WHERE (:person = '' OR by ILIKE :person OR asked_by ILIKE :person OR in_stead_of ILIKE :person)
       AND (:bounded = 0 OR (at, source, id) < (:after_at, :after_source, :after_id))
     ORDER BY at DESC, source DESC, id DESC
     LIMIT :most
)
SELECT page.at, page.source, page.id, page.what, page.by, page.asked_by, page.in_stead_of, page.customer,
       coalesce(p.name, '') AS firm, page.number, page.draft_id, page.reason, page.facts::text AS facts,
       coalesce(i.sid, '') AS message, page.inbound_id
  FROM page
  LEFT JOIN parties p ON p.code = page.customer
  LEFT JOIN inbound i ON i.id = page.inbound_id
 ORDER BY page.at DESC, page.source DESC, page.id DESC
"""  # noqa: S608  (both parts are ours)
AUDIT = text(ENTRIES).bindparams(bindparam("after_at", type_=TIMESTAMP(timezone=True)))


def audit(
    session: Session, wish: Wish, *, costs: bool, after: Place | None = None, most: int | None = None
) -> Iterator[Entry]:
    """The entries, newest first; at most so many after a place. Rows are fetched as they are read.

    Without `costs`, no fact that tells a cost, a margin or a floor is in them.
    """
    given = {
        "since": wish.since,
        "until": wish.until,
        "customer": wish.customer,
        "number": wish.number,
        "person": _like(wish.person),
        "bounded": 0 if after is None else 1,
        "after_at": after.at if after else wish.until,
        "after_source": after.source if after else "",
        "after_id": after.id if after else "",
        "most": most,
    }
    rows = session.execute(AUDIT, given, execution_options={"yield_per": FETCHED})
    return (_entry(dict(row), costs=costs) for row in rows.mappings())


def _like(name: str) -> str:
    escaped = name.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if escaped else ""


def _entry(row: dict[str, Any], *, costs: bool) -> Entry:
    facts = _without_nothing(json.loads(row.pop("facts") or "{}", parse_float=_plain))
    return Entry(**row, facts=facts if costs else without_costs(facts))


def _plain(number: str) -> str:
    return plain(Decimal(number))


def _without_nothing(facts: Any) -> Any:
    """Without what is not said: a file of thousands of entries is to be read by people."""
    if isinstance(facts, dict):
        kept = {name: _without_nothing(value) for name, value in facts.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}
    return [_without_nothing(one) for one in facts] if isinstance(facts, list) else facts


def without_costs(facts: Any) -> Any:
    """The facts for somebody who may not see what goods cost, or how far we would go."""
    if isinstance(facts, dict):
        return {name: without_costs(value) for name, value in facts.items() if not _tells_cost(name)}
    return [without_costs(one) for one in facts] if isinstance(facts, list) else facts


def _tells_cost(name: str) -> bool:
    return name in COSTLY or any(word in name for word in TELLS_COST)
