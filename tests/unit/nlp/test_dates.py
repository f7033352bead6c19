from datetime import date

import pytest

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
    ],
)
def test_the_requested_date_is_read(text: str, day: date) -> None:
    assert reading(text).requested_on == day


@pytest.mark.parametrize("text", ["10 case marie 120", "PO 1187 dt 15/10\n10 case marie 120", "12/24 marie 120"])
def test_no_date_is_invented(text: str) -> None:
    assert reading(text).requested_on is None


def test_yesterday_s_order_is_no_wish_for_tomorrow() -> None:
    assert reading("kal wala order cancel kar do").requested_on is None
