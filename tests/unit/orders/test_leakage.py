"""What went below list, in rupees: each part under its right, its customer, rep and item, made of the rows it opens."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredPrice
from erp.rule_model import MirroredCustomerPrice, MirroredLevel, MirroredLimit
from orders.creep import Ground, Pattern
from orders.creep_facts import creep
from orders.leakage import Below, Leakage, Sold, Span, leakage, leaks
from orders.model import UsedScheme
from people.model import Party, Person
from store.database import Database, now
from tests import booked
from tests.conftest import START
from tests.leaked import below_list

NITIN, RAMESH, VIKAS, RAJESH = (f"+9190000000{number:02}" for number in (7, 1, 20, 30))
MONDAY = START.date() - timedelta(days=START.weekday())
SPAN = Span(first=MONDAY - timedelta(days=7), until=MONDAY + timedelta(days=7), zone=ZoneInfo("Asia/Kolkata"))
LAST_WEEK = START - timedelta(days=7)
ROW = {"erp": "main", "listed": True}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        session.add_all(
            [
                Party(code="C001", name="Sharma", sales_rep=VIKAS, price_list="PL-DIST"),
                Party(code="C004", name="New Bharat", price_list="PL-DIST"),
                Person(phone=NITIN, name="Nitin", parties=["C004"]),
                Person(phone=RAMESH, name="Ramesh", parties=["C001"]),
                Person(phone=VIKAS, name="Vikas", roles=["sales_rep"]),
                Person(phone=RAJESH, name="Rajesh", roles=["approver:1"]),
            ]
        )
        session.flush()
        yield session
        session.rollback()


def person(session: Session, phone: str) -> Person:
    return booked.person_and_account(session, phone)[0]


def found(session: Session, span: Span = SPAN) -> Leakage:
    return leakage(session, span)


def test_what_a_line_gave_away_stands_under_its_right_and_adds_up(session: Session) -> None:
    rajesh, vikas = person(session, RAJESH), person(session, VIKAS)
    below_list(session, "M1", "800", at=START, by=rajesh, floor="810", scheme=("S3", "50"), free_goods="41")
    below_list(session, "M2", "815", at=START, party="C001", phone=VIKAS, on_behalf=True)
    below_list(session, "M3", "820", at=LAST_WEEK, party="C001", phone=RAMESH, free_goods="820")
    booked.order(session, "M4", at=START)
    one = found(session)
    assert one.grounds == {
        (Ground.SCHEME, "S3"): 50,
        (Ground.APPROVAL, "Rajesh"): 150,
        (Ground.OWN_LIMIT, "Vikas"): 50,
        (Ground.SCHEME, "FREE"): 861,
    }, "10 × (820 − 800), of which the scheme's 50; 10 × 5; a case for nothing, and goods for 41"
    assert one.customers == {"C004": 241, "C001": 870}
    assert one.reps == {0: 241, vikas.id: 870}, "who ordered for the firm, else the firm's rep"
    assert one.skus == {"PG-070": 1111}
    assert one.weeks[MONDAY] == {Ground.SCHEME: 91, Ground.APPROVAL: 150, Ground.OWN_LIMIT: 50}
    assert one.below == {"Rajesh": Below(lines=1, rupees=Decimal(100))}
    below_list(session, "M5", "805", at=START, party="C001", phone=RAJESH, floor="810")
    assert found(session).below == {"Rajesh": Below(lines=2, rupees=Decimal(150))}, "by his own limit too"
    assert one.sold[MONDAY] == Sold(value=Decimal(8200 + 8200 + 2440), orders=3)
    assert found(session).total == sum(leak.rupees for leak in leaks(session, SPAN)) == 1111 + 150


def test_a_contract_counts_against_the_price_list_of_that_day(session: Session) -> None:
    price = {
        "price_list": "PL-DIST",
        "sku": "PG-070",
        "uom": "CASE",
        "currency": "INR",
        "tax_included": False,
        "plant": "",
    }
    for key, least, rupees in (("a", 1, 830), ("b", 10, 825), ("c", 50, 700)):
        row = {**price, **ROW, "row_key": key, "min_qty": Decimal(least), "price": Decimal(rupees)}
        session.add(MirroredPrice(**row, changed_at=now(session)))
    contract = {"customer": "C004", "sku": "PG-070", "uom": "CASE", "price": Decimal(820), "reference": "R/26"}
    until = START.date() - timedelta(days=3)
    session.add(MirroredCustomerPrice(row_key="k", valid_to=until, **contract, **ROW, changed_at=now(session)))
    below_list(session, "M1", "820", at=LAST_WEEK)
    below_list(session, "M2", "820", at=START)
    assert found(session).grounds == {(Ground.CONTRACT, "R/26"): 50}, "the slab of ten; none on a day it does not hold"


def test_called_off_simulated_and_rounded_orders_leak_nothing_and_no_grant_on_record_is_said(session: Session) -> None:
    rajesh = person(session, RAJESH)
    below_list(session, "M1", "800", at=START, by=rajesh).state = "cancelled"
    below_list(session, "M2", "800", at=START, by=rajesh).simulated = True
    rounded = below_list(session, "M3", "819.99", at=START, scheme=("S3", "0.05"))
    waiting = {"party_code": "C004", "order_number": rounded.number, "line": 1, "change_number": "M9", "at": START}
    session.add(UsedScheme(scheme="OF A CHANGE", quantity=Decimal(0), rupees=Decimal(90), **waiting))
    below_list(session, "M4", "800", at=START).lines[0].approval_id = None
    session.flush()
    assert found(session).grounds == {(Ground.SCHEME, "S3"): Decimal("0.05"), (Ground.NONE, ""): 200}


def test_figures_of_one_customer_rep_item_or_right_are_those_of_the_rows_they_open(session: Session) -> None:
    below_list(session, "M1", "800", at=START, by=person(session, RAJESH))
    below_list(session, "M2", "815", at=START, party="C001", phone=RAMESH)
    chosen = {
        "C001": replace(SPAN, customer="C001"),
        "own": replace(SPAN, ground=Ground.OWN_LIMIT),
        "rep": replace(SPAN, rep=person(session, VIKAS).id),
        "none": replace(SPAN, sku="00123"),
        "plant": replace(SPAN, plant="LDH"),
    }
    totals = {name: (found(session, span).total, len(list(leaks(session, span)))) for name, span in chosen.items()}
    assert totals == {"C001": (50, 1), "own": (50, 1), "rep": (50, 1), "none": (0, 0), "plant": (0, 0)}


def test_a_list_goes_on_after_a_place(session: Session) -> None:
    for number in (1, 2, 3):
        below_list(session, f"M{number}", "800", at=START, scheme=("S3", "60"))
    first = list(leaks(session, SPAN, most=2))
    rest = list(leaks(session, SPAN, after=first[-1].place))
    assert [(one.number, one.ground) for one in (*first, *rest)] == [
        (f"M{number}", ground) for number in (3, 2, 1) for ground in ("scheme", "own_limit")
    ]


def test_creep_is_found_in_the_rows_of_thirteen_weeks(session: Session) -> None:
    rajesh = person(session, RAJESH)
    level = {
        "tier": "",
        "group": "",
        "customer": "",
        "plant": "",
        "approvers": [],
        "mode": "turn",
        "expiry_minutes": 30,
    }
    amounts = {"level": 2, "min_discount_percent": Decimal(3), "min_amount": Decimal(10000)}
    session.add(MirroredLevel(row_key="2", **level, **amounts, **ROW, changed_at=now(session)))
    limit = {"person": NITIN, "role": "", "max_discount_percent": Decimal(1), "max_amount": None, "group": ""}
    session.add(MirroredLimit(row_key="1", **limit, **ROW, changed_at=now(session)))
    for number in range(10):
        at = START - timedelta(days=3 * number)
        below_list(session, f"M{number:02}", "800", at=at, by=rajesh, took=timedelta(seconds=5), claims_free=number > 6)
    for number in range(10, 20):
        at = START - timedelta(days=number)
        below_list(session, f"M{number}", "812.50", at=at, item=("00123", "CASE", "820"))
    crept = creep(session, until=MONDAY + timedelta(days=7), zone=SPAN.zone)
    rupees = {(one.finding.pattern, one.finding.sku): (one.rupees, one.week_rupees, one.elsewhere) for one in crept}
    this_week = sum(1 for number in range(6) if (START - timedelta(days=3 * number)).date() >= MONDAY)
    assert rupees == {
        (Pattern.NEW_NORMAL, "PG-070"): (1200, 200 * this_week, 0),
        (Pattern.NEW_NORMAL, "00123"): (450, 0, 0),
        (Pattern.CLAIMED_SCHEME, ""): (600, 0, 0),
        (Pattern.JUST_BELOW, ""): (300, 0, 6),
        (Pattern.QUICK_YES, ""): (200, 0, 9),
    }
    assert isinstance(MONDAY, date)
