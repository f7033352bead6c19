"""The amounts that a message which is no order names, and which of them is the one that counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from nlp.cues import find_cues
from nlp.meant import says_item
from nlp.tokens import TIMES, Kind
from nlp.units import MEASURED, Fit, resolve
from nlp.values import Intent, plain
from nlp.vocabulary import vocabulary
from nlp.work import Work

PARTLY_BAD = frozenset({Intent.COMPLAINT, Intent.RETURN_REQUEST})
SPOILT = frozenset({"broken", "scrap", "stopped"})
JOINING_SIGNS = frozenset("-:")
NEAR = 2
FAR_SURER = 10
"""How many items with a code that a unit may mean weigh as much as one with a code that it does mean."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The number of an atom and the unit said right behind it."""

    at: int
    value: Decimal
    unit: str | None


def amounts(work: Work) -> list[Amount]:
    """Every number that may count goods, in the order of the text: none of a document, a size or an item's name."""
    return [
        Amount(at, atom.number, _unit_behind(work, at))
        for at, atom in enumerate(work.atoms)
        if atom.number is not None and _is_free(work, at) and not (_is_named(work, at) or _is_joined(work, at))
    ]


def _is_free(work: Work, at: int) -> bool:
    atom = work.atoms[at]
    return atom.taken is None and not (atom.worded and atom.noise)


def _unit_behind(work: Work, at: int) -> str | None:
    following = [atom for atom in work.atoms[at + 1 : at + 3] if atom.text not in JOINING_SIGNS]
    return following[0].unit if following and following[0].taken is None else None


def _is_named(work: Work, at: int) -> bool:
    """The number speaks for the item of the line it stands in, is not that line's amount, and counts no packs."""
    unit = _unit_behind(work, at)
    held = next((q for line in work.found if (q := line.segment.quantity) is not None and q.start <= at < q.end), None)
    packs = unit is not None and vocabulary().meanings[unit].measure is None
    return held is None and not packs and says_item(work, at)


def _is_joined(work: Work, at: int) -> bool:
    """One of two numbers that an `x` joins."""
    beside = [work.atoms[place].plain for place in (at - 1, at + 1) if 0 <= place < len(work.atoms)]
    return any(sign in TIMES for sign in beside)


def spoilt(work: Work) -> Amount | None:
    """Of what was bought, the part that is bad: the last amount, if several are named and it can be a part.

    `shows 90, received only 80` is 10 too few.
    """
    said = amounts(work)
    counted = [amount for amount in said if amount.unit] or said
    if len(said) < 2 or not counted:
        return None
    whole, part = counted[0], said[-1]
    if part.unit is None and not _is_spoken_of(work, part):
        part = counted[-1]
    if part is whole:
        return None
    if part.unit == whole.unit and part.value < whole.value and _only_so_many_came(work, part):
        return Amount(part.at, whole.value - part.value, part.unit)
    return Amount(part.at, part.value, part.unit or whole.unit)


def _is_spoken_of(work: Work, amount: Amount) -> bool:
    """`3 ka rang`, `2 are broken`: a bare number that stands for some of the goods."""
    following = work.atoms[amount.at + 1 : amount.at + 2]
    return bool(following) and following[0].kind is Kind.WORD and following[0].taken is None


def _only_so_many_came(work: Work, amount: Amount) -> bool:
    grammar = vocabulary().grammar
    beside = work.atoms[max(0, amount.at - NEAR) : amount.at]
    told = any(atom.fold in grammar["told"] for atom in work.atoms[max(0, amount.at - 2 * NEAR) :])
    return told and any(atom.fold in grammar["only"] for atom in beside)


def needed(work: Work) -> Amount | None:
    """What is short: an amount with its unit or one that is asked for, else what is left of it; no time it lasts."""
    grammar = vocabulary().grammar
    left: Amount | None = None
    for amount in _counting(work):
        beside = work.atoms[max(0, amount.at - NEAR) : amount.at + NEAR + 2]
        if any(atom.fold in grammar["lasting"] for atom in beside):
            continue
        if any(atom.fold in grammar["only"] for atom in beside):
            left = left or (amount if amount.unit else None)
        elif amount.unit or any(atom.fold in grammar["wanted"] for atom in beside):
            return amount
    return left


def delivered(work: Work) -> Amount | None:
    """What was handed over: the one amount with a unit that is not said to be bad; several kinds are no one sum."""
    whole = [amount for amount in _counting(work) if amount.unit and not _is_bad(work, amount)]
    return whole[0] if len(whole) == 1 else None


def held(work: Work) -> Amount | None:
    """What is held back, not the pieces of a sample: `cracks in 9 of 50 bars`."""
    of_some = {at for at, atom in enumerate(work.atoms) if atom.fold in vocabulary().grammar["of"]}
    sampled = any(of_some & set(range(amount.at - NEAR, amount.at)) for amount in amounts(work))
    amount = None if sampled else delivered(work)
    return amount if amount is not None and amount.unit and code_of(amount.unit, work) else None


def used(work: Work) -> Amount | None:
    """What was consumed, by measure rather than by packs if that is more; two amounts in one unit are two materials."""
    counted = [amount for amount in _counting(work) if amount.unit]
    if len(counted) > 1 and counted[0].unit == counted[1].unit:
        return None
    measured = (amount for amount in counted if _is_measured(amount) and amount.value >= counted[0].value)
    return next(measured, counted[0] if counted else None)


def _is_measured(amount: Amount) -> bool:
    return amount.unit is not None and vocabulary().meanings[amount.unit].measure is not None


def made(work: Work) -> tuple[Amount | None, Amount | None]:
    """What was made and what of it is bad: `180 peti ho gaya, 3 reject`."""
    said = _counting(work)
    first = next((amount for amount in said if amount.unit), said[0] if said else None)
    bad = [at for concept, at, _ in find_cues(work.atoms) if concept in SPOILT]
    rest = [amount for amount in said if first is not None and amount.value < first.value]
    scrap = min(rest, key=lambda amount: min(abs(amount.at - at) for at in bad)) if rest and bad else None
    return first, scrap


def bargained(work: Work) -> Amount | None:
    """What would be taken: the last amount with a unit in `690 no, 705 if he lifts 100 bags`, `what for 50 case`."""
    return next((amount for amount in reversed(_counting(work)) if amount.unit), None)


def _is_bad(work: Work, amount: Amount) -> bool:
    bad = [at for concept, at, _ in find_cues(work.atoms) if concept in SPOILT]
    return any(0 < at - amount.at <= NEAR + 1 for at in bad)


def _counting(work: Work) -> list[Amount]:
    """The amounts without the sizes of goods: `5 kg wali film 42 kilo`, `250 ml bottle caps`, `20 litre ke drum`."""
    said = amounts(work)
    return [amount for amount in said if not _is_size(work, amount, among=said)]


def _is_size(work: Work, amount: Amount, *, among: list[Amount]) -> bool:
    """A measure with the amount right behind it, or said of goods there: with `wala`, or with an amount after them."""
    if not _is_measured(amount):
        return False
    if any(other.at == amount.at + 2 and other.unit for other in among):
        return True
    behind = work.atoms[amount.at + 2 : amount.at + 4]
    said_of = behind and (behind[0].fold in vocabulary().grammar["one"] or behind[0].noise == "particles")
    goods = behind[1:] if said_of else behind[:1]
    named = bool(goods) and goods[0].kind is Kind.WORD and goods[0].taken is None and not goods[0].noise
    return named and (said_of or any(other.at > amount.at for other in among))


CHOICE: dict[Intent, Callable[[Work], Amount | None]] = {
    Intent.COMPLAINT: spoilt,
    Intent.RETURN_REQUEST: spoilt,
    Intent.DELIVERY_REPORT: delivered,
    Intent.CONSUMPTION_REPORT: used,
    Intent.QUALITY_HOLD: held,
    Intent.SHORTAGE: needed,
    Intent.STOCK_QUERY: bargained,
    Intent.PRICE_QUERY: bargained,
    Intent.COUNTER_OFFER: bargained,
    Intent.DISCOUNT_REQUEST: bargained,
}


def in_units(amount: Amount, work: Work, sku: str | None) -> tuple[str, str | None]:
    """The amount as a slot has it: in a unit of the item's, or of the plant's if the item is not known."""
    item = work.catalogue.item(sku) if sku else None
    if amount.unit is None or item is None:
        base = item.base_uom if item is not None else None
        return plain(amount.value) or "", code_of(amount.unit, work) if amount.unit else base
    ladder = work.catalogue.ladders.get(item.sku, {})
    resolved = resolve(amount.unit, item, ladder, vocabulary())
    if resolved.fit is Fit.NONE:
        return plain(amount.value) or "", code_of(amount.unit, work)
    return plain(amount.value * resolved.factor) or "", resolved.uom


def code_of(unit: str, work: Work) -> str | None:
    """What the plant calls a spoken unit; a measure has a code even if no item has it."""
    meaning = vocabulary().meanings[unit]
    known = {uom for ladder in work.catalogue.ladders.values() for uom in ladder}
    exact = [code for code in meaning.exact if code in known]
    if meaning.base:
        bases = Counter(item.base_uom for item in work.catalogue.items)
        return next(iter(exact), None) or max(meaning.loose, key=lambda code: bases[code], default=None)
    sold = Counter(item.order_uom for item in work.catalogue.items)
    worth = {code: sold[code] for code in meaning.loose} | {code: sold[code] * FAR_SURER for code in meaning.exact}
    best = max(worth, key=lambda code: worth[code], default=None)
    if best is not None and worth[best]:
        return best
    return next((code for code in (*exact, *meaning.exact) if code in known or code in MEASURED), None)
