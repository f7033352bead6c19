"""What may stand in a cell of a plain file, and by name everything that spreadsheets make of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

Parser = Callable[[str], object]
E = TypeVar("E", bound=StrEnum)

LONGEST_CODE = 100
LONGEST_TEXT = 2000
_SIX_PLACES = Decimal("0.000001")

_ERROR_VALUES = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
# A spreadsheet always writes the sign, so a code such as 2E3 stays a code.
_SCIENTIFIC = re.compile(r"-?\d(\.\d+)?[eE][+-]\d+")
_NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CODE_AS_DATE = re.compile(rf"\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{2,4}}")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
_NAMED_MONTH = re.compile(rf"\d{{1,2}}[- /]{_MONTH}[a-z]*[- /,]+\d{{2,4}}", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SERIAL_DAY = re.compile(r"[2-6]\d{4}(\.\d+)?", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_INDIAN_MOBILE = re.compile(r"[6-9]\d{9}", re.ASCII)
_PHONE_SPACING = str.maketrans("", "", " -()")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Damage(Exception):  # noqa: N818
    """A cell that cannot be used: what is wrong with it and what to do."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text = text
        self.remedy = remedy


def text(cell: str) -> str:
    """Any words."""
    if cell[0] == "#" and (cell in _ERROR_VALUES or set(cell) == {"#"}):
        raise Damage(f"{cell} is a spreadsheet's error value, not data", "correct the formula and export again")
    if len(cell) > LONGEST_TEXT:
        raise Damage(f"holds {len(cell)} characters", f"shorten it to {LONGEST_TEXT}; is a quote left open?")
    if "\x00" in cell:
        raise Damage("holds a zero byte", "export again as CSV UTF-8")
    if "\x1f" in cell:  # it stands between the parts of a key
        raise Damage("holds a control character, which cannot be seen", "write it again without")
    return cell


def code(cell: str) -> str:
    """A code that other rows refer to: a SKU, a customer, a lot."""
    if _SCIENTIFIC.fullmatch(cell):
        raise _scientific(cell)
    if _CODE_AS_DATE.fullmatch(cell):
        raise Damage(
            f"a spreadsheet has turned this code into the date {cell}",
            "format the column as Text in the spreadsheet, enter the code again and export again",
        )
    if len(cell) > LONGEST_CODE:
        raise Damage(f"this code holds {len(cell)} characters", f"shorten it to {LONGEST_CODE}")
    return text(cell)


def _scientific(cell: str) -> Damage:
    return Damage(
        f"a spreadsheet has shortened a long number to {cell}; its last digits are lost",
        "format the column as Text in the spreadsheet, enter the number again in full and export again",
    )


def number(cell: str) -> Decimal:
    """A decimal with a point, at most six places."""
    if not _NUMBER.fullmatch(cell):
        raise _not_a_number(cell)
    value = Decimal(cell)
    if value.adjusted() >= 14:
        raise Damage(f"{cell} is larger than any quantity or price", "correct the number")
    exponent = value.as_tuple().exponent
    return value.quantize(_SIX_PLACES) if isinstance(exponent, int) and exponent < -6 else value


def _not_a_number(cell: str) -> Damage:
    if _SCIENTIFIC.fullmatch(cell):
        return _scientific(cell)
    if _GROUPED.fullmatch(cell):
        plainly = cell.replace(",", "")
        return Damage(f"{cell} has commas between its digits", f"write {plainly} (number format without separators)")
    if _DECIMAL_COMMA.fullmatch(cell):
        pointed = cell.replace(",", ".")
        return Damage(f"{cell} has a comma where the decimal point belongs", f"write {pointed}")
    if cell.endswith("%"):
        return Damage(f"{cell} has a percent sign", f"write {cell[:-1].strip()}")
    if cell.startswith("#"):
        text(cell)
    return Damage(f"{cell!r} is not a number", "write digits and at most one decimal point, no unit, no currency sign")


def positive(cell: str) -> Decimal:
    """A number above zero."""
    value = number(cell)
    if value <= 0:
        raise Damage(f"{cell} is not above zero", "correct the number")
    return value


def not_negative(cell: str) -> Decimal:
    """A number of zero or more."""
    value = number(cell)
    if value < 0:
        raise Damage(f"{cell} is negative", "correct the number")
    return value


def percent(cell: str) -> Decimal:
    """0 to 100."""
    value = number(cell)
    if not 0 <= value <= 100:
        raise Damage(f"{cell} is no percentage", "write a number from 0 to 100")
    return value


def whole(cell: str) -> int:
    """A whole number of zero or more; `5.0` is one."""
    value = number(cell)
    if value != value.to_integral_value() or value < 0:
        raise Damage(f"{cell} is not a whole number", "write digits only")
    return int(value)


def yes_no(cell: str) -> bool:
    """Yes or no, in the words of people or of spreadsheets."""
    word = cell.casefold()
    if word in ("yes", "y", "true"):
        return True
    if word in ("no", "n", "false"):
        return False
    raise Damage(f"{cell!r} is neither yes nor no", "write yes or no")


def returned(cell: str) -> Decimal:
    """How much came back."""
    if cell.casefold() in ("no", "n", "false"):
        return Decimal(0)
    return not_negative(cell)


def day(cell: str) -> date:
    """`YYYY-MM-DD`."""
    if _ISO_DAY.fullmatch(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise Damage(f"{cell} is no day of the calendar", "correct the date") from None
    raise _not_a_day(cell)


def _not_a_day(cell: str) -> Damage:
    slashed = _SLASHED.fullmatch(cell)
    if slashed:
        first, second, year = slashed.groups()
        example = f"20{year[-2:]}-{second:>02}-{first:>02}"
        return Damage(
            f"{cell} does not say which is the day, which the month, which the year",
            f"write YYYY-MM-DD, for instance {example} (format the column so and export again)",
        )
    if _SERIAL_DAY.fullmatch(cell):
        return Damage(f"{cell} is a spreadsheet's count of days", "format the column as a date YYYY-MM-DD")
    if _NAMED_MONTH.fullmatch(cell):
        return Damage(f"{cell} is not written as YYYY-MM-DD", "format the column as a date YYYY-MM-DD")
    return Damage(f"{cell!r} is no date", "write YYYY-MM-DD")


def moment_in(zone: tzinfo) -> Parser:
    """A parser of `YYYY-MM-DD HH:MM[:SS]`, with or without an offset; without one it is meant in `zone`."""

    def moment(cell: str) -> datetime:
        if not _ISO_DAY.match(cell):
            raise _not_a_day(cell)
        try:
            value = datetime.fromisoformat(cell)
        except ValueError:
            raise Damage(f"{cell!r} is no moment in time", "write YYYY-MM-DDTHH:MM:SS+05:30") from None
        return value if value.tzinfo else value.replace(tzinfo=zone)

    return moment


def clock_time(cell: str) -> time:
    """`HH:MM`."""
    try:
        return time.fromisoformat(cell if cell[1:2] != ":" else f"0{cell}")
    except ValueError:
        raise Damage(f"{cell!r} is no time of day", "write HH:MM, for instance 16:30") from None


def weekday(cell: str) -> int:
    """A day's English name, its first three letters, or 1 (Monday) to 7; gives 1 to 7."""
    if cell in "1234567" and len(cell) == 1:
        return int(cell)
    if len(cell) >= 3 and cell.casefold()[:3] in _WEEKDAYS:
        return _WEEKDAYS.index(cell.casefold()[:3]) + 1
    raise Damage(f"{cell!r} is no day of the week", "write mon, tue, wed, thu, fri, sat or sun")


def phone(cell: str) -> str:
    """E.164, or ten digits read as India's; gives E.164."""
    digits = cell.translate(_PHONE_SPACING)
    if _E164.fullmatch(digits):
        return digits
    if _INDIAN_MOBILE.fullmatch(digits):
        return f"+91{digits}"
    if _SCIENTIFIC.fullmatch(cell):
        raise _scientific(cell)
    if digits.isascii() and digits.isdigit() and 10 < len(digits) < 16:
        # The number itself stays out of what is said: problems are printed and logged.
        raise Damage(
            "the number has lost its plus sign",
            "write + and the country code before it, with the column formatted as Text",
        )
    raise Damage("this is no telephone number", "write + and country code, for instance +919812345678")


def several(cell: str) -> tuple[str, ...]:
    """Words with `;` between them, each once."""
    return tuple(dict.fromkeys(code(word) for word in (part.strip() for part in cell.split(";")) if word))


def one_of(kinds: type[E]) -> Parser:
    """A parser of one word out of a closed list."""
    words = {kind.value: kind for kind in kinds}

    def word(cell: str) -> E:
        try:
            return words[cell.casefold()]
        except KeyError:
            raise Damage(f"{cell!r} is not known here", f"write one of {', '.join(words)}") from None

    return word


def lower(cell: str) -> str:
    """A word whose case does not matter."""
    return text(cell).casefold()


def zone_name(cell: str) -> str:
    """An IANA time zone."""
    try:
        ZoneInfo(cell)
    except (KeyError, ValueError, OSError):
        raise Damage(f"{cell!r} is no time zone", "write an IANA name, for instance Asia/Kolkata") from None
    return cell


def approvers(cell: str) -> tuple[str, ...]:
    """Roles and phones with `;` between them, each once."""
    words = (part.strip() for part in cell.split(";"))
    return tuple(dict.fromkeys(phone(word) if word[-4:].isdigit() else lower(word) for word in words if word))
