"""What a reading made of a day's messages beside what was keyed into the ERP that day, line by line with a reason.

Pure. `base` is a quantity in the item's base units, so that ten cases and nine hundred and sixty pieces are one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum


class Verdict(StrEnum):
    """How a line would have come out."""

    RIGHT = "right"
    WRONG = "wrong"
    ASKED = "asked"
    LOST = "lost"


class Reason(StrEnum):
    """Why."""

    SAME = "same"
    OTHER_AMOUNT = "other amount"
    OTHER_ITEM = "other item"
    NOT_KEYED = "not in the ERP"
    AMONG_CHOICES = "asked, and among the choices"
    NOT_AMONG_CHOICES = "asked, and not among the choices"
    ASKED_NOT_KEYED = "asked, and not in the ERP"
    NOT_READ = "nowhere in what was read"
    NO_ORDER = "nothing was keyed"
    NO_TEXT = "sent as a photo, voice note or file"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLine:
    """One line as read. `settled`: it would have gone to the summary as it stands."""

    text: str
    words: str = ""
    """Those that named the item."""
    settled: bool
    sku: str | None
    quantity: Decimal | None
    uom: str | None
    base: Decimal | None
    choices: tuple[str, ...] = ()
    messages: tuple[int, ...] = ()
    """The inbound messages it was said in, where that is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedLine:
    """One line of an order in the ERP."""

    order: str
    sku: str
    quantity: Decimal
    uom: str
    base: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """One line of either side with its other, if there is one. `alone`: no other line could have been meant."""

    verdict: Verdict
    reason: Reason
    read: ReadLine | None = None
    keyed: KeyedLine | None = None
    alone: bool = True


Fits = Callable[[ReadLine, KeyedLine], bool]


def compare(read: Iterable[ReadLine], keyed: Iterable[KeyedLine]) -> list[Compared]:
    """Each line of both sides exactly once, surest pairs first; lines of one item count as one."""
    table = _Table(_summed_read(read), _summed_keyed(keyed))
    table.take_equal()
    table.pair(Verdict.WRONG, Reason.OTHER_AMOUNT, lambda r, k: r.settled and r.sku == k.sku)
    table.pair(Verdict.ASKED, Reason.AMONG_CHOICES, lambda r, k: _offered(r, k) and same_amount(r, k))
    table.pair(Verdict.ASKED, Reason.AMONG_CHOICES, _offered)
    table.pair(Verdict.ASKED, Reason.NOT_AMONG_CHOICES, lambda r, k: not r.settled and same_amount(r, k))
    table.pair(Verdict.WRONG, Reason.OTHER_ITEM, lambda r, k: r.settled and same_amount(r, k))
    return table.with_the_rest()


def _offered(read: ReadLine, keyed: KeyedLine) -> bool:
    return not read.settled and (read.sku == keyed.sku or keyed.sku in read.choices)


def same_amount(read: ReadLine, keyed: KeyedLine) -> bool:
    """The same number in the same unit, as far as one was said."""
    if read.sku == keyed.sku and read.base is not None:
        return read.base == keyed.base
    return read.quantity == keyed.quantity and read.uom in (None, "", keyed.uom)


@dataclass(slots=True)
class _Table:
    read: list[ReadLine]
    keyed: list[KeyedLine]
    done: list[Compared]

    def __init__(self, read: list[ReadLine], keyed: list[KeyedLine]) -> None:
        self.read, self.keyed, self.done = read, keyed, []

    def take_equal(self) -> None:
        """What was read as it was keyed, which most lines are: each item is there once on either side."""
        keyed = {line.sku: line for line in self.keyed}
        same = [
            (read, keyed[read.sku])
            for read in self.read
            if read.settled and read.sku in keyed and read.base == keyed[read.sku].base
        ]
        self.done += [Compared(verdict=Verdict.RIGHT, reason=Reason.SAME, read=read, keyed=line) for read, line in same]
        gone = {id(one) for pair in same for one in pair}
        self.read = [one for one in self.read if id(one) not in gone]
        self.keyed = [one for one in self.keyed if id(one) not in gone]

    def pair(self, verdict: Verdict, reason: Reason, fits: Fits) -> None:
        """Pair what fits, whatever has no other choice first."""
        while self.read and self.keyed and (options := self._options(fits)):
            read, fitting = min(options, key=lambda one: len(one[1]))
            rivals = [other for other, others in options if other is not read and fitting[0] in others]
            alone = len(fitting) == 1 and not rivals
            self.done.append(Compared(verdict=verdict, reason=reason, read=read, keyed=fitting[0], alone=alone))
            self.read = [one for one in self.read if one is not read]
            self.keyed = [one for one in self.keyed if one is not fitting[0]]

    def _options(self, fits: Fits) -> list[tuple[ReadLine, list[KeyedLine]]]:
        found = [(read, [keyed for keyed in self.keyed if fits(read, keyed)]) for read in self.read]
        return [(read, fitting) for read, fitting in found if fitting]

    def with_the_rest(self) -> list[Compared]:
        for read in self.read:
            verdict, reason = (
                (Verdict.WRONG, Reason.NOT_KEYED) if read.settled else (Verdict.ASKED, Reason.ASKED_NOT_KEYED)
            )
            self.done.append(Compared(verdict=verdict, reason=reason, read=read))
        self.done += [Compared(verdict=Verdict.LOST, reason=Reason.NOT_READ, keyed=keyed) for keyed in self.keyed]
        return self.done


def _summed_read(lines: Iterable[ReadLine]) -> list[ReadLine]:
    """Settled lines of one item as one: somebody orders it twice in a day, and it is keyed once."""
    summed: dict[str, list[ReadLine]] = defaultdict(list)
    kept = []
    for line in lines:
        if line.settled and line.sku and line.base is not None:
            summed[line.sku].append(line)
        else:
            kept.append(line)
    return [_one_read(same) for same in summed.values()] + kept


def _one_read(same: Sequence[ReadLine]) -> ReadLine:
    if len(same) == 1:
        return same[0]
    uoms = {line.uom for line in same}
    base = sum((line.base or Decimal(0) for line in same), Decimal(0))
    quantity = sum((line.quantity or Decimal(0) for line in same), Decimal(0)) if len(uoms) == 1 else base
    text = " / ".join(line.text for line in same)
    uom = uoms.pop() if len(uoms) == 1 else ""
    said_in = tuple(dict.fromkeys(message for line in same for message in line.messages))
    return replace(same[0], text=text, words="", quantity=quantity, uom=uom, base=base, messages=said_in)


def _summed_keyed(lines: Iterable[KeyedLine]) -> list[KeyedLine]:
    summed: dict[str, list[KeyedLine]] = defaultdict(list)
    for line in lines:
        summed[line.sku].append(line)
    return [_one_keyed(same) for same in summed.values()]


def _one_keyed(same: Sequence[KeyedLine]) -> KeyedLine:
    if len(same) == 1:
        return same[0]
    uoms = {line.uom for line in same}
    base = sum((line.base for line in same), Decimal(0))
    quantity = sum((line.quantity for line in same), Decimal(0)) if len(uoms) == 1 else base
    orders = ", ".join(dict.fromkeys(line.order for line in same))
    return replace(same[0], order=orders, quantity=quantity, uom=uoms.pop() if len(uoms) == 1 else "", base=base)
