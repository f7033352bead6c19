"""Proposes aliases from what was ordered in the end. Each words-to-item pair is a lesson; an admin decides on it.

Mined are, all from our own tables and the mirror of the ERP's history:

- confirmed lines: the words that named the item, with the item that was ordered (`CONFIRMED`);
- corrections: the same where the line was first settled as another item and its sender changed it after the
  summary. Words he used again in saying so count as a change of mind and are no lesson (`drafts.change` drops them);
- lines that never became an order of ours (set aside, or their draft declined or cancelled), beside what the ERP's
  history says this customer was sold within three days by orders that are not ours: where one line of the draft and
  one item there alone have that amount in that unit, somebody keyed in what the words meant (`KEYED`).

What people wrote before Munshi is in none of these; `propose` takes what exported chats teach (`orders/lessons.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import AliasRow, HistoryLine
from orders.alias_rules import fold, phrase_problem
from orders.model import (
    Alias,
    AliasState,
    DraftLine,
    DraftState,
    LineStatus,
    OrderDraft,
    OrderLine,
    SalesOrder,
    TrailEntry,
)
from store.database import now

TIMES = 2
KEYED_WITHIN = timedelta(days=3)


class Source(StrEnum):
    """Where a lesson comes from."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    KEYED = "keyed"


Lesson = tuple[str, str, str, Source]
"""Party, folded words, SKU, and where from."""


def learn(session: Session, *, times: int = TIMES) -> list[AliasRow]:
    """Propose what lessons agree on at least so often, or once by a correction, and never disagree on; what is new."""
    seen: dict[tuple[str, str], dict[str, Counter[Source]]] = defaultdict(lambda: defaultdict(Counter))
    for party_code, phrase, sku, source in (*_confirmed(session), *_keyed(session)):
        if not phrase_problem(phrase):
            seen[party_code, phrase][sku][source] += 1
    proposed = []
    for (party_code, phrase), skus in sorted(seen.items()):
        [(sku, counts), *others] = skus.items()
        enough = counts.total() >= times or counts[Source.CORRECTED]
        if not others and enough:
            row = AliasRow(customer=party_code, alias=phrase, sku=sku)
            if propose(session, row, message=f"{phrase} ({_told(counts)})") is not None:
                proposed.append(row)
    return proposed


def _confirmed(session: Session) -> Iterator[Lesson]:
    """The words of confirmed lines; one that was another item before also as a correction of it."""
    corrected = _corrected(session)
    rows = session.execute(
        select(SalesOrder.party_code, DraftLine.draft_id, DraftLine.no, DraftLine.item_words, OrderLine.sku)
        .join(OrderLine, OrderLine.order_number == SalesOrder.number)
        .join(
            DraftLine, (DraftLine.draft_id == SalesOrder.draft_id) & (DraftLine.sku == OrderLine.sku) & ~OrderLine.free
        )
        .where(DraftLine.item_words != "", DraftLine.left_out.is_(False))
    )
    for party_code, draft_id, no, words, sku in rows:
        was_another = corrected.get((draft_id, no), sku) != sku
        yield party_code, fold(words), sku, Source.CORRECTED if was_another else Source.CONFIRMED


def _corrected(session: Session) -> dict[tuple[int, int], str]:
    """The item a line of a confirmed draft was first shown as, settled without a question."""
    trail = session.execute(
        select(TrailEntry.draft_id, TrailEntry.facts["lines"])
        .join(SalesOrder, SalesOrder.draft_id == TrailEntry.draft_id)
        .where(TrailEntry.facts.has_key("lines"))
        .order_by(TrailEntry.id)
    )
    first: dict[tuple[int, int], tuple[str, str]] = {}
    for draft_id, lines in trail:
        for line in lines:
            if line["status"] == LineStatus.MATCHED.value and line["sku"]:
                key = draft_id, line["no"]
                # A number that came free is given again: that is another line, with other words.
                if key not in first or first[key][1] != line["source"]:
                    first[key] = line["sku"], line["source"]
    return {key: sku for key, (sku, _) in first.items()}


def _keyed(session: Session) -> Iterator[Lesson]:
    """What the ERP says was sold to the customer about then, in the amounts of lines that did not go through us."""
    dropped = OrderDraft.state.in_([DraftState.DECLINED.value, DraftState.CANCELLED.value])
    drafts = session.scalars(
        select(OrderDraft)
        .where(OrderDraft.lines.any((dropped | DraftLine.left_out) & (DraftLine.item_words != "")))
        .order_by(OrderDraft.party_code, OrderDraft.id)
    ).all()
    ours = set(session.scalars(select(SalesOrder.erp_number)))
    bought: dict[str, list[HistoryLine]] = {}
    for draft in drafts:
        if draft.party_code not in bought:
            rows = mirror.history(session, draft.party_code)
            bought[draft.party_code] = [row for row in rows if row.order not in ours]
        for line, sku in keyed_for(draft, bought[draft.party_code]):
            yield draft.party_code, fold(line.item_words), sku, Source.KEYED


def keyed_for(draft: OrderDraft, history: Iterable[HistoryLine]) -> Iterator[tuple[DraftLine, str]]:
    """The lines of a draft that did not go through us, each with the one item sold in just that amount soon after."""
    went = draft.state == DraftState.CONFIRMED.value
    missing = [line for line in draft.lines if line.item_words and line.quantity and (line.left_out or not went)]
    ours = {line.sku for line in draft.lines if went and not line.left_out}
    day = draft.opened_at.date()
    sold = [row for row in history if day <= row.date <= day + KEYED_WITHIN and not row.free and row.sku not in ours]
    for line in missing:
        equal = [other for other in missing if other.quantity == line.quantity]
        skus = {row.sku for row in sold if row.qty == line.quantity and line.uom in (None, row.uom)}
        if len(equal) == 1 and len(skus) == 1:
            yield line, skus.pop()


def propose(session: Session, row: AliasRow, *, message: str) -> int | None:
    """Put an alias before an admin, with what speaks for it; None when it is known already, whatever became of it."""
    whose = [row.customer, ""]
    known = session.scalars(
        select(Alias.id).where(Alias.party_code.in_(whose), Alias.phrase == row.alias, Alias.sku == row.sku)
    ).first()
    if known is not None:
        return None
    present = now(session)
    fresh = insert(Alias).values(
        party_code=row.customer,
        phrase=row.alias,
        sku=row.sku,
        uom=row.uom or None,
        state=AliasState.PROPOSED.value,
        origin="learn",
        picks=0,
        message=message,
        created_at=present,
        changed_at=present,
        changed_by="",
    )
    return session.scalar(fresh.on_conflict_do_nothing().returning(Alias.id))


def _told(counts: Counter[Source]) -> str:
    orders = counts[Source.CONFIRMED] + counts[Source.CORRECTED]
    told = {
        f"in {orders} confirmed order{'s' if orders > 1 else ''}": orders,
        f"corrected to it in {counts[Source.CORRECTED]}": counts[Source.CORRECTED],
        f"keyed in the ERP in {counts[Source.KEYED]}": counts[Source.KEYED],
    }
    return ", ".join(text for text, count in told.items() if count)
