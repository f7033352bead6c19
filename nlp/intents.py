"""What the message is about: fitted weights of cues, then what must hold whatever they say."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from pathlib import Path

from nlp import changes, cues, overruled
from nlp.edits import find_references, too_long
from nlp.tokens import Kind
from nlp.values import Doubt, Intent, ReadLine, Status
from nlp.vocabulary import Role, vocabulary
from nlp.work import Work

SURE_IT_IS_AN_ORDER, NOTHING_ELSE_ASKED = 0.8, 0.6
"""Below this the lines are asked: a complaint or a question with amounts in it must not become an order. The lower one
is for messages in which no cue asks for anything else."""
ELSE = (
    *("past", "stock", "change", "cancel", "discount", "delivered", "remove", "broken", "where", "question", "back"),
    *("repeat", "earlier", "price", "less", "more", "paid", "hold", "stopped", "help", "override", "opt_out"),
    "chatter",
    "bank",
    "bargain",
)
BARELY = 0.25
HARDLY, UNSURE, QUITE_SURE, SEVERAL = 0.3, 0.6, 0.9, 2
NEEDS_A_CUE = frozenset({Intent.GREETING, Intent.HELP, Intent.OPT_OUT, Intent.YES, Intent.NO})
OWN_CUES: Mapping[Intent, tuple[str, ...]] = {
    Intent.REPEAT_ORDER: ("repeat", "earlier"),
    Intent.YES: ("yes", "approve"),
    Intent.OPT_OUT: ("opt_out",),
}
"""What acts at once is never read from a message's shape alone: one of these cues must stand in it."""
ASKING = tuple(f"cue:{name}" for name in ("where", "question", "past", "cancel", "remove", "hold", "repeat", "earlier"))
AGREEING = frozenset({"yes", "approve"})
WEIGHTS = Path(__file__).parent / "data" / "intents.json"


Weights = Mapping[Intent, Mapping[str, float]]
_other_weights: ContextVar[Weights | None] = ContextVar("other_weights", default=None)


@cache
def _shipped() -> Weights:
    return {Intent(name): table for name, table in json.loads(WEIGHTS.read_text(encoding="utf-8")).items()}


def weights() -> Weights:
    """The shipped weights, or those of an evaluation that leaves a plant out."""
    other = _other_weights.get()
    return _shipped() if other is None else other


@contextmanager
def fitted_elsewhere(tables: Weights) -> Iterator[None]:
    """Reads with other weights than the shipped ones: for leave-one-plant-out figures only."""
    token = _other_weights.set(tables)
    try:
        yield
    finally:
        _other_weights.reset(token)


def probabilities(seen: Mapping[str, float], tables: Weights) -> list[tuple[Intent, float]]:
    """Every intent with its probability, likeliest first."""
    scores = {
        intent: sum(value * table.get(name, 0.0) for name, value in seen.items()) for intent, table in tables.items()
    }
    most = max(scores.values(), default=0.0)
    raised = {intent: math.exp(score - most) for intent, score in scores.items()}
    total = sum(raised.values()) or 1.0
    return sorted(((intent, share / total) for intent, share in raised.items()), key=lambda pair: -pair[1])


def _asked(line: ReadLine) -> ReadLine:
    if line.status is not Status.MATCHED:
        return line
    return replace(line, status=Status.ASK, doubt=(Doubt.QUANTITY,), confidence=round(line.confidence / 2, 3))


def _only_picks(work: Work) -> bool:
    """`1b 2a 3: 20`: answers to a numbered question, which the asker reads."""
    letters = [atom.plain for atom in work.atoms if atom.kind is Kind.WORD]
    numbers = [atom for atom in work.atoms if atom.kind is Kind.NUMBER]
    return bool(numbers) and all(len(letter) == 1 and letter.isascii() and letter != "x" for letter in letters)


def _empty(work: Work, intent: Intent, share: float) -> str:
    """Why the message does not hold what its likeliest intent needs, if it does not."""
    if intent in OWN_CUES and not _has_own_cue(work, intent):
        return "no word of it asks for that"
    if intent in NEEDS_A_CUE and _nothing_known(work):
        return "no word of it is known"
    if share < BARELY and not work.lines and not any(name.startswith("cue:") for name in work.seen):
        return "nothing in it speaks for anything"
    if intent is Intent.HELP and share < HARDLY and "cue:help" not in work.seen:
        return "hardly a request for help"
    if intent is Intent.ORDER and not work.lines:
        return "nothing to order in it"
    if intent is Intent.ORDER and _only_unknown_words(work):
        return "no goods of ours, no unit and no figure in it"
    vague = "numbers:none" in work.seen and all(line.sku is None for line in work.lines)
    if intent is Intent.ORDER and share < HARDLY and vague and _has_a_stranger(work):
        return "hardly an order: no number, no item that is clear, and a word nobody knows"
    return ""


def _has_own_cue(work: Work, intent: Intent) -> bool:
    thumb = intent is Intent.YES and "sign:thumb" in work.seen
    return thumb or any(f"cue:{name}" in work.seen for name in OWN_CUES[intent])


def _only_unknown_words(work: Work) -> bool:
    """`ek joke sunao`: a small number in words beside words that name nothing sold here, and nobody asks to send it."""
    if not work.lines or any(line.status is not Status.UNKNOWN for line in work.lines):
        return False
    units = any(Role.UNIT in vocabulary().roles(atom.text) for atom in work.atoms if atom.kind is Kind.WORD)
    figures = any(atom.kind is Kind.NUMBER and atom.taken is None for atom in work.atoms)
    wished = any(atom.noise == "verbs" or atom.gives for atom in work.atoms)
    return not (figures or wished or units)


def _nothing_known(work: Work) -> bool:
    """No cue, no picture, and a word that is neither goods nor polite noise: nothing speaks for any intent."""
    cued = any(name.startswith("cue:") for name in work.seen)
    pictured = any(unicodedata.category(atom.text[0]) == "So" for atom in work.atoms)
    return not (cued or pictured) and _has_a_stranger(work)


def _has_a_stranger(work: Work) -> bool:
    return any(atom.kind is Kind.WORD and cues.is_stranger(work, at) for at, atom in enumerate(work.atoms))


def names_a_line_only(work: Work) -> bool:
    """A line of the open draft is named by its number, nothing was read of it, and no goods stand beside it."""
    named = any(line.sku is not None for line in work.lines)
    return bool(work.context.draft) and not named and bool(find_references(work.atoms, vocabulary()))


def _unclear_edit(work: Work, intent: Intent) -> str:
    """Why what looks like a yes or an order is neither, if it is not."""
    if intent is Intent.YES and any(too_long(atom) for atom in work.atoms):
        return "a number nobody means as an amount, so it is no yes"
    if intent in (Intent.YES, Intent.ORDER) and names_a_line_only(work):
        return "it names a line of the draft and says nothing clear of it"
    return ""


def only_a_date(work: Work) -> bool:
    """A day and nothing but noise or a yes beside it: `kal bhej dena`, `monday ko chahiye`, `haan, parso tak`."""
    if not work.dates or work.found or any(name in work.seen for name in ASKING):
        return False
    found = cues.find_cues(work.atoms)
    agreeing = {at for name, start, end in found if name in AGREEING for at in range(start, end + 1)}
    greeted = [at for name, start, end in found if name == "greeting" for at in range(start - 1, end + 2)]
    if any(work.atoms[at].taken == "date" for at in greeted if 0 <= at < len(work.atoms)):
        return False  # a greeting that names a time of day
    said = [
        atom
        for at, atom in enumerate(work.atoms)
        if atom.kind is not Kind.SIGN and atom.kind is not Kind.BREAK and atom.taken is None and at not in agreeing
    ]
    return all(atom.noise is not None and atom.fold not in vocabulary().negations for atom in said)


def _signed(work: Work, intent: Intent) -> tuple[Intent, float, str] | None:
    """What thumbs and crosses mean by themselves, and that they take a yes back."""
    wordless = not any(atom.kind is Kind.WORD or atom.number is not None for atom in work.atoms)
    if "sign:refusal" in work.seen and (wordless or intent is Intent.YES):
        return (Intent.NO if wordless and "sign:thumb" not in work.seen else Intent.OTHER), 0.9, "a sign that refuses"
    if "sign:thumb" in work.seen and wordless:
        approver = "role:approver" in work.seen
        return (Intent.APPROVE if approver else Intent.YES), 0.9, "a thumb alone"
    return None


def _settled(work: Work, ranked: list[tuple[Intent, float]]) -> tuple[Intent, float, str]:
    """What holds whatever the weights say: orders in disguise, a bare thumb, a list of amounts nobody chats."""
    intent, share = ranked[0]
    if "cue:override" in work.seen:
        return Intent.OTHER, 1.0, "it gives orders to the machine, not to the clerk"
    if signed := _signed(work, intent):
        return signed
    if work.edits or changes.names_an_edit(work):
        return Intent.CHANGE_ORDER, 0.95, "it edits lines of the draft"
    unclear = _unclear_edit(work, intent)
    if unclear:
        return Intent.OTHER, share, unclear
    if work.context.draft and only_a_date(work):
        return Intent.CHANGE_ORDER, 0.9, "it names a day and nothing else"
    if _only_picks(work):
        return Intent.OTHER, 0.9, "numbers and letters of a list, no goods"
    if intent is Intent.YES and "cue:cancel" in work.seen:
        return Intent.CANCEL_ORDER, share, "it cancels, whatever else it says"
    if intent is Intent.YES and any(f"cue:{name}" in work.seen for name in changes.EDITING):
        return Intent.CHANGE_ORDER, share, "it asks for a change, so it is no plain yes"
    return overruled.overruled(work, ranked) or _as_counted(work, intent, share)


def _as_counted(work: Work, intent: Intent, share: float) -> tuple[Intent, float, str]:
    """The likeliest intent, if the message holds what it needs; an order, if it holds amounts of goods and no more."""
    empty = _empty(work, intent, share)
    if empty:
        return Intent.OTHER, share, empty
    trade = "role:buyer" in work.seen or "role:rep" in work.seen
    if trade and intent is Intent.ORDER and _bargains(work):
        return Intent.DISCOUNT_REQUEST, share, "a percentage asked on one kind of goods"
    amounts = sum(1 for line in work.lines if line.quantity is not None and line.status is not Status.UNKNOWN)
    unsure = share < UNSURE or (amounts > SEVERAL and share < QUITE_SURE)
    if trade and intent is not Intent.ORDER and unsure and amounts >= SEVERAL:
        return Intent.ORDER, share, "several amounts of goods, and nothing else is clear"
    if trade and intent is Intent.OTHER and not _asks_else(work) and _clear_lines(work):
        return Intent.ORDER, share, "goods and an amount that are clear, and no cue for anything else"
    return intent, share, "the likeliest"


def _asks_else(work: Work) -> bool:
    return any(f"cue:{name}" in work.seen for name in ELSE)


def _bargains(work: Work) -> bool:
    """`4% aur doge to 50 bag lunga`: a percentage beside goods of one kind, which is no strength their name holds."""
    named = {
        number.normalize()
        for line in work.lines
        for sku in (line.sku or "", *(candidate.sku for candidate in line.candidates))
        if sku in work.catalogue.row_of
        for number in work.catalogue.features[work.catalogue.row_of[sku]].numbers
    }
    counted = [line for line in work.lines if line.quantity is not None]
    return bool(work.percents) and len(counted) <= 1 and not named & {one.normalize() for one in work.percents}


def _clear_lines(work: Work) -> bool:
    return any(line.status is Status.MATCHED and line.uom is not None for line in work.lines)


def judge(work: Work) -> None:
    """The likeliest intent; what is no order loses its lines from the reading, not from the trace."""
    seen = work.seen = cues.features(work)
    ranked = probabilities(seen, weights()) or [(Intent.OTHER, 0.0)]
    work.intent, share, why = _settled(work, ranked)
    work.confidence = round(share, 3)
    if work.intent is Intent.ORDER and share < (SURE_IT_IS_AN_ORDER if _asks_else(work) else NOTHING_ELSE_ASKED):
        work.lines = [_asked(line) for line in work.lines]
    facts = [why] + [f"{intent.value} {probability:.2f}" for intent, probability in ranked[:3]]
    facts += [
        f"{name} {weights()[work.intent].get(name, 0.0) * value:+.2f}" for name, value in seen.items() if weights()
    ]
    work.note("intent", f"{work.intent.value}", *facts)
