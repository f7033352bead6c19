"""Reads answers to numbered questions: "1b 2a 3: 20", "b", "S2", "D1". Pure."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """To line `no` (None: the only one asked): the choice at `position`, or a quantity.

    Or the ship-to `place` or the `day`, by the number it was offered under.
    """

    no: int | None = None
    position: int | None = None
    quantity: Decimal | None = None
    place: int | None = None
    day: int | None = None


_GAP = r"[\s,;.)&+-]*"
_PIECE = re.compile(
    r"(?:(?P<no>\d{1,3})\s*[:.)=-]?\s*\(?(?P<letter>[a-j])\)?(?![a-z])"
    r"|(?P<qno>\d{1,3})\s*[:=]\s*(?P<quantity>\d+(?:\.\d+)?)"
    r"|s\s*(?P<place>\d{1,2})(?!\d)"
    r"|d(?P<day>[12])(?![a-z\d])"
    r"|\(?(?P<only>[a-j])\)?(?![a-z]))" + _GAP
)


def read_answers(text: str) -> tuple[Answer, ...]:
    """The answers a text consists of, and of nothing else; otherwise none."""
    folded = "".join(_plain_digit(character) for character in text.casefold().strip().strip("'\"“”‘’"))
    answers, at = [], 0
    while at < len(folded):
        piece = _PIECE.match(folded, at)
        if piece is None:
            return ()
        answers.append(_answer(piece))
        at = piece.end()
    return tuple(answers)


def read_number(text: str) -> Decimal | None:
    """A text that is one number and nothing else."""
    try:
        number = Decimal("".join(_plain_digit(character) for character in text.strip()))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def _answer(piece: re.Match[str]) -> Answer:
    if piece["place"]:
        return Answer(place=int(piece["place"]))
    if piece["day"]:
        return Answer(day=int(piece["day"]))
    if piece["quantity"]:
        return Answer(no=int(piece["qno"]), quantity=Decimal(piece["quantity"]))
    letter = piece["letter"] or piece["only"]
    return Answer(no=int(piece["no"]) if piece["no"] else None, position=ord(letter) - ord("a"))


def _plain_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() and character.isdecimal() else character
