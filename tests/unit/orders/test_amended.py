"""What a change says to the ERP, and whether it booked what was posted, as values."""

from dataclasses import replace
from decimal import Decimal

from erp.documents import BookedLine, DiffOp
from orders.amended import Standing, StandingLine, Wanted, amended, diff_of
from orders.read_back import ReadBack, read_back


def line(no: int, sku: str, quantity: str = "10", *, price: str = "100", free_with: int | None = None) -> StandingLine:
    return StandingLine(
        no=no,
        sku=sku,
        quantity=Decimal(quantity),
        uom="CASE",
        price=Decimal(0) if free_with else Decimal(price),
        list_price=Decimal(price),
        free=free_with is not None,
        scheme="WIN10" if free_with else "",
        base_line=free_with,
    )


BASE = Standing(revision=1, lines=(line(1, "A"), line(2, "B"), line(3, "A", "1", free_with=1)))


def said(after: tuple[StandingLine, ...]) -> list[tuple[int, DiffOp, str]]:
    return [(one.line, one.op, one.sku) for one in diff_of(BASE.lines, after)]


def test_what_is_kept_says_nothing_and_keeps_its_free_goods() -> None:
    after = amended(BASE, [Wanted(was=1, line=BASE.lines[0], kept=True), Wanted(was=2, line=BASE.lines[1], kept=True)])
    assert after == BASE.lines
    assert said(after) == []


def test_a_base_line_that_is_cut_takes_its_free_line_with_it() -> None:
    cut = Wanted(was=1, line=line(0, "A", "5"))
    after = amended(BASE, [cut, Wanted(was=2, line=BASE.lines[1], kept=True)])
    assert said(after) == [(3, DiffOp.REMOVE, "A"), (1, DiffOp.SET, "A")]


def test_a_free_line_stays_the_same_line_while_it_comes_with_the_same_line() -> None:
    more = Wanted(was=1, line=line(0, "A", "20"), free=(line(0, "A", "2", free_with=1),))
    after = amended(BASE, [more, Wanted(was=2, line=BASE.lines[1], kept=True)])
    assert said(after) == [(1, DiffOp.SET, "A"), (3, DiffOp.SET, "A")]
    assert (after[2].base_line, after[2].quantity, after[2].free) == (1, 2, True)


def test_other_goods_are_another_line_and_new_numbers_never_meet_old_ones() -> None:
    after = amended(BASE, [Wanted(was=1, line=line(0, "C")), Wanted(was=None, line=line(0, "D"))])
    assert said(after) == [
        (1, DiffOp.REMOVE, "A"),
        (2, DiffOp.REMOVE, "B"),
        (3, DiffOp.REMOVE, "A"),
        (4, DiffOp.ADD, "C"),
        (5, DiffOp.ADD, "D"),
    ]


def test_an_order_survives_being_kept_as_text() -> None:
    assert Standing.from_json(BASE.as_json()) == BASE


def booked(*lines: StandingLine, uom: str = "CASE") -> tuple[BookedLine, ...]:
    return tuple(BookedLine(line=one.no, sku=one.sku, qty=one.quantity, uom=uom, price=one.price) for one in lines)


def test_a_rupee_a_line_is_rounding_and_more_is_a_difference() -> None:
    ours = [line(1, "A", "10", price="100")]
    assert read_back(ours, booked(line(1, "A", "10", price="100.10"))) == ReadBack.EQUAL
    assert read_back(ours, booked(line(1, "A", "10", price="100.11"))) == ReadBack.DIFFERS
    assert read_back(ours, booked(line(1, "A", "10", price="99.89"))) == ReadBack.DIFFERS


def test_a_line_more_or_less_and_another_quantity_are_differences_whatever_they_cost() -> None:
    ours = [line(1, "A"), line(2, "A", "1", free_with=1)]
    assert read_back(ours, booked(ours[0])) == ReadBack.DIFFERS
    assert read_back(ours[:1], booked(*ours)) == ReadBack.DIFFERS
    assert read_back(ours, booked(ours[0], replace(ours[1], quantity=Decimal(2)))) == ReadBack.DIFFERS
    assert read_back(ours, booked(*ours)) == ReadBack.EQUAL


def test_the_erp_may_number_lines_and_name_units_its_own_way_or_say_nothing() -> None:
    ours = [line(1, "A"), line(2, "B", "5")]
    theirs = (
        BookedLine(line=20, sku="B", qty=Decimal(5), uom="CASE", price=Decimal(100)),
        BookedLine(line=10, sku="A", qty=Decimal(960), uom="PCS", price=Decimal("1.0416667")),
    )
    assert read_back(ours, theirs) == ReadBack.EQUAL
    assert read_back(ours, None) == ReadBack.NOT_TOLD
