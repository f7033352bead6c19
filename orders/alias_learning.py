"""Proposes aliases from confirmed orders: the words a customer used more than once for one item."""

from collections import Counter, defaultdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.records import AliasRow
from orders.alias_rules import fold, phrase_problem
from orders.model import Alias, AliasState, DraftLine, OrderLine, SalesOrder
from store.database import now

TIMES = 2


def learn(session: Session, *, times: int = TIMES) -> list[AliasRow]:
    """Propose what confirmed lines agree on at least so often, and never disagree on; the new proposals."""
    proposed = []
    for (party_code, phrase), skus in sorted(_seen(session).items()):
        [(sku, count)] = skus.most_common(1)
        if len(skus) == 1 and count >= times and _propose(session, party_code, phrase, sku, count):
            proposed.append(AliasRow(customer=party_code, alias=phrase, sku=sku))
    return proposed


def _seen(session: Session) -> dict[tuple[str, str], Counter[str]]:
    rows = session.execute(
        select(SalesOrder.party_code, DraftLine.item_words, OrderLine.sku)
        .join(OrderLine, OrderLine.order_number == SalesOrder.number)
        .join(DraftLine, (DraftLine.draft_id == SalesOrder.draft_id) & (DraftLine.sku == OrderLine.sku))
        .where(DraftLine.item_words != "")
    )
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for party_code, words, sku in rows:
        phrase = fold(words)
        if not phrase_problem(phrase):
            seen[party_code, phrase][sku] += 1
    return seen


def _propose(session: Session, party_code: str, phrase: str, sku: str, count: int) -> bool:
    known = session.scalars(
        select(Alias.id).where(Alias.party_code.in_([party_code, ""]), Alias.phrase == phrase, Alias.sku == sku)
    ).first()
    if known is not None:
        return False
    present = now(session)
    session.execute(
        insert(Alias)
        .values(
            party_code=party_code,
            phrase=phrase,
            sku=sku,
            state=AliasState.PROPOSED.value,
            origin="learn",
            picks=0,
            message=f"{phrase} (in {count} confirmed orders)",
            created_at=present,
            changed_at=present,
            changed_by="",
        )
        .on_conflict_do_nothing()
    )
    return True
