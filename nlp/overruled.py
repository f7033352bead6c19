"""What a buyer's message is about whatever the weights say: money told, a bargain, a price asked, more than a greeting.

The weights count cues; these rules look at what the cues stand beside, which is the same in every trade and language.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from nlp.cues import find_cues
from nlp.tokens import Kind
from nlp.values import Intent, Status
from nlp.vocabulary import vocabulary
from nlp.work import Work

Ranked = list[tuple[Intent, float]]
TRADE = frozenset({"buyer", "sales_rep"})
A_SUM = Decimal(500)
SURE = 0.9
MATTERS = frozenset({"cancel", "where", "broken", "back", "stock", "price", "discount", "change", "remove"})
"""Cues that say more than a greeting."""
MISTAKEN = frozenset({Intent.ORDER, Intent.OTHER, Intent.YES, Intent.GREETING})
UNSETTLED = frozenset({Intent.COMPLAINT, Intent.ORDER_STATUS})
UNSURE, HALF = 0.6, 0.5
TROUBLE = frozenset({"broken", "back", "past", "cancel", "price", "stock", "discount", "question", "earlier"})
ASKING = frozenset({"price", "bargain", "question"})
FORWARD = re.compile(r"^\W*(?:fwd?|forwarded)\b", re.I)


def overruled(work: Work, ranked: Ranked) -> tuple[Intent, float, str] | None:
    """Another intent than the likeliest, with how sure it is and why, if something speaks plainly for it."""
    if work.speaker.role not in TRADE:
        return None
    intent = ranked[0][0]
    if FORWARD.search(work.text) and intent is Intent.ORDER and not _clear(work) and _mostly_talk(work):
        return Intent.OTHER, SURE, "forwarded, and none of it is clearly goods of ours"
    if intent is Intent.REPEAT_ORDER and "cue:cancel" in work.seen:
        return Intent.CANCEL_ORDER, SURE, "an order spoken of, and to be cancelled"
    if intent in MISTAKEN and "cue:bank" in work.seen and _sum(work) and not _orders(work):
        return Intent.PAYMENT_REPORT, SURE, "a sum and how it was paid, and no goods"
    if intent is Intent.ORDER and _bargains(work):
        return Intent.DISCOUNT_REQUEST, SURE, "so much would be taken at such a price or discount"
    if intent in MISTAKEN and _asks_a_price(work):
        return Intent.PRICE_QUERY, SURE, "a price is asked, of one item at most, and nobody asks to send it"
    if intent in UNSETTLED and ranked[0][1] < UNSURE and _asks_to_send(work):
        return Intent.ORDER, ranked[0][1], "goods that are clear, to be sent, and nothing is wrong with any"
    if intent is Intent.GREETING:
        return _beyond_the_greeting(work, ranked)
    return None


def _clear(work: Work) -> bool:
    return any(line.status is Status.MATCHED and line.quantity and line.uom for line in work.lines)


def _mostly_talk(work: Work) -> bool:
    """Most words stand in no line that names goods."""
    said = enumerate(work.atoms)
    words = [at for at, atom in said if atom.kind is Kind.WORD and not (atom.taken or atom.noise or atom.unit)]
    known = [found.segment for found in work.found if not found.unknown]
    named = sum(1 for at in words if any(line.start <= at < line.end for line in known))
    return named < HALF * len(words)


def _asks_to_send(work: Work) -> bool:
    """`kindly send 2 bags of trap along with the pending load`: the cue for something else is said in passing."""
    sends = any(atom.noise == "verbs" or atom.gives for atom in work.atoms)
    goods = any(line.sku is not None and line.quantity and line.uom for line in work.lines)
    return sends and goods and not any(f"cue:{name}" in work.seen for name in TROUBLE)


def _orders(work: Work) -> bool:
    """A line of goods with a unit, the sum itself never being one."""
    return any(
        line.status is Status.MATCHED and line.uom is not None and line.quantity != _sum(work) for line in work.lines
    )


def _sum(work: Work) -> Decimal | None:
    """The largest number that may be money: no document's, and not counted in packs."""
    behind = [*work.atoms[1:], None]
    sums = [
        atom.number
        for atom, following in zip(work.atoms, behind, strict=False)
        if atom.number is not None and atom.taken in (None, "price") and (following is None or following.unit is None)
    ]
    most = max(sums, default=Decimal(0))
    return most if most >= A_SUM else None


def _few_lines(work: Work) -> bool:
    return sum(1 for line in work.lines if line.status is Status.MATCHED) < 2


def _bargains(work: Work) -> bool:
    """`4% aur doge to 50 bag lunga`, `510 lagao to 60 peti utha lunga`."""
    money = vocabulary().grammar["money"]
    priced = any(atom.number is not None and after.fold in money for atom, after in pairwise(work.atoms))
    asked = bool(work.percents or work.prices) or "cue:discount" in work.seen or priced
    return asked and "cue:bargain" in work.seen and _few_lines(work)


def _asks_a_price(work: Work) -> bool:
    """`goli ka kya rate padega 100 pouch pe`, `what's your rate on white if I take 10?`."""
    spoken = {at for name, first, last in find_cues(work.atoms) if name in ASKING for at in range(first, last + 1)}
    sends = any(atom.noise == "verbs" and at not in spoken for at, atom in enumerate(work.atoms))
    return "cue:price" in work.seen and _few_lines(work) and not sends


def _beyond_the_greeting(work: Work, ranked: Ranked) -> tuple[Intent, float, str] | None:
    """`Good morning. Kindly cancel …`, `salam, bulb chahiye`: what comes after the greeting counts."""
    cues = {name for name, _, _ in find_cues(work.atoms)}
    goods = any(line.sku is not None or (line.quantity and line.candidates) for line in work.lines)
    if not (cues & MATTERS or goods):
        return None
    following = [(intent, share) for intent, share in ranked if intent not in (Intent.GREETING, Intent.OTHER)]
    return (following[0][0], following[0][1], "it greets, and says more") if following else None
