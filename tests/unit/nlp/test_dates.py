from datetime import date
from decimal import Decimal

import pytest

from nlp.values import Context, DraftLine, Intent
from tests.unit.nlp.plant import reading


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10 case marie 120 kal bhej dena", date(2026, 11, 22)),
        ("10 case marie 120 parso tak", date(2026, 11, 23)),
        ("10 case marie 120 by Thursday", date(2026, 11, 26)),
        ("10 case marie 120 somvar ko", date(2026, 11, 23)),
        ("10 case marie 120, 28 tarikh ko chahiye", date(2026, 11, 28)),
        ("10 case marie 120, deliver by 25th November", date(2026, 11, 25)),
        ("10 case marie 120 reqd by 26/11", date(2026, 11, 26)),
        ("मैरी 120 10 पेटी कल भेजना", date(2026, 11, 22)),
        ("marie 120 10 petti naalaikku anuppunga", date(2026, 11, 22)),
        ("For Monday's truck: marie 120 10 case", date(2026, 11, 23)),
        ("marie 120 10 case mondayku venum", date(2026, 11, 23)),
        ("marie 120 10 case shanivaram ki", date(2026, 11, 28)),
        ("marie 120 10 peti robibarer modhye chai", date(2026, 11, 22)),
        ("10 case marie 120. Delivery 26/11", date(2026, 11, 26)),
        ("10 case marie 120. Deliver 25th", date(2026, 11, 25)),
        ("bhau marie 120 10 peti aajach", date(2026, 11, 21)),
        ("marie 120 10 peti aaj bhej do", date(2026, 11, 21)),
        ("marie 120 10 petti ivvala pampandi", date(2026, 11, 21)),
        ("10 peti marie 120 kali sakale patheiba", date(2026, 11, 22)),
    ],
)
def test_the_requested_date_is_read(text: str, day: date) -> None:
    assert reading(text).requested_on == day


@pytest.mark.parametrize(
    "text",
    [
        "10 case marie 120",
        "PO 1187 dt 15/10\n10 case marie 120",
        "12/24 marie 120",
        "marie 120 10 now",
        "marie 120 10 case, only 1 now",
        "10 case 1 mm kali, 10 case marie 120",
        "10 peti marie 120 kali, 5 peti marie 120 lal",
        "10 case marie 120, driver to call",
        "marie 120\n7/10\n8/10\n9/8",
        "10 peti marie 120. paise somvari",
        "10 peti marie 120 bhej dena, kal paisa dal denge",
        "10 peti marie 120, baki kal dekhenge",
        "9 tarikh ko jo likhaya tha wahi maal dobara bhej do",
        "kal phone pe bola tha wo likh lo marie 120 10 peti",
        "aaj ka order marie 120 10 peti",
    ],
)
def test_no_date_is_invented(text: str) -> None:
    assert reading(text).requested_on is None


def test_yesterday_s_order_is_no_wish_for_tomorrow() -> None:
    assert reading("kal wala order cancel kar do").requested_on is None


ALONE = [
    ("kal bhej dena", date(2026, 11, 22)),
    ("monday ko chahiye", date(2026, 11, 23)),
    ("parso tak bhej dena", date(2026, 11, 23)),
    ("tomorrow please", date(2026, 11, 22)),
    ("kal bhejo", date(2026, 11, 22)),
    ("haan, 28 tarikh ko bhejna", date(2026, 11, 28)),
]


@pytest.mark.parametrize(("text", "day"), ALONE)
def test_a_day_alone_changes_the_open_draft(text: str, day: date) -> None:
    draft = (DraftLine(sku="MR-120", quantity=Decimal(10), uom="CASE"),)
    found = reading(text, context=Context(draft=draft))
    assert (found.intent, found.requested_on, found.lines, found.changes) == (Intent.CHANGE_ORDER, day, (), ())


@pytest.mark.parametrize(("text", "day"), ALONE)
def test_a_day_alone_is_kept_without_a_draft(text: str, day: date) -> None:
    assert reading(text).requested_on == day


@pytest.mark.parametrize("text", ["kal aayega kya", "kal wala maal nahi aaya", "nahi, kal nahi"])
def test_a_question_or_a_refusal_with_a_day_moves_nothing(text: str) -> None:
    draft = (DraftLine(sku="MR-120", quantity=Decimal(10), uom="CASE"),)
    assert reading(text, context=Context(draft=draft)).intent is not Intent.CHANGE_ORDER


@pytest.mark.parametrize("head", ["INDENT 24/11", "Order list: 24.11.2026", "PO 24-11"])
def test_a_date_in_the_head_of_a_list_is_when_it_was_written(head: str) -> None:
    found = reading(f"{head}\nmarie 120 - 10 case\nmarie 120 - 5 case")
    assert found.requested_on is None


def test_a_date_below_the_lines_is_wanted() -> None:
    assert reading("marie 120 - 10 case\n24/11").requested_on == date(2026, 11, 24)
