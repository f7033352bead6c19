"""Until when a machine stands: `till 8 am tomorrow`, `3 baje tak`, `2 ghante lagenge`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from nlp.atoms import Atom
from nlp.tokens import Kind
from nlp.vocabulary import vocabulary
from nlp.work import Work

NEAR = 3
LONGEST = Decimal(72)
HALF_A_DAY = 12
HOURS = 24


def until(work: Work) -> str | None:
    """The moment, in the plant's zone, that the message expects the end at; a duration counts from its sending."""
    here = ZoneInfo(work.moment.timezone)
    now = work.moment.now.astimezone(here)
    found = _clock(work, now) or _duration(work.atoms, now)
    return found.isoformat(timespec="seconds") if found is not None else None


def _said(atoms: list[Atom], start: int, end: int, kind: str) -> bool:
    words = vocabulary().grammar[kind]
    return any(atom.fold in words for atom in atoms[max(0, start) : end])


def _clock(work: Work, now: datetime) -> datetime | None:
    """A time of day with a word for `until` beside it; the next such time, or that of the day named."""
    for at, atom in enumerate(work.atoms[:-1]):
        hour = atom.number
        if hour is None or hour != int(hour) or not 0 < hour <= HOURS:
            continue
        end = at + 2
        if _said(work.atoms, at + 1, end, "clock") and _said(work.atoms, at - NEAR, end + NEAR, "until"):
            day = work.dates[-1].day if work.dates else None
            return _next(_hours(work, at, int(hour) % HOURS), now, day)
    return None


def _hours(work: Work, at: int, hour: int) -> tuple[int, ...]:
    """The hours of the day that are meant: both halves, unless one is said."""
    half = hour % HALF_A_DAY
    near = at - NEAR, at + 2 + NEAR
    if _said(work.atoms, *near, "before_noon"):
        return (half,)
    if _said(work.atoms, *near, "after_noon"):
        return (half + HALF_A_DAY,)
    return (hour,) if hour > HALF_A_DAY else (half, half + HALF_A_DAY)


def _next(hours: tuple[int, ...], now: datetime, day: date | None) -> datetime:
    if day is not None and day > now.date():
        return datetime.combine(day, time(hours[0]), now.tzinfo)
    days = (now.date(), now.date() + timedelta(days=1))
    times = [datetime.combine(one, time(hour), now.tzinfo) for one in days for hour in hours]
    return next(moment for moment in times if moment > now)


def _duration(atoms: list[Atom], now: datetime) -> datetime | None:
    """Hours or minutes that it will take."""
    for at, atom in enumerate(atoms[:-1]):
        if atom.number is None or atom.number > LONGEST or atom.kind is Kind.BREAK:
            continue
        if not _said(atoms, at + 2, at + 2 + NEAR, "will_take"):
            continue
        if _said(atoms, at + 1, at + 2, "hour"):
            return now + timedelta(hours=float(atom.number))
        if _said(atoms, at + 1, at + 2, "minute"):
            return now + timedelta(minutes=float(atom.number))
    return None
