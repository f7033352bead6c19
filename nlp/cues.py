"""What a message shows about its purpose, as named features: cue phrases, document numbers, shape, speaker's role."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from nlp.atoms import Atom
from nlp.fold import fold
from nlp.tokens import Kind
from nlp.values import Status
from nlp.vocabulary import Phrase, vocabulary
from nlp.work import Work

LONGEST_CUE = 5
NAMES = 0.6
"""A word that says as much for the item of its line names goods."""
FLOOR_ROLES = {
    "operator": "floor",
    "supervisor": "floor",
    "maintenance": "floor",
    "materials": "floor",
    "quality": "quality",
    "planner": "planner",
    "plant_head": "planner",
    "driver": "road",
    "dispatch": "road",
    "finance": "office",
    "order_desk": "office",
    "admin": "office",
    "buyer": "buyer",
    "sales_rep": "rep",
}
THUMBS = frozenset("👍👌✅🆗🙆")
REFUSALS = frozenset("👎❌🙅🚫")


@cache
def _phrases() -> dict[str, tuple[tuple[Phrase, str], ...]]:
    """Cue phrases by their first word, longest first."""
    by_first: dict[str, list[tuple[Phrase, str]]] = defaultdict(list)
    for concept, phrases in vocabulary().cues.items():
        for phrase in phrases:
            if phrase:
                by_first[phrase[0]].append((phrase, concept))
    return {first: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for first, found in by_first.items()}


def find_cues(atoms: list[Atom]) -> list[tuple[str, int, int]]:
    """Concept, first and last atom of every cue phrase; signs between words do not disturb."""
    places = [at for at, atom in enumerate(atoms) if atom.kind in (Kind.WORD, Kind.NUMBER)]
    words = [fold(atoms[at].text) if " " not in atoms[at].text else "" for at in places]
    found = []
    for start in range(len(words)):
        for phrase, concept in _phrases().get(words[start], ()):
            if len(phrase) == 1 and not _may_stand_alone(concept, atoms[places[start]]):
                continue
            if tuple(words[start : start + len(phrase)]) == phrase:
                found.append((concept, places[start], places[start + len(phrase) - 1]))
    return found


def _may_stand_alone(concept: str, atom: Atom) -> bool:
    """One letter is no cue, nor is a short word of another language that only folds like one."""
    return not (len(atom.plain) == 1 and atom.plain.isascii()) and vocabulary().is_cue(concept, atom.text)


def role_group(role: str) -> str:
    return "approver" if role.startswith("approver") else FLOOR_ROLES.get(role, "office")


def _shape(work: Work) -> dict[str, float]:
    words = [atom for atom in work.atoms if atom.kind is Kind.WORD]
    counted = [line for line in work.lines if line.quantity is not None and line.status is not Status.UNKNOWN]
    strangers = sum(1 for at, atom in enumerate(work.atoms) if atom.kind is Kind.WORD and is_stranger(work, at))
    features = {
        "lines:none": float(not counted),
        "lines:one": float(len(counted) == 1),
        "lines:two": float(len(counted) == 2),
        "lines:many": float(len(counted) > 2),
        "lines:unit": float(any(q.unit for found in work.found if (q := found.segment.quantity) is not None)),
        "lines:share": _share_in_lines(work),
        "strangers:some": float(strangers > 1),
        "strangers:most": float(strangers > 0.5 * max(len(words), 1)),
        "words:1-3": float(len(words) <= 3),
        "words:4-8": float(4 <= len(words) <= 8),
        "words:9-": float(len(words) > 8),
        "sign:?": float("?" in work.text),
        "sign:%": float(bool(work.percents)),
        "sign:price": float(bool(work.prices)),
        "sign:thumb": float(any(char in THUMBS for char in work.text)),
        "sign:refusal": float(any(char in REFUSALS for char in work.text)),
        "breaks:many": float(work.text.count("\n") >= 2),
        "numbers:none": float(not any(atom.number is not None for atom in work.atoms)),
        "date": float(bool(work.dates)),
    }
    for name in ("order", "production_order", "lot", "work_centre", "customer", "customer_reference"):
        features[f"names:{name}"] = float(name in work.slots)
    return features


def is_stranger(work: Work, at: int) -> bool:
    atom = work.atoms[at]
    inside = any(found.segment.start <= at < found.segment.end for found in work.found)
    return not inside and atom.noise is None and atom.taken is None and atom.number is None and atom.unit is None


def _share_in_lines(work: Work) -> float:
    words = [at for at, atom in enumerate(work.atoms) if atom.kind is Kind.WORD and atom.taken is None]
    if not words:
        return 0.0
    inside = sum(1 for at in words if any(found.segment.start <= at < found.segment.end for found in work.found))
    return inside / len(words)


def _names_goods(cue: tuple[str, int, int], work: Work) -> bool:
    """Whether every word of it names the item of its line: the `plate` of a clutch plate is no chatter."""
    if work.setting is None:
        return False
    _, first, last = cue
    text = work.setting.evidence.text
    return any(
        found.segment.start <= first
        and last < found.segment.end
        and all(float(text[at, found.segment.column]) > NAMES for at in range(first, last + 1))
        for found in work.found
        if found.segment.column
    )


def features(work: Work) -> dict[str, float]:
    """All features of one message, most of them 0 or 1; only those that are not 0."""
    group = role_group(work.speaker.role)
    found = {"always": 1.0, f"role:{group}": 1.0}
    cues = [cue for cue in find_cues(work.atoms) if not _names_goods(cue, work)]
    for concept in {concept for concept, _, _ in cues}:
        found[f"cue:{concept}"] = 1.0
        found[f"cue:{concept}:{group if group in ('floor', 'quality', 'approver', 'road', 'planner') else 'trade'}"] = (
            1.0
        )
    if cues and cues[0][1] == next((at for at, atom in enumerate(work.atoms) if atom.kind is Kind.WORD), -1):
        found[f"first:{cues[0][0]}"] = 1.0
    found |= {name: value for name, value in _shape(work).items() if value}
    counted = "lines:none" in found
    for concept in (
        "yes",
        "no",
        "greeting",
        "help",
        "past",
        "question",
        "broken",
        "back",
        "discount",
        "repeat",
        "earlier",
        "change",
        "stock",
        "price",
    ):
        if f"cue:{concept}" in found:
            found[f"cue:{concept}&{'no lines' if counted else 'lines'}"] = 1.0
            if "words:1-3" in found:
                found[f"cue:{concept}&short"] = 1.0
    return found
