"""Questions with choices that are not about the lines of a draft."""

from collections.abc import Sequence

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Row
from bot.replies.words import Words, short
from people.model import Party

FIRM = "f."
"""What the argument of a row that names a firm begins with."""


def which_firm(words: Words, firms: Sequence[Party], *, first: int = 0) -> Bubble:
    """For whom is it? More firms than a list holds are paged."""
    lines = [words("firm.ask")]
    if len(firms) > MOST_ROWS:
        lines.append(words("firm.or_type"))
    return Bubble(
        kind="which_firm",
        lines=tuple(lines),
        rows=_rows(words, firms, first),
        rows_title=words("button.choose"),
        topic="which_firm",
        language=words.catalogue,
    )


def _rows(words: Words, firms: Sequence[Party], first: int) -> tuple[Row, ...]:
    if len(firms) <= MOST_ROWS:
        return tuple(_row(firm) for firm in firms)
    start = first if first < len(firms) else 0
    page = firms[start : start + MOST_ROWS - 1]
    upto = start + len(page)
    more = Row(act="more", arg=f"{FIRM}{upto if upto < len(firms) else 0}", title=words("button.more"))
    return (*(_row(firm) for firm in page), more)


def _row(firm: Party) -> Row:
    description = short(", ".join(part for part in (firm.name, firm.city) if part), ROW_DESCRIPTION)
    return Row(act="pick", arg=f"{FIRM}{firm.code}", title=short(firm.name, ROW_TITLE), description=description)
