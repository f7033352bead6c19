"""Order sheets, purchase orders, photos, voice notes of people who order: shown as read, never taken for a yes."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from bot.dialogues import firms, office, ordering, repeated, shadow
from bot.dialogues.reading import read_for, read_table_for
from bot.papers.derived import Paper, paper_of
from bot.papers.values import RECOGNISED, Origin
from bot.replies.words import quoted
from bot.turn import Turn
from nlp.paper_heads import head_of
from nlp.tables import folded, table_of
from nlp.values import Intent, Reading, ReadLine, Status
from orders import drafts
from orders.draft_prices import PriceBook, book_for
from people.model import Function, Party
from routing.model import Matter, MatterKind

LONGEST_TALK = 2000
"""Characters without a table that may be an order; more are a letter, and a person reads it."""
ORDERS = frozenset({Intent.ORDER, Intent.CHANGE_ORDER, Intent.REPEAT_ORDER})
SAME_PRICE = Decimal("0.01")
NOTHING_FOUND, NOT_HIS, AFTER_THIS = "no_order", "not_his", "after_this"


def answer(turn: Turn) -> None:
    """Take the order on a paper into the draft that its sender confirms; at anything else a person looks."""
    paper = paper_of(turn.inbound)
    assert paper is not None
    before = repeated.earlier(turn)
    if before is not None:
        repeated.answer(turn, before)
        return
    party_code, reading = read_order(turn, paper)
    if shadow.is_of(turn, party_code):
        shadow.keep(turn, reading, party_code)
        turn.got(shadow.OUTCOME)
        return
    if not _is_order(reading, paper):
        if not paper.beside:
            put_before_a_person(turn, paper, reason=NOTHING_FOUND)
        turn.outcome = turn.outcome or "beside"
    elif is_anothers(turn):
        put_before_a_person(turn, paper, reason=NOT_HIS)
    elif party_code is None:
        firms.ask(turn)
    elif other := _other_order(turn, party_code, reading):
        turn.say("paper.after_this", reference=quoted(reading.slots["customer_reference"]), other=quoted(other))
        put_before_a_person(turn, paper, reason=AFTER_THIS)
    else:
        _take(turn, reading, party_code)


def read_order(turn: Turn, paper: Paper) -> tuple[str | None, Reading]:
    """The firm a paper is of, None while that must be asked, and what stands on it."""
    party_code = _firm(turn)
    return party_code, _reading(turn, paper, party_code)


def is_order(turn: Turn, paper: Paper) -> bool:
    """Whether goods are ordered by it."""
    return _is_order(read_order(turn, paper)[1], paper)


def put_before_a_person(turn: Turn, paper: Paper, *, reason: str) -> Matter:
    """A person looks at what was sent; its sender hears why, politely."""
    matter = office.raise_matter(
        turn,
        MatterKind.MAIL if paper.by_mail else MatterKind.MEDIA,
        reference=f"inbound:{paper.of}",
        function=Function.COMMERCIAL,
        party_code=turn.known.firms[0] if len(turn.known.firms) == 1 else None,
        facts={"kind": paper.origin.value if paper.origin else "paper", "reason": reason, "count": 1},
        inbound_id=paper.of,
    )
    if paper.by_mail:
        turn.outcome = turn.outcome or "matter"  # whoever wrote a mail is not told on WhatsApp what it was not
    elif reason in ("locked", "too_large", "unsure", "broken"):
        turn.say(f"paper.{reason}", number=matter.number)
    else:
        turn.say("media.noted", number=matter.number)
    turn.got("matter")
    return matter


def says_more(turn: Turn) -> bool:
    """Whether what was written under a paper means something without it."""
    return bool(turn.text) and read_for(turn, firms.firm_of(turn)).intent not in (Intent.OTHER, Intent.GREETING)


def _firm(turn: Turn) -> str | None:
    """The firm whose tax number stands on it; else as for any message."""
    gstins = head_of(turn.inbound.body).gstins
    if gstins and not turn.firm:
        own = select(Party.code).where(Party.gstin.in_(gstins), Party.code.in_(turn.known.firms))
        named = turn.session.scalars(own).all()
        if len(named) == 1:
            return named[0]
    return firms.firm_of(turn)


def is_anothers(turn: Turn) -> bool:
    """Whether it names, by tax number or in full, a firm its sender does not order for, and none of his."""
    gstins = head_of(turn.inbound.body).gstins
    named = set(turn.session.scalars(select(Party.code).where(Party.gstin.in_(gstins)))) if gstins else set()
    if named:
        return not named & set(turn.known.firms)
    return firms.is_for_a_stranger(turn)


def _reading(turn: Turn, paper: Paper, party_code: str | None) -> Reading:
    table = table_of(paper.rows, wraps=paper.origin is not Origin.SHEET) if paper.rows else None
    if table is not None and table.lines and not table.cut:
        return read_table_for(turn, table, party_code)
    if table is not None or len(turn.text) > LONGEST_TALK:
        return Reading(intent=Intent.OTHER, language="", confidence=0.0)
    return read_for(turn, party_code)


def _is_order(reading: Reading, paper: Paper) -> bool:
    """Whether goods are ordered by it. Of what was recognised, more than half must make sense."""
    if reading.intent not in ORDERS or not reading.lines:
        return False
    known = [line for line in reading.lines if line.status is not Status.UNKNOWN]
    return 2 * len(known) > len(reading.lines) if paper.origin in RECOGNISED else bool(known)


def _other_order(turn: Turn, party_code: str, reading: Reading) -> str:
    """The customer's number of the order that still waits for his yes, when this is another one: never mixed."""
    reference = reading.slots.get("customer_reference", "")
    draft = drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code)
    if draft is None or not draft.customer_reference or not reference:
        return ""
    return draft.customer_reference if folded(draft.customer_reference) != folded(reference) else ""


def _take(turn: Turn, reading: Reading, party_code: str) -> None:
    slots = dict(reading.slots)
    if place := slots.pop("ship_to", ""):
        known = _place(turn, party_code, place)
        slots |= {"ship_to": known} if known else {}
    lines = _with_other_prices_alone(turn, reading.lines, party_code)
    reading = replace(reading, slots=slots, lines=lines)
    ordering.take_lines(turn, reading, party_code)
    ordering.tell_left_over(turn, reading, party_code)


def _place(turn: Turn, party_code: str, said: str) -> str:
    """The place whose pin code, name or town stands in an address; the words as said when several may be meant."""
    places = drafts.places(turn.session, party_code)
    for part in ("pincode", "code", "name", "city"):
        fitting = [one.code for one in places if (word := folded(getattr(one, part))) and f" {word} " in f" {said} "]
        if len(fitting) == 1:
            return fitting[0]
    return said[:60] if len(places) > 1 else ""


def _with_other_prices_alone(turn: Turn, lines: tuple[ReadLine, ...], party_code: str) -> tuple[ReadLine, ...]:
    """A purchase order names the price of every line: one that is ours, with or without tax, asks for nothing."""
    asked = {line.sku for line in lines if line.sku and line.requested_price is not None}
    if not asked:
        return tuple(replace(line, requested_price=None) if line.sku is None else line for line in lines)
    book = book_for(turn.session, turn.session.get_one(Party, party_code), asked, day=turn.today)
    return tuple(replace(line, requested_price=_other_price(line, book)) for line in lines)


def _other_price(line: ReadLine, book: PriceBook) -> Decimal | None:
    item = book.goods.items.get(line.sku or "")
    if item is None or line.requested_price is None or not line.quantity or not line.uom:
        return None
    ours = book.list_price(item.sku, uom=line.uom, quantity=line.quantity)
    if ours is None:
        return line.requested_price
    with_tax = ours.price * (1 + (item.gst_rate or Decimal(0)) / 100)
    same = any(abs(line.requested_price - price) <= SAME_PRICE for price in (ours.price, with_tax))
    return None if same else line.requested_price
