"""Figures of credit as they are told, with their age."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.replies.words import Words, clock_time, rupees


def limit_text(limit: Decimal | None) -> str:
    """`₹2,50,000`, or a dash where none is configured."""
    return "–" if limit is None else rupees(limit)


def office_moment_text(words: Words, moment: datetime | None, timezone: str, *, age: timedelta | None) -> str:
    """The same for the office; `age` is that of a balance too old to judge by, and marks it so."""
    told = moment_text(words, moment, timezone)
    return told if age is None else words("credit.old_balance", moment=told, hours=int(age / timedelta(hours=1)))


def moment_text(words: Words, moment: datetime | None, timezone: str) -> str:
    """`Sat 21 Nov 10:00` in the plant's zone, or a question mark for an age nobody knows."""
    if moment is None:
        return "?"
    return f"{words.day(moment.astimezone(ZoneInfo(timezone)).date())} {clock_time(moment, timezone)}"
