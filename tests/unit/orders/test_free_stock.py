"""What is free of an item, and what becomes of a line that wants more."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erp.records import Item, ShortRule, Stock, StockStatus
from orders.free_stock import Enough, Judged, Short, enough, free, in_packs, is_soon, judge, sendable

TODAY = date(2026, 11, 21)
D = Decimal


def lot(qty: int, *, warehouse: str = "FG", **more: Any) -> Stock:
    return Stock(sku="A", warehouse=warehouse, lot=str(qty), qty=D(qty), **more)


def test_hold_inspection_other_warehouses_and_what_has_expired_are_not_free() -> None:
    lots = [
        lot(100),
        lot(7, status=StockStatus.HOLD),
        lot(8, status=StockStatus.INSPECTION),
        lot(9, warehouse="DEPOT"),
        lot(10, expiry=date(2026, 11, 20)),
        lot(11, expiry=TODAY),
    ]
    assert free(lots, warehouses={"FG"}, held=D(30), day=TODAY) == D(81)


def test_what_is_held_beyond_what_there_is_leaves_nothing_and_not_less() -> None:
    assert free([lot(10)], warehouses={"FG"}, held=D(30), day=TODAY) == 0


@pytest.mark.parametrize(
    ("base", "wanted", "packs"), [("290", "20", "12"), ("290", "20.5", "12.083"), ("23", "1", "0")]
)
def test_whole_packs_unless_parts_of_one_are_wanted(base: str, wanted: str, packs: str) -> None:
    assert in_packs(D(base), factor=D(24), wanted=D(wanted)) == D(packs)


@pytest.mark.parametrize(
    ("moq", "multiple", "sent"), [(None, None, "13"), (None, "5", "10"), ("15", None, "0"), ("10", "5", "10")]
)
def test_what_may_be_sent_keeps_to_multiple_and_minimum(moq: str | None, multiple: str | None, sent: str) -> None:
    item = Item(
        sku="A",
        name="A",
        base_uom="PCS",
        order_uom="CASE",
        moq=D(moq) if moq else None,
        multiple=D(multiple) if multiple else None,
    )
    assert sendable(D(13), item=item, scale=D(1)) == D(sent)


def judged(
    rule: ShortRule, free: int, *, ordered: int = 20, decided: Short | None = None, as_shown: bool = False
) -> Judged:
    return judge(
        D(20), ordered=D(ordered), free=D(free), may_send=D(free), rule=rule, decided=decided, as_shown=as_shown
    )


@pytest.mark.parametrize("rule", list(ShortRule))
def test_a_line_of_which_there_is_enough_goes_as_it_is(rule: ShortRule) -> None:
    assert judged(rule, 20) == Judged(quantity=D(20))


def test_each_rule_does_what_it_says() -> None:
    assert judged(ShortRule.BACKORDER, 12) == Judged(quantity=D(20), free=D(12), decided=Short.BACKORDER)
    assert judged(ShortRule.CUT, 12) == Judged(quantity=D(12), free=D(12), decided=Short.CUT)
    assert judged(ShortRule.CUT, 0) == Judged(quantity=D(20), free=D(0), none=True)
    assert judged(ShortRule.ASK, 12) == Judged(quantity=D(20), free=D(12), asked=True)


def test_an_answer_holds_as_long_as_it_can_be_kept() -> None:
    later = judged(ShortRule.ASK, 3, decided=Short.LATER)
    assert (later.quantity, later.asked) == (D(20), False)
    assert judged(ShortRule.ASK, 15, ordered=12, decided=Short.NOW).quantity == D(12)
    assert judged(ShortRule.ASK, 11, ordered=12, decided=Short.NOW).asked


def test_what_was_cut_follows_the_stock_but_at_the_yes_only_downwards() -> None:
    assert judged(ShortRule.CUT, 15, ordered=12, decided=Short.CUT).quantity == D(15)
    assert judged(ShortRule.CUT, 30, ordered=12, decided=Short.CUT).quantity == D(20)
    for more in (15, 30):
        assert judged(ShortRule.CUT, more, ordered=12, decided=Short.CUT, as_shown=True).quantity == D(12)
    assert judged(ShortRule.CUT, 9, ordered=12, decided=Short.CUT, as_shown=True).quantity == D(9)


def test_words_for_how_much_there_is() -> None:
    assert [enough(D(n), wanted=D(10)) for n in (0, 9, 10)] == [Enough.NO, Enough.LIMITED, Enough.YES]


def test_only_what_is_asked_for_soon_is_short_of_the_stock_of_today() -> None:
    days = [None, date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)]
    assert [is_soon(day, today=TODAY) for day in days] == [True, True, True, False]


def test_a_clerk_lets_a_line_go_whole_that_would_have_been_asked() -> None:
    gone = judged(ShortRule.ASK, 12, decided=Short.BACKORDER)
    assert gone == Judged(quantity=D(20), free=D(12), decided=Short.BACKORDER)
