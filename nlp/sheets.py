"""A table of an order to its reading: the item by its code or name, the amount from its own column.

What the columns say is taken as it stands: no number of a name becomes an amount. What is less sure is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.catalogue import Catalogue
from nlp.fold import fold
from nlp.languages import language_of
from nlp.paper_heads import day_in, head_of
from nlp.reader import read
from nlp.tables import Table, TableLine, folded
from nlp.values import (
    AliasRecord,
    Candidate,
    Doubt,
    Intent,
    Moment,
    Part,
    Reading,
    ReadLine,
    Speaker,
    Status,
)

CODE = "code"
"""A customer's own code is kept as an alias behind this word, since bare numbers are amounts to most people."""
STAND_IN = "zzitemzz"
"""A name of no goods, by which an item that is settled is handed to the reader beside its amount."""
BY_CODE = 0.99
SHORTEST_BARCODE = 8
MOST_CANDIDATES = 10


def code_phrase(code: str) -> str:
    """The words a customer's own code is learned under."""
    return f"{CODE} {folded(code)}"


@dataclass(frozen=True, slots=True)
class _Codes:
    """What codes mean: ours, the barcodes of the item list, this customer's own."""

    meant: Mapping[str, str]

    def sku(self, code: str) -> str | None:
        """The item a code stands for, if it can be only one."""
        return self.meant.get(folded(code)) if code else None


def read_table(table: Table, text: str, catalogue: Catalogue, speaker: Speaker, moment: Moment) -> Reading:
    """What an order sheet or purchase order means for this speaker; `text` is all that stands on it."""
    head = head_of(table.head)
    codes = _codes(catalogue, speaker)
    slots = {"customer_reference": head.reference} if head.reference else {}
    if head.place:
        slots["ship_to"] = head.place
    lines = tuple(_line(line, catalogue, speaker, moment, codes) for line in table.lines)
    return Reading(
        intent=Intent.ORDER if lines else Intent.OTHER,
        language=language_of(text, catalogue),
        confidence=min((line.confidence for line in lines), default=0.0),
        lines=lines,
        requested_on=head.wanted_on,
        slots=slots,
        revision=catalogue.revision,
    )


def _codes(catalogue: Catalogue, speaker: Speaker) -> _Codes:
    """Barcodes that two items share mean none; the customer's own codes go before everyone's."""
    barcodes = [
        (folded(value), item.sku)
        for item in catalogue.items
        for value in item.attributes.values()
        if value.isdigit() and len(value) >= SHORTEST_BARCODE
    ]
    shared = Counter(value for value, _ in barcodes)
    meant = {value: sku for value, sku in barcodes if shared[value] == 1}
    meant |= {folded(item.sku): item.sku for item in catalogue.items}
    for alias in sorted(speaker.aliases, key=lambda one: one.customer is not None):
        phrase = folded(alias.phrase)
        if alias.sku in catalogue.row_of:
            meant[phrase.removeprefix(f"{CODE} ")] = alias.sku
    return _Codes(meant)


def _line(line: TableLine, catalogue: Catalogue, speaker: Speaker, moment: Moment, codes: _Codes) -> ReadLine:
    sku = codes.sku(line.code)
    named = _by_name(line, catalogue, speaker, moment) if line.name else None
    if sku is None:
        found = named or _unknown(line)
    elif named is not None and named.status is Status.MATCHED and named.sku != sku:
        found = _contradicted(line, sku, named, catalogue, speaker, moment)
    else:
        found = _amount(line, sku, speaker, catalogue, moment)
    ours = folded(line.code) == folded(found.sku or "")
    words = code_phrase(line.code) if line.code and not ours else line.name
    day = day_in(line.day)
    return replace(
        found,
        source=line.source,
        span=(0, 0),
        requested_price=line.rate,
        free_quantity=line.free,
        requested_on=day,
        parts=(Part(name="item", text=words, span=(0, 0), value=found.sku or "", score=found.confidence),),
    )


def _unknown(line: TableLine) -> ReadLine:
    return ReadLine(
        source=line.source,
        span=(0, 0),
        quantity=line.quantity,
        uom=None,
        sku=None,
        status=Status.UNKNOWN,
        confidence=0.0,
    )


def _by_name(line: TableLine, catalogue: Catalogue, speaker: Speaker, moment: Moment) -> ReadLine:
    """The item its name means; how much of it the columns say."""
    said = f"{_shown(line.quantity)} {line.unit} {line.name}"
    lines = read(said, catalogue, speaker, moment).lines
    one = lines[0] if len(lines) == 1 else None
    if one is not None and one.sku is not None and one.status is Status.MATCHED and Doubt.ITEM not in one.doubt:
        return _amount(line, one.sku, speaker, catalogue, moment)
    skus = dict.fromkeys(entry.sku for found in lines for entry in found.candidates)
    if one is not None and one.sku is not None:
        skus = dict.fromkeys([one.sku])
    if not skus:
        return _unknown(line)
    return _asked(line, list(skus), speaker, catalogue, moment, doubts=() if len(skus) == 1 else (Doubt.ITEM,))


def _contradicted(
    line: TableLine, sku: str, named: ReadLine, catalogue: Catalogue, speaker: Speaker, moment: Moment
) -> ReadLine:
    """Its code means one item and its name another: only its sender knows."""
    return _asked(line, [sku, str(named.sku)], speaker, catalogue, moment, doubts=(Doubt.ITEM,))


def _asked(
    line: TableLine, skus: list[str], speaker: Speaker, catalogue: Catalogue, moment: Moment, doubts: tuple[Doubt, ...]
) -> ReadLine:
    """A question between items, each with the amount the columns say; of one item alone, what is in doubt of that."""
    amounts = {sku: _amount(line, sku, speaker, catalogue, moment) for sku in skus[:MOST_CANDIDATES]}
    first = next(iter(amounts.values()))
    if not doubts:
        return replace(first, status=Status.ASK, doubt=first.doubt or (Doubt.ITEM,))
    return ReadLine(
        source=line.source,
        span=(0, 0),
        quantity=line.quantity,
        uom=first.uom,
        sku=None,
        status=Status.ASK,
        confidence=0.5,
        doubt=doubts,
        candidates=tuple(
            Candidate(sku=sku, quantity=found.quantity, uom=found.uom, confidence=0.5) for sku, found in amounts.items()
        ),
    )


def _amount(line: TableLine, sku: str, speaker: Speaker, catalogue: Catalogue, moment: Moment) -> ReadLine:
    """So much of an item that is settled, as the reader judges units and unusual amounts."""
    nothing = Candidate(sku=sku, quantity=line.quantity, uom=None, confidence=BY_CODE)
    in_doubt = ReadLine(
        source=line.source,
        span=(0, 0),
        quantity=line.quantity,
        uom=None,
        sku=sku,
        status=Status.ASK,
        confidence=0.5,
        doubt=(Doubt.QUANTITY,) if line.quantity is None else (Doubt.UOM,),
        candidates=(nothing,),
    )
    if line.quantity is None:
        return in_doubt
    named = AliasRecord(customer=speaker.customer, phrase=fold(STAND_IN), sku=sku)
    told = replace(speaker, aliases=(*speaker.aliases, named))
    lines = read(f"{_shown(line.quantity)} {line.unit} {STAND_IN}", catalogue, told, moment).lines
    if len(lines) != 1 or lines[0].sku != sku:
        return in_doubt  # a unit nobody knows
    return lines[0]


def _shown(quantity: Decimal | None) -> str:
    return "" if quantity is None else format(quantity.normalize(), "f")
