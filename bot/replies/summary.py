"""The order summary: what its sender sees before the yes, and the buttons bound to exactly that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.bubbles import LIMIT_PLAIN, MOST_ROWS, ROW_DESCRIPTION, Bubble, Button, Row, fits, text_length
from bot.replies import amending, prices
from bot.replies import short as shortages
from bot.replies.days import asked_days, day_arg, day_rows, dispatch_text, line_day_text
from bot.replies.words import Words, amount, clock_time, quoted, rupees, short
from orders.amended import Standing
from orders.drafts import Changed, is_cancellation, is_ready, open_questions
from orders.goods import Goods
from orders.model import RECOGNISED, DraftLine, OrderDraft
from orders.more_to_come import gap_to_least
from orders.pricing import totals
from orders.schedule import Schedule
from people.model import Address

HEADING = "summary.heading"
LETTERS = "abcdefghij"
FEWER_CHOICES = (len(LETTERS), 5, 3)
"""So many choices are shown below each line, as long as all fits into one bubble."""
MOST_PLACES = 10
WAIT = "wait"
"""The argument of the button that leaves a list open for more."""
POSTS_AT = "posts_at"
"""In `Outbound.subject`: the moment it announced."""
SHORT = 15
"""So many changed lines are repeated in the bubble with the buttons; beyond, the whole list is sent again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Amends:
    """The order a draft changes, as it stands."""

    number: str
    """As its sender knows it."""
    base: Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the summary of a draft is made from."""

    draft: OrderDraft
    goods: Goods
    firm: str
    name_firm: bool
    """Its writer speaks for several firms, or for one not his own."""
    places: Sequence[Address]
    least_value: Decimal | None = None
    """What an order of this firm should come to, without tax."""
    schedule: Schedule = field(default_factory=Schedule)
    """When the goods leave."""
    timezone: str = "UTC"
    """Of the clock times it says."""
    remembered: frozenset[int] = frozenset()
    """Lines settled by what their sender chose before for the same words."""
    new_to_them: frozenset[int] = frozenset()
    """Lines of items this firm has never bought, repeated beside the list of a long order."""
    changed: Changed = field(default_factory=Changed)
    asks_prices: str = ""
    """The number of the request about its prices that somebody decides now; until then the list price holds."""
    heading: str = HEADING
    heading_facts: Mapping[str, object] = field(default_factory=dict)
    whole: bool = True
    """Show every line; False after an edit of a long order."""
    first_row: int = 0
    """How many choices 'More' has passed."""
    amends: Amends | None = None
    """Of a change: the order it is about."""
    choices_shown: int = len(LETTERS)
    """How many choices stand below a line; the list to tap has them all."""

    @property
    def topic(self) -> str:
        """A newer summary of the same draft takes this one's place."""
        return f"draft:{self.draft.id}"

    def special_heading(self) -> dict[str, Any] | None:
        """What it says first if that is not the usual, as it can be stored."""
        if self.heading == HEADING:
            return None
        return {"heading": self.heading, "heading_facts": dict(self.heading_facts)}


def later(first: Facts, second: Facts) -> Facts:
    """The summary of a draft that was to be shown already and has changed once more in the same turn."""
    special = first.special_heading() if second.heading == HEADING else None
    return replace(
        second,
        changed=Changed(
            lines=first.changed.lines | second.changed.lines,
            removed=[*first.changed.removed, *second.changed.removed],
            repriced=second.changed.repriced | first.changed.repriced,
        ),
        remembered=first.remembered | second.remembered,
        whole=first.whole or second.whole,
        **special or {},
    )


def summary(words: Words, facts: Facts, *, before: Sequence[str] = ()) -> list[Bubble]:
    """One bubble, or for a long order its numbered list in plain bubbles and then the one with the buttons.

    `before` are sentences said first.
    """
    for choices_shown in FEWER_CHOICES:
        facts = replace(facts, choices_shown=choices_shown)
        single = _closing(words, facts, [*before, *_head(words, facts), *all_lines(words, facts)])
        if fits(single):
            return [single]
    important = [line for line in shown(facts.draft) if _needs_a_look(facts, line)]
    repeated = [text for line in important[:SHORT] for text in line_text(words, facts, line)]
    if len(important) > SHORT:
        repeated.append(words("summary.more_lines", count=len(important) - SHORT))
    list_needed = facts.whole or len(important) > SHORT
    closing = _beside_the_list(words, facts, before, repeated, said=list_needed)
    if closing is None and not list_needed:
        list_needed, closing = True, _beside_the_list(words, facts, before, repeated, said=True)
    if closing is not None:
        return [*(_pages(words, facts) if list_needed else []), closing]
    closing = _beside_the_list(words, facts, (), repeated, said=True)
    assert closing is not None, "a summary without its lines always fits"
    return [*_pages(words, facts, before=before), closing]


def _beside_the_list(
    words: Words, facts: Facts, before: Sequence[str], repeated: Sequence[str], *, said: bool
) -> Bubble | None:
    """The bubble with the buttons: as many of the lines that need a look as fit; all, unless the list is `said`."""
    head = [*before, *_head(words, facts), words("summary.count", count=len(shown(facts.draft)))]
    see_list = [words("summary.see_list")] if said else []
    bare = _closing(words, facts, see_list)
    for kept in range(len(repeated), -1 if said else len(repeated) - 1, -1):
        closing = replace(bare, lines=(*head, *repeated[:kept], *bare.lines))
        if fits(closing):
            return closing
    return None


def shown(draft: OrderDraft) -> list[DraftLine]:
    """The lines its sender sees."""
    return [line for line in draft.lines if not line.left_out]


def _needs_a_look(facts: Facts, line: DraftLine) -> bool:
    # What is new to this firm was seen with the whole list; after that only what has changed is.
    fresh = facts.new_to_them if facts.whole else facts.changed.lines
    marked = facts.remembered | fresh | set(facts.changed.repriced)
    return not is_ready(line) or _is_unusual(line) or shortages.was_decided(line) or line.no in marked


def _is_unusual(line: DraftLine) -> bool:
    """Settled, but three times the usual amount or more, or under a fifth of it."""
    return is_ready(line) and "quantity" in line.doubts


def _pages(words: Words, facts: Facts, *, before: Sequence[str] = ()) -> list[Bubble]:
    """The whole numbered list in as few plain bubbles as it takes."""
    heading = words("summary.list_heading", firm=quoted(facts.firm))
    pages: list[list[str]] = [[]]
    for text in [*before, heading, *all_lines(words, facts)]:
        if pages[-1] and text_length([*pages[-1], text]) > LIMIT_PLAIN:
            pages.append([])
        pages[-1].append(text)
    return [
        Bubble(
            kind="list",
            lines=tuple(lines),
            # A newer list takes the place of one not yet sent, page by page.
            topic=f"list:{facts.draft.id}:{number}",
            language=words.catalogue,
            draft_id=facts.draft.id,
        )
        for number, lines in enumerate(pages)
    ]


def _head(words: Words, facts: Facts) -> list[str]:
    heading = amending.heading(words, facts) or words(facts.heading, **facts.heading_facts)
    return [f"*{quoted(facts.firm)}*", heading] if facts.name_firm else [heading]


def all_lines(words: Words, facts: Facts) -> list[str]:
    """Every line under its number, with its choices below it; of a change what differs, and what goes out."""
    if facts.amends is not None:
        return amending.lines(words, facts, facts.amends, line_text)
    return [text for line in shown(facts.draft) for text in line_text(words, facts, line)]


def line_text(words: Words, facts: Facts, line: DraftLine) -> list[str]:
    """One line as its sender sees it; what was recognised from a photo or voice note is marked so."""
    first, *rest = _unmarked(words, facts, line)
    if line.read_from in RECOGNISED:
        first += " " + words(f"mark.from_{line.read_from}")
    return [first, *rest]


def _unmarked(words: Words, facts: Facts, line: DraftLine) -> list[str]:
    if not is_ready(line):
        return _open_line(words, facts, line)
    assert line.sku is not None
    assert line.quantity is not None
    assert line.price is not None
    price = rupees(line.price)
    text = f"{line.no}. {facts.goods.name(line.sku)} – {amount(line.quantity, line.uom)} × {price}"
    text += f" = {rupees(totals([(line.quantity, line.price, None)]).net)}"
    if line.no in facts.changed.repriced:
        text += " " + words("mark.was", price=rupees(facts.changed.repriced[line.no]))
    elif line.no in facts.remembered:
        text += " " + words("mark.as_before", said=quoted(line.source))
    if _is_unusual(line):
        text += " " + words("mark.unusual")
    if line.price_note == "converted":
        text += " " + words("mark.converted")
    if line.requested_on and line.requested_on != facts.draft.requested_on:
        text += " " + line_day_text(words, line.requested_on, facts.schedule.lines.get(line.no))
    return [text, *shortages.note(words, line), *prices.notes(words, line, facts.goods)]


def _open_line(words: Words, facts: Facts, line: DraftLine) -> list[str]:
    said = quoted(line.source or (facts.goods.name(line.sku) if line.sku else ""))
    if line.problem:
        reason = words(f"problem.{line.problem}", **_problem_facts(line))
        name = facts.goods.name(line.sku) if line.sku else said
        texts = [f"{line.no}. ⚠ {name} – {amount(line.quantity, line.uom)}: {reason}"]
    elif line.candidates and not line.quantity and "item" not in line.doubts:
        entry = line.candidates[0]
        item = facts.goods.name(str(entry["sku"]))
        return [f"{line.no}. ❓ “{said}”: {words('ask.how_many', item=item, uom=entry['uom'] or '', no=line.no)}"]
    elif line.candidates:
        texts = [f"{line.no}. ❓ “{said}”: {words(question_key(line))}"]
    elif line.status == "ask":
        texts = [f"{line.no}. ❓ “{said}”: {words('ask.again')}"]
    else:
        texts = [f"{line.no}. ✖ “{said}”: {words('line.unknown')}"]
    texts += [
        f"   {letter}) {_way(words, facts, line, entry)}"
        for letter, entry in zip(LETTERS[: facts.choices_shown], line.candidates, strict=False)
    ]
    if len(line.candidates) > facts.choices_shown:
        texts.append("   " + words("ask.more_choices", count=len(line.candidates) - facts.choices_shown))
    return texts


def _problem_facts(line: DraftLine) -> dict[str, object]:
    return {**line.problem_facts} | {"said": quoted(line.source)}


def question_key(line: DraftLine) -> str:
    """Which question a line in doubt asks."""
    if any("onto" in entry for entry in line.candidates):
        return "ask.instead_or_more"
    if not line.quantity:
        return "ask.item_and_amount"
    for doubt in ("item", "uom", "quantity", "price", "date"):
        if doubt in line.doubts:
            return f"ask.{doubt}"
    return "ask.item"


def choice_text(goods: Goods, line: DraftLine, entry: Mapping[str, object]) -> str:
    """One way to settle a line: item and amount."""
    quantity = Decimal(str(entry["quantity"])) if entry.get("quantity") else line.quantity
    uom = str(entry.get("uom") or line.uom or "")
    name = goods.name(str(entry["sku"]))
    return f"{name} – {amount(quantity, uom)}" if quantity else f"{name} ({uom})"


def _way(words: Words, facts: Facts, line: DraftLine, entry: Mapping[str, object]) -> str:
    return shortages.way(words, line, entry) if shortages.is_way(entry) else choice_text(facts.goods, line, entry)


def _closing(words: Words, facts: Facts, lines: Sequence[str]) -> Bubble:
    """The bubble with the figures and the way to say yes or no."""
    rows = () if shortages.only_short(facts.draft) else _rows(words, facts)
    asked = [words("summary.how_to_answer")] if rows else shortages.how_to_answer(words, facts.draft)
    return Bubble(
        kind="summary",
        lines=(*lines, *_foot(words, facts), *asked),
        buttons=() if rows else _buttons(words, facts),
        rows=rows,
        rows_title=words("button.choose") if rows else "",
        topic=facts.topic,
        draft_id=facts.draft.id,
        draft_version=facts.draft.version,
        language=words.catalogue,
        subject={POSTS_AT: announced_as(facts.draft.posts_at)} if facts.draft.posts_at is not None else {},
    )


def announced_as(moment: datetime) -> str:
    """When a draft posts by itself, as the bubble that says so keeps it."""
    return str(int(moment.timestamp()))


def _can_go(facts: Facts) -> bool:
    """Whether something of it can be sent as it stands."""
    draft = facts.draft
    if is_cancellation(draft):
        return True
    if facts.amends is not None and not amending.changes_something(facts, facts.amends):
        return False
    return draft.ship_to is not None and not draft.asked_days and any(is_ready(line) for line in draft.lines)


def _buttons(words: Words, facts: Facts) -> tuple[Button, ...]:
    if shortages.only_short(facts.draft):
        return shortages.buttons(words, facts.draft)
    change = Button(act="change", title=words("button.change"))
    cancel = Button(act="cancel", title=words("button.keep_order" if facts.amends else "button.cancel"))
    if days := asked_days(facts.draft):
        return (*(Button(act="pick", arg=day_arg(day), title=words.day(day)) for day in days), cancel)
    if not _can_go(facts):
        return (change, cancel)
    if all(is_ready(line) for line in shown(facts.draft)):
        if facts.amends is None and gap_to_least(facts.draft, facts.least_value):
            change = Button(act="change", arg=WAIT, title=words("button.wait"))
        now_or_later = "button.confirm_now" if facts.draft.posts_at is not None else "button.confirm"
        if is_cancellation(facts.draft):
            now_or_later = "button.cancel_order"
        now_or_later = "button.confirm_list" if facts.asks_prices else now_or_later
        return (Button(act="confirm", title=words(now_or_later)), change, cancel)
    return (Button(act="confirm", arg="rest", title=words("button.send_rest")), change, cancel)


def _foot(words: Words, facts: Facts) -> list[str]:
    draft = facts.draft
    if is_cancellation(draft):
        return []
    ready = [line for line in draft.lines if is_ready(line)]
    texts = amending.total_before(words, facts.amends) if facts.amends is not None else []
    if ready:
        sums = totals([(line.quantity or Decimal(0), line.price or Decimal(0), line.tax_rate) for line in ready])
        if sums.tax is None:
            texts.append(words("summary.total_gst_extra", total=rupees(sums.net)))
        else:
            texts.append(
                words("summary.total", total=rupees(sums.net), tax=rupees(sums.tax), gross=rupees(sums.with_tax))
            )
        if facts.least_value is not None and (gap := gap_to_least(draft, facts.least_value)):
            texts.append(words("summary.below_least", least=rupees(facts.least_value), gap=rupees(gap)))
    place = next((place for place in facts.places if place.code == draft.ship_to), None)
    if place is not None:
        texts.append(words("summary.ship_to", place=place_name(place)))
    elif draft.ship_to is None:
        texts.append(words("summary.ask_ship_to"))
        texts += [f"   S{number}) {place_name(place)}" for number, place in enumerate(facts.places[:MOST_PLACES], 1)]
    texts += dispatch_text(words, draft, facts.schedule.order)
    if draft.customer_reference:
        texts.append(words("summary.reference", reference=quoted(draft.customer_reference)))
    if facts.asks_prices:
        texts.append(words("summary.asks_prices", number=facts.asks_prices))
    if draft.posts_at is not None:
        texts.append(words("summary.posts_at", time=clock_time(draft.posts_at, facts.timezone)))
    return texts


def place_name(place: Address) -> str:
    """How a ship-to place is called in the chat."""
    return quoted(", ".join(part for part in (place.name or place.address or place.code, place.city) if part))


def _rows(words: Words, facts: Facts) -> tuple[Row, ...]:
    """All choices of all questions, paged; the last rows send the rest and cancel. None when nothing can be chosen."""
    choices = [*_line_rows(words, facts), *_place_rows(facts)]
    if not choices:
        return ()
    choices += day_rows(words, facts.draft)
    last = [Row(act="confirm", arg="rest", title=words("button.send_rest"))] if _can_go(facts) else []
    last.append(Row(act="cancel", title=words("button.keep_order" if facts.amends else "button.cancel")))
    room = MOST_ROWS - len(last)
    if len(choices) <= room:
        return (*choices, *last)
    start = facts.first_row if facts.first_row < len(choices) else 0
    page = choices[start : start + room - 1]
    upto = start + len(page)
    more = Row(act="more", arg=str(upto if upto < len(choices) else 0), title=words("button.more"))
    return (*page, more, *last)


def _line_rows(words: Words, facts: Facts) -> list[Row]:
    return [
        Row(
            act="pick",
            arg=f"{line.no}.{position}",
            title=f"{line.no}{LETTERS[position]}",
            description=short(_way(words, facts, line, entry), ROW_DESCRIPTION),
        )
        for line in open_questions(facts.draft)
        if line.quantity or "item" in line.doubts
        for position, entry in enumerate(line.candidates[: len(LETTERS)])
    ]


def _place_rows(facts: Facts) -> list[Row]:
    if facts.draft.ship_to is not None:
        return []
    return [
        Row(
            act="pick",
            arg=f"s.{place.code}",
            title=f"S{number}",
            description=short(place_name(place), ROW_DESCRIPTION),
        )
        for number, place in enumerate(facts.places, 1)
    ]
