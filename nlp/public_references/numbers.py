"""Numbers and amounts in words: microsoft/Recognizers-Text and facebook/duckling, English and Indian languages.

Compared is the list of all numbers read in a text with the list expected, in order; two dozen are 24. `in reach` are
the examples with numbers that an order could have: some number, all above 0 and below a thousand million, at most three
decimals, no fifths or hundredths in words, no powers. Amounts with a unit are compared in grams, millilitres and
millimetres, for the units of measure that this reader knows at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from nlp.atoms import Atom, atoms
from nlp.public_references.score import Score, agreeing, json_file, json_lines
from nlp.quantities import Quantity, quantities
from nlp.tokens import tokens
from nlp.vocabulary import vocabulary

LANGUAGES = {
    "EN": "English",
    "HI": "Hindi",
    "BN": "Bengali",
    "TA": "Tamil",
    "TE": "Telugu",
    "KN": "Kannada",
    "ML": "Malayalam",
}
NUMERAL = re.compile(r"NumeralValue \(?(-?[\d.e]+)")
SIMPLE = re.compile(r"simple (\w+) ([\d.]+)(?: (?:Nothing|\(Just .*))?")
PARTS = re.compile(
    r"(?:fif|six|seven|eigh|nin|ten|teen|tie|first|hundred|thousand|million)ths?\b|\^|व(?:ा|ां|ें|े|ीं)(?:\W|$)"
)
LARGEST = Decimal("1e9")
UNITS: dict[str, tuple[str, Decimal]] = {
    "Gram": ("g", Decimal(1)),
    "Kilogram": ("g", Decimal(1000)),
    "Metric ton": ("g", Decimal(1_000_000)),
    "Litre": ("ml", Decimal(1000)),
    "Millilitre": ("ml", Decimal(1)),
    "Milliliter": ("ml", Decimal(1)),
    "Metre": ("mm", Decimal(1000)),
    "Meter": ("mm", Decimal(1000)),
    "Centimetre": ("mm", Decimal(10)),
    "Millimetre": ("mm", Decimal(1)),
    "Millimeter": ("mm", Decimal(1)),
    "Inch": ("inch", Decimal(1)),
}
Amount = tuple[str, Decimal]


def _atoms(text: str) -> list[Atom]:
    return atoms(tokens(text), vocabulary())


def numbers_in(text: str) -> list[Decimal]:
    """Every number of the text as the reader takes it."""
    found = _atoms(text)
    made = []
    for at, atom in enumerate(found):
        if atom.number is not None:
            dozens = at + 1 < len(found) and found[at + 1].unit == "DOZ"
            made.append(atom.number * 12 if dozens else atom.number)
    return made


def amounts_in(text: str) -> list[Amount]:
    """Every measured amount of the text: at each number the most natural reading, if that has a measuring unit."""
    best: dict[int, Quantity] = {}
    for quantity in quantities(_atoms(text)):
        if quantity.start not in best or quantity.score > best[quantity.start].score:
            best[quantity.start] = quantity
    return [amount for quantity in best.values() if (amount := _measured(quantity)) is not None]


def _measured(quantity: Quantity) -> Amount | None:
    meaning = vocabulary().meanings[quantity.unit] if quantity.unit else None
    if meaning is None or meaning.measure is None:
        return None
    return meaning.measure, quantity.value * meaning.amount


def _in_reach(example: tuple[str, list[Decimal]]) -> bool:
    text, expected = example
    if not expected or PARTS.search(text):
        return False
    return all(0 < value < LARGEST and value * 1000 % 1 == 0 for value in expected)


def _same_numbers(example: tuple[str, list[Decimal]]) -> bool:
    text, expected = example
    return numbers_in(text) == expected


def _scores(source: str, what: str, examples: list[tuple[str, list[Decimal]]]) -> Iterator[Score]:
    yield Score(source, f"{what}, all", agreeing(examples, _same_numbers))
    reach = list(filter(_in_reach, examples))
    yield Score(source, f"{what}, in reach", agreeing(reach, _same_numbers))


def _duckling(folder: Path) -> Iterator[Score]:
    rows = list(json_lines(folder / "duckling" / "duckling_examples.jsonl"))
    for code, language in LANGUAGES.items():
        examples = [
            (row["text"], [Decimal(value[1])])
            for row in rows
            if (row["lang"], row["dim"]) == (code, "Numeral") and (value := NUMERAL.fullmatch(row["value_hs"]))
        ]
        yield from _scores("duckling", f"numbers, {language}", examples)
    amounts = [
        (row["text"], (UNITS[value[1]][0], UNITS[value[1]][1] * Decimal(value[2])))
        for row in rows
        if row["lang"] == "EN" and row["dim"] in ("Quantity", "Volume", "Distance")
        if (value := SIMPLE.fullmatch(row["value_hs"])) and value[1] in UNITS
    ]
    yield Score("duckling", "weights, volumes, lengths, English", agreeing(amounts, _only_amount))


def _only_amount(example: tuple[str, Amount]) -> bool:
    text, expected = example
    return amounts_in(text) == [expected]


def _among_amounts(example: tuple[str, Amount]) -> bool:
    text, expected = example
    return expected in amounts_in(text)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _recognizers(folder: Path) -> Iterator[Score]:
    for language in ("English", "Hindi"):
        rows = json_file(folder / "recognizers" / "Number" / language / "NumberModel.json")
        examples = []
        for row in rows:
            values = [_number(result["Resolution"]["value"]) for result in row["Results"]]
            if None not in values:
                examples.append((row["Input"], [value for value in values if value is not None]))
        yield from _scores("Recognizers-Text", f"numbers in sentences, {language}", examples)
        amounts = [
            (row["Input"], (UNITS[unit][0], UNITS[unit][1] * Decimal(result["Resolution"]["value"])))
            for row in json_file(folder / "recognizers" / "NumberWithUnit" / language / "DimensionModel.json")
            for result in row["Results"]
            if (unit := result["Resolution"].get("unit")) in UNITS and result["Resolution"]["value"]
        ]
        share = agreeing(amounts, _among_amounts)
        yield Score("Recognizers-Text", f"weights, volumes, lengths found in sentences, {language}", share)


def scores(folder: Path) -> Iterator[Score]:
    yield from _duckling(folder)
    yield from _recognizers(folder)
