"""Sign-in: passwords, failures that slow down, links that work once, sessions that end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bot.app import Munshi
from people import administrators
from people.administrators import AdministratorError, wait_after
from people.model import PageRole, SignInFailure
from store.clock import ManualClock
from store.database import now
from tests.web.visitors import PASSWORD, Visitor


def test_a_right_password_signs_in_and_opens_the_page_asked_for(stranger: Visitor) -> None:
    sent_away = stranger.opens("/desk/?kind=media")
    assert sent_away.status_code == 302
    stranger.opens(sent_away.location)
    answer = stranger.sends("/sign-in", {"name": "desk", "password": PASSWORD, "next": "/desk/?kind=media"})
    assert answer.location == "/desk/?kind=media"
    assert stranger.opens("/desk/").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_after_the_sign_in_nobody_is_led_to_another_site(stranger: Visitor, target: str) -> None:
    stranger.opens("/sign-in")
    assert stranger.sends("/sign-in", {"name": "desk", "password": PASSWORD, "next": target}).location == "/"


def test_a_wrong_password_and_an_unknown_name_are_refused_in_the_same_words(stranger: Visitor) -> None:
    wrong = stranger.signs_in("desk", "not the password")
    unknown = stranger.signs_in("nobody at all", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert "Name or password is wrong." in wrong.text
    assert "Name or password is wrong." in unknown.text
    assert stranger.opens("/").status_code == 302


def test_failures_are_counted_in_a_table_and_slow_the_next_attempt_down(
    stranger: Visitor, munshi: Munshi, clock: ManualClock
) -> None:
    for _ in range(5):
        answer = stranger.signs_in("desk", "guess")
    assert answer.status_code == 429
    assert "Try again in 5 seconds" in answer.text
    assert stranger.signs_in("desk").status_code == 429, "even the right password waits"
    with munshi.database.transaction() as session:
        assert session.scalar(select(func.count()).where(SignInFailure.name == "desk")) == 5
    clock.push(timedelta(seconds=6))
    assert stranger.signs_in("desk").status_code == 302
    with munshi.database.transaction() as session:
        assert session.scalar(select(func.count()).where(SignInFailure.name == "desk")) == 0


def test_an_address_that_tries_many_names_is_slowed_down_too(stranger: Visitor, munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        present = now(session)
        session.add_all(SignInFailure(name=f"name {one}", address="127.0.0.1", at=present) for one in range(20))
    assert stranger.signs_in("one more", "guess").status_code == 429
    assert "Try again" in stranger.signs_in("desk").text


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(failures, free=4).total_seconds() for failures in (4, 5, 6, 7, 30)]
    assert waits == [0, 5, 10, 20, 900]


def test_a_link_from_the_terminal_signs_in_once(munshi: Munshi, stranger: Visitor, app: Flask) -> None:
    with munshi.database.transaction() as session:
        token = administrators.first_link(session)
    assert stranger.client.head(f"/sign-in/once/{token}").status_code == 204, "a preview does not use it up"
    assert stranger.opens(f"/sign-in/once/{token}").status_code == 302
    assert stranger.opens("/").status_code == 200
    again = Visitor(client=app.test_client()).opens(f"/sign-in/once/{token}")
    assert again.status_code == 401
    assert "used already" in again.text


def test_a_link_past_its_time_or_of_a_disabled_name_lets_nobody_in(
    munshi: Munshi, stranger: Visitor, clock: ManualClock
) -> None:
    with munshi.database.transaction() as session:
        late = administrators.make_link(session, name="desk")
        disabled = administrators.make_link(session, name="viewer")
        administrators.disable(session, name="viewer")
    assert stranger.opens(f"/sign-in/once/{disabled}").status_code == 401
    clock.push(timedelta(hours=1, seconds=1))
    assert stranger.opens(f"/sign-in/once/{late}").status_code == 401


def test_the_first_link_makes_the_first_administrator_when_there_is_none(munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        for role in PageRole:
            administrators.disable(session, name=role.value)
        session.flush()
        administrators.create(session, name="boss", role=PageRole.VIEWER)
        token = administrators.first_link(session, name="first")
        found = administrators.use_link(session, token)
    assert found is not None
    assert (found.name, found.role) == ("first", PageRole.ADMIN)


def test_sessions_end_when_their_name_is_reset_or_disabled(munshi: Munshi, visitor: Callable[[str], Visitor]) -> None:
    desk, viewer = visitor("desk"), visitor("viewer")
    assert desk.opens("/").status_code == viewer.opens("/").status_code == 200
    with munshi.database.transaction() as session:
        administrators.reset(session, name="desk", password="a new long password")
        administrators.disable(session, name="viewer")
    assert desk.opens("/").status_code == viewer.opens("/").status_code == 302
    assert desk.signs_in("desk", "a new long password").status_code == 302


def test_ones_own_password_is_changed_on_the_account_page(visitor: Callable[[str], Visitor]) -> None:
    desk = visitor("desk")
    desk.opens("/account")
    assert desk.sends("/account", {"password": "short", "again": "short"}).status_code == 422
    assert desk.sends("/account", {"password": "long enough one", "again": "another one"}).status_code == 422
    assert desk.sends("/account", {"password": "long enough one", "again": "long enough one"}).status_code == 302
    assert desk.opens("/").status_code == 200, "the session that changed it goes on"
    assert desk.signs_in("desk").status_code == 401, "the old password is gone"


def test_signing_out_ends_the_session(visitor: Callable[[str], Visitor]) -> None:
    desk = visitor("desk")
    assert desk.sends("/sign-out").status_code == 302
    assert desk.opens("/").status_code == 302


def test_a_second_administrator_of_a_name_is_refused_with_what_to_do(munshi: Munshi) -> None:
    with munshi.database.transaction() as session, pytest.raises(AdministratorError, match="admin reset desk"):
        administrators.create(session, name="desk", role=PageRole.DESK)


def test_passwords_are_kept_as_argon2_and_links_as_hashes_alone(munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        token = administrators.make_link(session, name="desk")
        kept = (
            session.connection()
            .exec_driver_sql("SELECT password_hash, token_hash FROM administrators JOIN one_time_links USING (name)")
            .one()
        )
    assert kept[0].startswith("$argon2id$")
    assert token not in kept[1]
