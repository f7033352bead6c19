"""What an approver reads of a price request: the figures to decide on, the lists of what is open, what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Button, Row, fits
from bot.replies.words import Words, amount, quoted, rupees, short
from erp.records import plain
from orders.deal import DealFacts, DealLine, Margin

KIND, LIST_KIND = "approval", "approvals_open"
REASONS = ("too_deep", "credit", "stock", "other")
"""In the order in which they are offered; the last one asks for words."""
SHOWN_IN_LIST = MOST_ROWS - 1


def number(ask_id: int) -> str:
    """How an ask is called by people."""
    return f"A{ask_id}"


def price_request(
    words: Words, facts: DealFacts, *, ask_id: int, version: int, first: int = 0, before: Sequence[str] = ()
) -> Bubble:
    """All that is known of the deal, its lines worst margin first; those that do not fit are behind 'More'.

    `first` is how many lines 'More' has passed, `before` is said first.
    """
    lines = facts.worst_first()
    first = first if first < len(lines) else 0
    head = [*before, *_head(words, facts, ask_id)]
    foot = _foot(words, facts)
    bubble = Bubble(
        kind="approval",
        lines=(*head, *foot),
        language=words.catalogue,
        topic=f"ask:{ask_id}",
        subject={"ask": ask_id, "version": version},
    )
    for count in range(len(lines) - first, -1, -1):
        shown = list(enumerate(lines, 1))[first : first + count]
        texts = [text for place, line in shown for text in line_texts(words, line, place if len(lines) > 1 else None)]
        upto = first + count
        whole = count == len(lines)
        left = [] if whole else [words("approval.more_lines", shown=count, count=len(lines))]
        choices = _buttons(words) if whole else ()
        rows = () if whole else _rows(words, upto if upto < len(lines) else 0)
        filled = replace(
            bubble,
            lines=(*head, *texts, *left, *foot),
            buttons=choices,
            rows=rows,
            rows_title=words("button.decide") if rows else "",
        )
        if fits(filled) and (count or first == 0):
            return filled
    raise AssertionError("the head and foot of a request always fit")


def _buttons(words: Words) -> tuple[Button, ...]:
    return (
        Button(act="approve", title=words("button.approve")),
        Button(act="counter", title=words("button.counter")),
        Button(act="reject", title=words("button.reject")),
    )


def _rows(words: Words, upto: int) -> tuple[Row, ...]:
    approve, counter, reject = (Row(act=one.act, title=one.title) for one in _buttons(words))
    return (approve, counter, Row(act="more", arg=str(upto), title=words("button.more")), reject)


def _head(words: Words, facts: DealFacts, ask_id: int) -> list[str]:
    buyer = facts.buyer
    firm = quoted(", ".join(part for part in (buyer.name, buyer.city) if part))
    key = "approval.by_rep" if facts.as_rep else "approval.by_buyer"
    return [
        words("approval.heading", number=number(ask_id), firm=firm, code=buyer.code, tier=buyer.tier or "–"),
        words(key, name=quoted(facts.asker)),
        words(
            "approval.size",
            asked=rupees(facts.size),
            listed=rupees(facts.size_at_list),
            lines=facts.order_lines,
            less=rupees(facts.given_away),
        ),
    ]


def line_texts(words: Words, line: DealLine, place: int | None = None) -> list[str]:
    """One line: what is asked against list and floor, what was paid before, and what is left of it."""
    name = quoted(line.item)
    title = f"{name} – {amount(line.quantity, line.uom)}"
    texts = [f"{place}. {title}" if place is not None else f"*{title}*", "   " + _prices(words, line)]
    if line.asked_free:
        texts.append(
            "   " + words("approval.free", free=amount(line.asked_free, line.uom), effective=rupees(line.effective))
        )
    paid = ", ".join(f"{rupees(one.price)} ({words.day(one.day)})" for one in line.paid)
    texts.append("   " + (words("approval.paid", prices=paid) if paid else words("approval.never_paid")))
    texts.append("   " + margins(words, line.before, line.after))
    return texts


def _prices(words: Words, line: DealLine) -> str:
    floor = words("approval.no_floor") if line.floor is None else rupees(line.floor)
    said = words(
        "approval.prices",
        asked=rupees(line.asked),
        listed=rupees(line.list_price),
        off=plain(line.off_list),
        floor=floor,
    )
    if line.price != line.list_price:
        said += " " + words("approval.by_rules", price=rupees(line.price))
    return said


def margins(words: Words, before: Margin | None, after: Margin | None) -> str:
    """In rupees and percent, before and after."""
    if before is None or after is None:
        return words("approval.no_cost")
    return words("approval.margin", before=margin(before), after=margin(after))


def margin(found: Margin) -> str:
    """`₹2,120 (19.1 %)`."""
    return f"{rupees(found.rupees)} ({'–' if found.percent is None else plain(found.percent)} %)"


def _foot(words: Words, facts: DealFacts) -> list[str]:
    buyer = facts.buyer
    texts = []
    if len(facts.lines) > 1:
        texts.append(words("approval.together", margin=margins(words, facts.before, facts.after)))
    if buyer.exceptions:
        texts.append(words("approval.exceptions", count=buyer.exceptions, cost=rupees(buyer.exceptions_cost)))
    else:
        texts.append(words("approval.no_exceptions"))
    limit = words("approval.no_limit") if buyer.credit_limit is None else rupees(buyer.credit_limit)
    key = "approval.overdue" if buyer.overdue_days else "approval.not_overdue"
    texts.append(words(key, owed=rupees(buyer.outstanding), limit=limit, days=buyer.overdue_days))
    texts.append(
        words("approval.reason", reason=short(facts.reason, 200)) if facts.reason else words("approval.no_reason")
    )
    return texts


def row_text(words: Words, facts: DealFacts, ask_id: int) -> str:
    """A request in one line of the list of what is open."""
    after = facts.after
    left = words("approval.no_cost") if after is None else margin(after)
    off = max((line.off_list for line in facts.lines), default=Decimal(0))
    return words(
        "approval.row",
        number=number(ask_id),
        firm=short(facts.buyer.name, 40),
        size=rupees(facts.size),
        off=plain(off),
        margin=left,
        name=short(facts.asker, 30),
    )


def open_list(
    words: Words,
    texts: Sequence[tuple[int, int, str, str]],
    *,
    first: int = 0,
    before: Sequence[str] = (),
) -> Bubble:
    """What is open, numbered: each `(ask, version, its line, its row's title)`, in the order of the numbers.

    `first` is how many 'More' has passed; the numbers go on.
    """
    heading = words("approval.open", count=len(texts))
    first = first if first < len(texts) else 0
    how = words("approval.how_to_answer")
    most = SHOWN_IN_LIST if len(texts) > MOST_ROWS else MOST_ROWS
    for count in range(min(most, len(texts) - first), 0, -1):
        page = list(enumerate(texts, 1))[first : first + count]
        rows = [
            Row(
                act="more",
                arg=f"a.{ask_id}",
                title=short(f"{place}. {title}", ROW_TITLE),
                description=short(text, ROW_DESCRIPTION),
            )
            for place, (ask_id, _, text, title) in page
        ]
        if count < len(texts):
            upto = first + count
            rows = rows[: MOST_ROWS - 1]
            rows.append(Row(act="more", arg=f"l.{upto if upto < len(texts) else 0}", title=words("button.more")))
        bubble = Bubble(
            kind="approvals_open",
            lines=(*before, heading, *(f"{place}. {text}" for place, (_, _, text, _) in page), how),
            language=words.catalogue,
            rows=tuple(rows),
            rows_title=words("button.look"),
            topic="asks",
            subject={"asks": [[ask_id, version] for ask_id, version, _, _ in texts]},
        )
        if fits(bubble):
            return bubble
    raise AssertionError("one request in a line always fits")


def why_rejected(words: Words, *, ask_id: int, version: int, facts: DealFacts) -> Bubble:
    """Asks for the reason of a refusal, one tap."""
    rows = tuple(Row(act="reject", arg=f"why.{one}", title=words(f"approval.why_{one}")) for one in REASONS)
    return Bubble(
        kind="approval_reason",
        lines=(words("approval.why", number=number(ask_id), firm=quoted(facts.buyer.name)),),
        language=words.catalogue,
        rows=rows,
        rows_title=words("button.reason"),
        topic=f"ask:{ask_id}",
        subject={"ask": ask_id, "version": version},
    )


def reason_text(words: Words, reason: str) -> str:
    """A reason of a refusal as it is told: a tapped one in the reader's language, any other as it was written."""
    return words(f"approval.why_{reason}") if reason in REASONS[:-1] else quoted(reason)
