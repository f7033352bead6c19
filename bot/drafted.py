"""Gathers what the summary of a draft is made from."""

from typing import Any

from sqlalchemy.orm import Session

from bot import price_asking
from bot.replies.approval import number
from bot.replies.summary import Amends, Facts
from erp import mirror
from orders import drafts
from orders.amended import Standing
from orders.goods import Goods
from orders.model import OrderDraft, SalesOrder
from orders.schedule import show
from people.model import Party


def facts_of(
    session: Session, draft: OrderDraft, *, name_firm: bool, timezone: str, goods: Goods | None = None, **how: Any
) -> Facts:
    """The draft with names, prices and places; every line must have been priced. `how` goes into the Facts.

    `goods` may be what it was just priced by. The dispatch day it shows is remembered in the draft.
    """
    party = session.get_one(Party, draft.party_code)
    return Facts(
        draft=draft,
        goods=_goods(session, draft, goods),
        firm=party.name,
        least_value=party.min_order_value,
        schedule=show(session, draft, timezone=timezone),
        timezone=timezone,
        name_firm=name_firm,
        places=drafts.places(session, draft.party_code),
        new_to_them=_never_bought(session, draft),
        asks_prices=_asks_prices(session, draft),
        amends=_amends(session, draft),
        **how,
    )


def _asks_prices(session: Session, draft: OrderDraft) -> str:
    asked = price_asking.waits(session, [draft.id]).get(draft.id)
    return number(asked.id) if asked is not None else ""


def _goods(session: Session, draft: OrderDraft, known: Goods | None) -> Goods:
    """What a change takes out of its order is named too."""
    if draft.changes_order is not None:
        return drafts.goods_in(session, draft)
    return known or drafts.goods_in(session, draft)


def _amends(session: Session, draft: OrderDraft) -> Amends | None:
    if draft.changes_order is None:
        return None
    order = session.get_one(SalesOrder, draft.changes_order)
    return Amends(number=order.erp_number or order.number, base=Standing.from_json(draft.changes_from))


def _never_bought(session: Session, draft: OrderDraft) -> frozenset[int]:
    """Lines of items the firm has never bought; of a firm that has bought nothing yet, none."""
    skus = {line.sku for line in draft.lines if line.sku}
    new = skus - mirror.bought(session, draft.party_code, skus)
    if not new or not mirror.has_bought(session, draft.party_code):
        return frozenset()
    return frozenset(line.no for line in draft.lines if line.sku in new)
