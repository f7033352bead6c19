"""The day somebody wants his goods on: taken as said, but asked where a night makes two days of one word."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.turn import Turn
from erp import mirror
from nlp.values import DayWord, Reading
from orders import halves
from orders.drafts import Changed
from orders.model import OrderDraft
from people.model import Party
from routing.plants import plant_zone

NIGHT_ENDS = time(5)
"""Until then people who are still up say of the day that begins that it is tomorrow."""
DAY = timedelta(days=1)


def take(turn: Turn, draft: OrderDraft, reading: Reading) -> None:
    """The day a message names for the whole order."""
    if reading.requested_on is None:
        return
    asked = meant(reading.day_word, reading.requested_on, said_at=_said_at(turn, draft))
    draft.asked_days = [day.isoformat() for day in asked]
    draft.requested_on = None if asked else reading.requested_on


def _said_at(turn: Turn, draft: OrderDraft) -> datetime:
    """On the clock of the plant that supplies the firm."""
    return turn.inbound.sent_at.astimezone(ZoneInfo(zone_of(turn, draft.party_code)))


def zone_of(turn: Turn, party_code: str | None) -> str:
    """The time zone of the plant that supplies a firm."""
    party = turn.session.get(Party, party_code) if party_code else None
    plant = mirror.plant_of(turn.session, party.warehouse) if party is not None else ""
    return plant_zone(turn.session, plant, timezone=turn.app.settings.timezone)


def meant(word: DayWord | None, day: date, *, said_at: datetime) -> list[date]:
    """The two days that `kal` or `aaj` may mean between midnight and five; none when there is no doubt."""
    if word is None or said_at.time() >= NIGHT_ENDS:
        return []
    # By his own day it is still yesterday, so each word comes a day earlier; what is over cannot be delivered.
    first = max(day - DAY, said_at.date())
    return [first, first + DAY]


def halve(turn: Turn, draft: OrderDraft, reading: Reading, changed: Changed, *, lines: Collection[int]) -> None:
    """“Half now, half Monday”: of these lines, said to be divided; what cannot be is named."""
    if reading.halves is None:
        return
    whole = halves.halve(draft, set(lines), later=reading.halves[1], changed=changed)
    if whole:
        turn.say("halves.whole", lines=", ".join(str(no) for no in whole))


def tapped(draft: OrderDraft, day: str) -> bool:
    """One of the days asked about, in ISO form; False when it is none of them."""
    if day not in draft.asked_days:
        return False
    draft.requested_on, draft.asked_days = date.fromisoformat(day), []
    return True


def by_number(draft: OrderDraft, number: int) -> bool:
    """The `D1` or `D2` of the summary, or the day of the month itself."""
    days = list(draft.asked_days)
    if 1 <= number <= len(days):
        return tapped(draft, days[number - 1])
    return any(date.fromisoformat(day).day == number and tapped(draft, day) for day in days)
