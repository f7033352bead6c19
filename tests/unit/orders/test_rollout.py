"""What was written and what was keyed: which order belongs to which day, what is counted, who is ready."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orders.comparison import KeyedLine, ReadLine
from orders.habits import is_usual
from orders.readiness import Hindrance, Score, by_week, hindrances, score, wilson
from orders.rollout import Comparison, Day, KeyedOrder, compare_days
from orders.shadow_lines import Message, as_read, wanted
from orders.unanswered import full_minute

MONDAY = date(2026, 11, 16)
LATER = MONDAY + timedelta(days=10)


def day(offset: int, *lines: tuple[str, int], no_text: bool = False) -> Day:
    read = tuple(
        ReadLine(text=sku, settled=True, sku=sku, quantity=Decimal(n), uom="CASE", base=Decimal(n)) for sku, n in lines
    )
    return Day(on=MONDAY + timedelta(days=offset), read=read, no_text=no_text)


def keyed(number: str, offset: int, *lines: tuple[str, int]) -> KeyedOrder:
    rows = tuple(KeyedLine(order=number, sku=sku, quantity=Decimal(n), uom="CASE", base=Decimal(n)) for sku, n in lines)
    return KeyedOrder(number=number, on=MONDAY + timedelta(days=offset), lines=rows)


def found(comparison: Comparison) -> list[tuple[int, str, str]]:
    return sorted(((one.day - MONDAY).days, one.line.verdict.value, one.line.reason.value) for one in comparison.lines)


def test_an_order_keyed_the_next_day_counts_for_the_evening_it_was_written_on() -> None:
    days = [day(0, ("A", 20)), day(1, ("B", 5))]
    comparison = compare_days(days, [keyed("1", 1, ("A", 20)), keyed("2", 1, ("B", 5))], known_until=LATER)
    assert found(comparison) == [(0, "right", "same"), (1, "right", "same")]


def test_an_order_keyed_later_for_words_nobody_knew_is_found_by_its_amounts() -> None:
    unknown = ReadLine(text="6 tiger", settled=False, sku=None, quantity=Decimal(6), uom=None, base=None)
    days = [Day(on=MONDAY, read=(unknown,))]
    comparison = compare_days(days, [keyed("1", 1, ("A", 6)), keyed("2", 1, ("B", 7))], known_until=LATER)
    assert found(comparison) == [(0, "asked", "asked, and not among the choices")]
    assert comparison.other_ways == 1


def test_an_order_near_no_message_is_left_out_and_counted() -> None:
    comparison = compare_days(
        [day(0, ("A", 20))], [keyed("1", 0, ("A", 20)), keyed("2", 5, ("A", 9))], known_until=LATER
    )
    assert found(comparison) == [(0, "right", "same")]
    assert comparison.other_ways == 1


def test_another_amount_is_wrong_and_what_was_not_read_is_lost() -> None:
    comparison = compare_days([day(0, ("A", 20))], [keyed("1", 0, ("A", 24), ("B", 1))], known_until=LATER)
    assert found(comparison) == [(0, "lost", "nowhere in what was read"), (0, "wrong", "other amount")]


def test_what_came_as_a_photo_is_lost_for_that_reason() -> None:
    comparison = compare_days([day(0, no_text=True)], [keyed("1", 0, ("A", 24))], known_until=LATER)
    assert found(comparison) == [(0, "lost", "sent as a photo, voice note or file")]


def test_nothing_keyed_is_wrong_only_when_nothing_can_come_any_more() -> None:
    days = [day(0, ("A", 20))]
    for known, waits in ((0, True), (2, True), (3, False)):
        comparison = compare_days(days, [], known_until=MONDAY + timedelta(days=known))
        assert bool(comparison.waiting) is waits
        assert found(comparison) == ([] if waits else [(0, "wrong", "nothing was keyed")])


def message(number: int, intent: str, *lines: tuple[str, str, str], minutes: int = 0, **slots: Any) -> Message:
    said_at = datetime(2026, 11, 16, 10, tzinfo=UTC) + timedelta(minutes=minutes)
    read = [
        {"source": source, "sku": sku, "quantity": n, "uom": "CASE", "status": "matched", "candidates": []}
        for source, sku, n in lines
    ]
    return Message(inbound_id=number, said_at=said_at, reading={"intent": intent, "lines": read, "slots": slots})


def change(op: str, sku: str, quantity: str | None = None) -> dict[str, Any]:
    return {"op": op, "sku": sku, "quantity": quantity, "uom": None, "with_sku": None}


def test_the_draft_of_a_day_is_what_its_messages_make_of_it() -> None:
    first = message(1, "order", ("20 a", "A", "20"), ("5 b", "B", "5"))
    more = message(2, "change_order", ("3 a", "A", "3"), minutes=20)
    edits = message(3, "change_order", minutes=30, changes=[change("remove", "B"), change("add", "A", "2")])
    lines = wanted([edits, more, first])
    assert [(line.sku, line.quantity, line.status) for line in lines] == [("A", Decimal(25), "matched")]


def test_the_same_text_at_once_is_one_order_and_the_same_item_later_would_be_asked() -> None:
    first = message(1, "order", ("20 a", "A", "20"))
    assert len(wanted([first, message(2, "order", ("20 a", "A", "20"), minutes=2)])) == 1
    later = wanted([first, message(2, "order", ("9 a", "A", "9"), minutes=50)])
    assert [line.status for line in later] == ["matched", "ask"]
    assert not as_read(later[1], {}).settled


def test_a_cancelled_order_and_what_is_no_order_want_nothing() -> None:
    first = message(1, "order", ("20 a", "A", "20"))
    assert wanted([first, message(2, "cancel_order", minutes=5)]) == ()
    assert wanted([message(1, "price_query", ("a", "A", "1"))]) == ()


def test_a_quantity_is_compared_in_base_units() -> None:
    (line,) = wanted([message(1, "order", ("2 a", "A", "2"))])
    assert as_read(line, {("A", "CASE"): Decimal(48)}).base == Decimal(96)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 40, 0.0, 0.0876), (2, 100, 0.0055, 0.0700), (100, 100, 0.9630, 1.0)]
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert found == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        (Score(right=40, days=6), ()),
        (Score(right=39, days=6), (Hindrance.LINES,)),
        (Score(right=40, days=5), (Hindrance.DAYS,)),
        (Score(right=95, wrong=3, asked=2, days=9), (Hindrance.WRONG,)),
        (Score(right=44, wrong=0, lost=1, days=9), (Hindrance.LOST,)),
        (Score(right=60, asked=40, days=9), (Hindrance.ASKED,)),
        (Score(right=49, wrong=1, days=9), (Hindrance.WRONG_POSSIBLE,)),
    ],
)
def test_who_is_ready_is_decided_by_what_is_written(counted: Score, why: tuple[str, ...]) -> None:
    assert hindrances(counted) == why


def test_weeks_begin_on_monday() -> None:
    days = [day(0, ("A", 1)), day(6, ("A", 1)), day(7, ("A", 1))]
    orders = [keyed(str(n), n, ("A", 1)) for n in (0, 6, 7)]
    comparison = compare_days(days, orders, known_until=LATER)
    assert {week: counted.right for week, counted in by_week(comparison.lines).items()} == {
        MONDAY: 2,
        MONDAY + timedelta(days=7): 1,
    }
    assert score(comparison.lines).days == 3


@pytest.mark.parametrize(("amount", "usual"), [(2, True), (10, True), (30, True), (31, False), (1, False)])
def test_usual_is_near_what_was_taken_before(amount: int, usual: bool) -> None:
    before = [Decimal(n) for n in (8, 10, 12)]
    assert is_usual(Decimal(amount), before) is usual
    assert not is_usual(Decimal(10), before[:1])


def test_what_is_announced_in_minutes_is_at_a_full_one() -> None:
    moment = datetime(2026, 11, 16, 21, 4, 35, tzinfo=UTC)
    assert full_minute(moment) == datetime(2026, 11, 16, 21, 5, tzinfo=UTC)
    assert full_minute(full_minute(moment)) == full_minute(moment)
