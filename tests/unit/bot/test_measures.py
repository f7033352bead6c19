"""Each measure counts what it says, and its figure is made of the rows it opens."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from bot.measures import Figures, Measure, Span, behind, figures, per_order, week_of
from bot.model import Outbound
from erp.mirror_model import MirroredWarehouse
from orders.wrong_posts import note_wrong_posts
from people.model import Party, Person
from routing.model import Matter
from store.clock import ManualClock
from store.database import Database, now
from tests import booked
from tests.booked import PARLE, SALT
from tests.conftest import START

NITIN, RAMESH = "+919000000007", "+919000000001"
INDIA = ZoneInfo("Asia/Kolkata")
MONDAY = week_of(START.date())
SPAN = Span(first=MONDAY - timedelta(days=7), until=MONDAY + timedelta(days=7), zone=INDIA)
LAST_WEEK = START - timedelta(days=7)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        session.add(
            MirroredWarehouse(
                code="FG1", plant="LDH", name="", warehouse_kind="fg", erp="main", listed=True, changed_at=now(session)
            )
        )
        session.add_all([Party(code="C001", name="Sharma", warehouse="FG1"), Party(code="C004", name="New Bharat")])
        session.add_all(
            [Person(phone=NITIN, name="Nitin", parties=["C004"]), Person(phone=RAMESH, name="R", parties=["C001"])]
        )
        session.flush()
        yield session
        session.rollback()


def of_this_week(session: Session) -> dict[Measure, Decimal]:
    return dict(figures(session, SPAN).weeks.get(MONDAY, {}))


def opened(session: Session, measure: Measure) -> list[str]:
    return [fact.reference for fact in behind(session, SPAN, measure, most=50)]


def test_orders_stand_under_their_week_their_plant_and_their_customer(session: Session) -> None:
    booked.order(session, "M1", at=START)
    booked.order(session, "M2", at=START, party="C001", phone=RAMESH)
    booked.order(session, "M3", at=LAST_WEEK)
    booked.order(session, "M4", at=START, simulated=True)
    found = figures(session, SPAN)
    assert {week: of[Measure.ORDERS] for week, of in found.weeks.items()} == {
        MONDAY - timedelta(days=7): 1,
        MONDAY: 2,
    }
    assert {plant: of[Measure.ORDERS] for plant, of in found.plants.items()} == {"": 2, "LDH": 1}
    assert {code: of[Measure.ORDERS] for code, of in found.customers.items()} == {"C001": 1, "C004": 2}
    assert opened(session, Measure.ORDERS) == ["M2", "M1", "M3"]


def test_a_week_begins_at_midnight_of_the_house_not_of_greenwich(session: Session) -> None:
    booked.order(session, "M1", at=datetime.combine(MONDAY, datetime.min.time(), tzinfo=INDIA))
    booked.order(session, "M2", at=datetime.combine(MONDAY, datetime.min.time(), tzinfo=INDIA) - timedelta(minutes=1))
    assert {week: of[Measure.ORDERS] for week, of in figures(session, SPAN).weeks.items()} == {
        MONDAY - timedelta(days=7): 1,
        MONDAY: 1,
    }


def test_an_order_somebody_else_touched_is_not_straight_through(session: Session) -> None:
    for number in ("M1", "M2", "M3", "M4"):
        booked.order(session, number, at=START + timedelta(minutes=int(number[1])))
    keyed = booked.order(session, "M5", at=START)
    held = booked.order(session, "M6", at=START + timedelta(seconds=5))
    booked.order(session, "M7", at=START + timedelta(seconds=9), state="held", posted_at=None)
    for order, what, by in ((keyed, "changed", "Deepika"), (held, "released", "Sushma")):
        draft = session.get_one(booked.OrderDraft, order.draft_id)
        booked.trail(session, draft, what, at=START, by=by)
    assert of_this_week(session)[Measure.STRAIGHT_THROUGH].quantize(Decimal("0.01")) == Decimal("0.67")
    touched = [fact.reference for fact in behind(session, SPAN, Measure.STRAIGHT_THROUGH, most=9) if not fact.value]
    assert sorted(touched) == ["M5", "M6"]


def test_each_line_asked_about_is_one_question_however_often_it_stood_there(session: Session) -> None:
    first = booked.order(session, "M1", at=START)
    booked.order(session, "M2", at=START + timedelta(minutes=1))
    draft = session.get_one(booked.OrderDraft, first.draft_id)
    for _ in range(2):
        lines = [{"no": 1, "status": "ask"}, {"no": 2, "status": "matched"}, {"no": 3, "status": "unknown"}]
        booked.trail(session, draft, "changed", at=START, by="Nitin", lines=lines)
    assert of_this_week(session)[Measure.QUESTIONS] == 1


def test_the_time_to_the_erp_runs_from_the_first_message_to_the_booking(session: Session) -> None:
    for number, minutes in (("M1", 1), ("M2", 3), ("M3", 50)):
        at = START + timedelta(minutes=10 * int(number[1]))
        booked.order(session, number, at=at, took=timedelta(minutes=minutes))
    assert of_this_week(session)[Measure.MESSAGE_TO_ERP] == 180


def test_unconfirmed_are_drafts_left_open_or_cancelled_and_none_of_the_last_hour(
    session: Session, clock: ManualClock
) -> None:
    clock.push(timedelta(hours=2))
    left = booked.draft(session, party="C004", phone=NITIN, at=START)
    booked.draft(session, party="C001", phone=RAMESH, at=START + timedelta(minutes=90))
    booked.draft(session, party="C001", phone=RAMESH, at=START, state="declined")
    cancelled = booked.draft(session, party="C004", phone=NITIN, at=START + timedelta(seconds=1), state="cancelled")
    assert sorted(opened(session, Measure.UNCONFIRMED)) == sorted([str(left.id), str(cancelled.id)])


def test_a_duplicate_counts_as_caught_unless_its_sender_said_it_is_another_order(session: Session) -> None:
    more = {"state": "declined", "duplicate_of": "M1"}
    caught = booked.draft(session, party="C004", phone=NITIN, at=START, **more)
    booked.draft(session, party="C004", phone=NITIN, at=START + timedelta(1e-5), duplicate_answer="new", **more)
    assert opened(session, Measure.DUPLICATES) == [str(caught.id)]


def test_a_line_cut_or_changed_in_the_erp_within_two_days_is_a_wrong_post_and_is_noted_once(
    session: Session, clock: ManualClock
) -> None:
    for number in ("M1", "M2", "M3", "M4"):
        booked.order(session, number, at=START, goods=(SALT, PARLE), took=timedelta(minutes=int(number[1])))
    booked.listed(session, "E-M1", SALT, ("PG-070", "2", "CASE", "820"), ours="M1")
    booked.listed(session, "E-M2", SALT, PARLE, ours="M2")
    booked.listed(session, "E-M3", PARLE, SALT, ours="M3", dispatched=Decimal(1), cancelled=Decimal(1))
    assert note_wrong_posts(session) == 1
    clock.push(timedelta(hours=49))
    booked.listed(session, "E-M4", PARLE, ours="M4")
    assert note_wrong_posts(session) == 0, "two days are over"
    assert opened(session, Measure.WRONG_POSTS) == ["M1"]
    assert of_this_week(session)[Measure.WRONG_POSTS] == 1


def test_every_line_of_an_order_that_is_not_theirs_is_a_wrong_post(session: Session) -> None:
    booked.order(session, "M1", at=START, goods=(SALT, PARLE))
    session.add(
        Matter(kind="not_ours", reference="order:M1", function="commercial", opened_at=START + timedelta(hours=3))
    )
    session.flush()
    assert of_this_week(session)[Measure.WRONG_POSTS] == 2


def test_orders_keyed_in_the_erp_are_those_with_no_number_of_ours(session: Session) -> None:
    booked.order(session, "M1", at=START)
    booked.listed(session, "E-M1", SALT)
    booked.listed(session, "E2", SALT, ours="M2")
    booked.listed(session, "E3", SALT, PARLE, party="C001")
    assert opened(session, Measure.BY_HAND) == ["E3"]
    assert figures(session, SPAN).plants["LDH"][Measure.BY_HAND] == 1


def said(session: Session, phone: str, **more: object) -> None:
    _, account = booked.person_and_account(session, phone)
    token = f"t{now(session).timestamp()}{len(session.new)}{more}"
    values = {"kind": "reply", "language": "en", "state": "delivered", "sent_at": START, "channel": "twilio"}
    session.add(
        Outbound(id=token, account_id=account.id, token=token, created_at=START, not_before=START, **(values | more))
    )
    session.flush()


def test_messages_an_order_count_what_went_out_and_belong_to_the_order_they_were_about(session: Session) -> None:
    first = booked.order(session, "M1", at=START)
    booked.order(session, "M2", at=START + timedelta(minutes=1))
    said(session, NITIN, draft_id=first.draft_id)
    said(session, NITIN, subject={"order": "M1"})
    said(session, NITIN)
    said(session, NITIN, state="failed")
    said(session, NITIN, channel="email")
    found: Figures = figures(session, SPAN)
    assert per_order(found.weeks[MONDAY]) == Decimal("1.5")
    assert found.customers["C004"][Measure.MESSAGES] == 3
    assert opened(session, Measure.MESSAGES) == ["M1", ""]


def test_figures_of_one_plant_and_one_customer_leave_the_others_out(session: Session) -> None:
    booked.order(session, "M1", at=START)
    booked.order(session, "M2", at=START, party="C001", phone=RAMESH)
    ldh = Span(first=SPAN.first, until=SPAN.until, zone=INDIA, plant="LDH")
    assert figures(session, ldh).weeks[MONDAY][Measure.ORDERS] == 1
    sharma = Span(first=SPAN.first, until=SPAN.until, zone=INDIA, customer="C004")
    assert set(figures(session, sharma).customers) == {"C004"}
    assert date(2026, 11, 16) == MONDAY
