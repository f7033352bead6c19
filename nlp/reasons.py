"""Why something is as a message says it is: the clause beside the one that only says what is reported or asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nlp.atoms import Atom
from nlp.cues import find_cues
from nlp.meant import says_item
from nlp.tokens import Kind
from nlp.values import Intent
from nlp.vocabulary import vocabulary
from nlp.work import Work

OWN_CUES: dict[Intent, frozenset[str]] = {
    Intent.BACK_UP: frozenset({"running", "produced", "yes"}),
    Intent.CANCEL_ORDER: frozenset({"cancel", "earlier", "no", "yes"}),
    Intent.QUALITY_HOLD: frozenset({"hold"}),
    Intent.QUALITY_RELEASE: frozenset({"release", "yes", "produced"}),
    Intent.DELIVERY_REPORT: frozenset({"delivered"}),
    Intent.DISCOUNT_REQUEST: frozenset({"discount", "question"}),
    Intent.PRIORITY_CHANGE: frozenset({"first"}),
}
"""What a message of each kind says anyway; the rest of it is why."""
TROUBLE = frozenset({"broken", "stopped", "scrap", "back", "short"})
ONLY_OF_TROUBLE = frozenset({Intent.DELIVERY_REPORT})
ENDS = frozenset(",;.!?।🙏")
SAYS_NOTHING = frozenset({"polite", "particles", "verbs", "joiners", "fillers", "times", "script", "pronouns", "trade"})
NEVER_FIRST = frozenset({"particles", "joiners", "verbs", "polite"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Atoms `start` to `end` between two signs, trimmed of what says no reason; `own` if what is trimmed is a cue."""

    start: int
    end: int
    own: bool


def reason(work: Work) -> str | None:
    """The first clause that tells something, one without the message's own cue before one with it."""
    told = sorted((stretch for stretch in _stretches(work) if _tells(work, stretch)), key=lambda found: found.own)
    if not told:
        return None
    return work.text[work.atoms[told[0].start].start : work.atoms[told[0].end - 1].end]


def _stretches(work: Work) -> Iterator[Stretch]:
    own = _own(work)
    own -= _said_again(work, own)
    start = 0
    for end in range(len(work.atoms) + 1):
        if end < len(work.atoms) and not _ends(work.atoms, end):
            continue
        said = [at for at in range(start, end) if at not in own and not _is_loose(work.atoms[at])]
        if said:
            first = _widened_back(work.atoms, said[0], start, own)
            last = _widened(work.atoms, said[-1], end)
            yield Stretch(first, last, own=bool(own & set(range(start, end))))
        start = end + 1


def _own(work: Work) -> set[int]:
    """Atoms that say what the message says anyway."""
    own = OWN_CUES[work.intent]
    return {at for name, start, end in find_cues(work.atoms) if name in own for at in range(start, end + 1)}


def _said_again(work: Work, own: set[int]) -> set[int]:
    """In a cancellation a further clause may say whose it is: `the party cancelled`."""
    if work.intent is not Intent.CANCEL_ORDER or not own:
        return set()
    first = next((at for at in range(min(own), len(work.atoms)) if _ends(work.atoms, at)), len(work.atoms))
    return {at for at in own if at >= first}


def _ends(atoms: list[Atom], at: int) -> bool:
    within = atoms[at].glued and at + 1 < len(atoms) and atoms[at + 1].glued
    return atoms[at].kind is Kind.BREAK or (atoms[at].text in ENDS and not within)


def _is_loose(atom: Atom) -> bool:
    return atom.taken is not None or atom.kind in (Kind.SIGN, Kind.BREAK) or atom.noise in SAYS_NOTHING


def _widened(atoms: list[Atom], last: int, end: int) -> int:
    """Verbs and the like behind the last telling word belong to what it tells."""
    at = last + 1
    while at < end and atoms[at].kind is Kind.WORD and atoms[at].taken is None and atoms[at].noise != "polite":
        at += 1
    return at


def _widened_back(atoms: list[Atom], first: int, start: int, own: set[int]) -> int:
    """Whom or what it is told of, a firm as well, belongs to it."""
    at = first
    while (
        at > start and at - 1 not in own and atoms[at - 1].kind is Kind.WORD and atoms[at - 1].taken in (None, "firm")
    ):
        at -= 1
    while at < first and atoms[at].noise in NEVER_FIRST:
        at += 1
    return at


def _tells(work: Work, stretch: Stretch) -> bool:
    inside = range(stretch.start, stretch.end)
    own = _own(work)
    ends = vocabulary().grammar["clause_end"]
    words = [
        at
        for at in inside
        if work.atoms[at].kind is Kind.WORD
        and at not in own
        and not (_is_loose(work.atoms[at]) or work.atoms[at].unit or work.atoms[at].fold in ends)
        and work.atoms[at].number is None
        and not says_item(work, at)
    ]
    cues = {name for name, start, _ in find_cues(work.atoms) if start in inside}
    trouble = bool(cues & TROUBLE) or any(work.atoms[at].fold in vocabulary().negations for at in inside)
    if work.intent in ONLY_OF_TROUBLE:
        return trouble
    if work.intent is Intent.DISCOUNT_REQUEST:  # the clause with an amount or price is what is asked, not why
        return bool(words) and len(inside) > 1 and all(work.atoms[at].number is None for at in inside)
    return bool(words)
