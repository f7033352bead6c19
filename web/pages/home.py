"""The overview: what waits, what was ordered today, and whether the ERP hands over and takes what it should."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.model import Inbound, Outbound
from erp import pull
from erp.mirror_model import MirrorState
from erp.records import RecordKind
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from routing.model import Matter
from store.database import now
from web.pages.guard import May, asks, pages, transaction, visitor
from web.pages.navigation import counts

blueprint = pages("home", __name__)

SHOWN_PROBLEMS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Counts of the last 24 hours, and of what is open now."""

    open_drafts: int
    orders: int
    on_the_way: int
    rejected: int
    held: int
    heard: int
    said: int


@blueprint.get("/")
@asks(May.LOOK)
def home() -> ResponseReturnValue:
    """Counts, and the state of the ERP's master data with its problems."""
    with transaction() as session:
        return render_template(
            "home.html",
            waiting=counts(),
            figures=_figures(session),
            oldest=session.scalars(
                select(Matter).where(Matter.closed_at.is_(None)).order_by(Matter.opened_at).limit(6)
            ).all(),
            kinds=session.scalars(select(MirrorState).order_by(MirrorState.kind)).all(),
            problems=_problems(session),
        )


@blueprint.post("/listings/<erp>/<kind>/agree")
@asks(May.ADMIN)
def agree(erp: str, kind: str) -> ResponseReturnValue:
    """Take over a listing that was refused for its many bad or vanished rows."""
    if kind not in set(RecordKind):
        abort(404)
    with transaction() as session:
        agreed = pull.agree(session, erp=erp, kind=RecordKind(kind), by=visitor().name)
    flash(
        f"The new {kind} are taken over with the next pull." if agreed else "There is nothing to agree to any more.",
        "good" if agreed else "bad",
    )
    return redirect(url_for("home.home"))


def _figures(session: Session) -> Figures:
    day = now(session) - timedelta(days=1)
    return Figures(
        open_drafts=_count(session, OrderDraft.id, OrderDraft.state == DraftState.OPEN.value),
        orders=_count(session, SalesOrder.number, SalesOrder.confirmed_at > day),
        on_the_way=_count(
            session, SalesOrder.number, SalesOrder.state.in_([OrderState.CONFIRMED.value, OrderState.ACCEPTED.value])
        ),
        rejected=_count(session, SalesOrder.number, SalesOrder.state == OrderState.REJECTED.value),
        held=_count(session, SalesOrder.number, SalesOrder.state == OrderState.HELD.value),
        heard=_count(session, Inbound.id, Inbound.stored_at > day),
        said=_count(session, Outbound.id, Outbound.sent_at > day),
    )


def _count(session: Session, column: Any, condition: Any) -> int:
    return session.scalar(select(func.count(column)).where(condition)) or 0


def _problems(session: Session) -> list[tuple[str, dict[str, Any]]]:
    found = session.scalars(select(MirrorState).order_by(MirrorState.kind))
    return [(state.kind, problem) for state in found for problem in state.problems][:SHOWN_PROBLEMS]
