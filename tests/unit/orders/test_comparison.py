"""What was read beside what was keyed: each line once, the surest pair first, with a reason."""

from decimal import Decimal

from orders.comparison import Compared, KeyedLine, ReadLine, Reason, Verdict, compare

CASE = 96


def read(
    sku: str | None, quantity: int | None, *, uom: str | None = "CASE", settled: bool = True, choices: str = ""
) -> ReadLine:
    base = Decimal(quantity * CASE) if quantity is not None and sku else None
    return ReadLine(
        text=f"{quantity} {uom} {sku}",
        settled=settled,
        sku=sku,
        quantity=None if quantity is None else Decimal(quantity),
        uom=uom,
        base=base,
        choices=tuple(choices.split()),
    )


def keyed(sku: str, quantity: int, *, uom: str = "CASE", order: str = "SO1") -> KeyedLine:
    factor = CASE if uom == "CASE" else 1
    return KeyedLine(order=order, sku=sku, quantity=Decimal(quantity), uom=uom, base=Decimal(quantity * factor))


def told(found: list[Compared]) -> list[tuple[Verdict, Reason, str, str]]:
    return [
        (one.verdict, one.reason, one.read.text if one.read else "", one.keyed.sku if one.keyed else "")
        for one in found
    ]


def test_the_same_goods_in_other_units_are_right() -> None:
    assert told(compare([read("A", 10)], [keyed("A", 960, uom="PCS")])) == [
        (Verdict.RIGHT, Reason.SAME, "10 CASE A", "A")
    ]


def test_an_item_ordered_twice_in_a_day_and_keyed_once_is_right() -> None:
    [one] = compare([read("A", 10), read("A", 5)], [keyed("A", 15)])
    assert one.verdict is Verdict.RIGHT
    [one] = compare([read("A", 15)], [keyed("A", 10), keyed("A", 5, order="SO2")])
    assert one.verdict is Verdict.RIGHT
    assert one.keyed is not None
    assert one.keyed.order == "SO1, SO2"


def test_wrong_amounts_wrong_items_and_what_nobody_keyed_are_told_apart() -> None:
    found = compare([read("A", 10), read("B", 7), read("C", 3)], [keyed("A", 12), keyed("D", 7)])
    assert told(found) == [
        (Verdict.WRONG, Reason.OTHER_AMOUNT, "10 CASE A", "A"),
        (Verdict.WRONG, Reason.OTHER_ITEM, "7 CASE B", "D"),
        (Verdict.WRONG, Reason.NOT_KEYED, "3 CASE C", ""),
    ]


def test_a_question_is_worth_more_when_the_answer_is_among_its_choices() -> None:
    found = compare(
        [
            read(None, 5, settled=False, choices="A B"),
            read(None, 9, settled=False, choices="X"),
            read(None, 4, settled=False),
        ],
        [keyed("B", 5), keyed("C", 9)],
    )
    assert [(one.reason, one.keyed.sku if one.keyed else "") for one in found] == [
        (Reason.AMONG_CHOICES, "B"),
        (Reason.NOT_AMONG_CHOICES, "C"),
        (Reason.ASKED_NOT_KEYED, ""),
    ]
    assert {one.verdict for one in found} == {Verdict.ASKED}


def test_what_was_keyed_and_read_nowhere_is_lost() -> None:
    assert told(compare([], [keyed("A", 10)])) == [(Verdict.LOST, Reason.NOT_READ, "", "A")]


def test_of_equal_amounts_none_can_be_told_from_the_others() -> None:
    unclear = compare([read(None, 5, settled=False), read(None, 5, settled=False)], [keyed("A", 5), keyed("B", 5)])
    assert not any(one.alone for one in unclear[:1])
    clear = compare([read(None, 5, settled=False), read(None, 6, settled=False)], [keyed("A", 5), keyed("B", 6)])
    assert all(one.alone for one in clear)


def test_every_line_of_either_side_comes_out_once() -> None:
    reads = [read("A", 1), read(None, 2, settled=False, choices="A C"), read("D", 2), read(None, None, settled=False)]
    orders = [keyed("A", 1), keyed("C", 2), keyed("E", 9)]
    found = compare(reads, orders)
    assert sorted(one.read.text for one in found if one.read) == sorted(one.text for one in reads)
    assert sorted(one.keyed.sku for one in found if one.keyed) == ["A", "C", "E"]
