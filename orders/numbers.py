"""Our numbers: of orders and of the documents that change them, counted together."""

from sqlalchemy.orm import Session

from orders.model import ORDER_NUMBER


def next_number(session: Session, year: int) -> str:
    """Our next number: M, two digits of the year, six digits that go on over the years."""
    return as_number(year, session.execute(ORDER_NUMBER.next_value()).scalar_one())


def as_number(year: int, position: int) -> str:
    """The number at a place of the sequence."""
    return f"M{year % 100:02d}{position % 1_000_000:06d}"
