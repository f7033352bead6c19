"""The register: every order of a day with what differs from the ERP first, on pages of its own and as files."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.app import Munshi
from bot.model import PlantDigest
from bot.plant_digest import sheet_link
from orders.register import EVERY_PLANT, Compared, Difference, Wish, register
from tests import booked
from tests.booked import PARLE, SALT
from tests.conftest import START
from tests.web.visitors import Visitor
from web.pages import accounts

HOUR = timedelta(hours=1)


@pytest.fixture
def day(munshi: Munshi) -> Munshi:
    """Seven orders of this morning, and what the ERP's list holds of them."""
    with munshi.database.transaction() as session:
        at = START - HOUR
        for place, number in enumerate(("M1", "M2", "M3", "M4", "M5")):
            goods = (SALT, PARLE) if number == "M3" else (SALT,)
            booked.order(session, number, at=at + timedelta(minutes=place), goods=goods, plant="LDH")
        booked.order(session, "M6", at=at + timedelta(minutes=9), state="held", posted_at=None, erp_number=None)
        booked.order(session, "M7", at=at + timedelta(minutes=10), plant="ELSE")
        booked.listed(session, "E-M1", ("00123", "100", "PCS", "24.4"), ours="M1")
        booked.listed(session, "E-M2", ("00123", "4", "BAG", "600"), ours="M2")
        booked.listed(session, "E-M3", SALT, ("PG-070", "15", "CASE", "820"))
        booked.listed(session, "E-M5", ("00123", "4", "BAG", "610.2"), ours="M5")
        booked.listed(session, "E-M7", SALT, ours="M7")
        booked.list_taken_over(session, START)
    return munshi


def compared(munshi: Munshi, plant: str = EVERY_PLANT) -> list[tuple[str, str]]:
    with munshi.database.transaction() as session:
        wish = Wish(since=START - timedelta(days=1), until=START, plant=plant)
        return [(entry.number, entry.compared) for entry in register(session, wish)]


def test_what_differs_from_the_erp_comes_first_and_packs_of_other_sizes_are_equal(day: Munshi) -> None:
    assert compared(day) == [
        ("M4", Difference.MISSING),
        ("M3", Difference.LINES),
        ("M2", Difference.VALUE),
        ("M1", Compared.EQUAL),
        ("M5", Compared.EQUAL),
        ("M6", Compared.NOT_POSTED),
        ("M7", Compared.EQUAL),
    ]


def test_an_order_is_of_the_plant_it_was_confirmed_for_else_of_its_customers(day: Munshi) -> None:
    assert [number for number, _ in compared(day, "ELSE")] == ["M7"]
    assert [number for number, _ in compared(day, "")] == ["M6"], "the customer has no warehouse"


def test_an_order_is_missing_only_once_a_later_list_is_without_it(day: Munshi) -> None:
    with day.database.transaction() as session:
        booked.list_taken_over(session, START - 2 * HOUR)
    assert ("M4", Compared.NOT_YET) in compared(day)


def test_what_the_erp_has_although_it_is_held_here_is_a_difference(day: Munshi) -> None:
    with day.database.transaction() as session:
        booked.listed(session, "E-M6", SALT, ours="M6")
    assert ("M6", Difference.UNEXPECTED) in compared(day)[:2]


def test_the_page_says_who_ordered_and_what_differs_and_goes_on_after_its_last_row(
    day: Munshi, visitor: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "A_PAGE", 3)
    viewer = visitor("viewer")
    page = viewer.opens("/register/").text
    assert page.index("M4</a>") < page.index("M3</a>") < page.index("M2</a>")
    assert "M1</a>" not in page
    for said in ("not in the ERP", "PG-070 1920 → 1440", "Nitin Bharat", "₹\u202f18,840.00", "E-M3"):
        assert said in page, said
    following = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rows = viewer.opens(following, headers={"HX-Request": "true"}).text
    assert "M1</a>" in rows
    assert "M2</a>" not in rows
    assert viewer.opens("/register/?plant=ELSE").text.count("register-row") == 1
    assert viewer.opens("/register/?from=2026-11-20").text.count("No order was confirmed") == 1
    assert viewer.opens("/register/?customer=new+bharat").text.count("register-row") == 3
    assert viewer.opens("/register/?from=yesterday").status_code == 400


def test_the_whole_register_is_handed_out_as_csv_in_which_nothing_is_a_formula(
    day: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    with day.database.transaction() as session:
        booked.order(session, "M8", at=START - HOUR / 2, erp_number="=1+1", tax="12.5")
    answer = visitor("viewer").opens("/register/export.csv?plant=*")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="register-2026-11-21.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert next(row["our_number"] for row in rows) == "M4"
    assert len(rows) == 8
    (last,) = [row for row in rows if row["our_number"] == "M8"]
    told = {name: last[name] for name in ("erp_number", "value", "tax", "ordered_by", "confirmed_at", "difference")}
    assert told == {
        "erp_number": "'=1+1",
        "value": "2440.00",
        "tax": "12.50",
        "ordered_by": "Nitin Bharat",
        "confirmed_at": "2026-11-21 09:30:00",
        "difference": "missing",
    }


def test_the_workbook_holds_the_same_as_text_and_numbers(day: Munshi, visitor: Callable[[str], Visitor]) -> None:
    with day.database.transaction() as session:
        booked.order(session, "M8", at=START - HOUR / 2, erp_number="=1+1")
    answer = visitor("viewer").opens("/register/export.xlsx")
    assert answer.content_length == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "<v>2440.00</v>" in sheet


def test_the_list_of_a_digest_is_opened_by_its_link_alone_and_only_by_whoever_signs_in(
    munshi: Munshi, visitor: Callable[[str], Visitor], stranger: Visitor
) -> None:
    with munshi.database.transaction() as session:
        told = PlantDigest(plant="LDH", day=START.date(), since=START, until=START, told_at=START, told=1, sheet="a,b")
        session.add(told)
        link = sheet_link(munshi, told, present=START)
    path = link.partition("8000")[2]
    viewer = visitor("viewer")
    opened = viewer.opens(path)
    assert (opened.text, opened.status_code) == ("\ufeffa,b", 200)
    assert opened.headers["Content-Disposition"] == 'attachment; filename="orders-LDH-2026-11-21.csv"'
    assert viewer.opens(path.replace("LDH", "ELSE")).status_code == 410
    assert viewer.opens("/digests/sheet.csv").status_code == 410
    assert stranger.opens(path).location.startswith("/sign-in?next=/digests/sheet.csv")
