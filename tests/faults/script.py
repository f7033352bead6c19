"""The script: who means to order what, in which words, with which second thoughts: the truth of the run."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from tests.faults.plant import Buyer, Firm, Goods, Plant

QUANTITIES = range(4, 12)
"""Within three times and a fifth of one another, so that none is odd for a customer who bought before."""
MOST_ALIKE = 0.5
"""Well under the 70 % of equal lines at which an order is taken for a repeat."""
LINE_BAND = ((1, 5, 50), (6, 15, 30), (16, 40, 20))
"""From, to, and how many of a hundred conversations."""


class Ending(StrEnum):
    """What the person does with the summary that says what they mean."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    SAME = "same"
    """Confirms, is asked whether it is the colleague's order again, and says so."""


class Fate(StrEnum):
    """What is to be true in the end."""

    ORDERED = "ordered"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One line somebody means."""

    goods: Goods
    quantity: Decimal
    uom: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.goods.sku, format(self.quantity, "f"), self.uom)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Messages sent one upon the other, and what the order is meant to be after them.

    `{no}` in a message is the number under which the summary shows the goods `about`.
    """

    messages: tuple[str, ...]
    meant: tuple[Wanted, ...]
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """One person's side of a conversation."""

    buyer: Buyer
    steps: tuple[Step, ...]
    ending: Ending
    fate: Fate

    @property
    def meant(self) -> tuple[Wanted, ...]:
        return self.steps[-1].meant


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """One or two phones of a firm; together: at the same time, else one after the other."""

    number: int
    firm: Firm
    talks: tuple[Talk, ...]
    together: bool = True
    edited: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """All conversations; those of one firm are held one after the other."""

    seed: int
    plant: Plant
    conversations: tuple[Conversation, ...]

    def of(self, firm: Firm) -> tuple[Conversation, ...]:
        return tuple(conversation for conversation in self.conversations if conversation.firm is firm)


def write_script(plant: Plant, *, seed: int, conversations: int) -> Script:
    """Of a hundred: twenty edited, ten cancelled, ten from two phones, two refused by the ERP."""
    author = _Author(plant, random.Random(seed))
    return Script(
        seed=seed,
        plant=plant,
        conversations=tuple(author.conversation(number) for number in range(1, conversations + 1)),
    )


class _Author:
    def __init__(self, plant: Plant, chance: random.Random) -> None:
        self._plant = plant
        self._chance = chance
        self._orders: dict[str, list[tuple[Wanted, ...]]] = {firm.code: [] for firm in plant.firms}
        self._held: Counter[str] = Counter()
        self._said: set[tuple[str, str]] = set()

    def conversation(self, number: int) -> Conversation:
        # By number, not by chance: the shares are exact at any size.
        two_phones, edited = number % 10 == 5, number % 5 == 2
        cancelled, refused = number % 10 == 8, number % 50 == 31
        firm = self._firm(phones=2 if two_phones else 1)
        first = self._talk(firm, firm.buyers[0], edited=edited, cancelled=cancelled, refused=refused)
        if not two_phones:
            return Conversation(number=number, firm=firm, talks=(first,), edited=edited)
        if number % 20 == 5:
            second = self._talk(firm, firm.buyers[1], edited=False, cancelled=False, refused=False)
            return Conversation(number=number, firm=firm, talks=(first, second), edited=edited)
        again = Step(messages=self._messages(first.meant), meant=first.meant)
        second = Talk(buyer=firm.buyers[1], steps=(again,), ending=Ending.SAME, fate=Fate.NOTHING)
        return Conversation(number=number, firm=firm, talks=(first, second), together=False)

    def _firm(self, *, phones: int) -> Firm:
        """The firm with this many phones that talked least so far."""
        able = [firm for firm in self._plant.firms if len(firm.buyers) >= phones]
        firm = min(reversed(able), key=lambda one: self._held[one.code])
        self._held[firm.code] += 1
        return firm

    def _talk(self, firm: Firm, buyer: Buyer, *, edited: bool, cancelled: bool, refused: bool) -> Talk:
        steps = self._steps(edited=edited, refused=refused)
        while self._resembles(firm, steps[-1].meant) or self._says_again(buyer, steps):
            steps = self._steps(edited=edited, refused=refused)
        self._said |= {(buyer.phone, message) for step in steps for message in step.messages}
        self._orders[firm.code].append(steps[-1].meant)
        ending = Ending.CANCEL if cancelled else Ending.CONFIRM
        fate = Fate.NOTHING if cancelled else Fate.REFUSED if refused else Fate.ORDERED
        return Talk(buyer=buyer, steps=steps, ending=ending, fate=fate)

    def _resembles(self, firm: Firm, meant: Sequence[Wanted]) -> bool:
        mine = Counter(wanted.key for wanted in meant)
        others = (Counter(wanted.key for wanted in other) for other in self._orders[firm.code])
        return any((mine & other).total() > MOST_ALIKE * max(mine.total(), other.total()) for other in others)

    def _says_again(self, buyer: Buyer, steps: Sequence[Step]) -> bool:
        """The same words again within ten minutes are a person asking whether they were heard."""
        return any((buyer.phone, message) in self._said for step in steps for message in step.messages)

    def _steps(self, *, edited: bool, refused: bool) -> tuple[Step, ...]:
        low, high, _ = self._chance.choices(LINE_BAND, weights=[share for _, _, share in LINE_BAND])[0]
        count = max(self._chance.randint(low, high), 2 if edited else 1)
        goods = self._chance.sample(self._plant.goods, count)
        if refused:
            goods[-1] = self._plant.forbidden
        meant = tuple(self._wanted(one) for one in goods)
        steps = [Step(messages=self._messages(meant), meant=meant)]
        for _ in range(self._chance.randint(1, 2) if edited else 0):
            steps.append(self._edit(steps[-1].meant))
        return tuple(steps)

    def _wanted(self, goods: Goods) -> Wanted:
        uom = self._chance.choice(("CASE", "CASE", "BOX"))
        return Wanted(goods=goods, quantity=Decimal(self._chance.choice(QUANTITIES)), uom=uom)

    def _messages(self, meant: Sequence[Wanted]) -> tuple[str, ...]:
        style = self._chance.randrange(len(STYLES))
        parts = min(self._chance.choice((1, 1, 1, 2, 3)), len(meant))
        per_message = -(-len(meant) // parts)
        joined = "\n" if style or len(meant) > 6 else ", "
        return tuple(
            joined.join(said(wanted, style) for wanted in meant[start : start + per_message])
            for start in range(0, len(meant), per_message)
        )

    def _edit(self, meant: tuple[Wanted, ...]) -> Step:
        kind = self._chance.choice(("set", "set", "add", "add", "remove"))
        if kind == "remove" and len(meant) < 2:
            kind = "add"
        if kind == "add":
            held = {wanted.goods for wanted in meant}
            fresh = [one for one in self._plant.goods if one not in held]
            shortened = [one for one in fresh if one.short_name]
            new = self._wanted(self._chance.choice(self._chance.choice((fresh, shortened))))
            short = new.goods.short_name if new.uom == "CASE" else ""
            text = f"{new.quantity} {short}" if short else f"aur {said(new, 0)}"
            return Step(messages=(text,), meant=(*meant, new))
        old = self._chance.choice(meant)
        if kind == "remove":
            rest = tuple(wanted for wanted in meant if wanted is not old)
            return Step(messages=(f"remove {old.goods.name}",), meant=rest)
        quantity = Decimal(self._chance.choice([q for q in QUANTITIES if q != old.quantity]))
        changed = tuple(replace(wanted, quantity=quantity) if wanted is old else wanted for wanted in meant)
        text = self._chance.choice((f"{{no}} number wali {quantity} kar do", f"line {{no}} ko {quantity} karo"))
        return Step(messages=(text,), meant=changed, about=old.goods.sku)


STYLES = ("{quantity} {uom} {name}", "{name} {quantity} {uom}", "{name} - {quantity} {uom}")


def said(wanted: Wanted, style: int) -> str:
    """How people write one line."""
    return STYLES[style].format(quantity=wanted.quantity, uom=wanted.uom.lower(), name=wanted.goods.name.lower())
