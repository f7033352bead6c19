"""The order summary: what its sender sees before the yes, and the buttons bound to exactly that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.bubbles import LIMIT_PLAIN, MOST_ROWS, ROW_DESCRIPTION, Bubble, Button, Row, fits, text_length
from bot.replies.words import Words, amount, quoted, rupees, short
from orders.drafts import Changed, is_ready, open_questions
from orders.goods import Goods
from orders.model import DraftLine, OrderDraft
from orders.pricing import totals
from people.model import Address

LETTERS = "abcdefghij"
SHORT = 15
"""So many changed lines are repeated in the bubble with the buttons; beyond, the whole list is sent again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the summary of a draft is made from."""

    draft: OrderDraft
    goods: Goods
    firm: str
    name_firm: bool
    """Its writer speaks for several firms, or for one not his own."""
    places: Sequence[Address]
    remembered: frozenset[int] = frozenset()
    """Lines settled by what their sender chose before for the same words."""
    unusual: frozenset[int] = frozenset()
    changed: Changed = field(default_factory=Changed)
    heading: str = "summary.heading"
    heading_facts: Mapping[str, object] = field(default_factory=dict)
    whole: bool = True
    """Show every line; False after an edit of a long order."""
    first_row: int = 0
    """How many choices 'More' has passed."""


def summary(words: Words, facts: Facts, *, before: Sequence[str] = ()) -> list[Bubble]:
    """One bubble, or for a long order its numbered list in plain bubbles and then the one with the buttons.

    `before` are sentences said first in the same bubble.
    """
    single = _closing(words, facts, [*before, *_head(words, facts), *all_lines(words, facts)])
    if fits(single):
        return [single]
    important = [line for line in shown(facts.draft) if _needs_a_look(facts, line)]
    listed = [text for line in important[:SHORT] for text in line_text(words, facts, line)]
    if len(important) > SHORT:
        listed.append(words("summary.more_lines", count=len(important) - SHORT))
    count = words("summary.count", count=len(shown(facts.draft)))
    closing = _closing(words, facts, [*before, *_head(words, facts), count, *listed])
    while not fits(closing) and listed:
        listed.pop()
        closing = _closing(words, facts, [*before, *_head(words, facts), count, *listed, words("summary.see_list")])
    if not fits(closing):
        closing = _closing(words, facts, [*_head(words, facts), count, words("summary.see_list")])
    list_needed = facts.whole or len(facts.changed.lines) > SHORT or len(important) > len(listed)
    return [*(_pages(words, facts) if list_needed else []), closing]


def shown(draft: OrderDraft) -> list[DraftLine]:
    """The lines its sender sees."""
    return [line for line in draft.lines if not line.left_out]


def _needs_a_look(facts: Facts, line: DraftLine) -> bool:
    fresh = not facts.whole and line.no in facts.changed.lines
    return (
        fresh
        or not is_ready(line)
        or line.no in facts.changed.repriced
        or line.no in facts.unusual
        or line.no in facts.remembered
    )


def _pages(words: Words, facts: Facts) -> list[Bubble]:
    """The whole numbered list in as few plain bubbles as it takes."""
    pages: list[list[str]] = [[]]
    for text in [words("summary.list_heading", firm=facts.firm), *all_lines(words, facts)]:
        if pages[-1] and text_length([*pages[-1], text]) > LIMIT_PLAIN:
            pages.append([])
        pages[-1].append(text)
    return [_bubble(words, facts, lines, kind="list") for lines in pages]


def _bubble(words: Words, facts: Facts, lines: Sequence[str], *, kind: str) -> Bubble:
    return Bubble(
        kind=kind,
        lines=tuple(lines),
        topic="" if kind == "list" else f"draft:{facts.draft.id}",
        language=words.catalogue,
        draft_id=facts.draft.id,
        draft_version=None if kind == "list" else facts.draft.version,
    )


def _head(words: Words, facts: Facts) -> list[str]:
    heading = words(facts.heading, **facts.heading_facts)
    return [f"*{facts.firm}*", heading] if facts.name_firm else [heading]


def all_lines(words: Words, facts: Facts) -> list[str]:
    """Every line under its number, with its choices below it."""
    return [text for line in shown(facts.draft) for text in line_text(words, facts, line)]


def line_text(words: Words, facts: Facts, line: DraftLine) -> list[str]:
    """One line as its sender sees it."""
    if not is_ready(line):
        return _open_line(words, facts, line)
    assert line.quantity is not None and line.price is not None and line.sku is not None
    price = rupees(line.price)
    text = f"{line.no}. {facts.goods.name(line.sku)} – {amount(line.quantity, line.uom)} × {price}"
    text += f" = {rupees(totals([(line.quantity, line.price, None)]).net)}"
    if line.no in facts.changed.repriced:
        text += " " + words("mark.was", price=rupees(facts.changed.repriced[line.no]))
    elif line.no in facts.remembered:
        text += " " + words("mark.as_before", said=quoted(line.source))
    elif line.no in facts.unusual:
        text += " " + words("mark.unusual")
    if line.price_note == "converted":
        text += " " + words("mark.converted")
    if line.requested_on and line.requested_on != facts.draft.requested_on:
        text += " " + words("mark.for_day", day=words.day(line.requested_on))
    texts = [text]
    if line.requested_price is not None:
        texts.append("   " + words("mark.price_asked", price=rupees(line.requested_price)))
    if line.asked_free is not None:
        texts.append("   " + words("mark.free_asked", count=amount(line.asked_free, "")))
    return texts


def _open_line(words: Words, facts: Facts, line: DraftLine) -> list[str]:
    said = quoted(line.source or (facts.goods.name(line.sku) if line.sku else ""))
    if line.problem:
        reason = words(f"problem.{line.problem}", **_problem_facts(line))
        name = facts.goods.name(line.sku) if line.sku else said
        texts = [f"{line.no}. ⚠ {name} – {amount(line.quantity, line.uom)}: {reason}"]
    elif line.candidates:
        texts = [f"{line.no}. ❓ “{said}”: {words(question_key(line))}"]
    elif line.status == "ask":
        texts = [f"{line.no}. ❓ “{said}”: {words('ask.again')}"]
    else:
        texts = [f"{line.no}. ✖ “{said}”: {words('line.unknown')}"]
    return texts + [
        f"   {letter}) {choice_text(facts.goods, line, entry)}"
        for letter, entry in zip(LETTERS, line.candidates, strict=False)
    ]


def _problem_facts(line: DraftLine) -> dict[str, object]:
    return {name: value for name, value in line.problem_facts.items()} | {"said": quoted(line.source)}


def question_key(line: DraftLine) -> str:
    """Which question a line in doubt asks."""
    if any("onto" in entry for entry in line.candidates):
        return "ask.instead_or_more"
    for doubt in ("item", "uom", "quantity", "price", "date"):
        if doubt in line.doubts:
            return f"ask.{doubt}"
    return "ask.item"


def choice_text(goods: Goods, line: DraftLine, entry: Mapping[str, object]) -> str:
    """One way to settle a line: item and amount."""
    quantity = Decimal(str(entry["quantity"])) if entry.get("quantity") else line.quantity
    uom = str(entry.get("uom") or line.uom or "")
    return f"{goods.name(str(entry['sku']))} – {amount(quantity, uom)}"


def _closing(words: Words, facts: Facts, lines: Sequence[str]) -> Bubble:
    """The bubble with the figures and the way to say yes or no."""
    texts = [*lines, *_foot(words, facts)]
    draft = facts.draft
    ready = [line for line in draft.lines if is_ready(line)]
    questions = open_questions(draft)
    buttons: tuple[Button, ...] = ()
    rows: tuple[Row, ...] = ()
    if questions or (draft.ship_to is None and facts.places):
        texts.append(words("summary.how_to_answer"))
        rows = _rows(words, facts, questions, sendable=bool(ready) and draft.ship_to is not None)
    elif ready:
        complete = len(ready) == len(shown(draft))
        agree = Button(act="confirm", title=words("button.confirm" if complete else "button.send_rest"))
        agree = agree if complete else Button(act="confirm", arg="rest", title=agree.title)
        buttons = (
            agree,
            Button(act="change", title=words("button.change")),
            Button(act="cancel", title=words("button.cancel")),
        )
    elif shown(draft):
        buttons = (
            Button(act="change", title=words("button.change")),
            Button(act="cancel", title=words("button.cancel")),
        )
    return Bubble(
        kind="summary",
        lines=tuple(texts),
        buttons=buttons,
        rows=rows,
        rows_title=words("button.choose") if rows else "",
        topic=f"draft:{draft.id}",
        draft_id=draft.id,
        draft_version=draft.version,
        language=words.catalogue,
    )


def _foot(words: Words, facts: Facts) -> list[str]:
    draft = facts.draft
    ready = [line for line in draft.lines if is_ready(line)]
    texts = []
    if ready:
        sums = totals([(line.quantity or Decimal(0), line.price or Decimal(0), line.tax_rate) for line in ready])
        if sums.tax is None:
            texts.append(words("summary.total_gst_extra", total=rupees(sums.net)))
        else:
            texts.append(
                words("summary.total", total=rupees(sums.net), tax=rupees(sums.tax), gross=rupees(sums.with_tax))
            )
    place = next((place for place in facts.places if place.code == draft.ship_to), None)
    if place is not None:
        texts.append(words("summary.ship_to", place=place_name(place)))
    elif draft.ship_to is None:
        texts.append(words("summary.ask_ship_to"))
        texts += [f"   S{number}) {place_name(place)}" for number, place in enumerate(facts.places, 1)]
    if draft.requested_on:
        texts.append(words("summary.for_day", day=words.day(draft.requested_on)))
    if draft.customer_reference:
        texts.append(words("summary.reference", reference=draft.customer_reference))
    return texts


def place_name(place: Address) -> str:
    """How a ship-to place is called in the chat."""
    return ", ".join(part for part in (place.name or place.address or place.code, place.city) if part)


def _rows(words: Words, facts: Facts, questions: Sequence[DraftLine], *, sendable: bool) -> tuple[Row, ...]:
    """All choices of all questions, paged; the last rows send the rest and cancel."""
    choices = [
        Row(
            act="pick",
            arg=f"{line.no}.{position}",
            title=f"{line.no}{LETTERS[position]}",
            description=short(choice_text(facts.goods, line, entry), ROW_DESCRIPTION),
        )
        for line in questions
        for position, entry in enumerate(line.candidates[: len(LETTERS)])
    ]
    if facts.draft.ship_to is None:
        choices += [
            Row(act="pick", arg=f"s.{place.code}", title=f"S{number}", description=short(place_name(place), ROW_DESCRIPTION))
            for number, place in enumerate(facts.places, 1)
        ]
    last = [Row(act="confirm", arg="rest", title=words("button.send_rest"), description="")] if sendable else []
    last.append(Row(act="cancel", arg="", title=words("button.cancel"), description=""))
    room = MOST_ROWS - len(last)
    if len(choices) > room:
        start = facts.first_row if facts.first_row < len(choices) else 0
        page = choices[start : start + room - 1]
        upto = start + len(page)
        more = Row(act="more", arg=str(upto if upto < len(choices) else 0), title=words("button.more"), description="")
        return (*page, more, *last)
    return (*choices, *last)
