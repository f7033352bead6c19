"""The price or percentage that is asked for, granted or offered, among those that a message refuses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from nlp.amounts import Amount, amounts
from nlp.cues import find_cues
from nlp.meant import says_item
from nlp.tokens import Kind
from nlp.values import Intent, plain
from nlp.vocabulary import vocabulary
from nlp.work import Work

LEAST_PRICE = 2
REFUSING = frozenset({"no", "decline"})
BETWEEN = frozenset({"particles", "polite", "fillers", "verbs"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A number that is a price, or a percentage."""

    at: int
    value: Decimal
    percent: bool


def fill_offer(work: Work) -> None:
    """Slots `price` or `discount_percent`; a counter-offer's amount (`705 if he takes 100 bags`) as well."""
    made = _of_counter(work) if work.intent is Intent.COUNTER_OFFER else _of_request(work)
    if made is not None:
        work.slots["discount_percent" if made.percent else "price"] = plain(made.value) or ""


def _of_counter(work: Work) -> Offer | None:
    """`2500 nahi, 2525 le le`: the last one that is not refused. One percentage makes all numbers percentages."""
    said, figures = _offers(work), _digits(work)
    kept = [[offer for offer in offers if not _is_refused(work, offer.at)] for offers in (said, figures)]
    best = next((offers[-1] for offers in (*kept, said) if offers), None)  # `1490 se neeche nahi` refuses what is below
    return Offer(best.at, best.value, any(offer.percent for offer in said)) if best is not None else None


def _of_request(work: Work) -> Offer | None:
    """The first percentage; else the price asked, or a number that counts and names nothing."""
    if work.percents:
        return Offer(0, work.percents[0], percent=True)
    if work.prices:
        return Offer(work.prices[0].start, work.prices[0].price, percent=False)
    found = [offer for offer in _offers(work) if _is_per(work, offer.at) or not _unit(work, offer.at)]
    return next((offer for offer in found if not offer.percent), None)


def _offers(work: Work) -> list[Offer]:
    """Percentages, prices and bare numbers; a number that counts goods is none of them."""
    free = {amount.at for amount in amounts(work) if _is_price(work, amount)}
    return [
        Offer(at, atom.number, atom.taken == "percent")
        for at, atom in enumerate(work.atoms)
        if atom.number is not None and (at in free or atom.taken in ("percent", "price"))
    ]


def _digits(work: Work) -> list[Offer]:
    """Every number in figures, one that could be a size as well."""
    return [
        Offer(at, atom.number, percent=False)
        for at, atom in enumerate(work.atoms)
        if atom.number is not None and atom.kind is Kind.NUMBER and atom.taken is None
    ]


def _is_price(work: Work, amount: Amount) -> bool:
    digits = not work.atoms[amount.at].worded
    return digits and (amount.unit is None or _is_per(work, amount.at)) and not says_item(work, amount.at)


def _unit(work: Work, at: int) -> str | None:
    return work.atoms[at + 1].unit if at + 1 < len(work.atoms) else None


def _is_per(work: Work, at: int) -> bool:
    """`690 per bag`, `1680 a case`."""
    behind = work.atoms[at + 1 : at + 3]
    return len(behind) == 2 and behind[0].fold in vocabulary().grammar["per"] and behind[1].unit is not None


def _is_refused(work: Work, at: int) -> bool:
    """A refusal right behind the number, or right before it where none is said behind the one before."""
    refusing = {start for name, start, _ in find_cues(work.atoms) if name in REFUSING}
    grammar = vocabulary().grammar
    refusing |= {place for place, atom in enumerate(work.atoms) if atom.fold in grammar["too"]}
    behind = next((place for place in range(at + 1, len(work.atoms)) if not _is_between(work, place)), None)
    if behind in refusing:
        return True
    before = next((place for place in range(at - 1, -1, -1) if not _is_between(work, place)), None)
    turned = before is not None and work.atoms[before].plain == "instead"
    return turned or (before in refusing and not _has_number_before(work, before))


def _is_between(work: Work, at: int) -> bool:
    atom = work.atoms[at]
    if atom.text == "%" or (atom.taken == "percent" and atom.number is None):
        return True
    refuses = atom.fold in vocabulary().negations or atom.fold in vocabulary().grammar["too"]
    return atom.noise in BETWEEN and not refuses


def _has_number_before(work: Work, at: int | None) -> bool:
    """The refusal at `at` is said of the number before it."""
    if at is None:
        return False
    place = next((place for place in range(at - 1, -1, -1) if not _is_between(work, place)), None)
    return place is not None and work.atoms[place].number is not None
