"""Told once who we are and how to stop; stopping, beginning again, and the ledger of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from bot.bubbles import Bubble
from bot.model import Outbound
from bot.notices import tell
from people import consent
from people.consent import ledger
from people.model import Account, ConsentEntry, Person
from people.who import account_for, account_of
from store.database import now
from tests.scenarios.cast import FARIDA, RAMESH, RAMSWAROOP, STRANGER, SUSHMA
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]


def entries(stage: Stage) -> list[tuple[str, str]]:
    with stage.session() as session:
        return [(one.what, one.source) for one in session.scalars(select(ConsentEntry).order_by(ConsentEntry.id))]


def opted_out(stage: Stage, phone: Phone) -> bool:
    with stage.session() as session:
        account = session.scalars(select(Account).where(Account.identities.any(value=phone.number))).one()
        return account.opted_out_at is not None


def test_the_first_reply_says_who_we_are_and_how_to_stop_and_no_other_does(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects("This is Munshi", "STOP", "START", "8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅", without=["STOP"])
    farida.says("6 case marie 120")
    farida.expects("6 CASE", without=["STOP"])
    assert entries(stage) == [("noticed", "message")]


def test_whoever_writes_from_a_new_number_is_told_things_there_and_his_stop_there_holds(stage: Stage) -> None:
    with stage.session() as session:
        farida = session.scalars(select(Person).where(Person.phone == FARIDA)).one()
        account_of(session, FARIDA).last_heard_at = now(session) - timedelta(days=90)
        newer = account_of(session, STRANGER)
        newer.person, newer.last_heard_at = farida, now(session)
        session.flush()
        consent.stop(session, newer)
        assert account_for(session, farida).id == newer.id
        said = tell(
            stage.app, session, farida, Bubble(kind="placed_for_you", lines=("x",), language="en"), simulated=False
        )
        assert (said.state, said.error) == ("failed", "opted out")


@pytest.mark.parametrize(("number", "own"), [(RAMESH, "Yeh Munshi hai"), (RAMSWAROOP, "यह मुंशी है")])
def test_it_is_told_in_the_language_of_the_person(stage: Stage, number: str, own: str) -> None:
    phone = stage.phone(number)
    phone.says("namaste")
    phone.expects(own, "STOP")


def test_where_it_would_cost_a_bubble_it_goes_with_the_next_reply(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    names = ["marie 120", "kutku g 50", "lachhi masala 70", "glucose 100"]
    farida.says("\n".join(f"{count} case {name}" for count, name in enumerate(names * 5, 2)))
    stage.run()
    first = list(farida.unread)
    farida.ignores()
    farida.says("help")
    later = farida.expects()
    told = [bubble for bubble in (*first, later) if "This is Munshi" in bubble.text]
    assert len(told) == 1
    with stage.session() as session:
        assert session.query(Outbound).count() == len(first) + 1


def test_stop_and_start_are_kept_in_the_ledger_and_nothing_changes_it(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("hello")
    farida.ignores()
    farida.says("Stop!")
    farida.expects("I will not write to you on my own", "START")
    farida.says("STOP")
    farida.expects("I will not write to you on my own")
    assert opted_out(stage, farida)
    farida.says("start")
    farida.expects("I may write to you again")
    assert not opted_out(stage, farida)
    assert [what for what, _ in entries(stage)] == ["noticed", "stopped", "started"]
    for statement in ("UPDATE consents SET what = 'started'", "DELETE FROM consents"):
        with pytest.raises(DatabaseError, match="append-only"), stage.session() as session:
            session.execute(text(statement))
    with stage.session() as session:
        (account,) = session.scalars(select(Account.id))
        assert all(entry.inbound_id for entry in ledger(session, [account]))


def test_start_of_somebody_who_never_stopped_is_read_as_ever(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("start")
    farida.expects(without=["I may write to you again"])
    assert [what for what, _ in entries(stage)] == ["noticed"]


def test_who_stopped_still_orders_and_hears_the_number_but_no_reminder(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("STOP")
    farida.expects("I will not write")
    farida.says("8 case marie 120")
    farida.expects("8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    farida.says("6 case marie 120")
    farida.expects("6 CASE", buttons=BUTTONS)
    stage.passes(minutes=25)
    farida.expects_nothing()


def test_staff_who_stopped_hear_of_nothing_and_the_matter_stands(stage: Stage) -> None:
    sushma, farida = stage.phone(SUSHMA), stage.phone(FARIDA)
    sushma.says("stop")
    sushma.expects("START")
    with stage.session() as session:
        session.execute(text("UPDATE parties SET credit_limit = 1, outstanding = 500 WHERE code = 'C104'"))
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects()
    sushma.expects_nothing()
    assert stage.matters("held_order")
    for phone in stage.phones.values():
        phone.ignores()


def test_a_stranger_is_told_how_to_stop_and_may(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("rate list bhejo")
    stranger.expects("Munshi", "STOP", "firm")
    stranger.says("stop")
    stranger.expects("START")
    assert opted_out(stage, stranger)


def test_a_strangers_thumb_is_answered_by_nothing_and_stands_before_an_admin(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("👍", kind="reaction", quoted_sid="SMnone")
    stranger.expects_nothing()
    assert [matter.kind for matter in stage.matters()] == ["unknown_sender"]
