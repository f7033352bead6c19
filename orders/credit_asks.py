"""What finance is asked of an order, or of a change of one: found, and withdrawn when it needs no decision any more."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.change_model import OrderChange
from orders.model import OrderState, SalesOrder
from routing import asks
from routing.ask_model import Ask, AskKind, AskState
from routing.asks import Withdrawn

ORDER, CHANGE = "order:", "change:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What credit keeps from the ERP: an order, or a change of one that the ERP has."""

    order: SalesOrder
    change: OrderChange | None = None

    @property
    def reference(self) -> str:
        """Of what finance is asked."""
        return f"{ORDER}{self.order.number}" if self.change is None else f"{CHANGE}{self.change.number}"

    @property
    def value(self) -> Decimal:
        """Rupees with tax that credit is to bear: the order's, or what the change adds."""
        return self.order.value_with_tax if self.change is None else self.change.more

    @property
    def is_held(self) -> bool:
        """Whether it still waits."""
        return (self.change or self.order).state == OrderState.HELD.value

    @property
    def people(self) -> set[int]:
        """Whose it is: whoever ordered, and whoever changes it."""
        return {self.order.person_id} | ({self.change.person_id} if self.change is not None else set())

    @property
    def asked_by(self) -> int:
        """Who wants it."""
        return (self.change or self.order).person_id

    @property
    def draft_id(self) -> int:
        """In which it was confirmed."""
        return (self.change or self.order).draft_id


def kept_of(session: Session, ask: Ask) -> Kept:
    """What it is asked about."""
    if not ask.reference.startswith(CHANGE):
        return Kept(order=session.get_one(SalesOrder, ask.reference.removeprefix(ORDER)))
    return kept_change(session, ask.reference.removeprefix(CHANGE))


def kept_change(session: Session, number: str) -> Kept:
    """A change by the number of its document."""
    change = session.get_one(OrderChange, number)
    return Kept(order=session.get_one(SalesOrder, change.order_number), change=change)


def open_ask(session: Session, number: str, *, what: str = ORDER) -> Ask | None:
    """What finance is asked of this order, or of this change, while it is open."""
    return session.scalars(
        select(Ask).where(
            Ask.kind == AskKind.CREDIT.value,
            Ask.reference == f"{what}{number}",
            Ask.state == AskState.OPEN.value,
        )
    ).first()


def withdraw(session: Session, number: str, reason: str, *, what: str = ORDER) -> Withdrawn | None:
    """Nobody need decide on it any more; who was asked can be told. None: nobody was being asked."""
    ask = open_ask(session, number, what=what)
    ended = asks.withdraw(session, ask.id, reason) if ask is not None else None
    return ended if isinstance(ended, Withdrawn) else None
