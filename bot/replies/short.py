"""Lines that are short of stock, as a summary tells and asks them."""

from collections.abc import Mapping
from decimal import Decimal

from bot.bubbles import BUTTON_TITLE, Button
from bot.replies.words import Words, amount, short
from erp.records import plain
from orders.drafts import open_questions
from orders.free_stock import Short
from orders.model import DraftLine, OrderDraft
from orders.shortage import ASKED, SHORT, asked

ALL = "q"
"""In the argument of a button: what follows is for every line that is short."""


def note(words: Words, line: DraftLine) -> list[str]:
    """What was decided of a line that is short; nothing of one that is not."""
    if line.short is None or line.quantity is None:
        return []
    free, wanted = line.free_now or Decimal(0), line.wanted or line.quantity
    facts = {
        "free": plain(free),
        "wanted": amount(wanted, line.uom),
        "rest": amount(wanted - line.quantity, line.uom),
    }
    decided = Short(line.short)
    key = "cut" if decided == Short.NOW else decided.value
    if decided == Short.BACKORDER and not free:
        key = "backorder_none"
    return ["   " + words(f"short.{key}", **facts)]


def was_decided(line: DraftLine) -> bool:
    """Whether it goes otherwise than it was asked for; what merely follows when made is said in the list alone."""
    return line.short not in (None, Short.BACKORDER)


def is_way(entry: Mapping[str, object]) -> bool:
    """Whether a choice of a line settles what it is short of."""
    return SHORT in entry


def way(words: Words, line: DraftLine, entry: Mapping[str, object]) -> str:
    """One way to settle it, in words."""
    quantity = Decimal(str(entry["quantity"]))
    rest = amount((line.quantity or quantity) - quantity, line.uom)
    return words(f"short.way_{entry[SHORT]}", quantity=amount(quantity, line.uom), rest=rest)


def only_short(draft: OrderDraft) -> bool:
    """Whether what becomes of short lines is all that is asked, so that one tap answers it."""
    questions = open_questions(draft)
    settled = draft.ship_to is not None and not draft.asked_days
    return settled and bool(questions) and all(line.problem in ASKED for line in questions)


def buttons(words: Words, draft: OrderDraft) -> tuple[Button, ...]:
    """For all lines that are short: later, what there is now (if there is any), none of it."""
    lines = asked(draft)
    free = [entry for line in lines for entry in line.candidates if entry[SHORT] == Short.NOW]
    one = len(lines) == 1
    titles = {Short.LATER: words("button.all_later")}
    if free:
        titles[Short.NOW] = (
            words("button.send_now", count=free[0]["quantity"]) if one else words("button.send_what_is_there")
        )
    titles[Short.DROP] = words("button.drop" if one else "button.drop_these")
    return tuple(
        Button(act="pick", arg=f"{ALL}.{decided.value}", title=short(title, BUTTON_TITLE))
        for decided, title in titles.items()
    )


def how_to_answer(words: Words, draft: OrderDraft) -> list[str]:
    """Several lines may be answered each by itself."""
    return [words("short.how_to_answer")] if len(asked(draft)) > 1 else []
