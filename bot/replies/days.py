"""Days in a summary: what was asked for, when the goods leave and why not earlier, and which of two days was meant."""

from datetime import date

from bot.bubbles import Row
from bot.replies.words import Words
from orders.dispatch import Dispatch, Hindrance
from orders.model import OrderDraft


def asked_days(draft: OrderDraft) -> list[date]:
    """The days of which its sender must say which one he meant."""
    return [date.fromisoformat(day) for day in draft.asked_days]


def day_arg(day: date) -> str:
    """What a choice of a day sends back."""
    return f"d.{day.isoformat()}"


def day_rows(words: Words, draft: OrderDraft) -> list[Row]:
    """The days to choose from, beside other choices."""
    return [
        Row(act="pick", arg=day_arg(day), title=f"D{number}", description=words.day(day))
        for number, day in enumerate(asked_days(draft), 1)
    ]


def dispatch_text(words: Words, draft: OrderDraft, dispatch: Dispatch | None) -> list[str]:
    """The day asked for, and when the goods leave; while the day is asked, the question."""
    if days := asked_days(draft):
        choices = [f"   D{number}) {words.day(day)}" for number, day in enumerate(days, 1)]
        return [words("summary.ask_day"), *choices]
    texts = []
    if draft.requested_on is not None:
        texts.append(words("summary.for_day", day=words.day(draft.requested_on)))
    if dispatch is not None:
        texts.append(_leaves(words, dispatch, asked=draft.requested_on is not None))
    if draft.urgent:
        texts.append(words("summary.urgent"))
    return texts


def _leaves(words: Words, dispatch: Dispatch, *, asked: bool) -> str:
    """“Sunday band; Monday 23 Nov gaadi”. Who named no day need not hear that none runs to him today."""
    leaves = words("dispatch.on", day=words.long_day(dispatch.on))
    if dispatch.hindrance is not None and (asked or dispatch.hindrance != Hindrance.NO_ROUTE):
        leaves = words("dispatch.because", why=_why(words, dispatch), leaves=leaves)
    return leaves[:1].upper() + leaves[1:]


def _why(words: Words, dispatch: Dispatch) -> str:
    day = dispatch.counted_from
    if dispatch.hindrance == Hindrance.CLOSED and dispatch.name:
        return words("dispatch.holiday", day=words.day(day), name=dispatch.name)
    if dispatch.hindrance == Hindrance.CLOSED:
        return words("dispatch.closed", weekday=words.weekday(day))
    if dispatch.hindrance == Hindrance.CUTOFF and dispatch.cutoff is not None:
        return words("dispatch.after_cutoff", time=f"{dispatch.cutoff:%H:%M}")
    return words("dispatch.no_route", weekday=words.weekday(day))


def line_day_text(words: Words, requested_on: date, dispatch: Dispatch | None) -> str:
    """The mark of a line that is asked for another day than the order."""
    if dispatch is None or dispatch.on == requested_on:
        return words("mark.for_day", day=words.day(requested_on))
    return words("mark.for_day_leaves", day=words.day(requested_on), leaves=words.day(dispatch.on))
