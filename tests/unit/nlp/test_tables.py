"""Tables of orders: columns found by their headings, sums left out, names over several rows, heads of orders."""

from datetime import date
from decimal import Decimal

import pytest

from nlp.paper_heads import day_in, head_of
from nlp.tables import Cell, TableLine, number, table_of


def sheet(*rows: tuple[str, ...]):  # type: ignore[no-untyped-def]
    placed = [tuple(Cell(text=cell, left=at, right=at + 0.9) for at, cell in enumerate(row) if cell) for row in rows]
    return table_of(placed, wraps=False)


def page(*rows: tuple[float, tuple[tuple[float, float, str], ...]]):  # type: ignore[no-untyped-def]
    placed = [tuple(Cell(text=text, left=left, right=right, top=top) for left, right, text in row) for top, row in rows]
    return table_of(placed, wraps=True)


def values(line: TableLine) -> tuple[str, str, str, str]:
    return line.code, line.name, str(line.quantity), line.unit


def test_columns_stand_in_any_order_and_language() -> None:
    table = sheet(("मात्रा", "इकाई", "माल का विवरण"), ("२०", "पेटी", "कुटकु छोटा"), ("", "", "कुल"))
    assert [values(line) for line in table.lines] == [("", "कुटकु छोटा", "20", "पेटी")]


def test_the_heading_names_the_unit_and_blank_amounts_are_not_ordered() -> None:
    table = sheet(
        ("Order form",),
        ("Sr", "Product", "Stock", "Qty (Cs)"),
        ("1", "Marie", "50", "12"),
        ("2", "Rusk", "9", ""),
        ("3", "Bourbon", "9", "0"),
        ("", "Grand Total", "", "12"),
    )
    assert [values(line) for line in table.lines] == [("", "Marie", "12", "Cs".casefold())]
    assert table.head == "Order form"


def test_of_cases_and_pieces_in_columns_of_their_own_each_is_a_line() -> None:
    table = sheet(("Item", "Case", "Pcs"), ("Kutku", "2", "6"), ("Lachhi", "", "5"))
    assert [values(line) for line in table.lines] == [
        ("", "Kutku", "2", "case"),
        ("", "Kutku", "6", "pcs"),
        ("", "Lachhi", "5", "pcs"),
    ]


def test_what_stands_behind_the_sums_is_no_line_and_the_next_heading_begins_anew() -> None:
    table = sheet(
        ("Item", "Qty"), ("Kutku", "2"), ("Sub Total", "2"), ("Terms: 10 pcs", "7"), ("Item", "Qty"), ("Lachhi", "3")
    )
    assert [line.name for line in table.lines] == ["Kutku", "Lachhi"]


def test_a_price_list_and_prose_are_no_order() -> None:
    assert sheet(("Item", "Rate"), ("Kutku", "5")) is None
    assert sheet(("Please send us your rates.",)) is None


HEAD = (10.0, ((10, 20, "Sr"), (40, 60, "Code"), (100, 150, "Description"), (300, 320, "Qty"), (350, 370, "Rate")))


def test_a_name_over_three_rows_with_its_amount_in_the_middle_is_one_line() -> None:
    name = (100, 200, "Kutku-G Glucose")
    table = page(
        HEAD,
        (30, (name,)),
        (36, ((10, 14, "1"), (40, 60, "AG-1"), (300, 315, "20"), (350, 370, "55"))),
        (42, ((100, 140, "50 g"),)),
        (60, ((100, 200, "Lachhi"),)),
        (66, ((10, 14, "2"), (40, 60, "AG-2"), (300, 315, "5"), (350, 370, "9"))),
        (72, ((100, 140, "70 g"),)),
    )
    assert [values(line)[:3] for line in table.lines] == [
        ("AG-1", "Kutku-G Glucose 50 g", "20"),
        ("AG-2", "Lachhi 70 g", "5"),
    ]


def test_on_paper_a_line_whose_amount_is_missing_is_kept_and_asked() -> None:
    table = page(HEAD, (30, ((40, 60, "AG-1"), (100, 200, "Kutku"), (350, 370, "55"))))
    assert [(line.name, line.quantity) for line in table.lines] == [("Kutku", None)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,200.50", "1200.50"), ("२०", "20"), ("20ctn", "20"), ("5 - 6", None), ("as usual", None), ("", None)],
)
def test_a_cell_is_one_number_or_none(text: str, value: str | None) -> None:
    assert number(text) == (None if value is None else Decimal(value))


def test_the_head_of_an_order_says_its_number_day_place_and_tax_numbers() -> None:
    head = head_of(
        "Sharma Traders  GSTIN: 23ABCDE1234F1Z5\nPO Date: 21/11/2026  P.O. No. SH/26-27/0088\n"
        "Delivery Date: 25-Nov-2026\nShip To:\nLakeview Mart, Indore 452001"
    )
    assert head.reference == "SH/26-27/0088"
    assert head.wanted_on == date(2026, 11, 25)
    assert "452001" in head.place
    assert head.gstins == ("23ABCDE1234F1Z5",)


@pytest.mark.parametrize(
    ("text", "day"),
    [("25/11/26", date(2026, 11, 25)), ("2026-11-25", date(2026, 11, 25)), ("31/02/2026", None), ("soon", None)],
)
def test_the_day_stands_before_the_month(text: str, day: date | None) -> None:
    assert day_in(text) == day
