"""What schemes have given in confirmed orders: the rows by which caps and budgets are judged."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from erp.records import Scheme
from orders.model import OrderState, SalesOrder, UsedScheme
from orders.price_values import ZERO, GrantedScheme, SchemeUse, Used
from store.database import now

NOTHING_OF_IT = (OrderState.CANCELLED.value, OrderState.REJECTED.value)
"""What an order that the ERP refused or that was cancelled had of a scheme is there for others again."""


def uses_of(
    session: Session,
    schemes: Iterable[Scheme],
    party_code: str,
    *,
    simulated: bool = False,
    except_order: str | None = None,
) -> SchemeUse:
    """What these schemes have given so far, as far as their caps and budgets ask. What was only played takes nothing.

    One statement where some customer has a cap, one more where some scheme has a budget; else none.
    """
    capped = {row.code for row in schemes if row.cap_customer is not None}
    budgeted = {row.code for row in schemes if row.budget is not None}
    counts: list[ColumnElement[bool]] = [UsedScheme.given_back_at.is_(None), SalesOrder.state.not_in(NOTHING_OF_IT)]
    if not simulated:
        counts.append(SalesOrder.simulated.is_(False))
    if except_order is not None:
        counts.append(UsedScheme.order_number != except_order)
    his = _sums(session, capped, [*counts, UsedScheme.party_code == party_code])
    of_all = _sums(session, budgeted, counts)
    return SchemeUse(
        by_scheme={
            code: Used(
                quantity=his.get(code, (ZERO, ZERO))[0],
                rupees=his.get(code, (ZERO, ZERO))[1],
                rupees_all=of_all.get(code, (ZERO, ZERO))[1],
            )
            for code in capped | budgeted
        }
    )


def _sums(
    session: Session, codes: Iterable[str], conditions: Sequence[ColumnElement[bool]]
) -> Mapping[str, tuple[Decimal, Decimal]]:
    wanted = sorted(codes)
    if not wanted:
        return {}
    rows = session.execute(
        select(UsedScheme.scheme, func.sum(UsedScheme.quantity), func.sum(UsedScheme.rupees))
        .join(SalesOrder, SalesOrder.number == UsedScheme.order_number)
        .where(UsedScheme.scheme.in_(wanted), *conditions)
        .group_by(UsedScheme.scheme)
    )
    return {code: (quantity, rupees) for code, quantity, rupees in rows}


def lock_budgets(session: Session, schemes: Iterable[Scheme]) -> None:
    """Keep every other confirmation from spending of these budgets until this transaction ends.

    Caps of a customer need none: his row is locked by whoever confirms for him.
    """
    for code in sorted({row.code for row in schemes if row.budget is not None}):
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"scheme budget {code}"})


def record(
    session: Session,
    *,
    party_code: str,
    order_number: str,
    line: int,
    granted: Iterable[GrantedScheme],
    change_number: str | None = None,
) -> None:
    """Keep what a line of an order that is being confirmed gets, or of a change of it."""
    moment = now(session)
    for scheme in granted:
        session.add(
            UsedScheme(
                scheme=scheme.code,
                party_code=party_code,
                order_number=order_number,
                line=line,
                change_number=change_number,
                quantity=scheme.quantity,
                rupees=scheme.rupees,
                at=moment,
            )
        )


def give_back(session: Session, order_number: str, lines: Iterable[int], *, but_of: str) -> None:
    """An order has become what a change says: what these lines had of schemes before it counts no longer.

    Nor does what those had that the change has priced anew and that came to the same.
    """
    counted_anew = session.scalars(select(UsedScheme.line).where(UsedScheme.change_number == but_of)).all()
    session.execute(
        update(UsedScheme)
        .where(
            UsedScheme.order_number == order_number,
            UsedScheme.line.in_({*lines, *counted_anew}),
            UsedScheme.change_number.is_distinct_from(but_of),
            UsedScheme.given_back_at.is_(None),
        )
        .values(given_back_at=now(session))
    )


def give_back_of(session: Session, change_number: str) -> None:
    """A change did not come about: what it would have had counts no longer."""
    session.execute(
        update(UsedScheme)
        .where(UsedScheme.change_number == change_number, UsedScheme.given_back_at.is_(None))
        .values(given_back_at=now(session))
    )
