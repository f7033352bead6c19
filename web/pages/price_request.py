"""The last price request of a draft, as its page shows it: what was asked, of whom, and what became of it; no costs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.replies.approval import number
from orders.approval_model import PriceRequest, RequestedLine
from orders.goods import Goods, goods_of
from orders.model import OrderDraft
from orders.price_requests import last_request
from people.model import Person
from routing.ask_model import Ask, AskedPerson


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What of it is shown."""

    request: PriceRequest
    number: str
    by: str
    decided_by: str
    asked: tuple[str, ...]
    """The names of those it is with; of one that is over, of those it was with last."""
    due_at: datetime | None
    lines: tuple[tuple[RequestedLine, str], ...]
    """Each with the name of its item."""


def of_draft(session: Session, draft: OrderDraft | None) -> Shown | None:
    """None where nothing was ever asked for."""
    request = last_request(session, draft.id) if draft is not None else None
    if request is None:
        return None
    ask = session.get(Ask, request.ask_id) if request.ask_id is not None else None
    decided = session.get(Person, ask.answered_by) if ask is not None and ask.answered_by is not None else None
    goods: Goods = goods_of(session, {line.sku for line in request.lines}, price_list="")
    return Shown(
        request=request,
        number=number(ask.id) if ask is not None else "",
        by=session.get_one(Person, request.person_id).name,
        decided_by=decided.name if decided is not None else "",
        asked=_asked(session, ask),
        due_at=ask.due_at if ask is not None else None,
        lines=tuple((line, goods.name(line.sku)) for line in request.lines),
    )


def _asked(session: Session, ask: Ask | None) -> tuple[str, ...]:
    if ask is None:
        return ()
    names = (
        select(Person.name)
        .join(AskedPerson, AskedPerson.person_id == Person.id)
        .where(AskedPerson.ask_id == ask.id, AskedPerson.step == ask.step)
        .order_by(AskedPerson.id)
    )
    return tuple(dict.fromkeys(session.scalars(names)))
