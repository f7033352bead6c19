"""What a message that is no order says: its item, amount, price, percentage, reason; and the edits of a change."""

from __future__ import annotations

import re
from decimal import Decimal

from nlp import changes
from nlp.atoms import HUGE
from nlp.cues import find_cues
from nlp.intents import only_a_date
from nlp.lines import Found
from nlp.tokens import Kind
from nlp.units import Fit, resolve
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
    }
)
WITH_QUANTITY = frozenset(
    {
        Intent.STOCK_QUERY,
        Intent.PRICE_QUERY,
        Intent.DISCOUNT_REQUEST,
        Intent.COMPLAINT,
        Intent.RETURN_REQUEST,
        Intent.PRODUCTION_REPORT,
        Intent.CONSUMPTION_REPORT,
        Intent.SHORTAGE,
    }
)
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
NEEDS_CHARACTERS = re.compile(r"\w")


def fill(work: Work) -> None:
    if work.intent is Intent.CHANGE_ORDER:
        _changes(work)
    elif work.intent not in KEEPS_LINES:
        _from_lines(work)
        if work.intent is Intent.PRODUCTION_REPORT:
            _production(work)
        _prices(work)
    if work.intent not in KEEPS_LINES and work.intent is not Intent.CHANGE_ORDER:
        work.lines = []
    moves = work.intent in (Intent.CHANGE_ORDER, Intent.NO) and bool(work.context.draft)
    if not (moves or work.intent in KEEPS_DATE or only_a_date(work)):
        work.requested_on = None
    if work.intent in WITH_REASON:
        _reason(work)
    work.note("slots", ", ".join(f"{name} {value}" for name, value in work.slots.items()) or "none")


def _changes(work: Work) -> None:
    """Edits by line number and by item; with a draft open, what edits nothing is an addition and stays as a line."""
    work.changes.extend(work.edits)
    drafting = bool(work.context.draft) or bool(work.edits)
    used = changes.find_changes(work, whole=not drafting)
    kept = [line for at, line in enumerate(work.lines) if at not in used] if drafting else []
    work.lines = [line for line in kept if line.quantity is not None]


def _settled(found: Found) -> bool:
    return found.chosen is not None and found.best >= 1.4 and not found.strange


def _from_lines(work: Work) -> None:
    assert work.setting is not None
    ranked = sorted((found for found in work.found if not found.unknown), key=lambda found: -found.best)
    if work.intent in WITH_ITEM and ranked and _settled(ranked[0]):
        best = ranked[0]
        assert best.chosen is not None
        if not any(_settled(other) and other.chosen != best.chosen for other in ranked[1:]):
            work.slots["sku"] = work.setting.sku(best.chosen)
    if work.intent in WITH_QUANTITY:
        said = next((found for found in ranked if found.segment.quantity is not None), None)
        if said is not None and Doubt.UOM not in said.doubts and said.quantity is not None and said.uom:
            work.slots["quantity"] = plain(said.quantity) or ""
            work.slots["uom"] = said.uom


def _production(work: Work) -> None:
    """`180 peti ho gaya, 3 reject`: the made amount and the scrap, units as ERP codes where the plant has one."""
    amounts = _amounts(work)
    scrap_at = [at for concept, at, _ in find_cues(work.atoms) if concept == "scrap"]
    scrap = None
    if scrap_at and len(amounts) > 1:
        scrap = min(amounts[1:], key=lambda found: min(abs(found[0] - at) for at in scrap_at))
        work.slots["scrap"] = plain(scrap[1]) or ""
    if (amounts and "quantity" not in work.slots) or (scrap and work.slots.get("quantity") == plain(scrap[1])):
        _at, value, unit = amounts[0]
        work.slots["quantity"] = plain(value) or ""
        code = _plant_code(work, unit)
        if code:
            work.slots["uom"] = code
        else:
            work.slots.pop("uom", None)


def payment(work: Work) -> None:
    """The largest number that counts nothing and is no number of a document."""
    sums = [value for _, value, unit in _amounts(work) if unit is None and value < HUGE]
    if sums:
        work.slots["payment_amount"] = plain(max(sums)) or ""


def _amounts(work: Work) -> list[tuple[int, Decimal, str | None]]:
    found = []
    for at, atom in enumerate(work.atoms):
        if atom.number is None or atom.taken is not None:
            continue
        unit = work.atoms[at + 1].unit if at + 1 < len(work.atoms) else None
        found.append((at, atom.number, unit))
    return sorted(found, key=lambda item: item[2] is None)


def _plant_code(work: Work, unit: str | None) -> str | None:
    if unit is None:
        return None
    sku = work.slots.get("sku")
    item = work.catalogue.item(sku) if sku else None
    if item is not None:
        resolved = resolve(unit, item, work.catalogue.ladders.get(item.sku, {}), vocabulary())
        return resolved.uom if resolved.fit is not Fit.NONE else None
    used = {uom for ladder in work.catalogue.ladders.values() for uom in ladder}
    return next((code for code in vocabulary().meanings[unit].exact if code in used), None)


def _prices(work: Work) -> None:
    if work.intent in (Intent.DISCOUNT_REQUEST, Intent.COUNTER_OFFER) and work.percents:
        work.slots["discount_percent"] = (
            plain(work.percents[-1] if work.intent is Intent.COUNTER_OFFER else work.percents[0]) or ""
        )
    elif work.intent is Intent.COUNTER_OFFER:
        numbers = [atom.number for atom in work.atoms if atom.number is not None and not atom.worded]
        if numbers:
            work.slots["price"] = plain(_offered(work, numbers)) or ""
    elif work.intent is Intent.DISCOUNT_REQUEST and work.prices:
        work.slots["price"] = plain(work.prices[0].price) or ""


def _offered(work: Work, numbers: list[Decimal]) -> Decimal:
    """`2500 nahi, 2525 le le`: the one that is not refused."""
    refused = {work.atoms[at - 1].number for concept, at, _ in find_cues(work.atoms) if concept == "no" and at}
    kept = [number for number in numbers if number not in refused]
    return kept[-1] if kept else numbers[-1]


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
