"""What a customer answered before: the same question is never asked twice for the same words."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders import aliases
from orders.checks import Problem
from orders.drafts import is_ready, settle
from orders.model import Alias, DraftLine, LineStatus, OrderDraft
from orders.shortage import SHORT

LOOKED_THROUGH = 300
ABOUT_THE_ITEM = {"item", "uom"}


def recall(session: Session, draft: OrderDraft, numbers: Collection[int]) -> frozenset[int]:
    """Settle lines in doubt by what this customer answered before for the same words; the numbers of those settled.

    The lines must have been checked; those settled must be checked again.
    """
    asked = [line for line in draft.lines if line.no in numbers and _is_asked(line)]
    if not asked:
        return frozenset()
    answers = _answers(session, draft.party_code)
    names = aliases.remembered(session, draft.party_code)
    return frozenset(line.no for line in asked if _from_answer(line, answers) or _from_name(session, line, names))


def _is_asked(line: DraftLine) -> bool:
    corrects = any("onto" in entry or SHORT in entry for entry in line.candidates)
    asked = bool(line.candidates) or line.status == LineStatus.UNKNOWN.value
    return not is_ready(line) and not line.left_out and asked and not corrects


def _answers(session: Session, party_code: str) -> dict[str, DraftLine]:
    """The lines this customer settled by an answer, the newest for each source text."""
    rows = session.scalars(
        select(DraftLine)
        .join(OrderDraft)
        .where(
            OrderDraft.party_code == party_code,
            DraftLine.picked,
            DraftLine.status == LineStatus.MATCHED.value,
            DraftLine.source != "",
        )
        .order_by(DraftLine.id.desc())
        .limit(LOOKED_THROUGH)
    )
    return {aliases.fold(line.source): line for line in reversed(rows.all())}


def _from_answer(line: DraftLine, answers: dict[str, DraftLine]) -> bool:
    """The very same words, amount included."""
    before = answers.get(aliases.fold(line.source))
    if before is None or before.id == line.id:
        return False
    line.sku, line.quantity, line.uom = before.sku, before.wanted or before.quantity, before.uom
    settle(line)
    return True


def _from_name(session: Session, line: DraftLine, names: dict[str, Alias]) -> bool:
    """The same name of an item with another amount."""
    before = names.get(aliases.fold(line.item_words or line.source))
    gone = line.problem == Problem.INACTIVE
    if before is None or line.quantity is None or (line.problem and not gone):
        return False
    if not gone and not set(line.doubts) <= ABOUT_THE_ITEM:
        return False
    uom = _uom(session, line, before)
    if uom is None:
        return False
    line.sku, line.uom = before.sku, uom
    settle(line)
    return True


def _uom(session: Session, line: DraftLine, before: Alias) -> str | None:
    """The unit said, if the item has it; else the one answered with the name; else the only one offered with it."""
    ladder = mirror.uoms(session, [before.sku]).get(before.sku, {})
    said = None if "uom" in line.doubts else line.uom
    offered = {entry["uom"] for entry in line.candidates if entry["sku"] == before.sku}
    only = next(iter(offered)) if len(offered) == 1 and "uom" not in line.doubts else None
    return next((uom for uom in (said, before.uom, only) if uom and uom in ladder), None)
