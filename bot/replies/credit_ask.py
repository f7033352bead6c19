"""What finance reads of an order, or a change, that credit does not bear: figures, choices, what became of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.bubbles import ROW_DESCRIPTION, ROW_TITLE, Bubble, Button, Row, fits
from bot.replies.approval import number
from bot.replies.credit import limit_text, office_moment_text
from bot.replies.words import Words, quoted, rupees, short
from orders.credit_facts import CreditFacts

RAISE_KIND, RAISE_HOW_KIND = "credit_raise", "credit_raise_how"
REASONS = ("overdue", "over_limit", "cheque", "other")
"""In the order in which they are offered; the last one asks for words."""


def credit_request(
    words: Words, facts: CreditFacts, *, ask_id: int, version: int, before: Sequence[str] = ()
) -> Bubble:
    """All there is to decide on, with its buttons."""
    lines = [*before, *_head(words, facts, ask_id), *_figures(words, facts), *_behind(words, facts)]
    bubble = Bubble(
        kind="approval",
        lines=tuple(lines),
        language=words.catalogue,
        buttons=(
            Button(act="approve", title=words("button.release_once")),
            Button(act="counter", title=words("button.raise_limit")),
            Button(act="reject", title=words("button.reject")),
        ),
        topic=f"ask:{ask_id}",
        subject={"ask": ask_id, "version": version},
    )
    assert fits(bubble), "every name and word in it is cut short"
    return bubble


def _head(words: Words, facts: CreditFacts, ask_id: int) -> list[str]:
    return [
        words(
            "credit_ask.heading",
            number=number(ask_id),
            order=facts.named,
            firm=quoted(facts.firm),
            code=facts.party_code,
        ),
        _what(words, facts),
        words(
            f"credit_ask.is_{facts.verdict.value}",
            short=rupees(facts.short),
            limit=limit_text(facts.limit),
            days=facts.overdue_days,
        ),
    ]


def _what(words: Words, facts: CreditFacts) -> str:
    name = quoted(facts.ordered_by)
    if facts.comes_to is None:
        return words("credit_ask.order", value=rupees(facts.value), count=facts.lines, name=name)
    return words(
        "credit_ask.change",
        change=facts.change,
        more=rupees(facts.value),
        value=rupees(facts.comes_to),
        count=facts.lines,
        name=name,
    )


def _figures(words: Words, facts: CreditFacts) -> list[str]:
    age = None if facts.balance_hours_old is None else timedelta(hours=facts.balance_hours_old)
    lines = [
        words(
            "credit_ask.exposure",
            exposure=rupees(facts.exposure),
            outstanding=rupees(facts.outstanding),
            on_order=rupees(facts.on_order),
        ),
        words(
            "credit_ask.balance_of",
            as_of=office_moment_text(words, facts.balance_as_of, facts.timezone, age=age),
        ),
    ]
    if facts.limit is not None:
        lines.append(words("credit_ask.limit", limit=rupees(facts.limit), fits=rupees(facts.fits)))
    if facts.limit != facts.erp_limit:
        lines.append(words("credit_ask.raised", erp_limit=limit_text(facts.erp_limit)))
    lines.append(_overdue(words, facts))
    return lines


def _overdue(words: Words, facts: CreditFacts) -> str:
    if not facts.overdue_days:
        return words("credit_ask.not_overdue")
    allowed = "–" if facts.overdue_allowed is None else facts.overdue_allowed
    credit_days = "–" if facts.credit_days is None else facts.credit_days
    return words("credit_ask.overdue", days=facts.overdue_days, allowed=allowed, credit_days=credit_days)


def _behind(words: Words, facts: CreditFacts) -> list[str]:
    """What was before."""
    earlier = ", ".join(f"{short(one.number, 30)} {words.day(one.on)} {rupees(one.value)}" for one in facts.earlier)
    lines = [words("credit_ask.earlier", orders=earlier) if earlier else words("credit_ask.no_earlier")]
    lines.append(words("credit_ask.released", count=facts.released))
    if facts.told is not None:
        lines.append(words("credit_ask.told", day=words.day(facts.told.on), said=quoted(facts.told.said)))
    return lines


def row_text(words: Words, facts: CreditFacts, ask_id: int) -> str:
    """In one line of the list of what is open."""
    return words(
        "credit_ask.row",
        number=number(ask_id),
        firm=short(facts.firm, 40),
        value=rupees(facts.value),
        short=rupees(facts.short),
        days=facts.overdue_days,
    )


def why_rejected(words: Words, facts: CreditFacts, *, ask_id: int, version: int) -> Bubble:
    """Asks for the reason of a refusal, one tap."""
    return Bubble(
        kind="approval_reason",
        lines=(words("approval.why", number=number(ask_id), firm=quoted(facts.firm)),),
        language=words.catalogue,
        rows=tuple(Row(act="reject", arg=f"why.{one}", title=words(f"credit_ask.why_{one}")) for one in REASONS),
        rows_title=words("button.reason"),
        topic=f"ask:{ask_id}",
        subject={"ask": ask_id, "version": version},
    )


def reason_text(words: Words, reason: str) -> str:
    """As the sender is told it: one that was tapped in his language, any other as it was written."""
    return words(f"credit_ask.why_{reason}") if reason in REASONS[:-1] else quoted(reason)


def raise_how(
    words: Words, facts: CreditFacts, offers: Sequence[tuple[Decimal, date]], *, ask_id: int, version: int, note: str
) -> Bubble:
    """Asks to what limit and until when: a row, or typed. `note` is said first, where something was wrong or lacks."""
    rows = [
        Row(
            act="pick",
            arg=f"{limit}|{until.isoformat()}",
            title=short(f"{rupees(limit)} · {words.day(until)}", ROW_TITLE),
            description=short(
                words("credit_ask.offer", limit=rupees(limit), day=words.long_day(until)), ROW_DESCRIPTION
            ),
        )
        for limit, until in offers
    ]
    how = words("credit_ask.raise_how", firm=quoted(facts.firm), order=facts.named, needed=rupees(facts.needed))
    return Bubble(
        kind="credit_raise_how",
        lines=(*([note] if note else []), how),
        language=words.catalogue,
        rows=tuple(rows),
        rows_title=words("button.choose"),
        topic=f"ask:{ask_id}:raise",
        subject={"ask": ask_id, "version": version},
    )


def raise_again(words: Words, facts: CreditFacts, *, limit: Decimal, until: date, ask_id: int, version: int) -> Bubble:
    """Repeats it back: only a tap on this raises anything."""
    said = words(
        "credit_ask.raise_repeated",
        firm=quoted(facts.firm),
        before=limit_text(facts.limit),
        limit=rupees(limit),
        day=words.long_day(until),
        order=facts.named,
        value=rupees(facts.value),
    )
    return Bubble(
        kind="credit_raise",
        lines=(said,),
        language=words.catalogue,
        buttons=(
            Button(act="confirm", title=words("button.confirm")),
            Button(act="change", title=words("button.change")),
            Button(act="cancel", title=words("button.cancel")),
        ),
        topic=f"ask:{ask_id}:raise",
        subject={"ask": ask_id, "version": version, "limit": str(limit), "until": until.isoformat()},
    )


def outcome_facts(facts: CreditFacts, ask_id: int) -> dict[str, object]:
    """What sentences about its end may say."""
    return {
        "number": number(ask_id),
        "order": facts.named,
        "firm": short(facts.firm, 60),
        "value": rupees(facts.value),
    }
