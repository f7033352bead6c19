"""Prices asked in the message (`@240`, `rate 560 lagana`, `1720 ke rate se`) and percentages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from nlp.atoms import Atom
from nlp.vocabulary import vocabulary

BETWEEN_SIGNS = frozenset("-:=.@₹")
LOOKING_BACK, LOOKING_AHEAD = 3, 4


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """A net price per unit of the line it belongs to; atoms `start` to `end`."""

    start: int
    end: int
    price: Decimal


def _between(atom: Atom) -> bool:
    return atom.text in BETWEEN_SIGNS or atom.fold in vocabulary().grammar["price_between"]


def _free_number(atoms: list[Atom], at: int) -> Decimal | None:
    return atoms[at].number if 0 <= at < len(atoms) and atoms[at].taken is None and not atoms[at].worded else None


def find_prices(atoms: list[Atom]) -> list[AskedPrice]:
    """All prices asked, in the order of the text; claims their atoms."""
    found = []
    for at, atom in enumerate(atoms):
        if atom.taken is not None:
            continue
        made = _after_at(atoms, at) or _after_rate(atoms, at) or _before_rate(atoms, at)
        if made is not None:
            found.append(made)
            for place in range(made.start, made.end):
                atoms[place].taken = "price"
    return found


def find_percents(atoms: list[Atom]) -> list[Decimal]:
    """Percentages, claimed."""
    found = []
    for at, atom in enumerate(atoms):
        if (
            atom.number is not None
            and at + 1 < len(atoms)
            and (atoms[at + 1].text == "%" or atoms[at + 1].fold in ("persent", "takka", "percent"))
        ):
            found.append(atom.number)
            atom.taken = atoms[at + 1].taken = "percent"
    return found


def _end_of_price(atoms: list[Atom], at: int) -> int:
    end = at + 1
    if end < len(atoms) and atoms[end].text == "/":
        end += 1
        if end < len(atoms) and (atoms[end].text == "-" or atoms[end].unit or atoms[end].text == "="):
            end += 1
    if (
        end < len(atoms)
        and atoms[end].fold in ("per", "ke", "ka", "a", "prati")
        and end + 1 < len(atoms)
        and atoms[end + 1].unit
    ):
        end += 2
    return end


def _after_at(atoms: list[Atom], at: int) -> AskedPrice | None:
    if atoms[at].text != "@":
        return None
    place = at + 1
    while place < len(atoms) and place < at + 3 and _between(atoms[place]):
        place += 1
    price = _free_number(atoms, place)
    return AskedPrice(at, _end_of_price(atoms, place), price) if price else None


def _after_rate(atoms: list[Atom], at: int) -> AskedPrice | None:
    if atoms[at].fold not in vocabulary().grammar["rate"]:
        return None
    for place in range(at + 1, min(at + LOOKING_AHEAD, len(atoms))):
        price = _free_number(atoms, place)
        if price is not None and price >= 2:
            after = atoms[place + 1] if place + 1 < len(atoms) else None
            if after is not None and (after.unit or after.text in ("x", "%")) and after.fold not in ("ka",):
                return None
            return AskedPrice(at, _end_of_price(atoms, place), price)
        if not _between(atoms[place]):
            return None
    return None


def _before_rate(atoms: list[Atom], at: int) -> AskedPrice | None:
    price = _free_number(atoms, at)
    if price is None or price < 2:
        return None
    following = [atom.fold for atom in atoms[at + 1 : at + 3]]
    if len(following) < 2 or following[0] not in ("ke", "ka", "ki", "na", "da", "de"):
        return None
    return AskedPrice(at, at + 3, price) if following[1] in vocabulary().grammar["rate"] else None
