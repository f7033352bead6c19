"""What each measure is called and means, as the page says it, and how its numbers are written."""

from collections.abc import Mapping
from decimal import Decimal

from bot.measures import Measure, per_order
from web.pages.wording import indian

TITLES: Mapping[Measure, str] = {
    Measure.ORDERS: "Orders",
    Measure.STRAIGHT_THROUGH: "Straight through",
    Measure.QUESTIONS: "Questions an order",
    Measure.MESSAGE_TO_ERP: "Message to ERP",
    Measure.UNCONFIRMED: "Unconfirmed",
    Measure.DUPLICATES: "Duplicates caught",
    Measure.WRONG_POSTS: "Wrong posts",
    Measure.BY_HAND: "Keyed by hand",
    Measure.MESSAGES: "Messages an order",
}
MEANINGS: Mapping[Measure, str] = {
    Measure.ORDERS: "Orders confirmed.",
    Measure.STRAIGHT_THROUGH: (
        "Of the orders in the ERP, the share that nobody but their sender touched: nothing keyed in or changed by the "
        "desk, no hold, no release. A rep who sent it is its sender."
    ),
    Measure.QUESTIONS: (
        "Lines we had to ask about (item, quantity, unit), and questions whether an order is another one, divided by "
        "the orders confirmed."
    ),
    Measure.MESSAGE_TO_ERP: (
        "The median time from an order's first message to its booking in the ERP, with the time people take to answer."
    ),
    Measure.UNCONFIRMED: (
        "Drafts begun then that are still open after an hour, or that the office has cancelled. What its sender "
        "declined is answered, and not among them."
    ),
    Measure.DUPLICATES: (
        "Drafts that looked like an order already there, of which their sender did not say that they are another one."
    ),
    Measure.WRONG_POSTS: (
        "Lines that the ERP's list shows with another quantity, or without them, within 48 hours of posting, and all "
        "lines of orders in the ERP that their firm calls not its own. The ERP says no reason: a line cut before "
        "anything of it left counts."
    ),
    Measure.BY_HAND: (
        "Orders in the ERP's list of open orders, by their date there, that bear no number of ours. What was keyed and "
        "closed between two lists is not seen."
    ),
    Measure.MESSAGES: (
        "Messages sent and taken by WhatsApp, divided by the orders confirmed. What staff and reps are told about no "
        "order counts for the week, and for no customer."
    ),
}
NOUGHT = {Measure.ORDERS, Measure.UNCONFIRMED, Measure.DUPLICATES, Measure.WRONG_POSTS, Measure.BY_HAND}
"""Of these nothing is a number too, where there was anything at all."""
COUNTED = {Measure.QUESTIONS: "question", Measure.WRONG_POSTS: "line", Measure.MESSAGES: "message"}


def one_order(measure: Measure, value: Decimal) -> str:
    """What one order adds to the measure, in words."""
    if measure is Measure.STRAIGHT_THROUGH:
        return "straight through" if value else "touched"
    if measure is Measure.MESSAGE_TO_ERP:
        return duration(value)
    counted = COUNTED.get(measure)
    return "" if counted is None else f"{indian(value, 0)} {counted}{'' if value == 1 else 's'}"


def figure(measure: Measure, of: Mapping[Measure, Decimal]) -> str:
    """The number of a measure as it stands in a table; empty where there is none."""
    value = per_order(of) if measure is Measure.MESSAGES else of.get(measure)
    if value is None:
        return "0" if of and measure in NOUGHT else ""
    if measure is Measure.STRAIGHT_THROUGH:
        return f"{value:.0%}"
    if measure is Measure.MESSAGE_TO_ERP:
        return duration(value)
    return indian(value, 1 if measure in (Measure.QUESTIONS, Measure.MESSAGES) else 0)


def duration(seconds: Decimal) -> str:
    """`45 s`, `12 min`, `3.5 h`, `2.1 d`."""
    for least, size, unit in ((48 * 3600, 86400, "d"), (6000, 3600, "h")):
        if seconds >= least:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
