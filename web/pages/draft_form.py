"""A draft as a form: what it holds, what was typed into it, and what of that cannot be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import abort, request
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot import desk_drafts
from bot.app import Munshi
from bot.desk import OF_A_DRAFT
from bot.desk_drafts import Terms
from erp import mirror
from erp.mirror_model import MirroredItem
from erp.records import Item, plain
from orders import drafts
from orders.keyed import KeyedLine
from orders.model import LEAST, MOST, DraftLine, DraftState, OrderDraft
from people.model import Account, Address, Party
from routing.model import Matter

EMPTY_ROWS = 5
MOST_ROWS = 200
# In the order in which a clerk wants to hear of them.
PROBLEMS = {
    "inactive": "is no longer made",
    "no_price": "has no price for this customer",
    "below_absolute": "comes to less than may ever be approved: a rule must be changed first",
    "needs_approval": "comes to less than its floor and needs an approval",
    "moq": "is below the least quantity",
    "multiple": "is not a multiple of what it is sold in",
    "fraction": "cannot be had in parts of this unit",
    "not_sold_in": "is not sold in this unit",
    "short": "is short of stock: its sender is asked; confirmed here it goes whole, the rest when made",
    "none_now": "is not in stock: its sender is asked; confirmed here it goes whole, when made",
    "out": "is not in stock, and this customer takes nothing later",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FormRow:
    """One line as it stands in the form; `key` names its fields."""

    key: str
    no: int | None = None
    sku: str = ""
    quantity: str = ""
    uom: str = ""
    out: bool = False
    line: DraftLine | None = None
    item: Item | None = None
    problem: str = ""
    """Why it was not taken, or cannot go as it is."""


@dataclass(kw_only=True, slots=True)
class Form:
    """The whole of it."""

    draft: OrderDraft
    version: int
    rows: list[FormRow]
    terms: Terms
    party: Party
    places: Sequence[Address]
    units: Sequence[str]
    total: Decimal
    keyed: list[KeyedLine] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    """By field; with any, nothing is saved."""

    @property
    def seen_by_customer(self) -> bool:
        """He wrote it, or it was sent to him before."""
        return self.draft.state == DraftState.OPEN.value


def has_its_draft(matter: Matter) -> bool:
    """Whether the matter is about a draft already."""
    return matter.kind in OF_A_DRAFT


def firms(app: Munshi, session: Session, account: Account) -> list[Party]:
    """For which somebody may be keyed in an order, by name."""
    codes = desk_drafts.firms_of(app, session, account)
    return list(session.scalars(select(Party).where(Party.code.in_(codes)).order_by(Party.name, Party.code)))


def of_draft(session: Session, draft: OrderDraft) -> Form:
    """As it is now, with room for more lines."""
    items = mirror.items(session, {line.sku for line in draft.lines if line.sku})
    rows = [_row(line, items) for line in draft.lines]
    return _form(
        session,
        draft,
        version=draft.version,
        rows=[*rows, *(FormRow(key=f"new{number}") for number in range(EMPTY_ROWS))],
        terms=Terms(
            ship_to=draft.ship_to, requested_on=draft.requested_on, customer_reference=draft.customer_reference
        ),
    )


def _form(session: Session, draft: OrderDraft, *, version: int, rows: list[FormRow], terms: Terms) -> Form:
    units = {
        rung.uom for ladder in mirror.uoms(session, _skus(rows)).values() for rung in ladder.values() if rung.sales
    }
    return Form(
        draft=draft,
        version=version,
        rows=rows,
        terms=terms,
        party=session.get_one(Party, draft.party_code),
        places=drafts.places(session, draft.party_code),
        units=sorted(units),
        total=sum(((line.quantity or Decimal(0)) * (line.price or Decimal(0)) for line in draft.lines), Decimal(0)),
    )


def _skus(rows: Sequence[FormRow]) -> set[str]:
    return {row.sku for row in rows if row.sku}


def _row(line: DraftLine, items: Mapping[str, Item]) -> FormRow:
    item = items.get(line.sku or "")
    told = PROBLEMS.get(line.problem, line.problem)
    if not told and line.doubts:
        told = f"in doubt: {', '.join(line.doubts)}"
    return FormRow(
        key=str(line.no),
        no=line.no,
        sku=line.sku or "",
        quantity="" if line.quantity is None else plain(line.quantity),
        uom=line.uom or "",
        line=line,
        item=item,
        problem=told,
    )


def typed(session: Session, draft_id: int) -> Form:
    """What was sent with the form, checked field by field against the master data."""
    draft = session.get(OrderDraft, draft_id)
    if draft is None:
        abort(404)
    problems: dict[str, str] = {}
    by_number = {line.no: line for line in draft.lines}
    rows, keyed = [], []
    for key in request.form.getlist("row")[:MOST_ROWS]:
        row = _typed_row(key, by_number)
        found = _item(session, row.sku) if row.sku and not row.out else None
        if row.sku and not row.out and found is None:
            problems[f"sku-{key}"] = "No item is called so. Choose one from the list, or type its code."
        quantity = _quantity(row, problems)
        if row.quantity and not row.sku and row.no is None:
            problems[f"sku-{key}"] = "Which item?"
        rows.append(row)
        if row.no is not None or row.sku:
            keyed.append(_keyed(row, found, quantity))
    form = _form(session, draft, version=_version(), rows=rows, terms=_terms(problems))
    form.keyed, form.problems = keyed, problems
    return form


def _typed_row(key: str, by_number: Mapping[int, DraftLine]) -> FormRow:
    no = int(key) if key.isdecimal() and len(key) < 9 else None
    return FormRow(
        key=key[:12],
        no=no,
        sku=request.form.get(f"sku-{key}", "").strip()[:120],
        quantity=request.form.get(f"quantity-{key}", "").strip()[:40],
        uom=request.form.get(f"uom-{key}", "").strip().upper()[:20],
        out=request.form.get(f"out-{key}") == "1",
        line=by_number.get(no) if no is not None else None,
    )


def _item(session: Session, words: str) -> MirroredItem | None:
    """By its code, else by its whole name, if only one is called so."""
    called = or_(MirroredItem.sku == words, func.lower(MirroredItem.sku) == words.lower())
    found = session.scalars(select(MirroredItem).where(MirroredItem.listed, called).limit(2)).all()
    if not found:
        named = func.lower(MirroredItem.name) == words.lower()
        found = session.scalars(select(MirroredItem).where(MirroredItem.listed, named).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _quantity(row: FormRow, problems: dict[str, str]) -> Decimal | None:
    if row.out or not row.quantity:
        if row.sku and not row.out and row.no is None:
            problems[f"quantity-{row.key}"] = "How much?"
        return None
    try:
        quantity = Decimal(row.quantity)
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or not LEAST <= quantity < MOST:
        problems[f"quantity-{row.key}"] = "A number such as 12 or 2.5."
        return None
    return quantity


def _keyed(row: FormRow, item: MirroredItem | None, quantity: Decimal | None) -> KeyedLine:
    """Without a unit it is the one the item is ordered in."""
    return KeyedLine(
        no=row.no,
        sku=item.sku if item else None,
        quantity=quantity,
        uom=row.uom or (item.order_uom if item else None),
        out=row.out,
    )


def _terms(problems: dict[str, str]) -> Terms:
    requested = request.form.get("requested_on", "").strip()
    day = None
    if requested:
        try:
            day = date.fromisoformat(requested)
        except ValueError:
            problems["requested_on"] = "A day such as 2026-11-28."
    return Terms(
        ship_to=request.form.get("ship_to") or None,
        requested_on=day,
        customer_reference=" ".join(request.form.get("customer_reference", "").split())[:120],
    )


def _version() -> int:
    told = request.form.get("draft_version", "")
    return int(told) if told.isdecimal() and len(told) < 18 else -1
