"""“Maal hai kya?”: whether there is enough of each item, in words or in numbers; what is in doubt is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Row, Tap
from bot.dialogues import show
from bot.model import Outbound
from bot.replies.stock import told
from bot.replies.words import quoted, short
from bot.turn import Turn
from nlp.values import ReadLine
from orders.goods import Goods, goods_of
from orders.stock import Asked, answers
from people.model import Party

WHICH = "which_stock"
"""The kind of the bubble that asks which item is meant."""
MOST_ITEMS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class InDoubt:
    """Words that may mean several items."""

    said: str
    skus: tuple[str, ...]
    quantity: Decimal | None
    uom: str | None


@dataclass(kw_only=True, slots=True)
class Question:
    """What a message asks about: items, words for several of them, words for none."""

    items: list[Asked] = field(default_factory=list)
    doubtful: list[InDoubt] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.items or self.doubtful or self.strangers)


def answer(turn: Turn, party_code: str, asked: Sequence[ReadLine], slots: Mapping[str, str]) -> bool:
    """Answer for all that is asked about; False when some of it is for a person to answer."""
    question = _question(asked, slots)
    if not question:
        question.items = _of_the_draft(turn, party_code)
    complete = _tell(turn, party_code, question.items)
    for said in question.strangers:
        turn.say("stock.stranger", said=quoted(said))
    if question.doubtful:
        _ask(turn, party_code, question.doubtful)
    elif not question:
        turn.say("stock.which")
    turn.got("answered")
    return complete


def _question(asked: Sequence[ReadLine], slots: Mapping[str, str]) -> Question:
    """Each line for itself; of a single one the slots of the message know more."""
    question = Question()
    if len(asked) <= 1 and "sku" in slots:
        question.items = [_of_slots(slots)]
        return question
    for line in asked:
        skus = tuple(dict.fromkeys(entry.sku for entry in line.candidates))
        sku = line.sku or (skus[0] if len(skus) == 1 else None)
        if sku is not None:
            question.items.append(Asked(sku=sku, quantity=line.quantity, uom=line.uom))
        elif skus:
            question.doubtful.append(InDoubt(said=line.source, skus=skus, quantity=line.quantity, uom=line.uom))
        else:
            question.strangers.append(line.source)
    return question


def _of_slots(slots: Mapping[str, str]) -> Asked:
    quantity = slots.get("quantity")
    return Asked(sku=slots["sku"], quantity=Decimal(quantity) if quantity else None, uom=slots.get("uom"))


def _of_the_draft(turn: Turn, party_code: str) -> list[Asked]:
    """Who asks of nothing in particular while a list is open asks of the list."""
    draft = show.open_draft_of(turn)
    if draft is None or draft.party_code != party_code:
        return []
    return [
        Asked(sku=line.sku, quantity=line.wanted or line.quantity, uom=line.uom)
        for line in draft.lines
        if line.sku and not line.left_out
    ][:MOST_ITEMS]


def _tell(turn: Turn, party_code: str, asked: Sequence[Asked]) -> bool:
    """Whether all of it could be told."""
    if not asked:
        return True
    party = turn.session.get_one(Party, party_code)
    goods = goods_of(turn.session, {one.sku for one in asked}, price_list=party.price_list)
    found = answers(turn.session, party, asked[:MOST_ITEMS], goods, day=turn.today)
    for one in found:
        turn.said.append(told(turn.words, one, exact=turn.app.settings.show_stock == "exact"))
    if any(one.quantity for one in found):
        turn.say("stock.nothing_ordered")
    return len(found) == len(asked)


def _ask(turn: Turn, party_code: str, doubtful: Sequence[InDoubt]) -> None:
    """Which item is meant: the choices of all that is in doubt, in one list."""
    party = turn.session.get_one(Party, party_code)
    goods = goods_of(turn.session, {sku for one in doubtful for sku in one.skus}, price_list=party.price_list)
    rows = {sku: _row(goods, sku, one) for one in doubtful for sku in one.skus}
    turn.show(
        Bubble(
            kind="which_stock",
            lines=tuple(turn.words("stock.ask", said=quoted(one.said)) for one in doubtful),
            rows=tuple(list(rows.values())[:MOST_ROWS]),
            rows_title=turn.words("button.choose"),
            language=turn.words.catalogue,
            subject={"party": party_code},
        )
    )


def _row(goods: Goods, sku: str, one: InDoubt) -> Row:
    quantity = "" if one.quantity is None or one.uom is None else f"{one.quantity}.{one.uom}"
    name = goods.name(sku)
    return Row(
        act="pick", arg=f"{sku}|{quantity}", title=short(name, ROW_TITLE), description=short(name, ROW_DESCRIPTION)
    )


def tapped(turn: Turn, tap: Tap, bubble: Outbound) -> bool:
    """The item meant was chosen: answer for it; False when a person must. Only for a firm he speaks for."""
    party_code = str(bubble.subject.get("party", ""))
    sku, _, amount = tap.arg.partition("|")
    quantity, _, uom = amount.rpartition(".")
    turn.got("answered")
    if party_code not in turn.known.firms:
        turn.say("draft.not_yours")
        return True
    return _tell(turn, party_code, [Asked(sku=sku, quantity=Decimal(quantity) if quantity else None, uom=uom or None)])
