"""The page *Leakage*: charts and tables whose figures open their order lines, and what only rule makers may see."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.app import Munshi
from orders.creep import Pattern
from people.model import Person
from tests import booked
from tests.conftest import START
from tests.leaked import below_list
from tests.web.visitors import Visitor
from web.pages import leakage
from web.pages.charts import HEIGHT, stacks
from web.pages.leakage_words import PATTERNS, THRESHOLDS


@pytest.fixture
def leaking(munshi: Munshi) -> Munshi:
    """A price that became a habit of New Bharat, decided within seconds; one of Sharma's within the own limit."""
    with munshi.database.transaction() as session:
        approver = Person(phone="+919000000090", name="=Rajesh", roles=["approver:1"])
        session.add(approver)
        session.flush()
        for number in range(10):
            at = START - timedelta(days=7 * number)
            below_list(session, f"M{number}", "800", at=at, by=approver, took=timedelta(seconds=4), floor="810")
        below_list(session, "M90", "815", at=START, party="C001", phone="+919000000001")
        booked.order(session, "M91", at=START)
    return munshi


def test_every_figure_opens_the_lines_it_is_made_of(leaking: Munshi, visitor: Callable[[str], Visitor]) -> None:
    viewer = visitor("viewer")
    page = viewer.opens("/leakage/?weeks=4").text
    assert "₹\u202f850" in page, "four of 200 and one of 50"
    (row,) = re.findall(r"16 Nov – 22 Nov</th>(.*?)</tr>", page, re.S)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/leakage/lines[^"]*)"', row)]
    shown = [re.findall(r'class="lead number" href="/orders/(M\d+)"', viewer.opens(link).text) for link in links]
    assert shown == [["M90", "M0"], ["M0"], ["M90"]], "the week, its approvals, its own limits"
    (bar,) = re.findall(r'<a href="([^"]*)" aria-label="Week of Mon 16 Nov 2026: ₹\u202f250">', page)
    assert "M90" in viewer.opens(bar.replace("&amp;", "&")).text
    assert "=Rajesh: " not in page, "below the floor is for rule makers"
    rules = visitor("rules")
    for title in ("Approvals", "=Rajesh"):
        (named,) = re.findall(rf'href="([^"]*)" aria-label="{title}: ', rules.opens("/leakage/?weeks=4").text)
        assert len(re.findall(r"/orders/(M\d+)", rules.opens(named.replace("&amp;", "&")).text)) == 4
    (sharma,) = re.findall(r'href="([^"]*)"><span>Sharma Traders</span>', page)
    assert re.findall(r"/orders/(M\d+)", viewer.opens(sharma.replace("&amp;", "&")).text) == ["M90"]


def test_how_people_work_costs_and_floors_are_shown_to_rule_makers_alone(
    leaking: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    seen = {role: visitor(role).opens("/leakage/creep").text for role in ("viewer", "rules")}
    for role, page in seen.items():
        assert PATTERNS[Pattern.NEW_NORMAL] in page, role
        assert "granted in 6 of the last 6 orders" in page
    assert [PATTERNS[Pattern.QUICK_YES] in page for page in seen.values()] == [False, True]
    lines = {role: visitor(role).opens("/leakage/lines").text for role in seen}
    assert [("margin left" in page, "floor ₹" in page) for page in lines.values()] == [(False, False), (True, True)]
    files = {role: visitor(role).opens("/leakage/export.csv").text for role in seen}
    assert ["below_floor" in file for file in files.values()] == [False, True]


def test_the_file_holds_every_line_and_no_formula(leaking: Munshi, visitor: Callable[[str], Visitor]) -> None:
    answer = visitor("admin").opens("/leakage/export.csv?customer=C004")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 10
    assert rows[0] | {"plant": "", "item": ""} == {
        "day": "2026-11-21", "order": "M0", "line": "1", "plant": "", "customer": "C004", "name": "New Bharat",
        "rep": "", "sku": "PG-070", "item": "", "quantity": "10", "uom": "CASE", "list_price": "820.00",
        "effective": "800.00", "right": "approval", "by": "'=Rajesh", "rupees": "200.00", "floor": "810.00",
        "below_floor": "100.00",
    }  # fmt: skip


def test_a_long_list_goes_on_and_nonsense_is_refused(
    leaking: Munshi, visitor: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leakage, "A_PAGE", 8)
    viewer = visitor("viewer")
    page = viewer.opens("/leakage/lines").text
    following = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rest = viewer.opens(following, headers={"HX-Request": "true"}).text
    both = re.findall(r'lead number" href="/orders/(M\d+)"', page + rest)
    assert (len(both), len(set(both))) == (11, 11)
    for wrong in ("lines?from=x", "lines?ground=x", "lines?after=x", "?until=2026-11-22", "?from=2020-01-06"):
        assert viewer.opens(f"/leakage/{wrong}").status_code == 400, wrong


def test_parts_of_a_bar_stand_on_each_other_and_every_pattern_says_its_threshold() -> None:
    ((low, none, high), empty) = stacks([[Decimal(1), Decimal(0), Decimal(3)], [Decimal(0)] * 3])
    assert low is not None
    assert high is not None
    assert none is None
    assert (low.y + low.height, high.y + high.height, high.y) == (HEIGHT, low.y, 0)
    assert empty == [None, None, None]
    assert set(PATTERNS) == set(THRESHOLDS) == set(Pattern)
