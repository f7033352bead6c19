"""Rules of the product broken by name, one at a time, each with the shortest play in which that gives something away.

The independent checker must object to every one of them, and to none of the plays as the product is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import rule_mirror
from orders import approval_rules, confirm, draft_prices, drafts, priced
from orders.approval_model import Approval
from orders.approval_rules import Granted, LineFacts
from orders.credit import Credit, Standing
from orders.model import DraftLine, OrderDraft
from orders.price_values import PricedLine, WantedLine
from tests.prices.happenings import ARVIND, CHANDRAKANT, RAJESH
from tests.prices.play import Play
from tests.prices.world import AGRAWAL, KUTKU, LACHHI, PODDAR, WAFER, dearer_list, end_scheme
from tests.prices.wrong import Wrong
from tests.scenarios.cast import RAMESH, SUNITA, VIKAS
from tests.scenarios.plant_files import add, drop

Patches = Mapping[str, Any]


# --- plays ---


def takes(play: Play, who: str, words: str) -> None:
    """Orders, and says yes to what is shown if a yes is offered."""
    play.says(who, words)
    if play.latest(who, "confirm") is not None:
        play.taps(who, "confirm")


def asks(play: Play, words: str, approver: str) -> None:
    """Ramesh asks for a price, and gets it."""
    play.says(RAMESH, words)
    play.taps(approver, "approve")


def plain_order(play: Play) -> None:
    """Twenty cases at list."""
    takes(play, RAMESH, f"20 case {KUTKU}")


def two_items(play: Play) -> None:
    """Together they would reach a slab that neither reaches alone."""
    takes(play, RAMESH, f"20 case {KUTKU}, 10 case {LACHHI}")


def in_boxes(play: Play) -> None:
    """In a UoM that no list has."""
    drop(play.plant, "prices.csv", {"sku": LACHHI, "uom": "BOX"})
    play.pulls()
    takes(play, RAMESH, f"9 box {LACHHI}")


def scheme_below_the_floor(play: Play) -> None:
    """Ten and one take the wafers below a floor that names the customer."""
    add(play.plant, "floors.csv", sku=WAFER, customer=AGRAWAL, floor_price="700")
    play.pulls()
    takes(play, RAMESH, f"10 case {WAFER}")


def more_than_the_cap(play: Play) -> None:
    """Six times ten, where the scheme gives five at most."""
    takes(play, RAMESH, f"60 case {WAFER}")


def scheme_that_is_over(play: Play) -> None:
    """It ended yesterday."""
    end_scheme(play.plant, WAFER, play.stage.clock.now().date())
    play.pulls()
    takes(play, RAMESH, f"20 case {WAFER}")


def approved_then_cheaper(play: Play) -> None:
    """One price is approved; a lower one is asked for, and before that is decided he says yes."""
    asks(play, f"20 case {KUTKU} @ 550", RAJESH)
    play.says(RAMESH, "rate 540 lagao")
    play.taps(RAMESH, "confirm")


def approved_then_less(play: Play) -> None:
    """A price is approved for twenty cases; he takes twelve."""
    asks(play, f"20 case {KUTKU} @ 545", RAJESH)
    play.says(RAMESH, "line 1 me 12 case kar do")
    play.taps(RAMESH, "confirm")


def approved_once(play: Play) -> None:
    """A price is approved and taken; the next order is another one."""
    asks(play, f"20 case {KUTKU} @ 545", RAJESH)
    play.taps(RAMESH, "confirm")
    takes(play, RAMESH, f"24 case {KUTKU}")


def below_the_absolute_floor(play: Play) -> None:
    """Asked of whoever may approve the deepest."""
    play.says(RAMESH, f"20 case {LACHHI} @ 880")
    if play.latest(CHANDRAKANT, "approve") is not None:
        play.taps(CHANDRAKANT, "approve")
    play.taps(RAMESH, "confirm")


def asks_beyond_his_limit(play: Play) -> None:
    """A rep asks for five percent, who may give one."""
    takes(play, VIKAS, f"Agrawal Trading: 20 case {KUTKU} @ 528")


def asks_the_first_level_too_deep(play: Play) -> None:
    """Five percent, which the second level may give."""
    play.says(RAMESH, f"20 case {KUTKU} @ 528")
    for approver in (RAJESH, ARVIND):
        if play.latest(approver, "approve") is not None:
            play.taps(approver, "approve")
    play.taps(RAMESH, "confirm")


def list_changes_before_the_yes(play: Play) -> None:
    """He taps on the price of before."""
    play.says(RAMESH, f"20 case {KUTKU}")
    dearer_list(play.plant, KUTKU, date(2026, 11, 21))
    play.pulls()
    play.taps(RAMESH, "confirm")


def over_the_limit(play: Play) -> None:
    """More than Jain may owe."""
    takes(play, SUNITA, f"30 case {KUTKU}, 30 case {LACHHI}")


# --- rules broken ---


def judged_by_list() -> Patches:
    real = draft_prices._take

    def take(line: DraftLine, found: PricedLine) -> None:
        real(line, found)
        line.effective = found.list_price

    return {"orders.draft_prices._take": take}


def free_goods_do_not_count() -> Patches:
    return {"orders.priced.effective_price": lambda quantity, price, **free: price}


def any_approval_is_good_for_any_order() -> Patches:
    """It is never used up, and found again for whatever its customer orders next."""
    refresh = drafts.settle_prices

    def live(session: Session, draft_id: int) -> Sequence[Approval]:
        party = session.get_one(OrderDraft, draft_id).party_code
        return session.scalars(select(Approval).where(Approval.party_code == party)).all()

    def settle(session: Session, draft: OrderDraft, book: Any, **more: Any) -> Any:
        for line in draft.lines:
            found = session.scalars(
                select(Approval).where(Approval.party_code == draft.party_code, Approval.sku == (line.sku or ""))
            ).first()
            line.granted_price = found.price if found else line.granted_price
        return refresh(session, draft, book, **more)

    return {
        "orders.approvals.live_of": live,
        "orders.approvals.use": lambda *_: None,
        "orders.drafts.settle_prices": settle,
        "orders.approvals.why_not_covered": lambda *_, **__: None,
    }


def covers_a_larger_discount() -> Patches:
    """Whatever is asked for is had as soon as anything was approved."""
    real = draft_prices.wanted

    def wanted(lines: Any, **more: Any) -> list[WantedLine]:
        lines = list(lines)
        asked = {line.no: line.requested_price for line in lines if line.granted_price and line.requested_price}
        return [replace(one, granted_price=asked.get(one.no, one.granted_price)) for one in real(lines, **more)]

    return {
        "orders.draft_prices.wanted": wanted,
        "orders.approvals.why_not_covered": lambda *_, **__: None,
    }


def covers_a_smaller_quantity() -> Patches:
    real = approval_rules.why_not_covered

    def covered(granted: Granted, line: LineFacts, **more: Any) -> Any:
        return real(granted, replace(line, quantity=max(line.quantity, granted.least_quantity)), **more)

    return {"orders.approvals.why_not_covered": covered, "orders.approval_rules.why_not_covered": covered}


def slab_by_the_order() -> Patches:
    listed = priced._Pricing._quote
    order = priced.price_order
    whole: list[Decimal] = [Decimal(0)]

    def price(lines: Sequence[WantedLine], *given: Any, **more: Any) -> Any:
        whole[0] = sum((line.quantity for line in lines), Decimal(0))
        return order(lines, *given, **more)

    def quote(self: Any, rows: Any, line: WantedLine, item: Any) -> Any:
        return listed(self, rows, replace(line, quantity=max(line.quantity, whole[0])), item)

    return {"orders.draft_prices.price_order": price, "orders.priced._Pricing._quote": quote}


def no_cap() -> Patches:
    nothing = lambda *_: None  # noqa: E731
    return {"orders.schemes._Left.goods": nothing, "orders.schemes._Left.rupees": nothing}


def schemes_never_end() -> Patches:
    real = rule_mirror.schemes_of

    def schemes(session: Session, *, day: date, **about: Any) -> Any:
        return real(session, day=date(2026, 11, 15), **about)

    return {"erp.rule_mirror.schemes_of": schemes, "orders.priced.holds": lambda row, day: True}


def contract_of_another() -> Patches:
    real = rule_mirror.contract_of

    def contract(session: Session, customer: str, skus: Any, **more: Any) -> Any:
        return real(session, PODDAR, skus, **more)

    return {"erp.rule_mirror.contract_of": contract}


def no_absolute_floor() -> Patches:
    return {"orders.priced.absolute_of": lambda *_, **__: None}


def everybody_grants_himself() -> Patches:
    return {"orders.price_requests.within_own_limit": lambda *_, **__: True}


def lowest_level_for_all() -> Patches:
    real = approval_rules.steps_for

    def steps(rows: Any, deal: Any) -> Any:
        return real(rows, replace(deal, lines=[(group, Decimal(0)) for group, _ in deal.lines], amount=Decimal(0)))

    return {"orders.price_requests.steps_for": steps}


def a_box_is_half_a_box() -> Patches:
    real = priced._Pricing._ladder

    def ladder(self: Any, sku: str) -> dict[str, Decimal]:
        return {uom: size / 2 if uom == "BOX" else size for uom, size in real(self, sku).items()}

    return {"orders.priced._Pricing._ladder": ladder}


def posts_what_was_not_shown() -> Patches:
    return {"orders.confirm.as_shown": lambda draft: {line.no: () for line in draft.lines}}


def credit_bears_all() -> Patches:
    real = confirm.credit_standing

    def standing(*given: Any, **more: Any) -> Standing:
        return replace(real(*given, **more), verdict=Credit.WITHIN)

    return {"orders.confirm.credit_standing": standing}


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A rule broken, where that shows, and what the checker says to it."""

    breaks: Callable[[], Patches]
    play: Callable[[Play], None]
    found: Wrong


MUTATIONS: Mapping[str, Mutation] = {
    "the floor is held against the list price": Mutation(
        breaks=judged_by_list, play=scheme_below_the_floor, found=Wrong.FLOOR
    ),
    "free goods do not lower the effective price": Mutation(
        breaks=free_goods_do_not_count, play=scheme_below_the_floor, found=Wrong.FLOOR
    ),
    "an approval is not used up": Mutation(
        breaks=any_approval_is_good_for_any_order, play=approved_once, found=Wrong.USED_TWICE
    ),
    "an approval covers a larger discount": Mutation(
        breaks=covers_a_larger_discount, play=approved_then_cheaper, found=Wrong.DECISION
    ),
    "an approval covers a smaller quantity": Mutation(
        breaks=covers_a_smaller_quantity, play=approved_then_less, found=Wrong.DECISION
    ),
    "a slab counts the order": Mutation(breaks=slab_by_the_order, play=two_items, found=Wrong.LIST_PRICE),
    "caps are ignored": Mutation(breaks=no_cap, play=more_than_the_cap, found=Wrong.FREE_COUNT),
    "a scheme goes on after its end": Mutation(
        breaks=schemes_never_end, play=scheme_that_is_over, found=Wrong.FREE_SCHEME
    ),
    "the contract of another customer": Mutation(breaks=contract_of_another, play=plain_order, found=Wrong.LIST_PRICE),
    "the absolute floor is ignored": Mutation(
        breaks=no_absolute_floor, play=below_the_absolute_floor, found=Wrong.ABSOLUTE
    ),
    "whoever asks grants himself": Mutation(
        breaks=everybody_grants_himself, play=asks_beyond_his_limit, found=Wrong.APPROVER
    ),
    "the lowest level decides on any depth": Mutation(
        breaks=lowest_level_for_all, play=asks_the_first_level_too_deep, found=Wrong.APPROVER
    ),
    "a unit is converted wrongly": Mutation(breaks=a_box_is_half_a_box, play=in_boxes, found=Wrong.LIST_PRICE),
    "what posts is not what was shown": Mutation(
        breaks=posts_what_was_not_shown, play=list_changes_before_the_yes, found=Wrong.UNCONFIRMED
    ),
    "credit is not asked": Mutation(breaks=credit_bears_all, play=over_the_limit, found=Wrong.CREDIT),
}


@contextmanager
def broken(mutation: Mutation) -> Iterator[None]:
    """Within it the product has that rule broken."""
    with ExitStack() as stack:
        for target, instead in mutation.breaks().items():
            stack.enter_context(patch(target, instead))
        yield
