"""Unknown senders: kept, shown, assigned by an admin, and then read as if they had just come."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.app import Munshi
from bot.model import Inbound, InboundState
from orders.model import OrderDraft
from people.model import Account, Person
from routing.model import Matter
from store.clock import ManualClock
from tests.web.visitors import Visitor

MOHAN = "+919811112222"


@pytest.fixture
def admin(visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("admin")


@pytest.fixture
def account_id(stranger: Visitor, munshi: Munshi, run: Callable[[], int], clock: ManualClock) -> int:
    """Somebody unknown ordered, and then said which firm he is from."""
    stranger.says(MOHAN, "4 bag namak bhejo", called="Mohan")
    run()
    clock.push(timedelta(minutes=1))
    stranger.says(MOHAN, "New Bharat Delhi", called="Mohan")
    run()
    with munshi.database.transaction() as session:
        return session.scalars(select(Account.id).where(Account.profile_name == "Mohan")).one()


def test_an_unknown_sender_is_shown_with_what_was_written_and_the_firm_named(admin: Visitor, account_id: int) -> None:
    page = admin.opens("/senders/").text
    assert "Mohan" in page
    assert "says: New Bharat Delhi" in page
    one = admin.opens(f"/senders/{account_id}").text
    assert "4 bag namak bhejo" in one
    assert "2 kept unread" in one
    assert 'value="C004"' in one, "the firm named is offered"


def test_made_a_buyer_of_a_firm_his_messages_are_read_as_if_they_had_just_come(
    admin: Visitor, account_id: int, munshi: Munshi, run: Callable[[], int]
) -> None:
    admin.opens(f"/senders/{account_id}")
    answer = admin.sends(f"/senders/{account_id}/assign", {"party": "C004", "name": "Mohan Lal"}, follow_redirects=True)
    assert "This sender is Mohan Lal from now on. 2 messages are being read." in answer.text
    run()
    with munshi.database.transaction() as session:
        person = session.scalars(select(Person).where(Person.phone == MOHAN)).one()
        assert (person.name, person.parties, person.roles, person.from_pages) == (
            "Mohan Lal",
            ["C004"],
            ["buyer"],
            True,
        )
        assert session.scalars(select(OrderDraft)).one().party_code == "C004"
        assert set(session.scalars(select(Inbound.state))) == {InboundState.DONE.value}
        assert not session.scalars(
            select(Matter).where(Matter.kind == "unknown_sender", Matter.closed_at.is_(None))
        ).all()
    assert "Mohan" not in admin.opens("/senders/").text


def test_another_number_of_somebody_known_is_given_to_him(
    admin: Visitor, account_id: int, munshi: Munshi, run: Callable[[], int]
) -> None:
    page = admin.opens(f"/senders/{account_id}?words=nitin").text
    assert "Nitin Bharat" in page
    with munshi.database.transaction() as session:
        nitin = session.scalars(select(Person).where(Person.name == "Nitin Bharat")).one().id
    admin.sends(f"/senders/{account_id}/assign", {"person": nitin})
    run()
    with munshi.database.transaction() as session:
        assert session.get_one(Account, account_id).person_id == nitin
        assert session.scalars(select(OrderDraft)).one().person_id == nitin


def test_a_new_person_without_name_or_firm_is_refused_with_what_to_do(
    admin: Visitor, account_id: int, munshi: Munshi
) -> None:
    for form, said in (
        ({"party": "C004", "name": " "}, "Give the person"),
        ({"name": "Mohan"}, "choose one of the list"),
    ):
        assert said in admin.sends(f"/senders/{account_id}/assign", form, follow_redirects=True).text
    with munshi.database.transaction() as session:
        assert session.get_one(Account, account_id).person_id is None


def test_a_dismissed_sender_is_out_of_the_list_and_can_be_taken_back(admin: Visitor, account_id: int) -> None:
    admin.sends(f"/senders/{account_id}/dismiss")
    assert "Mohan" not in admin.opens("/senders/").text
    assert "Mohan" in admin.opens("/senders/?dismissed=1").text
    admin.sends(f"/senders/{account_id}/dismiss")
    assert "Mohan" in admin.opens("/senders/").text


def test_only_an_admin_decides_whose_a_sender_is(visitor: Callable[[str], Visitor], account_id: int) -> None:
    desk = visitor("desk")
    assert "takes the page role admin" in desk.opens(f"/senders/{account_id}").text
    assert desk.sends(f"/senders/{account_id}/assign", {"party": "C004", "name": "Me"}).status_code == 403
