"""Further matters in one message: a complaint, a payment told or a question beside an order.

The message is cut into clauses. Those that are plainly something else are set aside, and what remains is read again
by itself. Only if that gives an order or an edit does the message become one, with the others as `also`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from nlp import leftover
from nlp import slots as slot_rules
from nlp.atoms import Atom
from nlp.cues import find_cues
from nlp.tokens import Kind
from nlp.values import Doubt, Intent, Matter, ReadLine, Span, Status
from nlp.vocabulary import vocabulary
from nlp.work import Work

TRADE = frozenset({"buyer", "sales_rep"})
GRIEVANCES = frozenset({Intent.COMPLAINT, Intent.RETURN_REQUEST})
WEAK = frozenset({Intent.ORDER, Intent.OTHER, Intent.GREETING})
PAST = frozenset({"past", "earlier", "broken", "back", "delivered", "where"})
SENTENCE_ENDS = frozenset("?!।")
A_SUM, SPEAKS, CERTAIN = 500, 0.3, 0.95


@dataclass(frozen=True, slots=True)
class Piece:
    """Atoms `start` to `end`, a clause; `intent` is None where it may belong to an order."""

    start: int
    end: int
    intent: Intent | None
    amount: bool
    verb: bool
    told: bool


def read_beside(work: Work, run: Callable[[Work], None]) -> Work:
    """The work itself, or a second one on what is left when the further matters are set aside."""
    certain = work.intent not in WEAK and work.confidence >= CERTAIN and not work.edits
    if work.speaker.role not in TRADE or certain or "cue:override" in work.seen:
        return work
    pieces = _pieces(work)
    aside = [piece for piece in pieces if piece.intent is not None]
    rest = [piece for piece in pieces if piece.intent is None]
    if not aside:
        return work
    if any(piece.amount for piece in rest) or work.edits:
        return _without(work, aside, rest, run)
    if work.intent is Intent.ORDER and all(line.status is Status.UNKNOWN for line in work.lines):
        _become(work, aside, run)
    return work


def _without(work: Work, aside: list[Piece], rest: list[Piece], run: Callable[[Work], None]) -> Work:
    amounts = [piece for piece in rest if piece.amount]
    wished = any(piece.verb for piece in amounts)
    if any(piece.told or _asked_about(work, piece, aside) for piece in amounts):
        return work
    if not (wished or work.intent is Intent.ORDER or work.edits):
        return work
    spans = [_span(work, piece) for piece in aside]
    text = work.text
    for start, end in spans:
        text = text[:start] + "\n" + " " * (end - start - 1) + text[end:]
    again = _with_text(work, text)
    run(again)
    ordered = again.intent is Intent.ORDER and any(_names_goods(line) for line in again.lines)
    if not ordered and not (again.intent is Intent.CHANGE_ORDER and (again.changes or again.lines)):
        return work
    if not wished and any(piece.intent in GRIEVANCES for piece in aside):
        again.lines = [_asked(line) for line in again.lines]
    again.also = [_matter(work, piece, run) for piece in aside]
    again.note("beside", f"{len(aside)} further matters", *(f"{m.intent.value} at {m.span}" for m in again.also))
    again.text = work.text
    return again


def _asked_about(work: Work, piece: Piece, aside: list[Piece]) -> bool:
    """`30 kilo bhejna tha nahi aaya`: where it is, said right behind the goods with no sign between, is about them."""
    behind = [other.start for other in aside if other.start == piece.end and other.intent is Intent.ORDER_STATUS]
    return any(not _loose(work.atoms[at - 1]) and not _loose(work.atoms[at]) for at in behind)


def _become(work: Work, aside: list[Piece], run: Callable[[Work], None]) -> None:
    """Nothing was ordered: the first matter is what the message is about."""
    work.intent = aside[0].intent or Intent.OTHER
    slot_rules.fill(work)
    work.also = [_matter(work, piece, run) for piece in aside[1:]]
    leftover.collect(work)
    work.note("beside", f"about {work.intent.value}", *(f"{m.intent.value} at {m.span}" for m in work.also))


def _with_text(work: Work, text: str) -> Work:
    """The same message in the same circumstances, with another text."""
    return Work(text=text, catalogue=work.catalogue, speaker=work.speaker, moment=work.moment, context=work.context)


def _names_goods(line: ReadLine) -> bool:
    return line.status is not Status.UNKNOWN and line.quantity is not None and bool(line.sku or line.candidates)


def _asked(line: ReadLine) -> ReadLine:
    if line.status is not Status.MATCHED:
        return line
    return replace(line, status=Status.ASK, doubt=(Doubt.QUANTITY,), confidence=round(line.confidence / 2, 3))


def _matter(work: Work, piece: Piece, run: Callable[[Work], None]) -> Matter:
    """The clause read by itself for its slots."""
    start, end = _span(work, piece)
    alone = _with_text(work, work.text[start:end])
    run(alone)
    alone.intent = piece.intent or Intent.OTHER
    alone.slots = {}
    slot_rules.fill(alone)
    return Matter(intent=alone.intent, span=(start, end), slots=dict(alone.slots), asked=tuple(alone.asked))


def _span(work: Work, piece: Piece) -> Span:
    said = [atom for atom in work.atoms[piece.start : piece.end] if not _loose(atom)]
    return (said[0].start, said[-1].end)


def _loose(atom: Atom) -> bool:
    return atom.kind in (Kind.SIGN, Kind.BREAK) or atom.noise == "joiners"


def _pieces(work: Work) -> list[Piece]:
    cuts = sorted({0, len(work.atoms), *_cuts(work.atoms)})
    cues = find_cues(work.atoms)
    made = []
    for start, end in pairwise(cuts):
        if any(not _loose(atom) for atom in work.atoms[start:end]):
            made.append(_piece(work, start, end, cues))
    return made


def _cuts(atoms: list[Atom]) -> list[int]:
    """Before commas, breaks, joining words and opening words; after sentence ends and closing verbs."""
    grammar = vocabulary().grammar
    found = []
    for at, atom in enumerate(atoms):
        parts = atom.kind is Kind.BREAK or (atom.text in ",;." and not _within_number(atoms, at))
        if parts or atom.noise == "joiners" or atom.fold in grammar["clause_start"]:
            found.append(at)
        elif atom.text in SENTENCE_ENDS or (_closes(atoms, at) and not _closes(atoms, at + 1)):
            found.append(at + 1)
    return found


def _within_number(atoms: list[Atom], at: int) -> bool:
    return atoms[at].glued and at + 1 < len(atoms) and atoms[at + 1].glued


def _closes(atoms: list[Atom], at: int) -> bool:
    """A verb that ends a clause: `nikla`, `diya`, and `do` behind another verb but not before goods to count."""
    if at >= len(atoms) or atoms[at].taken not in (None, "date"):
        return False
    if atoms[at].fold in vocabulary().grammar["clause_end"]:
        return True
    counts = at + 1 < len(atoms) and atoms[at + 1].unit is not None
    verb = at > 0 and atoms[at - 1].noise == "verbs"
    gives = atoms[at].gives or (atoms[at].worded and atoms[at].number == 2)
    return verb and not counts and gives


def _piece(work: Work, start: int, end: int, cues: list[tuple[str, int, int]]) -> Piece:
    atoms = work.atoms[start:end]
    grammar = vocabulary().grammar
    named = {name for name, first, last in cues if start <= first and last < end and not _is_goods(work, first, last)}
    held = [line.segment.quantity for line in work.found if line.segment.quantity is not None]
    counted = any(start <= quantity.start < end for quantity in held if quantity.value < A_SUM or quantity.unit)
    counted = counted or any(atom.taken == "price" for atom in atoms)
    amount = any(atom.number is not None and atom.taken is None and not (atom.worded and atom.noise) for atom in atoms)
    told = bool(named & PAST) or any(atom.fold in grammar["told"] for atom in atoms)
    verb = any(atom.noise == "verbs" for atom in atoms)
    asks = "question" in named or any(atom.text == "?" for atom in atoms)
    return Piece(start, end, _aside(work, atoms, named, counted=counted, asks=asks), amount, verb, told)


def _is_goods(work: Work, first: int, last: int) -> bool:
    """A cue with a word that speaks for some item may be goods: `crack filler`, `liq` for a liquid."""
    if work.evidence is None or work.evidence.text.shape[1] < 2:
        return False
    return bool((work.evidence.text[first : last + 1, 1:] > SPEAKS).any())


def _aside(work: Work, atoms: list[Atom], named: set[str], *, counted: bool, asks: bool) -> Intent | None:
    """What the clause plainly is, if it is no part of an order."""
    refused = any(atom.fold in vocabulary().negations for atom in atoms)
    if "broken" in named and not refused:
        return Intent.RETURN_REQUEST if "back" in named else Intent.COMPLAINT
    if "back" in named and not work.context.draft and not refused and "change" not in named:
        return Intent.RETURN_REQUEST
    if counted:
        return None
    handed = any(atom.fold in vocabulary().grammar["handed_over"] for atom in atoms)
    if handed and ("paid" in named or _sum_told(atoms)):
        return Intent.PAYMENT_REPORT
    if "where" in named:
        return Intent.ORDER_STATUS
    if asks and "price" in named:
        return Intent.PRICE_QUERY
    return Intent.STOCK_QUERY if asks and "stock" in named else None


def _sum_told(atoms: list[Atom]) -> bool:
    """A sum of money, and no word beside it that could be goods."""
    numbers = [atom for atom in atoms if atom.number is not None and not (atom.worded and atom.noise)]
    known = vocabulary().grammar["handed_over"] | {"rs"}
    strange = [
        atom
        for atom in atoms
        if atom.kind is Kind.WORD and atom.number is None and not atom.noise and atom.fold not in known
    ]
    return len(numbers) == 1 and (numbers[0].number or 0) >= A_SUM and not strange
