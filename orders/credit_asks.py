"""What finance is asked of an order: found, and withdrawn when the order needs it no more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing import asks
from routing.ask_model import Ask, AskKind, AskState
from routing.asks import Withdrawn

ORDER = "order:"


def open_ask(session: Session, number: str) -> Ask | None:
    """What finance is asked of this order, while it is open."""
    return session.scalars(
        select(Ask).where(
            Ask.kind == AskKind.CREDIT.value,
            Ask.reference == f"{ORDER}{number}",
            Ask.state == AskState.OPEN.value,
        )
    ).first()


def order_of(ask: Ask) -> str:
    """Our number of the order it is about."""
    return ask.reference.removeprefix(ORDER)


def withdraw(session: Session, number: str, reason: str) -> Withdrawn | None:
    """Nobody need decide on this order any more; who was asked can be told. None: nobody was being asked."""
    ask = open_ask(session, number)
    ended = asks.withdraw(session, ask.id, reason) if ask is not None else None
    return ended if isinstance(ended, Withdrawn) else None
