"""Lines of the open draft named by their place: `2 number wali 30 kar do`, `line 4 ko 11 karo`, `last wala hata do`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.cues import find_cues
from nlp.tokens import Kind
from nlp.units import Fit, resolve
from nlp.values import Change, ChangeOp, DraftLine
from nlp.vocabulary import Vocabulary

MOST_LINES = 200
MOST_FIGURES = 10
TWICE = Decimal(2)
CLAIM = "edit"
REMOVING = frozenset({"remove", "cancel"})
POINTING = frozenset(":=")
OPERATIONS = frozenset({"remove", "less", "more", "double", "cancel"})


@dataclass(frozen=True, slots=True)
class Reference:
    """Atoms `start` to `end` name line `number` (from 1; 0 is the last one)."""

    start: int
    end: int
    number: int


def find_references(atoms: list[Atom], words: Vocabulary) -> list[Reference]:
    """All places where a line is named by its number."""
    found: list[Reference] = []
    for at in range(len(atoms)):
        if found and at < found[-1].end:
            continue
        made = (
            _number_first(atoms, at, words)
            or _word_first(atoms, at, words)
            or _ordinal(atoms, at, words)
            or _figure_ordinal(atoms, at, words)
        )
        if made is not None:
            found.append(made)
    return found


def _is(atoms: list[Atom], at: int, kind: str, words: Vocabulary) -> bool:
    return 0 <= at < len(atoms) and atoms[at].taken is None and atoms[at].fold in words.grammar[kind]


def _line_number(atom: Atom) -> int | None:
    value = atom.number
    if value is None or atom.taken is not None or value != value.to_integral_value() or not 1 <= value <= MOST_LINES:
        return None
    return int(value)


def too_long(atom: Atom) -> bool:
    """A number with more figures than an amount has: whatever is meant, no other number beside it is the amount."""
    return atom.kind is Kind.NUMBER and len(atom.plain.partition(".")[0]) >= MOST_FIGURES


def _number_first(atoms: list[Atom], at: int, words: Vocabulary) -> Reference | None:
    """`2 number wali`, `2 no. wala`, `2 number ko`."""
    number = _line_number(atoms[at])
    if number is None or not _is(atoms, at + 1, "numbered", words):
        return None
    end = at + 2
    if end < len(atoms) and atoms[end].text == ".":
        end += 1
    if _is(atoms, end, "line", words) or _is(atoms, end, "one", words):
        return Reference(at, end + 1, number)
    asks = any(name in OPERATIONS and start == end for name, start, _ in find_cues(atoms))
    asks = asks or (end < len(atoms) and atoms[end].fold in words.negations)
    return Reference(at, end, number) if asks else None


def _word_first(atoms: list[Atom], at: int, words: Vocabulary) -> Reference | None:
    """`line 2`, `line no 2`, `number 2 wala`, `#2`."""
    if atoms[at].text == "#" or _is(atoms, at, "line", words):
        place = at + 1
        if _is(atoms, place, "numbered", words):
            place += 1
        number = _line_number(atoms[place]) if place < len(atoms) else None
        if number is not None:
            return Reference(at, place + 1 + int(_is(atoms, place + 1, "one", words)), number)
    if _is(atoms, at, "numbered", words) and at + 1 < len(atoms):
        number = _line_number(atoms[at + 1])
        if number is not None and _is(atoms, at + 2, "one", words):
            return Reference(at, at + 3, number)
    return None


def _ordinal(atoms: list[Atom], at: int, words: Vocabulary) -> Reference | None:
    number = words.ordinals.get(atoms[at].fold)
    if number is None or atoms[at].taken is not None:
        return None
    if _is(atoms, at + 1, "one", words) or _is(atoms, at + 1, "line", words):
        return Reference(at, at + 2, number)
    return None


def _figure_ordinal(atoms: list[Atom], at: int, words: Vocabulary) -> Reference | None:
    """`2nd line`, `3rd one`."""
    number = _line_number(atoms[at])
    if number is None or not at + 1 < len(atoms) or atoms[at + 1].fold not in words.day_of_month:
        return None
    if atoms[at + 1].glued and (_is(atoms, at + 2, "one", words) or _is(atoms, at + 2, "line", words)):
        return Reference(at, at + 3, number)
    return None


def line_meant(draft: Sequence[DraftLine], quoted: str | None) -> int | None:
    """The number of the one line of the draft that `that, 2 less` can mean: the only one, or the only one quoted."""
    if len(draft) == 1:
        return 1
    named = [number for number, line in enumerate(draft, 1) if quoted and line.source and line.source in quoted]
    return named[0] if len(named) == 1 else None


def _meant(atoms: list[Atom], cues: list[tuple[str, int, int]], only: int) -> list[Reference]:
    """`2 kam`, `double kar do`, without any word that could name an item."""
    asks = [name for name, _, _ in cues if name in OPERATIONS - {"cancel"}]
    spoken = {at for _, start, end in cues for at in range(start, end + 1)}
    strange = [
        at
        for at, atom in enumerate(atoms)
        if atom.kind is Kind.WORD
        and at not in spoken
        and not (atom.noise or atom.unit or atom.taken or atom.number is not None)
    ]
    return [Reference(0, 0, only)] if asks and not strange else []


def edits(
    atoms: list[Atom], draft: Sequence[DraftLine], catalogue: Catalogue, words: Vocabulary, *, only: int | None = None
) -> list[Change]:
    """The edits of lines named by number; claims their atoms. Without such a line in the draft the item stays open.

    `only` is the number of the line that is meant where none is named.
    """
    cues = find_cues(atoms)
    made = _bare_edits(atoms, draft, cues, catalogue, words)
    references = find_references(atoms, words)
    if not references and only is not None:
        references = _meant(atoms, cues, only)
    since = 0
    for place, reference in enumerate(references):
        until = references[place + 1].start if place + 1 < len(references) else _clause_end(atoms, reference.end, cues)
        if reference.end == 0:
            until = len(atoms)
        since = max(since, _clause_start(atoms, reference.start))
        near = {concept for concept, at, _ in cues if since <= at < reference.start or reference.end <= at < until}
        since = until
        if near & REMOVING or _not_wanted(atoms, reference.end, until, words):
            near.add("remove")
        change = _edit(reference, until, atoms, draft, near, catalogue, words)
        if change is not None:
            made.append(change)
            for at in range(reference.start, until):  # an edit is no order line any more
                if atoms[at].kind is not Kind.BREAK:
                    atoms[at].taken = CLAIM
    return made


def _clause_start(atoms: list[Atom], end: int) -> int:
    for at in range(end - 1, -1, -1):
        if _parts(atoms[at]):
            return at + 1
    return 0


def _not_wanted(atoms: list[Atom], start: int, end: int, words: Vocabulary) -> bool:
    """`2 number nahi chahiye`: a refusal and nothing but noise beside it."""
    said = [atom for atom in atoms[start:end] if atom.kind is not Kind.SIGN]
    refused = any(atom.fold in words.negations for atom in said)
    return refused and all(atom.fold in words.negations or (atom.noise and atom.number is None) for atom in said)


def _bare_edits(
    atoms: list[Atom],
    draft: Sequence[DraftLine],
    cues: list[tuple[str, int, int]],
    catalogue: Catalogue,
    words: Vocabulary,
) -> list[Change]:
    """With a draft open: `3 hata do`, `1 aur 3 hata do`, `2 ko 30 kar do`, `dusra 20`.

    Only stretches that say nothing else count, so that goods named by a number are never taken for lines.
    """
    made: list[Change] = []
    if not draft:
        return made
    for start, end in _plain_stretches(atoms, cues, words):
        inside = [cue for cue in cues if start <= cue[1] < end]
        held = {at for _, first, last in inside for at in range(first, last + 1) if last > first}
        numbers = [at for at in range(start, end) if at not in held and _counts(atoms[at], words)]
        if {name for name, _, _ in inside} & REMOVING:
            changes = _removed(numbers, atoms, draft, words) if len(draft) > 1 else []
        else:
            verb = any(atoms[at].noise == "verbs" for at in range(start, end))
            op = _operation({name for name, _, _ in inside})
            changes = _paired(numbers, atoms, draft, catalogue, words, verb=verb, op=op)
            if op is not ChangeOp.SET and len(changes) > 1:  # of which line it was said is not clear
                changes = []
        made += changes
        if changes:
            for at in range(start, end):
                atoms[at].taken = CLAIM
    return made


def _counts(atom: Atom, words: Vocabulary) -> bool:
    """A number, or a word for a place in the list (`dusra`)."""
    if atom.taken is not None:
        return False
    return (atom.number is not None and not (atom.worded and atom.noise)) or words.ordinals.get(atom.fold, 0) > 0


def _plain_stretches(atoms: list[Atom], cues: list[tuple[str, int, int]], words: Vocabulary) -> list[tuple[int, int]]:
    """Clauses of numbers, units, noise and editing words alone; one without any verb goes with the next."""
    asking = {at for name, first, last in cues if name in OPERATIONS for at in range(first, last + 1)}
    within = {at for _, first, last in cues for at in range(first + 1, last + 1)}
    cuts = [at for at, atom in enumerate(atoms) if _parts(atom) and at not in within]
    found = []
    start = 0
    for end in [*cuts, len(atoms)]:
        said = any(at in asking or atoms[at].noise == "verbs" for at in range(start, end))
        if not said and end < len(atoms) and atoms[end].kind is not Kind.BREAK:
            continue
        if start < end and all(_is_plain(at, atoms, asking, words) for at in range(start, end)):
            found.append((start, end))
        start = end + int(end < len(atoms) and atoms[end].kind is Kind.BREAK)
    return found


def _parts(atom: Atom) -> bool:
    return atom.kind is Kind.BREAK or atom.text in ",;" or atom.noise == "joiners"


def _is_plain(at: int, atoms: list[Atom], asking: set[int], words: Vocabulary) -> bool:
    atom = atoms[at]
    if atom.taken is not None or atom.kind is Kind.SIGN:
        return atom.taken == CLAIM or atom.text in ",;:=.&-"
    known = atom.number is not None or atom.unit or atom.noise or atom.fold in words.ordinals
    return bool(known) or at in asking or atom.fold in words.grammar["numbered"]


def _place_meant(at: int, atoms: list[Atom], draft: Sequence[DraftLine], words: Vocabulary) -> int | None:
    number = words.ordinals.get(atoms[at].fold) or _line_number(atoms[at])
    return number if number is not None and number <= len(draft) and draft[number - 1].sku is not None else None


def _removed(numbers: list[int], atoms: list[Atom], draft: Sequence[DraftLine], words: Vocabulary) -> list[Change]:
    """Every number is a line's, and none of them counts goods."""
    made = []
    for at in numbers:
        number = _place_meant(at, atoms, draft, words)
        unit = atoms[at + 1].unit if at + 1 < len(atoms) and not _is(atoms, at + 1, "numbered", words) else None
        if number is None or unit is not None:
            return []
        made.append(Change(op=ChangeOp.REMOVE, sku=draft[number - 1].sku))
    return made


def _paired(
    numbers: list[int],
    atoms: list[Atom],
    draft: Sequence[DraftLine],
    catalogue: Catalogue,
    words: Vocabulary,
    *,
    verb: bool,
    op: ChangeOp,
) -> list[Change]:
    """`2 ko 30, 3 ko 40 kar do`: numbers in pairs, each the line's and its new amount, with a word or sign between."""
    made: list[Change] = []
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    if not pairs or len(numbers) % 2:
        return made
    for first, second in pairs:
        number = _place_meant(first, atoms, draft, words)
        between = range(first + 1, second)
        worded = any(_is(atoms, at, kind, words) for at in between for kind in ("one", "numbered"))
        signed = verb and any(atoms[at].text in POINTING for at in between)
        ordered = words.ordinals.get(atoms[first].fold, 0) > 0
        if number is None or not (worded or signed or ordered) or any(atoms[at].text in ",;" for at in between):
            return []
        line = draft[number - 1]
        value, uom = amount_at(atoms, second, line.sku, line.uom, catalogue, words)
        made.append(Change(op=op, sku=line.sku, quantity=value, uom=uom))
    return made


def _operation(said: set[str]) -> ChangeOp:
    """What is done with the amount beside such cues: without any it becomes the line's."""
    return ChangeOp.SUBTRACT if "less" in said else ChangeOp.ADD if said & {"more", "add"} else ChangeOp.SET


def _clause_end(atoms: list[Atom], start: int, cues: list[tuple[str, int, int]]) -> int:
    """The first break, comma or `and` from `start`; `5 aur badha do` is `5 more`, so that `aur` ends nothing."""
    further = {at for name, first, _ in cues if name in {"more", "add"} for at in (first - 1, first)}
    for at in range(start, len(atoms)):
        if atoms[at].kind is Kind.BREAK or atoms[at].text in ",;":
            return at
        counted = at > 0 and (atoms[at - 1].number is not None or atoms[at - 1].unit is not None)
        if atoms[at].noise == "joiners" and at > start and not (counted and at in further):
            return at
    return len(atoms)


def _edit(
    reference: Reference,
    until: int,
    atoms: list[Atom],
    draft: Sequence[DraftLine],
    near: set[str],
    catalogue: Catalogue,
    words: Vocabulary,
) -> Change | None:
    number = reference.number or len(draft)
    line = draft[number - 1] if 0 < number <= len(draft) else DraftLine(sku=None)
    if "remove" in near:
        return Change(op=ChangeOp.REMOVE, sku=line.sku)
    if any(too_long(atom) for atom in atoms[reference.end : until]):
        return None
    if any(_of_goods(atom, catalogue) for atom in atoms[reference.end : until]):
        return None  # `1 number wala lachhi masala 70 kar do`: another item in its place, and 70 may be its size
    amounts = [at for at in range(reference.end, until) if atoms[at].number is not None and atoms[at].taken is None]
    amounts = [at for at in amounts if not (atoms[at].worded and atoms[at].noise)] or amounts[:1]
    if "double" in near and line.quantity is not None:
        return Change(op=ChangeOp.SET, sku=line.sku, quantity=line.quantity * TWICE, uom=line.uom)
    if not amounts:
        return None
    value, uom = amount_at(atoms, amounts[-1], line.sku, line.uom, catalogue, words)
    return Change(op=_operation(near), sku=line.sku, quantity=value, uom=uom)


def _of_goods(atom: Atom, catalogue: Catalogue) -> bool:
    said = atom.kind is Kind.WORD and atom.number is None and not (atom.noise or atom.unit or atom.taken)
    return said and atom.fold in catalogue.words


def amount_at(
    atoms: list[Atom], at: int, sku: str | None, uom: str | None, catalogue: Catalogue, words: Vocabulary
) -> tuple[Decimal, str | None]:
    """The amount at an atom with the unit behind it, in the item's own units; `uom` is what it stands in now."""
    value = atoms[at].number or Decimal(0)
    unit = atoms[at + 1].unit if at + 1 < len(atoms) else None
    item = catalogue.item(sku) if sku else None
    if unit is None or item is None:
        return value, uom
    resolved = resolve(unit, item, catalogue.ladders.get(item.sku, {}), words, uom)
    return (value * resolved.factor, resolved.uom) if resolved.fit is not Fit.NONE else (value, None)
