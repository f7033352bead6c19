from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.bubbles import Button
from bot.channels.port import Direction, OutcomeUnknown, SlowDown
from bot.model import Outbound
from bot.outgoing import settle
from store.clock import ManualClock
from store.database import Database
from tests.unit.bot.conversing import PHONE, account, app, matters, row, run_jobs, say, states
from tests.unit.bot.fake_channel import App, listed

__all__ = ["app"]

MINUTE = timedelta(seconds=61)


def unknown(app: App, *lines: str, **how: object) -> str:
    """A bubble whose call ended without an answer."""
    app.channel.answers.append(OutcomeUnknown())
    outbound_id = say(app.database, account(app.database), *(lines or ("20 peti", "Total ₹4,000")), **how)
    run_jobs(app)
    return outbound_id


def test_for_a_minute_only_a_callback_is_waited_for(app: App, clock: ManualClock) -> None:
    unknown(app)
    clock.push(timedelta(seconds=59))
    assert settle(app) == 0
    assert app.channel.asked == []
    assert states(app.database) == ["sending"]


def test_found_in_the_list_it_counts_as_sent_and_is_not_sent_again(app: App, clock: ManualClock) -> None:
    outbound_id = unknown(app)
    app.channel.list.append(listed("SM7", body="20 peti\nTotal ₹4,000", at=clock.now()))
    clock.push(MINUTE)
    assert settle(app) == 1
    run_jobs(app)
    assert (row(app.database, outbound_id).state, row(app.database, outbound_id).sid) == ("sent", "SM7")
    assert app.channel.sent == []
    (asked,) = app.channel.asked
    assert asked[1] == PHONE


def test_what_died_on_a_channel_that_is_gone_ends_before_a_person_and_blocks_nobody(
    app: App, clock: ManualClock
) -> None:
    outbound_id = unknown(app, "one")
    with app.database.transaction() as session:
        session.get_one(Outbound, outbound_id).channel = "twilio"
    clock.push(MINUTE)
    assert settle(app) == 0
    clock.push(timedelta(minutes=10))
    assert settle(app) == 1
    run_jobs(app)
    assert (row(app.database, outbound_id).state, row(app.database, outbound_id).error) == ("failed", "no_channel")
    assert app.channel.sent == []


def test_not_found_it_is_sent_again_and_what_waits_behind_it_follows(app: App, clock: ManualClock) -> None:
    outbound_id = unknown(app, "one")
    say(app.database, row(app.database, outbound_id).account_id, "two")
    run_jobs(app)
    assert app.channel.texts == []
    clock.push(MINUTE)
    assert settle(app) == 1
    for _ in range(3):
        run_jobs(app)
        clock.push(timedelta(seconds=1))
    assert app.channel.texts == ["one", "two"]


@pytest.mark.parametrize(
    "other",
    [
        {"body": "another text"},
        {"body": "20 peti Total ₹4,000", "person": "+919800000002"},
        {"body": "20 peti Total ₹4,000", "direction": Direction.INBOUND},
    ],
    ids=["another text", "another person", "their own message"],
)
def test_what_only_looks_alike_is_not_taken_for_it(app: App, clock: ManualClock, other: dict[str, object]) -> None:
    unknown(app)
    app.channel.list.append(listed("SM7", at=clock.now(), **other))  # type: ignore[arg-type]
    clock.push(MINUTE)
    settle(app)
    assert states(app.database) == ["queued"]


def test_an_older_message_of_the_same_words_is_not_taken_for_it(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    said = say(app.database, someone, "Noted")
    run_jobs(app)
    known = row(app.database, said).sid or ""
    app.channel.list.append(listed(known, body="Noted", at=clock.now()))
    app.channel.answers.append(OutcomeUnknown())
    say(app.database, someone, "Noted")
    run_jobs(app)
    clock.push(MINUTE)
    settle(app)
    assert states(app.database) == ["sent", "queued"]


def test_line_breaks_and_signs_that_a_template_changes_do_not_hide_it(app: App, clock: ManualClock) -> None:
    long = " ".join(f"line number {n}" for n in range(40))
    unknown(app, "Order noted", "", long)
    body = f"Your order desk: Order noted · {long[:180]} … Please reply."
    app.channel.list.append(listed("SM7", body=body, at=clock.now()))
    clock.push(MINUTE)
    settle(app)
    assert states(app.database) == ["sent"]


def test_a_bubble_of_signs_alone_is_known_by_them(app: App, clock: ManualClock) -> None:
    unknown(app, "👍")
    app.channel.list.append(listed("SM6", body="🙏", at=clock.now()))
    clock.push(MINUTE)
    settle(app)
    assert states(app.database) == ["queued"]


def test_with_the_list_away_nothing_is_decided_for_ten_minutes(app: App, clock: ManualClock) -> None:
    unknown(app)
    clock.push(MINUTE)

    def away(*_: object, **__: object) -> object:
        raise SlowDown(code="no_answer")

    app.channel.listed = away  # type: ignore[assignment, method-assign]
    assert settle(app) == 0
    assert states(app.database) == ["sending"]
    clock.push(timedelta(minutes=10))
    assert settle(app) == 1
    assert states(app.database) == ["queued"]


def test_a_second_clock_finds_nothing_left_to_do(app: App, clock: ManualClock) -> None:
    unknown(app)
    clock.push(MINUTE)
    assert [settle(app), settle(app)] == [1, 0]
    run_jobs(app)
    assert len(app.channel.sent) == 1


def test_what_is_never_answered_for_ends_before_a_person(app: App, clock: ManualClock) -> None:
    outbound_id = unknown(app, "hello")
    for _ in range(6):
        app.channel.answers.append(OutcomeUnknown())
        clock.push(MINUTE)
        settle(app)
        run_jobs(app)
    assert row(app.database, outbound_id).state == "failed"
    assert [matter.reference for matter in matters(app.database)] == [f"outbound:{outbound_id}"]


def test_a_bubble_whose_job_was_lost_gets_another(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    buttons = (Button(act="confirm", title="Confirm"),)
    say(app.database, someone, "one", buttons=buttons)
    say(app.database, someone, "two")
    with app.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    settle(app)
    assert run_jobs(app) == 0
    clock.push(MINUTE)
    settle(app)
    run_jobs(app)
    clock.push(MINUTE)
    settle(app)
    run_jobs(app)
    assert app.channel.texts == ["one", "two"]


def test_two_lost_jobs_of_two_people_are_found_together(app: App, clock: ManualClock) -> None:
    for phone in ("+919800000001", "+919800000002"):
        say(app.database, account(app.database, phone), f"to {phone}")
    with app.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    clock.push(MINUTE)
    settle(app)
    assert run_jobs(app) == 2


def test_a_database_without_bubbles_is_left_alone(database: Database) -> None:
    assert settle(App(database=database)) == 0
