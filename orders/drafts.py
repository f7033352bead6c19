"""Use cases on an open order draft: lines come in, are changed, picked and left out; each change raises its version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.alias_rules import fold
from orders.checks import check_line
from orders.choices import ChoiceFacts, choice, offered, only_gone
from orders.draft_prices import book_of, set_list_price, settle_prices
from orders.goods import Goods, goods_of
from orders.kept_prices import keeps_its_price
from orders.model import BY_MAIL, RECOGNISED, DraftLine, DraftState, LineStatus, OrderDraft, TrailEntry
from orders.price_values import Priced
from orders.shortage import forget, free_of, note_free_stock, restore, settle_short
from people.model import Address, Party
from store.database import now

SHORTEST_WORD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    """A line as read from a message or copied from an order."""

    status: LineStatus
    sku: str | None
    quantity: Decimal | None
    uom: str | None
    source: str
    item_words: str = ""
    doubts: tuple[str, ...] = ()
    choices: tuple[ChoiceFacts, ...] = ()
    requested_price: Decimal | None = None
    requested_on: date | None = None
    asked_free: Decimal | None = None
    adds: bool = False
    """Said to be more of the same ("aur 5 peti"), so an equal item's quantity is raised without asking."""
    read_from: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One change of a draft line: by its number or its item."""

    op: str
    """`set`, `add`, `subtract`, `remove`, `replace`."""
    no: int | None = None
    sku: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    with_sku: str | None = None
    said: str = ""
    """The message that asked for it."""


@dataclass(kw_only=True, slots=True)
class Changed:
    """What one turn changed, for the summary to mark."""

    lines: set[int] = field(default_factory=set)
    removed: list[str] = field(default_factory=list)
    repriced: dict[int, Decimal] = field(default_factory=dict)
    """Line number → the price before."""
    not_found: list[str] = field(default_factory=list)
    goods: Goods | None = None
    """What the lines were last priced and checked by."""
    priced: Priced | None = None
    """What the lines that would go come to, with what schemes give them."""


def open_draft(
    session: Session, *, account_id: int, party_code: str, changes_order: str | None = None
) -> OrderDraft | None:
    """The open draft of this account for this party, locked: of a new order, or of a change of the one named."""
    return session.scalars(
        select(OrderDraft)
        .where(
            OrderDraft.account_id == account_id,
            OrderDraft.party_code == party_code,
            OrderDraft.changes_order.is_not_distinct_from(changes_order),
            OrderDraft.state == DraftState.OPEN.value,
        )
        .with_for_update()
    ).first()


def locked(session: Session, draft_id: int) -> OrderDraft:
    """A draft by its id, locked."""
    return session.scalars(
        select(OrderDraft).where(OrderDraft.id == draft_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def open_drafts(session: Session, account_id: int) -> list[OrderDraft]:
    """All that this account has not yet confirmed, oldest first."""
    return list(
        session.scalars(
            select(OrderDraft)
            .where(OrderDraft.account_id == account_id, OrderDraft.state == DraftState.OPEN.value)
            .order_by(OrderDraft.id)
        )
    )


def start(
    session: Session,
    *,
    party_code: str,
    account_id: int,
    person_id: int,
    on_behalf: bool,
    simulated: bool,
    changes_order: str | None = None,
) -> OrderDraft:
    """Open a draft; its ship-to is the party's only or default place, if there is one."""
    moment = now(session)
    draft = OrderDraft(
        party_code=party_code,
        account_id=account_id,
        person_id=person_id,
        on_behalf=on_behalf,
        simulated=simulated,
        changes_order=changes_order,
        version=0,
        opened_at=moment,
        touched_at=moment,
        ship_to=usual_ship_to(session, party_code),
        lines=[],
    )
    session.add(draft)
    session.flush()
    return draft


def places(session: Session, party_code: str) -> list[Address]:
    """Where this party's goods may be sent."""
    return list(
        session.scalars(select(Address).where(Address.party_code == party_code, Address.active).order_by(Address.code))
    )


def usual_ship_to(session: Session, party_code: str) -> str | None:
    """The only place, else the default one, else None: to be asked. A party without places ships to itself ('')."""
    codes = [place.code for place in places(session, party_code)]
    if len(codes) <= 1:
        return codes[0] if codes else ""
    default = session.get_one(Party, party_code).default_ship_to
    return default if default in codes else None


def touch(session: Session, draft: OrderDraft, *, reminder: timedelta) -> None:
    """Raise the version: whatever was shown before no longer holds. A draft is reminded of once in its life."""
    draft.version += 1
    draft.posts_at = None
    draft.touched_at = now(session)
    if draft.reminded_at is None:
        draft.reminder_due_at = draft.touched_at + reminder
    draft.duplicate_answer = None


def note(
    session: Session, draft: OrderDraft, what: str, *, by: str, inbound_id: int | None = None, **facts: Any
) -> None:
    """Write one step into the draft's trail."""
    session.add(TrailEntry(draft_id=draft.id, at=now(session), what=what, by=by, inbound_id=inbound_id, facts=facts))


def add_lines(draft: OrderDraft, lines: Sequence[NewLine]) -> Changed:
    """Append lines. Of an item that is in the draft already it is asked whether it is instead of that line, or more."""
    changed = Changed()
    number = max((line.no for line in draft.lines), default=0)
    for new in lines:
        twin = _twin(draft, new)
        if twin is not None and new.adds and twin.uom == new.uom and twin.quantity and new.quantity:
            restore(twin)
            twin.quantity += new.quantity
            twin.read_from = new.read_from or twin.read_from
            changed.lines.add(twin.no)
            continue
        number += 1
        line = DraftLine(
            no=number,
            status=new.status.value,
            sku=new.sku,
            quantity=new.quantity,
            uom=new.uom,
            source=new.source,
            item_words=new.item_words,
            doubts=list(new.doubts),
            candidates=list(new.choices),
            requested_price=new.requested_price,
            requested_on=new.requested_on,
            asked_free=new.asked_free,
            read_from=new.read_from,
        )
        if twin is not None:
            _ask_instead_or_more(line, twin)
        draft.lines.append(line)
        changed.lines.add(number)
    return changed


def _twin(draft: OrderDraft, new: NewLine) -> DraftLine | None:
    if new.status != LineStatus.MATCHED:
        return None
    return next(
        (
            line
            for line in draft.lines
            if line.status == LineStatus.MATCHED.value and line.sku == new.sku and line.requested_on == new.requested_on
        ),
        None,
    )


def _ask_instead_or_more(line: DraftLine, twin: DraftLine) -> None:
    """The same item again in a later message: only its sender knows whether that corrects or adds."""
    choices = [choice(str(line.sku), line.quantity, line.uom, onto=twin.no)]
    if twin.uom == line.uom and twin.quantity and line.quantity:
        both = (twin.wanted or twin.quantity) + line.quantity
        choices.append(choice(str(line.sku), both, line.uom, onto=twin.no))
    else:
        choices.append(choice(str(line.sku), line.quantity, line.uom))
    line.status, line.doubts, line.candidates = LineStatus.ASK.value, ["quantity"], choices


def change(draft: OrderDraft, edits: Iterable[Edit]) -> Changed:
    """Apply edits by line number or item; what is not in the draft is returned in `not_found`."""
    changed = Changed()
    for edit in edits:
        found = _find(draft, edit)
        if found is None:
            named = edit.sku or edit.no
            changed.not_found += [str(named)] if named else []
            continue
        _apply(draft, found, edit, changed)
    return changed


def _find(draft: OrderDraft, edit: Edit) -> DraftLine | None:
    if edit.no is not None:
        return next((line for line in draft.lines if line.no == edit.no), None)
    return next((line for line in draft.lines if edit.sku and line.sku == edit.sku), None) or next(
        (
            line
            for line in draft.lines
            if edit.sku and line.sku is None and edit.sku in {entry["sku"] for entry in line.candidates}
        ),
        None,
    )


def _apply(draft: OrderDraft, line: DraftLine, edit: Edit, changed: Changed) -> None:
    if edit.op == "remove":
        draft.lines.remove(line)
        changed.removed.append(line.source or str(line.sku))
        return
    restore(line)
    if edit.op == "replace":
        if names_again(line.item_words, edit.said):
            line.item_words = ""
        line.sku = edit.with_sku
        line.quantity = edit.quantity or line.quantity
        line.uom = edit.uom or line.uom
    elif edit.op == "set":
        line.quantity = edit.quantity or line.quantity
        line.uom = edit.uom or line.uom
    elif edit.quantity is not None:
        step = edit.quantity if edit.op == "add" else -edit.quantity
        line.quantity = (line.quantity or Decimal(0)) + step
    if line.quantity is not None and line.quantity <= 0:
        draft.lines.remove(line)
        changed.removed.append(line.source or str(line.sku))
        return
    if line.sku and line.quantity and line.uom:
        settle(line)
    changed.lines.add(line.no)


def names_again(item_words: str, said: str) -> bool:
    """Whether an edit says the words of the line again: another item is wanted, the words were not misread."""
    spoken = set(fold(said).split())
    return any(word in spoken for word in fold(item_words).split() if len(word) >= SHORTEST_WORD)


def settle(line: DraftLine) -> None:
    """No doubt is left about this line, and nothing is decided of what it may be short of."""
    forget(line)
    line.status, line.doubts, line.candidates, line.left_out = LineStatus.MATCHED.value, [], [], False


def pick(draft: OrderDraft, line: DraftLine, chosen: ChoiceFacts) -> DraftLine:
    """Settle a line by one of its choices; one `onto` another line changes that one. The line it is now."""
    onto = next((other for other in draft.lines if other.no == chosen.get("onto")), None)
    target = onto or line
    target.sku = chosen["sku"]
    if chosen.get("quantity"):
        target.quantity = Decimal(chosen["quantity"])
    target.uom = chosen["uom"] or target.uom
    if onto is not None:
        onto.read_from = line.read_from or onto.read_from
        draft.lines.remove(line)
    else:
        target.picked = True
    if target.quantity and target.uom:
        settle(target)
    else:
        target.doubts, target.candidates = ["quantity"], [chosen]
    return target


def needs_a_yes(draft: OrderDraft) -> bool:
    """Whether a line of it was recognised, or came by mail: only its sender's own yes lets it go."""
    return any(line.read_from in RECOGNISED or line.read_from == BY_MAIL for line in draft.lines)


def leave_out_unsettled(draft: OrderDraft) -> list[DraftLine]:
    """Set aside what cannot go as it stands; it stays in the draft's trail and is said to its sender."""
    aside = [line for line in draft.lines if not is_ready(line)]
    for line in aside:
        line.left_out = True
    return aside


def is_ready(line: DraftLine) -> bool:
    """May be confirmed as it stands."""
    return (
        line.status == LineStatus.MATCHED.value
        and not line.problem
        and not line.left_out
        and bool(line.sku and line.quantity and line.uom)
        and line.price is not None
        and line.price > 0
    )


def goods_in(session: Session, draft: OrderDraft) -> Goods:
    """The master data of all that a draft names or offers, at its customer's prices."""
    skus = {line.sku for line in draft.lines if line.sku}
    skus |= {entry["sku"] for line in draft.lines for entry in line.candidates if entry.get("sku")}
    skus |= {entry["sku"] for line in draft.lines for entry in line.free_goods or ()}
    skus |= {line["sku"] for line in draft.changes_from.get("lines", ())}
    return goods_of(session, skus, price_list=session.get_one(Party, draft.party_code).price_list)


def refresh(
    session: Session, draft: OrderDraft, *, day: date, as_shown: bool = False, to_confirm: bool = False
) -> Changed:
    """Price and check every line by today's rules and stock; says which prices changed.

    With `as_shown` a line that was cut to the stock is not raised again, though there may be more by now. What is
    priced `to_confirm` has the budgets of its schemes to itself until the transaction ends.
    """
    # The lines are written once they are priced, not before and after.
    with session.no_autoflush:
        book = book_of(session, draft, day=day, to_confirm=to_confirm)
    changed = Changed(goods=book.goods)
    before = {line.no: (line.price, line.free_goods) for line in draft.lines}
    kept = set()
    for line in draft.lines:
        _offer(line, book.goods)
        set_list_price(line, book)
        if keeps_its_price(draft, line, book):
            kept.add(line.no)
        else:
            _check(line, book.goods)
    short = settle_short(session, draft, book.goods, day=day, as_shown=as_shown, but=kept)
    for line in short.changed:
        set_list_price(line, book)
        if not line.problem:
            _check(line, book.goods)
    changed.priced = settle_prices(session, draft, book, kept=kept)
    draft.rules_version = book.rules.version
    note_free_stock(session, draft, book.goods, short, day=day)
    for line in draft.lines:
        price, free = before[line.no]
        if price is not None and line.price != price:
            changed.repriced[line.no] = price
        elif free_of(line.free_goods) != free_of(free):
            changed.lines.add(line.no)
    return changed


def _offer(line: DraftLine, goods: Goods) -> None:
    """What a line in doubt is asked as; one that can only mean an item no longer made means that item."""
    if line.status == LineStatus.MATCHED.value and line.sku and line.quantity is None:
        line.status, line.doubts, line.candidates = (
            LineStatus.ASK.value,
            ["quantity"],
            [choice(line.sku, None, line.uom)],
        )
    if line.status != LineStatus.ASK.value or any("onto" in entry for entry in line.candidates):
        return
    gone = only_gone(line.candidates, goods) if line.quantity and line.uom else None
    if gone is not None:
        line.sku = gone
        settle(line)
    else:
        line.candidates = offered(line.candidates, goods)


def _check(line: DraftLine, goods: Goods) -> None:
    """A line that was settled and cannot go becomes a question with its ways out, or says why it cannot."""
    line.problem, line.problem_facts = "", {}
    item = goods.items.get(line.sku or "")
    if line.status != LineStatus.MATCHED.value or item is None or line.quantity is None or line.uom is None:
        return
    verdict = check_line(
        item,
        goods.ladders.get(item.sku, {}),
        goods.successor(item.sku),
        quantity=line.quantity,
        uom=line.uom,
        priced=line.price is not None,
    )
    if verdict is None:
        return
    line.problem, line.problem_facts = verdict.problem.value, dict(verdict.facts)
    line.candidates = [choice(way.sku, way.quantity, way.uom) for way in verdict.choices]


def is_cancellation(draft: OrderDraft) -> bool:
    """A change that leaves nothing of its order."""
    return draft.changes_order is not None and not draft.lines


def open_questions(draft: OrderDraft) -> list[DraftLine]:
    """The lines that a pick or a word of their sender can settle."""
    return [line for line in draft.lines if not line.left_out and not is_ready(line) and line.candidates]


def close(session: Session, draft: OrderDraft, state: DraftState, *, by: str, reason: str) -> None:
    """End a draft; nothing of it can be confirmed any more."""
    draft.state = state.value
    draft.closed_at = now(session)
    draft.closed_by, draft.close_reason = by, reason
    draft.reminder_due_at = draft.posts_at = None
