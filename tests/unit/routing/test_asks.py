"""Asks: who is asked, whose answer counts, how they move on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from people.model import Account, Function, Identity, Person
from routing import asks, delegations
from routing.ask_model import Answer, Ask, AskKind, AskState
from routing.ask_rules import Step
from routing.asks import Answered, Changed, NotAsked, Opened, TooLate
from store.clock import ManualClock
from store.database import Database
from tests.conftest import START, TEMPLATE, TestServer

ZONE = "Asia/Kolkata"
RAJESH, ARVIND, CHANDRAKANT, SUSHMA, VIKAS = 1, 2, 3, 4, 5
LEVELS = [
    Step(level=1, approvers=("approver:1",)),
    Step(level=2, approvers=("approver:2",)),
    Step(level=3, approvers=("approver:3",)),
]
PEOPLE = {
    RAJESH: ("approver:1",),
    ARVIND: ("approver:2",),
    CHANDRAKANT: ("approver:3",),
    SUSHMA: ("finance",),
    VIKAS: ("sales_rep",),
}


@pytest.fixture(scope="module")
def house(server: TestServer) -> Iterator[Database]:
    """One database for all: what a test writes is undone at its end, unless it is about two at once."""
    name = f"test_{uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    database = Database(url=server.url_of(name), clock=ManualClock(START))
    yield database
    database.dispose()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock(house: Database) -> ManualClock:
    clock = house.clock
    assert isinstance(clock, ManualClock)
    clock.push(START - clock.now())
    return clock


@pytest.fixture
def session(house: Database, clock: ManualClock) -> Iterator[Session]:
    with house.transaction() as session:
        for number, roles in PEOPLE.items():
            person = Person(
                id=number, phone=f"+9190000000{number:02}", name=f"P{number}", roles=list(roles), plant="PTH"
            )
            session.add(person)
        session.flush()
        yield session
        session.rollback()


def opened(session: Session, steps: list[Step] | None = None, *, by: int = VIKAS, **more: Any) -> Opened:
    return asks.open_ask(
        session,
        kind=AskKind.PRICE,
        reference=more.get("reference", "price:1"),
        party_code=None,
        plant="PTH",
        function=Function.COMMERCIAL,
        steps=LEVELS if steps is None else steps,
        asked_by=by,
        then="talk.hear",
        facts={},
        timezone=ZONE,
    )


def says(session: Session, ask: Ask, person: int, *, version: int | None = None) -> Any:
    return asks.answer(
        session,
        ask.id,
        person_id=person,
        version=version,
        answer=Answer.APPROVE,
        facts={},
        inbound_id=7,
        timezone=ZONE,
    )


def asked(result: Any) -> list[tuple[int, int | None]]:
    return [(row.person_id, row.for_person_id) for row in result.asked]


def person(session: Session, number: int) -> Person:
    return session.get_one(Person, number)


def tend(session: Session, ask: Ask) -> Any:
    return asks.tend(session, ask.id, timezone=ZONE)


def jobs(session: Session) -> int:
    return int(session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE args->>'name' = 'talk.hear'")) or 0)


def delegate(session: Session, of: int, to: int, *, begins: datetime = START, hours: int = 24) -> Any:
    return delegations.delegate(
        session,
        from_person=of,
        to_person=to,
        starts_at=begins,
        ends_at=begins + timedelta(hours=hours),
        inbound_id=None,
        timezone=ZONE,
    )


def test_the_first_answer_counts_and_its_job_follows_once(session: Session) -> None:
    ask = opened(session).ask
    result = says(session, ask, RAJESH, version=ask.version)
    assert isinstance(result, Answered)
    assert (ask.state, ask.answered_by, ask.inbound_id) == (AskState.ANSWERED.value, RAJESH, 7)
    late = says(session, ask, RAJESH)
    assert isinstance(late, TooLate)
    assert late.by is not None
    assert (late.by.id, late.answer) == (RAJESH, Answer.APPROVE)
    assert jobs(session) == 1


def test_of_several_the_others_are_told_once(session: Session) -> None:
    both = [Step(level=2, approvers=("approver:1", "approver:2"))]
    result = opened(session, both)
    assert asked(result) == [(RAJESH, None), (ARVIND, None)]
    answered = says(session, result.ask, ARVIND)
    assert [row.person_id for row in answered.others] == [RAJESH]
    assert isinstance(says(session, result.ask, RAJESH), TooLate)


def test_when_the_time_is_over_the_next_level_is_asked_and_the_one_before_no_more(
    session: Session, clock: ManualClock
) -> None:
    ask = opened(session).ask
    old = ask.version
    clock.push(timedelta(minutes=29))
    assert asked(tend(session, ask)) == []
    clock.push(timedelta(minutes=1))
    moved = tend(session, ask)
    assert (asked(moved), moved.moved_on) == ([(ARVIND, None)], True)
    assert asked(tend(session, ask)) == []
    assert isinstance(says(session, ask, RAJESH, version=old), Changed)
    assert isinstance(says(session, ask, ARVIND, version=old), Changed)
    assert isinstance(says(session, ask, ARVIND, version=ask.version), Answered)


def test_an_answer_after_the_time_counts_while_nobody_else_was_asked(session: Session, clock: ManualClock) -> None:
    ask = opened(session).ask
    clock.push(timedelta(hours=2))
    assert isinstance(says(session, ask, RAJESH, version=ask.version), Answered)


def test_after_the_last_level_it_lapses_and_its_job_follows(session: Session, clock: ManualClock) -> None:
    ask = opened(session).ask
    for _ in LEVELS:
        clock.push(timedelta(minutes=30))
        last = tend(session, ask)
    assert last.lapsed
    assert ask.state == AskState.LAPSED.value
    assert jobs(session) == 1
    assert tend(session, ask) is None
    assert isinstance(says(session, ask, CHANDRAKANT), TooLate)


def test_nobody_decides_what_he_asked_himself(session: Session) -> None:
    result = opened(session, by=RAJESH)
    assert asked(result) == [(ARVIND, None)]
    assert isinstance(says(session, result.ask, RAJESH), NotAsked)
    alone = opened(session, LEVELS[:1], by=RAJESH, reference="price:2")
    assert alone.ask.state == AskState.LAPSED.value


def test_neither_does_he_in_anothers_stead(session: Session) -> None:
    delegate(session, RAJESH, ARVIND)
    result = opened(session, LEVELS[:1], by=ARVIND)
    assert asked(result) == [(RAJESH, None)]
    assert isinstance(says(session, result.ask, ARVIND), NotAsked)


def test_who_has_left_or_is_not_reached_is_passed_over(session: Session) -> None:
    person(session, RAJESH).until = date(2026, 11, 20)
    account = Account(person_id=ARVIND, first_seen_at=START, opted_out_at=START)
    account.identities = [Identity(value=person(session, ARVIND).phone, kind="phone")]
    session.add(account)
    session.flush()
    assert asked(opened(session)) == [(CHANDRAKANT, None)]


def test_who_leaves_loses_what_is_open_and_it_moves_on_at_once(session: Session) -> None:
    first, second = opened(session).ask, opened(session, reference="price:2").ask
    person(session, RAJESH).active = False
    session.flush()
    assert isinstance(says(session, first, RAJESH, version=first.version), NotAsked)
    for ask in (first, second):
        assert asked(tend(session, ask)) == [(ARVIND, None)]


def test_a_role_that_was_taken_away_decides_no_more(session: Session) -> None:
    ask = opened(session).ask
    person(session, RAJESH).roles = ["order_desk"]
    session.flush()
    assert isinstance(says(session, ask, RAJESH), NotAsked)
    assert asked(tend(session, ask)) == [(ARVIND, None)]


def test_a_successor_at_the_same_level_is_asked_before_the_next(session: Session) -> None:
    ask = opened(session).ask
    person(session, RAJESH).active = False
    person(session, SUSHMA).roles = ["approver:1"]
    session.flush()
    result = tend(session, ask)
    assert (asked(result), result.moved_on) == ([(SUSHMA, None)], False)
    assert isinstance(says(session, ask, SUSHMA, version=ask.version), Answered)


def test_a_delegate_of_a_delegate_is_asked_and_answers_in_the_firsts_stead(session: Session) -> None:
    delegate(session, RAJESH, ARVIND)
    delegate(session, ARVIND, CHANDRAKANT)
    ask = opened(session, LEVELS[:1]).ask
    assert [found.id for found in asks.open_for(session, CHANDRAKANT, timezone=ZONE)] == [ask.id]
    assert not asks.open_for(session, ARVIND, timezone=ZONE)
    assert [found.id for found in asks.open_for(session, RAJESH, timezone=ZONE)] == [ask.id]
    assert isinstance(says(session, ask, CHANDRAKANT), Answered)
    assert (ask.answered_by, ask.for_person) == (CHANDRAKANT, RAJESH)


def test_a_delegation_over_midnight_hands_on_and_back_what_is_open(session: Session, clock: ManualClock) -> None:
    ask = opened(session, [Step(level=1, approvers=("approver:1",), minutes=3000)]).ask
    midnight = START.replace(hour=0) + timedelta(days=1)
    delegate(session, RAJESH, SUSHMA, begins=midnight, hours=24)
    assert isinstance(says(session, ask, SUSHMA), NotAsked)
    clock.push(timedelta(hours=14))
    handed_on = tend(session, ask)
    assert asked(handed_on) == [(SUSHMA, RAJESH)]
    assert ask.due_at == handed_on.asked[0].due_at
    clock.push(timedelta(hours=24))
    assert isinstance(says(session, ask, SUSHMA), NotAsked)
    assert asked(tend(session, ask)) == []
    assert isinstance(says(session, ask, RAJESH, version=ask.version), Answered)


def test_a_delegation_that_is_taken_back_ends_at_once(session: Session) -> None:
    delegate(session, RAJESH, SUSHMA)
    ask = opened(session, LEVELS[:1]).ask
    assert delegations.revoke(session, from_person=RAJESH) == 1
    assert isinstance(says(session, ask, SUSHMA), NotAsked)
    assert asked(tend(session, ask)) == [(RAJESH, None)]


def test_what_decisions_are_made_on_is_handed_to_nobody_who_may_not_see_it(session: Session) -> None:
    def why(of: int, to: int, **more: Any) -> Any:
        return delegate(session, of, to, **more).why

    assert why(RAJESH, VIKAS) is delegations.WhyNot.NOT_ALLOWED
    assert why(RAJESH, RAJESH) is delegations.WhyNot.TO_HIMSELF
    assert why(VIKAS, RAJESH) is delegations.WhyNot.NOTHING_TO_DECIDE
    assert why(RAJESH, ARVIND, begins=START - timedelta(days=2)) is delegations.WhyNot.OVER
    person(session, ARVIND).active = False
    session.flush()
    assert why(RAJESH, ARVIND) is delegations.WhyNot.NOT_ALLOWED


def test_withdrawn_it_is_decided_by_nobody_and_no_job_follows(session: Session) -> None:
    ask = opened(session).ask
    ended = asks.withdraw(session, ask.id, "changed")
    assert [row.person_id for row in ended.others] == [RAJESH]
    assert isinstance(says(session, ask, RAJESH), TooLate)
    assert isinstance(asks.withdraw(session, ask.id, "again"), TooLate)
    assert jobs(session) == 0


def test_asked_at_night_it_is_said_when_it_will_be_seen(session: Session, clock: ManualClock) -> None:
    clock.push(timedelta(hours=12))
    result = opened(session)
    tomorrow = START.replace(hour=8) + timedelta(days=1)
    assert result.seen_at == tomorrow
    assert result.ask.due_at == tomorrow + timedelta(minutes=30)


def test_two_who_tap_at_the_same_moment_are_one_decision(house: Database) -> None:
    with house.transaction() as session:
        for number in (RAJESH, ARVIND):
            session.add(Person(id=number, phone=f"+9190000000{number:02}", name=f"P{number}", roles=["approver:1"]))
        session.flush()
        ask_id = opened(session, LEVELS[:1], by=None).ask.id  # type: ignore[arg-type]
    together = Barrier(2)

    def tap(number: int) -> object:
        with house.transaction() as session:
            ask = session.get_one(Ask, ask_id)
            together.wait()
            return type(says(session, ask, number))

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(tap, (RAJESH, ARVIND)), key=str) == [Answered, TooLate]
    with house.transaction() as session:
        assert session.scalars(select(Ask.state)).one() == AskState.ANSWERED.value
        assert jobs(session) == 1
