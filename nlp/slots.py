"""What a message that is no order says: its item, amount, price, percentage, reason; and the edits of a change."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlp import amounts, changes, line_days, offers, reasons, turns, until, urgency
from nlp.amounts import Amount
from nlp.atoms import HUGE, Atom
from nlp.catalogue import compact
from nlp.found import Found
from nlp.intents import only_a_date
from nlp.meant import meant
from nlp.tokens import Kind
from nlp.values import Doubt, Intent, plain
from nlp.vocabulary import vocabulary
from nlp.work import Work

KEEPS_LINES = frozenset({Intent.ORDER})
KEEPS_DATE = frozenset({Intent.ORDER, Intent.REPEAT_ORDER, Intent.YES})
WITH_ITEM = frozenset(
    {
        Intent.STOCK_QUERY,
        Intent.PRICE_QUERY,
        Intent.DISCOUNT_REQUEST,
        Intent.COMPLAINT,
        Intent.RETURN_REQUEST,
        Intent.ORDER_STATUS,
        Intent.QUALITY_HOLD,
        Intent.QUALITY_RELEASE,
        Intent.PRODUCTION_REPORT,
        Intent.CONSUMPTION_REPORT,
        Intent.SHORTAGE,
        Intent.COUNTER_OFFER,
        Intent.CANCEL_ORDER,
        Intent.DELIVERY_REPORT,
    }
)
FROM_LINES = frozenset({Intent.DISCOUNT_REQUEST, Intent.PRODUCTION_REPORT, *amounts.PARTLY_BAD})
"""What speaks of goods as an order names them, so that without a unit their line says what is the amount."""
ON_THE_FLOOR = frozenset(
    {
        Intent.BREAKDOWN,
        Intent.BACK_UP,
        Intent.QUALITY_HOLD,
        Intent.QUALITY_RELEASE,
        Intent.PRODUCTION_REPORT,
        Intent.CONSUMPTION_REPORT,
        Intent.SHORTAGE,
    }
)
"""No customer has a part in these; a word of a firm's name in them means something else."""
NO_AMOUNT = frozenset({Intent.QUALITY_HOLD, Intent.QUALITY_RELEASE})
WITH_REASON = frozenset(
    {
        Intent.BREAKDOWN,
        Intent.QUALITY_HOLD,
        Intent.DECLINE,
        Intent.COMPLAINT,
        Intent.RETURN_REQUEST,
        Intent.SHORTAGE,
        Intent.PRIORITY_CHANGE,
    }
)
AS_CLEARLY = 0.6
MATERIALS = frozenset({Intent.CONSUMPTION_REPORT, Intent.SHORTAGE})
CODE = re.compile(r"\b[A-Z]{2,4}(?:-[A-Z0-9]+)+\b")
NEEDS_CHARACTERS = re.compile(r"\w")


def fill(work: Work) -> None:
    if work.intent is Intent.CHANGE_ORDER:
        _changes(work)
    elif work.intent not in KEEPS_LINES:
        _from_lines(work)
        if work.intent in ON_THE_FLOOR:
            work.slots.pop("customer", None)
        if work.intent in OWN_SLOTS:
            OWN_SLOTS[work.intent](work)
    if work.intent not in KEEPS_LINES and work.intent is not Intent.CHANGE_ORDER:
        work.asked = work.lines if work.intent is Intent.STOCK_QUERY else []
        work.lines = []
    moves = work.intent in (Intent.CHANGE_ORDER, Intent.NO) and bool(work.context.draft)
    if not (moves or work.intent in KEEPS_DATE or only_a_date(work)):
        work.requested_on = None
    if work.intent in (Intent.ORDER, Intent.CHANGE_ORDER):
        line_days.assign(work)
    work.urgent = urgency.is_urgent(work)
    told = reasons.reason(work) if work.intent in reasons.OWN_CUES else None
    if told is not None:
        work.slots["reason"] = told
    elif work.intent in WITH_REASON:
        _reason(work)
    work.note("slots", ", ".join(f"{name} {value}" for name, value in work.slots.items()) or "none")


def _changes(work: Work) -> None:
    """Edits by line number and by item; with a draft open, what edits nothing is an addition and stays as a line."""
    work.changes.extend(work.edits)
    drafting = bool(work.context.draft) or bool(work.edits)
    used = changes.find_changes(work, whole=not drafting)
    kept = [line for at, line in enumerate(work.lines) if at not in used] if drafting else []
    work.lines = [line for line in kept if line.quantity is not None]


def _from_lines(work: Work) -> None:
    ranked = sorted((found for found in work.found if not found.unknown), key=lambda found: -found.best)
    sku = _item(ranked, work) if work.intent in WITH_ITEM else None
    if sku is not None:
        work.slots["sku"] = sku
    choose = amounts.CHOICE.get(work.intent)
    amount = choose(work) if choose else None
    if amount is not None:
        _count(amount, work)
    elif work.intent in FROM_LINES:
        _amount_of_line(ranked, work)


def _count(amount: Amount, work: Work) -> None:
    work.slots["quantity"], uom = amounts.in_units(amount, work, work.slots.get("sku"))
    if uom is not None:
        work.slots["uom"] = uom


def _amount_of_line(ranked: list[Found], work: Work) -> None:
    said = next((found for found in ranked if found.segment.quantity is not None), None)
    if said is not None and Doubt.UOM not in said.doubts and said.quantity is not None and said.uom:
        work.slots["quantity"] = plain(said.quantity) or ""
        work.slots["uom"] = said.uom


def _item(ranked: list[Found], work: Work) -> str | None:
    """The item spoken of, if one line names it clearly and no other line names another about as clearly."""
    written = _written_out(work)
    if written is not None or not ranked:
        return written
    counts = work.intent not in NO_AMOUNT
    named = [meant(line, work, counts=counts) for line in ranked if line.best > ranked[0].best * AS_CLEARLY]
    column = named[0]
    if column is None or work.setting is None or any(other not in (None, column) for other in named):
        return None
    return work.setting.sku(column)


def _written_out(work: Work) -> str | None:
    """A code of the item master as it stands there, or on the floor one of a material that no order can name."""
    for match in CODE.finditer(work.text):
        if any(atom.taken for atom in work.atoms if match.start() <= atom.start < match.end()):
            continue
        row = work.catalogue.codes.get(compact(match.group(0)))
        if row is not None:
            return work.catalogue.items[row].sku
        if work.intent in MATERIALS:
            return match.group(0)
    return None


def _production(work: Work) -> None:
    """`180 peti ho gaya, 3 reject`: what no line says of the made amount, and the scrap."""
    made, scrap = amounts.made(work)
    if scrap is not None:
        work.slots["scrap"] = plain(scrap.value) or ""
    if made is not None and (made.unit or work.slots.get("quantity") in (None, work.slots.get("scrap"))):
        work.slots.pop("uom", None)
        _count(made, work)


def _turn(work: Work) -> None:
    """The order to come first; the number that a rep gives here is no customer's reference."""
    first = turns.moved_up(work)
    if first is not None:
        work.slots["production_order"] = first
        work.slots.pop("customer_reference", None)


def _until(work: Work) -> None:
    end = until.until(work)
    if end is not None:
        work.slots["until"] = end


def _payment(work: Work) -> None:
    """The largest number that counts neither goods nor days and is no number of a document."""
    words = [*work.atoms[1:], None]
    sums = [
        atom.number
        for atom, behind in zip(work.atoms, words, strict=False)
        if atom.number is not None and atom.taken is None and atom.number < HUGE and not _counts(behind)
    ]
    if sums:
        work.slots["payment_amount"] = plain(max(sums)) or ""


def _counts(behind: Atom | None) -> bool:
    """Whether the number before such a word is one of packs, hours or days."""
    return behind is not None and (behind.unit is not None or behind.fold in vocabulary().grammar["lasting"])


def _reason(work: Work) -> None:
    """What is said besides the names and numbers that already have their slot."""
    words = [atom for atom in work.atoms if atom.taken is None]
    while words and (words[0].kind is not Kind.WORD or words[0].noise):
        words.pop(0)
    while words and (words[-1].kind is not Kind.WORD or words[-1].noise):
        words.pop()
    if words:
        said = work.text[words[0].start : words[-1].end].strip()
        if NEEDS_CHARACTERS.search(said):
            work.slots["reason"] = said


OWN_SLOTS: dict[Intent, Callable[[Work], None]] = {
    Intent.PRODUCTION_REPORT: _production,
    Intent.PAYMENT_REPORT: _payment,
    Intent.PRIORITY_CHANGE: _turn,
    Intent.BREAKDOWN: _until,
    Intent.DISCOUNT_REQUEST: offers.fill_offer,
    Intent.COUNTER_OFFER: offers.fill_offer,
    Intent.APPROVE: offers.fill_offer,
}
"""What only a message of this kind says."""
