"""Numbers of orders, production orders and lots, and names of work centres, wherever a message mentions them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.furniture import claim
from nlp.work_centres import CLAIM, find_work_centre

FLOOR = frozenset({"operator", "supervisor", "planner", "materials", "maintenance", "quality", "plant_head"})
ORDER = re.compile(r"\b(?:SO|M)[ -]?\d{4,}\b(?!-\d)", re.I)
PREFIXES = r"W\.?O|M\.?O|P\.?O|PRD|PROD"
FEWEST_FIGURES = 3
FEWEST_OF_ORDER = 4
BARE = r"(?<![\w.,-])\d{3,6}(?![\w.,-]|\s*%)"
LOT = re.compile(
    r"(?:\b(?:lot|batch|b\.?no)|लॉट|ਲਾਟ|লট|லாட்|લોટ|லொட்|లాట్|ലോട്ട്|ಲಾಟ್)[ .:#]*(?:no|number|नंबर)?[ .:#]*"
    r"([A-Z]{0,4}[ -]?\d[A-Z0-9]*(?:[-/][A-Z0-9]+)*)"
    r"|\b([A-Z]{1,4}-?\d{3,}[A-Z]?\d*(?:-[A-Z]{0,2}\d+)?)\b",
    re.I,
)


def find_references(
    text: str, atoms: list[Atom], catalogue: Catalogue, role: str, known: Sequence[str] = (), orders: Iterable[str] = ()
) -> dict[str, str]:
    """Slots `order`, `production_order`, `lot`, `work_centre`; claims the atoms of the numbers.

    A production order that is `known` may be named by its figures alone, and is given as it is written there. Past
    `orders` show how this plant numbers them: `SP2826`.
    """
    slots: dict[str, str] = {}
    ascii_text = _in_ascii(text)
    match = ORDER.search(ascii_text) or _like_known(ascii_text, orders)
    if match:
        slots["order"] = re.sub(r"\s", "", match.group(0)).upper()
        claim(atoms, match.start(), match.end(), "order number")
    if role in FLOOR or role not in ("buyer", "sales_rep"):
        _floor(ascii_text, atoms, slots, role, known)
        named = find_work_centre(atoms, catalogue.work_centres)
        if named is not None:
            slots["work_centre"] = named.code
            claim(atoms, atoms[named.start].start, atoms[named.end - 1].end, CLAIM)
    else:
        _lot_of_goods(ascii_text, atoms, slots)
    return slots


def _like_known(text: str, orders: Iterable[str]) -> re.Match[str] | None:
    """A number with the letters and as many figures as an order that this firm placed before."""
    shapes = {
        (match[1], len(match[2])) for number in orders if (match := re.fullmatch(r"([A-Za-z]+)[ /-]?(\d+)", number))
    }
    kinds = [rf"{head}[ /-]?\d{{{figures}}}" for head, figures in sorted(shapes) if figures >= FEWEST_OF_ORDER]
    return re.search(rf"\b(?:{'|'.join(kinds)})\b(?!-\d)", text, re.I) if kinds else None


def _production(known: Sequence[str]) -> re.Pattern[str]:
    """The usual letters before the figures of a production order, and those of the plant's own (`BW5313`)."""
    heads = {match[0].strip(" .:#-") for number in known if (match := re.match(r"[A-Za-z]+(?=[ .:#-]*\d+$)", number))}
    return _numbered("|".join([PREFIXES, *sorted(heads)]))


@cache
def _numbered(heads: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{heads})[ .:#-]{{0,2}}(\d{{3,6}})\b", re.I)


def _lot_of_goods(text: str, atoms: list[Atom], slots: dict[str, str]) -> None:
    """A buyer's `batch KR2611B`: a code behind the word for it, since a bare number there may be an amount."""
    for match in LOT.finditer(text):
        code = match.group(1) or ""
        if code[:1].isalpha() and sum(char.isdigit() for char in code) >= FEWEST_FIGURES:
            slots["lot"] = re.sub(r"\s", "", code).upper()
            claim(atoms, match.start(), match.end(), "lot")
            break


def production_orders(text: str, known: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Every production order named and where; bare figures beside one with its prefix are meant to have it too."""
    by_figures = _by_figures(known)
    matches = list(_production(known).finditer(_in_ascii(text)))
    if by_figures and not matches:
        bare = re.finditer(BARE, _in_ascii(text))
        return [(by_figures[match.group(0)], match.start()) for match in bare if match.group(0) in by_figures]
    found = [(by_figures.get(match.group(1)) or _written(match.group(0)), match.start()) for match in matches]
    if found:
        figures = len(matches[0].group(1))
        prefix = found[0][0][:-figures]
        bare = re.finditer(rf"(?<![\w-])\d{{{figures}}}(?![\w-])", _in_ascii(text))
        taken = {at for match in matches for at in range(match.start(), match.end())}
        found += [(prefix + match.group(0), match.start()) for match in bare if match.start() not in taken]
    return sorted(found, key=lambda order: order[1])


def _in_ascii(text: str) -> str:
    """The text with the figures of all scripts in ASCII, character for character."""
    return "".join(str(int(char)) if char.isdecimal() and not char.isascii() else char for char in text)


def _written(number: str) -> str:
    return re.sub(r"[\s.:#]+", "-" if "-" in number else "", number).upper()


def _by_figures(known: Sequence[str]) -> dict[str, str]:
    """Known numbers by the figures at their end, where these belong to one alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for number in known:
        tail = re.search(r"\d+$", number)
        if tail and len(tail.group(0)) >= FEWEST_FIGURES:
            found[tail.group(0)].append(number)
    return {figures: numbers[0] for figures, numbers in found.items() if len(numbers) == 1}


def _bare(text: str, atoms: list[Atom], by_figures: dict[str, str]) -> re.Match[str] | None:
    """Figures that stand for a known production order: with no unit behind them, for then they are an amount."""
    for match in re.finditer(BARE, text):
        at = next((place for place, atom in enumerate(atoms) if atom.start == match.start()), None)
        counted = at is not None and at + 1 < len(atoms) and atoms[at + 1].unit is not None
        if match.group(0) in by_figures and not counted:
            return match
    return None


def _floor(text: str, atoms: list[Atom], slots: dict[str, str], role: str, known: Sequence[str]) -> None:
    by_figures = _by_figures(known)
    pattern = _production(known)
    match = pattern.search(text)
    if match:
        slots["production_order"] = by_figures.get(match.group(1)) or _written(match.group(0))
    elif match := _bare(text, atoms, by_figures):
        slots["production_order"] = by_figures[match.group(0)]
    if match:
        claim(atoms, match.start(), match.end(), "production order")
    for match in LOT.finditer(text):
        code = (match.group(1) or match.group(2) or "").upper()
        if pattern.fullmatch(code) or ORDER.fullmatch(code) or sum(char.isdigit() for char in code) < FEWEST_FIGURES:
            continue
        if match.group(2) and role not in ("quality", "supervisor"):
            continue
        if any(atom.taken for atom in atoms if match.start() <= atom.start < match.end()):
            continue
        slots["lot"] = re.sub(r"\s", "", code)
        claim(atoms, match.start(), match.end(), "lot")
        break
