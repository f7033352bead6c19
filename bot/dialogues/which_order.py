"""Which order somebody means: by its number, the ERP's or ours, a short tail of either, or none; asked when unsure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Row
from bot.dialogues import show
from bot.model import Outbound
from bot.replies.words import rupees, short
from bot.turn import Turn
from erp.listed_orders import ending_in
from nlp.values import Reading
from orders.change_model import OrderChange
from orders.confirm import order_of
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from store.database import now

KIND = "which_order"
FEWEST_FIGURES = 3
RECENT = timedelta(days=14)
MOST_LOOKED_AT = 5
POINTED = re.compile(
    r"(?:order|ऑर्डर)\s*(?:no\.?|number|num|#|नंबर|नं)?\s*[:#-]?\s*([A-Za-z]{0,4}-?\d{3,})(?![\w.])"
    r"|(?<![\w.-])([A-Za-z]{0,4}-?\d{3,})\s*(?:wala|wale|wali|vala|vale|wla|number wala|order|वाला|वाले|वाली|ऑर्डर)",
    re.I,
)
"""A number that is said to be an order's."""
BARE = re.compile(r"(?<![\w.,-])(\d{3,})(?![\w.,-])")
NOTHING_ELSE = re.compile(
    r"\W*(?:order|ऑर्डर)?\W*([A-Za-z]{0,4}-?\d{3,})\W*(?:wala|wale|wali|vala|वाला|वाले|order)?\W*", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What a message says of which order: the words, and where they stand in the text of the turn."""

    number: str
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Orders that fit. `keyed`: numbers of those that were keyed in the ERP, and are not ours."""

    ours: Sequence[SalesOrder] = ()
    keyed: Sequence[str] = ()

    @property
    def several(self) -> bool:
        return len(self.ours) + len(self.keyed) > 1


def named(turn: Turn, reading: Reading, *, bare: bool = False) -> Named | None:
    """The number in the message. With `bare` figures alone may be one, as in a question about orders."""
    text = turn.body
    if match := POINTED.search(text):
        group = 1 if match[1] else 2
        return Named(number=match[group], span=match.span(group))
    if said := reading.slots.get("order"):
        at = _where(text, said)
        return Named(number=said, span=at)
    if bare and (match := BARE.search(text)):
        return Named(number=match[1], span=match.span(1))
    return None


def _where(text: str, said: str) -> tuple[int, int]:
    figures = re.sub(r"\D", "", said)
    match = re.search(rf"[A-Za-z]*[ -]?{figures}", text) if figures else None
    return match.span() if match else (0, 0)


def only_a_number(turn: Turn) -> Named | None:
    """“0123 wala”: a message that says nothing but which order."""
    match = NOTHING_ELSE.fullmatch(turn.body.strip())
    return Named(number=match[1]) if match else None


def of_number(turn: Turn, number: str, firms: Sequence[str]) -> Found:
    """The orders of these firms with this number, or whose number ends so; never another customer's."""
    if sum(char.isdigit() for char in number) < FEWEST_FIGURES:
        return Found()
    ends = or_(
        SalesOrder.number.iendswith(number, autoescape=True),
        SalesOrder.erp_number.iendswith(number, autoescape=True),
        SalesOrder.number.in_(
            select(OrderChange.order_number).where(OrderChange.number.iendswith(number, autoescape=True))
        ),
    )
    rows = turn.session.scalars(
        select(SalesOrder)
        .where(SalesOrder.party_code.in_(firms), ends)
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(MOST_ROWS)
    ).all()
    exact = [row for row in rows if number.casefold() in (row.number.casefold(), (row.erp_number or "").casefold())]
    ours = exact[:1] or rows
    known = {row.number for row in ours} | {row.erp_number for row in ours}
    keyed = [
        erp_number
        for erp_number, our_number, _ in ending_in(turn.session, number, customers=firms)
        if erp_number not in known and our_number not in known
    ]
    whole = [one for one in keyed if one.casefold() == number.casefold()]
    return Found(ours=[] if whole else ours, keyed=whole or ([] if exact else keyed[:MOST_ROWS]))


def quoted(turn: Turn) -> SalesOrder | None:
    """The order whose bubble this message quotes, or what became of the list it quotes."""
    if not turn.inbound.quoted_sid:
        return None
    bubble = turn.session.scalars(
        select(Outbound).where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
    ).first()
    if bubble is None:
        return None
    number = bubble.subject.get("order")
    order = turn.session.get(SalesOrder, number) if number else None
    if order is None and bubble.draft_id is not None:
        draft = turn.session.get_one(OrderDraft, bubble.draft_id)
        order = order_of(turn.session, draft) if draft.state == DraftState.CONFIRMED.value else None
    return order if order is not None and order.party_code in turn.known.firms else None


def firm_of(turn: Turn, reading: Reading) -> str | None:
    """Whose order is named or quoted, where that is one."""
    if (order := quoted(turn)) is not None:
        return order.party_code
    said = named(turn, reading)
    ours = of_number(turn, said.number, turn.known.firms).ours if said is not None else ()
    return ours[0].party_code if len(ours) == 1 else None


def recent(turn: Turn, party_code: str | None) -> list[SalesOrder]:
    """The newest orders of this person that are not cancelled; else of the firm, whoever wrote them."""
    firms = [party_code] if party_code else list(turn.known.firms)
    found = (
        select(SalesOrder)
        .where(
            SalesOrder.party_code.in_(firms),
            SalesOrder.state != OrderState.CANCELLED.value,
            SalesOrder.confirmed_at > now(turn.session) - RECENT,
        )
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    own = turn.session.scalars(found.where(SalesOrder.account_id == turn.account.id)).all()
    last = show.last_order_of(turn)
    fits = last is not None and last.party_code in firms
    return list(own or turn.session.scalars(found).all() or ([last] if last is not None and fits else []))


def ask(turn: Turn, orders: Sequence[SalesOrder], keyed: Sequence[str] = ()) -> None:
    """Which of them, by tapping; the message is read again for the one that is chosen."""
    rows = [
        Row(
            act="pick",
            arg=f"o.{order.number}",
            title=short(order.erp_number or order.number, ROW_TITLE),
            description=short(
                turn.words(
                    "which_order.one",
                    day=turn.words.day(order.confirmed_at.date()),
                    count=sum(not line.free for line in order.lines),
                    total=rupees(order.total),
                ),
                ROW_DESCRIPTION,
            ),
        )
        for order in orders
    ]
    rows += [Row(act="pick", arg=f"e.{number}", title=short(number, ROW_TITLE)) for number in keyed]
    turn.show(
        Bubble(
            kind="which_order",
            lines=(turn.words("which_order.ask"),),
            rows=tuple(rows[:MOST_ROWS]),
            rows_title=turn.words("button.choose"),
            topic=KIND,
            language=turn.words.catalogue,
            subject={"inbound": turn.inbound.id},
        )
    )
    turn.got("asked")
