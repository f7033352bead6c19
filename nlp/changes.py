"""Edits that name their item: `20 ki jagah 30`, `maggi hata do`, `5 aur jod do`, `soya ki jagah sunflower`."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

from nlp.cues import find_cues
from nlp.edits import amount_at, too_long
from nlp.found import TIE, Found
from nlp.meant import meant
from nlp.tokens import Kind
from nlp.values import Change, ChangeOp, Doubt, DraftLine
from nlp.vocabulary import vocabulary
from nlp.work import Work

EDITING = frozenset({"remove", "change", "less", "more", "double", "add"})
TRADE = frozenset({"buyer", "sales_rep"})
TOLD = frozenset({"broken", "back", "delivered", "where", "cancel"})
FITS_WELL_ENOUGH = 1.0


@dataclass(frozen=True, slots=True)
class Clause:
    """Atoms `start` to `end`, with the lines and cues that lie in it."""

    start: int
    end: int
    found: list[Found]
    cues: list[tuple[str, int, int]]

    def has(self, concept: str) -> bool:
        return any(name == concept for name, _, _ in self.cues)


def clauses(work: Work) -> list[Clause]:
    """The message cut at commas, line breaks and joining words; a bare amount goes with the clause before it."""
    cues = [*find_cues(work.atoms), *_swaps(work)]
    cuts = [0, *(at for at in range(len(work.atoms)) if _parts(at, cues, work)), len(work.atoms)]
    made: list[Clause] = []
    for start, end in itertools.pairwise(cuts):
        found = [line for line in work.found if start <= _place(line, work) < end]
        inside = [cue for cue in cues if start <= cue[1] < end]
        if made and (_instead(start, inside, made[-1], work) or not (found or inside)):
            made[-1] = _joined(made[-1], Clause(start, end, found, inside))
        else:
            made.append(Clause(start, end, found, inside))
    return [clause for clause in made if clause.found or clause.cues]


def _joined(first: Clause, second: Clause) -> Clause:
    return Clause(first.start, second.end, first.found + second.found, first.cues + second.cues)


def _instead(start: int, cues: list[tuple[str, int, int]], before: Clause, work: Work) -> bool:
    """`rusk hata do, uski jagah marie`: goods that the clause before refuses, and others in their place."""
    said = next((at for at in range(start, len(work.atoms)) if work.atoms[at].kind is Kind.WORD), None)
    begins = any(name == "change" and first in (said, start) for name, first, _ in cues)
    refused = any(atom.fold in vocabulary().negations for atom in work.atoms[before.start : before.end])
    return begins and (refused or before.has("remove") or before.has("cancel"))


def _parts(at: int, cues: list[tuple[str, int, int]], work: Work) -> bool:
    """A sign or word that begins another clause, if it belongs neither to an editing word nor to a name of goods."""
    atom = work.atoms[at]
    if any(start <= at <= end for name, start, end in cues if name in EDITING and end > start):
        return False
    if atom.kind is Kind.BREAK or atom.text in ",;.":
        return True
    counted = at > 0 and (work.atoms[at - 1].unit is not None or work.atoms[at - 1].number is not None)
    if counted and any(start == at + 1 for name, start, _ in cues if name in ("more", "add")):
        return False  # `5 bag aur badha do` is five more
    leads = atom.fold in vocabulary().grammar["and"] and any(
        name in EDITING and at < start <= at + 2 for name, start, _ in cues
    )
    return leads or (
        atom.noise == "joiners" and not any(_says(at, line, work) for line in work.found if _holds(line, at))
    )


def _holds(line: Found, at: int) -> bool:
    return line.segment.start <= at < line.segment.end


def _place(line: Found, work: Work) -> int:
    """Where the goods of the line are named; its amount may stand in the clause before."""
    held = line.segment.quantity
    inside = range(line.segment.start, line.segment.end)
    named = (at for at in inside if _says(at, line, work) and not (held and held.start <= at < held.end))
    return next(named, line.segment.start)


def _swaps(work: Work) -> list[tuple[str, int, int]]:
    """`replace X with Y`: the second word turns the clause as `instead of` does."""
    grammar = vocabulary().grammar
    begun = False
    found: list[tuple[str, int, int]] = []
    for at, atom in enumerate(work.atoms):
        begun = (begun or atom.fold in grammar["swap"]) and atom.kind is not Kind.BREAK
        if begun and atom.fold in grammar["swap_with"]:
            found.append(("change", at, at))
            begun = False
    return found


def names_an_edit(work: Work) -> bool:
    """With a draft open: an editing word beside an item or an amount of that draft.

    Without one: goods to be swapped, or to be taken out of an order named by its number or put into it.
    """
    if not work.context.draft:
        return work.speaker.role in TRADE and (_swaps_goods(work) or _edits_order(work))
    return any(EDITING & _named(clause) and _edits(clause, work) for clause in clauses(work))


def _named(clause: Clause) -> set[str]:
    return {name for name, _, _ in clause.cues}


def _swaps_goods(work: Work) -> bool:
    turns = {at for _, at, _ in _swaps(work)}
    if not turns:
        return False
    swapped = [clause for clause in clauses(work) if turns & {at for _, at, _ in clause.cues}]
    plain = [clause for clause in swapped if not clause.has("broken")]
    return any(made.op is ChangeOp.REPLACE for clause in plain for made in _edits(clause, work))


def _edits_order(work: Work) -> bool:
    """Nothing is told of what came, or this would be a complaint.

    Under the customer's own number (`with reference to PO 131, delete the door tee`) only what is taken out tells an
    edit from a new order.
    """
    editing = {"remove", "add"} if "order" in work.slots else {"remove"}
    if not {"order", "customer_reference"} & set(work.slots):
        return False
    cut = clauses(work)
    told = any(TOLD & _named(clause) for clause in cut)
    return not told and any(editing & _named(clause) and _edits(clause, work) for clause in cut)


def find_changes(work: Work, *, whole: bool) -> set[int]:
    """Fills `work.changes` from the clauses that edit; returns the places in `work.found` they used up.

    With `whole` every clause edits, the message being about an order that stands; else those with an editing word.
    """
    used: set[int] = set()
    for clause in clauses(work):
        editing = bool(EDITING & _named(clause))
        if not (whole or editing):
            continue
        made = _edits(clause, work)
        work.changes.extend(made)
        if made:
            used |= {at for at, line in enumerate(work.found) if any(line is other for other in clause.found)}
    return used


def _edits(clause: Clause, work: Work) -> list[Change]:
    named = [line for line in clause.found if _has_word(line, work)] or clause.found
    counts = not clause.has("remove")
    targets = [(line, sku) for line in named if (sku := _target(line, work, counts=counts)) is not None]
    turn = next((at for name, at, _ in clause.cues if name == "change"), None)
    amounts = _amounts(clause, work)
    turned = _turned(clause, turn, targets, amounts, work) if turn is not None else []
    if clause.has("remove") and not any(made.op is ChangeOp.REPLACE for made in turned):
        return [Change(op=ChangeOp.REMOVE, sku=sku) for _, sku in targets]
    if any(too_long(atom) for atom in work.atoms[clause.start : clause.end]):
        return []
    if turn is not None:
        return turned
    doubled = _doubled(clause, targets, work)
    if clause.has("double") or not targets or not amounts:
        return doubled
    line, sku = targets[0]
    if len(targets) > 1:
        return [made for line, sku in targets if (made := _one(clause, line, sku, _within(line, amounts), work))]
    made = _one(clause, line, sku, amounts, work)
    return [made] if made else []


def _within(line: Found, amounts: list[int]) -> list[int]:
    return [at for at in amounts if line.segment.start <= at < line.segment.end]


def _one(clause: Clause, line: Found, sku: str, amounts: list[int], work: Work) -> Change | None:
    if not amounts:
        return None
    value, uom = amount_at(work.atoms, amounts[-1], sku, _uom(line, sku, work), work.catalogue, vocabulary())
    op = (
        ChangeOp.SUBTRACT
        if clause.has("less")
        else ChangeOp.ADD
        if clause.has("add") or clause.has("more")
        else ChangeOp.SET
    )
    return Change(op=op, sku=sku, quantity=value, uom=uom)


def _doubled(clause: Clause, targets: list[tuple[Found, str]], work: Work) -> list[Change]:
    made = []
    if clause.has("double"):
        for _, sku in targets:
            line = _drafted(sku, work)
            if line is not None and line.quantity is not None:
                made.append(Change(op=ChangeOp.SET, sku=sku, quantity=line.quantity * 2, uom=line.uom))
    return made


def _turned(
    clause: Clause, turn: int, targets: list[tuple[Found, str]], amounts: list[int], work: Work
) -> list[Change]:
    """`A ki jagah B` with two items is a replacement, with two amounts a new amount; `instead of` turns it round."""
    named = [
        (line, sku)
        for line in clause.found
        if _has_word(line, work)
        and (sku := _target(line, work, free=True, counts=_place(line, work) >= turn)) is not None
    ]
    before = [(line, sku) for line, sku in named if _place(line, work) < turn]
    after = [(line, sku) for line, sku in named if _place(line, work) >= turn]
    backwards = (
        work.atoms[turn].plain == "instead" and turn + 1 < len(work.atoms) and work.atoms[turn + 1].plain == "of"
    )
    if before and after and before[-1][1] != after[0][1]:
        old, new = (after[0], before[-1]) if backwards else (before[-1], after[0])
        said = new[0].segment.quantity
        amount = (
            amount_at(work.atoms, said.start, new[1], _uom(new[0], new[1], work), work.catalogue, vocabulary())
            if said
            else None
        )
        return [
            Change(
                op=ChangeOp.REPLACE,
                sku=old[1],
                with_sku=new[1],
                quantity=amount[0] if amount else None,
                uom=amount[1] if amount else None,
            )
        ]
    amounts = amounts[::-1] if backwards else amounts
    if not amounts:
        return []
    old_value = work.atoms[amounts[0]].number if len(amounts) > 1 else None
    sku = targets[0][1] if targets else _with_quantity(old_value, work)
    drafted = _drafted(sku, work) if sku else None
    standing = _uom(targets[0][0], targets[0][1], work) if targets else drafted.uom if drafted else None
    value, uom = amount_at(work.atoms, amounts[-1], sku, standing, work.catalogue, vocabulary())
    return [Change(op=ChangeOp.SET, sku=sku, quantity=value, uom=uom)]


def _has_word(line: Found, work: Work) -> bool:
    return any(work.atoms[at].wordlike and work.atoms[at].number is None and not work.atoms[at].noise
               for at in range(line.segment.start, line.segment.end))  # fmt: skip


def _amounts(clause: Clause, work: Work) -> list[int]:
    """Numbers of the clause that are no part of an item's name."""
    found: list[int] = []
    for at in range(clause.start, clause.end):
        atom = work.atoms[at]
        if atom.number is None or atom.taken is not None or (atom.worded and atom.noise):
            continue
        line = next((line for line in clause.found if line.segment.start <= at < line.segment.end), None)
        held = line.segment.quantity if line is not None else None
        named = line is not None and line.chosen is not None and not (held and held.start <= at < held.end)
        corrected = bool(found) and _refused_between(found[-1], at, work)
        if corrected or not (named and line is not None and _says(at, line, work)):
            found.append(at)
    counting = [at for at in found if not _is_size(at, clause, work)]
    return counting if len(found) > 1 else found


def _is_size(at: int, clause: Clause, work: Work) -> bool:
    """A bare number that speaks for the item named before it: the 250 of `rice 250 ki qty 10 se 12 karo`."""
    unit = work.atoms[at + 1].unit if at + 1 < len(work.atoms) else None
    return unit is None and any(
        _says(at, line, work) and _has_word(line, work) for line in clause.found if _holds(line, at)
    )


def _refused_between(first: int, second: int, work: Work) -> bool:
    """`50 nahi 40`: the second number stands in place of the first."""
    between = work.atoms[first + 1 : second]
    said = [atom for atom in between if atom.kind is Kind.WORD and not atom.unit]
    return len(said) == 1 and said[0].fold in vocabulary().negations


def _says(at: int, line: Found, work: Work) -> bool:
    """The atom speaks for the item of the line."""
    return line.chosen is not None and work.evidence is not None and float(work.evidence.text[at, line.chosen]) > 0


def _target(line: Found, work: Work, *, free: bool = False, counts: bool = True) -> str | None:
    """The item meant: the best fitting one of the draft; without a draft, or `free`, any settled one.

    Without `counts` the line's amount may be the item's size.
    """
    if line.unknown or work.setting is None or work.evidence is None:
        return None
    drafted = [draft.sku for draft in work.context.draft if draft.sku in work.catalogue.row_of]
    fitting = []
    for sku in drafted:
        column = work.evidence.column.get(work.catalogue.row_of[sku or ""])
        if column is not None and line.text[column] >= max(FITS_WELL_ENOUGH, line.best - TIE):
            fitting.append(sku)
    if len(set(fitting)) == 1:
        return fitting[0]
    if work.context.draft and not free:
        return None
    column = _settled(line) if work.context.draft else meant(line, work, counts=counts)
    return work.setting.sku(column) if column is not None else None


def _settled(line: Found) -> int | None:
    unsure = Doubt.ITEM in line.doubts and "unexplained" not in " ".join(line.notes)
    return None if unsure else line.chosen


def _drafted(sku: str, work: Work) -> DraftLine | None:
    return next((line for line in work.context.draft if line.sku == sku), None)


def _with_quantity(value: Decimal | None, work: Work) -> str | None:
    """The one line of the draft with that amount: `20 ki jagah 30` names its line by what it holds."""
    lines = [line for line in work.context.draft if value is not None and line.quantity == value]
    return lines[0].sku if len(lines) == 1 else None


def _uom(line: Found, sku: str, work: Work) -> str | None:
    draft = _drafted(sku, work)
    if draft is not None and draft.uom:
        return draft.uom
    if line.uom:
        return line.uom
    habit = work.habits.get(sku)
    item = work.catalogue.item(sku)
    return (habit.usual_uom if habit else None) or (item.order_uom if item else None)
