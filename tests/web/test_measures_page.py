"""Measures: charts and tables whose numbers open what they are made of."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.app import Munshi
from bot.measures import Measure
from tests import booked
from tests.conftest import START
from tests.web.visitors import Visitor
from web.app import create_app
from web.pages import measures
from web.pages.charts import HEIGHT, bars
from web.pages.measure_words import MEANINGS, TITLES, duration


@pytest.fixture
def weeks(munshi: Munshi) -> Munshi:
    """Three orders this week, one the week before, one keyed by hand."""
    with munshi.database.transaction() as session:
        for number, days in (("M1", 0), ("M2", 0), ("M3", 7)):
            booked.order(session, number, at=START - timedelta(days=days))
        booked.order(session, "M4", at=START, party="C001", phone="+919000000001")
        booked.listed(session, "E77", booked.PARLE, party="C001")
    return munshi


def test_every_number_of_a_week_opens_the_orders_it_is_made_of(
    weeks: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    viewer = visitor("viewer")
    page = viewer.opens("/measures/?weeks=4").text
    (row,) = re.findall(r"16 Nov – 22 Nov</th>(.*?)</tr>", page, re.S)
    links = re.findall(r'href="(/measures/(\w+)[^"]*)">([^<]+)<', row)
    numbers = {measure: (shown, link.replace("&amp;", "&")) for link, measure, shown in links}
    assert {measure: shown for measure, (shown, _) in numbers.items()} == {
        "orders": "3",
        "straight_through": "100%",
        "questions": "0.0",
        "message_to_erp": "2 min",
        "unconfirmed": "0",
        "duplicates": "0",
        "wrong_posts": "0",
        "by_hand": "2",
        "messages": "0.0",
    }
    opened = viewer.opens(numbers["orders"][1]).text
    assert re.findall(r"/orders/(M\d)", opened) == ["M4", "M2", "M1"]
    keyed = viewer.opens(numbers["by_hand"][1]).text
    assert ("E77" in keyed, "E100" in keyed) == (True, True), "and the one of the files"
    assert "Sharma Traders" in page
    assert "New Bharat" in page


def test_the_page_may_be_of_one_customer_and_says_what_is_measured(
    weeks: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    page = visitor("viewer").opens("/measures/?customer=Sharma+Traders").text
    assert "New Bharat" not in page
    assert set(TITLES) == set(MEANINGS) == set(Measure)
    assert all(meaning.replace("'", "&#39;") in page for meaning in MEANINGS.values())
    assert "nobody has said what a message costs" in page


def test_rupees_an_order_are_shown_once_the_price_of_a_message_is_said(
    weeks: Munshi, with_settings: Callable[..., Munshi]
) -> None:
    app = create_app(with_settings(MESSAGE_PRICE="0.85"))
    with app.test_request_context():
        row = measures._row("x", {Measure.ORDERS: Decimal(2), Measure.MESSAGES: Decimal(5)}, {})
    assert row.rupees == "₹\u202f2.12"


def test_a_long_list_goes_on_where_it_ended(
    weeks: Munshi, visitor: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "A_PAGE", 2)
    viewer = visitor("viewer")
    page = viewer.opens("/measures/orders").text
    following = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rest = viewer.opens(following, headers={"HX-Request": "true"}).text
    assert re.findall(r"/orders/(M\d)", page) == ["M4", "M2"]
    assert re.findall(r"/orders/(M\d)", rest) == ["M1", "M3"]


def test_what_is_no_measure_and_no_day_is_refused(visitor: Callable[[str], Visitor]) -> None:
    viewer = visitor("viewer")
    assert viewer.opens("/measures/nonsense").status_code == 404
    for wrong in ("from=x", "from=2026-11-20&until=2026-11-10", "from=2020-01-01"):
        assert viewer.opens(f"/measures/orders?{wrong}").status_code == 400, wrong


def test_bars_stand_on_the_ground_and_what_is_not_known_has_none() -> None:
    tall, none, zero = bars([Decimal(4), None, Decimal(0)])
    assert tall is not None
    assert (tall.y, tall.height, none) == (0, HEIGHT, None)
    assert zero is not None
    assert zero.y + zero.height == HEIGHT
    (half,) = bars([Decimal("0.5")], most=Decimal(1))
    assert half is not None
    assert half.height == HEIGHT // 2


def test_a_time_is_told_in_the_unit_that_fits() -> None:
    told = [duration(Decimal(seconds)) for seconds in (45, 200, 7200, 260_000)]
    assert told == ["45 s", "3 min", "2.0 h", "3.0 d"]
