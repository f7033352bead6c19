"""Orders and drafts: found by number or customer, each with its trail from the message to the ERP's number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.model import Inbound, Outbound
from erp import mirror
from erp.outbox_model import OutboxRow
from orders.model import DraftState, OrderDraft, SalesOrder, TrailEntry
from people.model import Account, Party, Person
from web.pages import conversation
from web.pages.guard import May, asks, pages, transaction

blueprint = pages("orders", __name__, url_prefix="/orders")

A_PAGE = 60
TONES = {
    "posted": "good",
    "accepted": "calm",
    "confirmed": "calm",
    "rejected": "bad",
    "held": "warn",
    "cancelled": "",
    "open": "warn",
    "declined": "",
    "waiting": "calm",
    "sending": "calm",
    "unknown": "warn",
    "withdrawn": "",
}
STEP_NAMES = {
    "drafted": "Draft begun",
    "changed": "Draft changed",
    "reminded": "Sender reminded",
    "confirmed": "Confirmed",
    "declined": "Declined by its sender",
    "cancelled": "Cancelled",
    "held": "Put on hold",
    "released": "Released to the ERP",
    "accepted": "Accepted by the ERP",
    "posted": "Posted in the ERP",
    "rejected": "Rejected by the ERP",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that happened: heard, decided, written to the outbox, or said."""

    at: datetime
    name: str
    by: str = ""
    text: str = ""
    details: tuple[str, ...] = ()
    tone: str = ""


@blueprint.get("/")
@asks(May.LOOK)
def orders() -> ResponseReturnValue:
    """Confirmed orders, newest first, and the drafts that are open; by number, customer or state."""
    words, state = request.args.get("words", "").strip()[:80], request.args.get("state", "")
    with transaction() as session:
        shown = {
            "orders": [] if state == "open" else _orders(session, words, state),
            "drafts": _drafts(session, words) if state in ("", "open") else [],
            "words": words,
            "state": state,
            "tones": TONES,
        }
        template = "orders/rows.html" if request.headers.get("HX-Request") else "orders/list.html"
        return render_template(template, **shown)


def _orders(session: Session, words: str, state: str) -> list[tuple[SalesOrder, Party]]:
    query = (
        select(SalesOrder, Party)
        .join(Party, Party.code == SalesOrder.party_code)
        .order_by(SalesOrder.confirmed_at.desc(), SalesOrder.number.desc())
        .limit(A_PAGE)
    )
    if state:
        query = query.where(SalesOrder.state == state)
    for word in words.split():
        like = f"%{word}%"
        query = query.where(
            or_(
                SalesOrder.number.ilike(like),
                SalesOrder.erp_number.ilike(like),
                SalesOrder.customer_reference.ilike(like),
                Party.name.ilike(like),
                Party.code.ilike(like),
            )
        )
    return [(order, party) for order, party in session.execute(query)]


def _drafts(session: Session, words: str) -> list[tuple[OrderDraft, Party]]:
    query = (
        select(OrderDraft, Party)
        .join(Party, Party.code == OrderDraft.party_code)
        .where(OrderDraft.state == DraftState.OPEN.value)
        .order_by(OrderDraft.touched_at.desc())
        .limit(A_PAGE)
    )
    for word in words.split():
        query = query.where(or_(Party.name.ilike(f"%{word}%"), Party.code.ilike(f"%{word}%")))
    return [(draft, party) for draft, party in session.execute(query)]


@blueprint.get("/<number>")
@asks(May.LOOK)
def order(number: str) -> ResponseReturnValue:
    """One order by our number or the ERP's."""
    with transaction() as session:
        found = session.scalars(
            select(SalesOrder).where(or_(SalesOrder.number == number, SalesOrder.erp_number == number))
        ).first()
        if found is None:
            abort(404)
        draft = session.get_one(OrderDraft, found.draft_id)
        posting = session.scalars(
            select(OutboxRow).where(
                OutboxRow.erp == found.erp, OutboxRow.number == found.number, OutboxRow.kind == "sales_orders"
            )
        ).first()
        return _shown(session, draft, order=found, posting=posting, lines=found.lines)


@blueprint.get("/drafts/<int:draft_id>")
@asks(May.LOOK)
def draft(draft_id: int) -> ResponseReturnValue:
    """One draft, confirmed or not."""
    with transaction() as session:
        found = session.get(OrderDraft, draft_id)
        if found is None:
            abort(404)
        order = session.scalars(select(SalesOrder).where(SalesOrder.draft_id == draft_id)).first()
        return _shown(session, found, order=order, posting=None, lines=found.lines)


def _shown(
    session: Session, draft: OrderDraft, *, order: SalesOrder | None, posting: OutboxRow | None, lines: Sequence[Any]
) -> str:
    account = session.get_one(Account, draft.account_id)
    return render_template(
        "orders/one.html",
        draft=draft,
        order=order,
        posting=posting,
        lines=lines,
        items=mirror.items(session, {line.sku for line in lines if line.sku}),
        party=session.get_one(Party, draft.party_code),
        person=session.get_one(Person, draft.person_id),
        account=account,
        steps=_trail(session, draft, order, posting),
        bubbles=conversation.of_account(session, account.id),
        tones=TONES,
    )


def _trail(session: Session, draft: OrderDraft, order: SalesOrder | None, posting: OutboxRow | None) -> list[Step]:
    entries = session.scalars(select(TrailEntry).where(TrailEntry.draft_id == draft.id).order_by(TrailEntry.id)).all()
    steps = [_of_entry(entry) for entry in entries]
    steps += _heard(session, [entry.inbound_id for entry in entries if entry.inbound_id])
    steps += _said(session, draft, order)
    if posting is not None:
        steps += _posted(posting)
    return sorted(steps, key=lambda step: step.at)


def _of_entry(entry: TrailEntry) -> Step:
    facts = dict(entry.facts)
    lines = facts.pop("lines", [])
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if value not in (None, ""))
    return Step(
        at=entry.at,
        name=STEP_NAMES.get(entry.what, entry.what.replace("_", " ").capitalize()),
        by=entry.by,
        text=told,
        details=tuple(_line(line) for line in lines) if isinstance(lines, list) else (),
        tone="bad" if entry.what == "rejected" else "",
    )


def _line(line: Any) -> str:
    """`2. 20 CASE KG-050 × 555.43 “kutku 20 peti”`, as far as the line was settled."""
    if not isinstance(line, dict):
        return str(line)
    amount = " ".join(str(line[name]) for name in ("quantity", "uom") if line.get(name))
    price = f" × {line['price']}" if line.get("price") else ""
    status = f", {line['status']}" if line.get("status") not in (None, "matched") else ""
    return f"{line.get('no', '')}. {amount} {line.get('sku') or ''}{price}{status} “{line.get('source', '')}”"


def _heard(session: Session, inbound_ids: Sequence[int]) -> list[Step]:
    rows = session.scalars(select(Inbound).where(Inbound.id.in_(set(inbound_ids))))
    return [
        Step(
            at=row.stored_at,
            name="Tapped" if row.payload else "Heard",
            by=row.channel,
            text=row.body[:300] or row.kind,
            details=(f"message {row.sid}",),
        )
        for row in rows
    ]


def _said(session: Session, draft: OrderDraft, order: SalesOrder | None) -> list[Step]:
    about = Outbound.draft_id == draft.id
    if order is not None:
        about = about | (Outbound.subject["order"].astext == order.number)
    rows = session.scalars(select(Outbound).where(about).order_by(Outbound.position))
    return [
        Step(
            at=row.sent_at or row.created_at,
            name=f"Said: {row.kind.replace('_', ' ')}",
            by=row.channel,
            text=next((line for line in row.lines if line.strip()), "")[:160],
            details=(f"{row.state}{f' ({row.error})' if row.error else ''}",),
            tone="bad" if row.state == "failed" else "",
        )
        for row in rows
    ]


def _posted(posting: OutboxRow) -> list[Step]:
    steps = [Step(at=posting.created_at, name="Written to the outbox", by=posting.erp)]
    if posting.first_sent_at:
        times = "once" if posting.attempts == 1 else f"{posting.attempts} times"
        steps.append(Step(at=posting.first_sent_at, name="Handed to the ERP", by=posting.erp, text=f"tried {times}"))
    return steps
