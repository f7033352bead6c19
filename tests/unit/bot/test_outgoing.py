from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.bubbles import Bubble, Button, DoesNotFit, Row, split_payload
from bot.channels.port import Refused, SlowDown, Unreachable, WindowClosed
from bot.model import Outbound
from bot.outgoing import queue, release
from people.model import Account
from routing.model import MatterKind
from store.clock import ManualClock
from store.database import Database
from tests.unit.bot.conversing import account, app, matters, row, run_jobs, say, states
from tests.unit.bot.fake_channel import App, FakeChannel

__all__ = ["app"]


def bubble(*lines: str, **changes: object) -> Bubble:
    return Bubble(**{"kind": "summary", "language": "en", "lines": lines, **changes})


def test_a_bubble_is_written_with_its_job_or_not_at_all(app: App) -> None:
    someone = account(app.database)
    with pytest.raises(RuntimeError), app.database.transaction() as session:
        queue(session, account_id=someone, channel="fake", bubble=bubble("hello"))
        raise RuntimeError
    assert run_jobs(app) == 0
    say(app.database, someone, "hello")
    assert run_jobs(app) == 1
    assert app.channel.texts == ["hello"]


def test_a_bubble_that_breaks_a_limit_is_refused_where_it_is_written(app: App) -> None:
    someone = account(app.database)
    with pytest.raises(DoesNotFit, match="1600 fit"), app.database.transaction() as session:
        queue(session, account_id=someone, channel="fake", bubble=bubble("x" * 1601))


def test_payloads_carry_the_bubbles_own_token(app: App) -> None:
    someone = account(app.database)
    buttons = (Button(act="confirm", title="Confirm"), Button(act="change", title="Change", arg="3"))
    first = row(app.database, say(app.database, someone, "one", buttons=buttons))
    rows = (Row(act="pick", title="Parle G", arg="PG-070"),)
    second = row(app.database, say(app.database, someone, "two", rows=rows, rows_title="Choose"))
    taps = [split_payload(one["payload"]) for one in (*first.buttons, *second.rows)]
    assert [(tap.act, tap.arg) for tap in taps if tap] == [("confirm", ""), ("change", "3"), ("pick", "PG-070")]
    assert [tap.token for tap in taps if tap] == [first.token, first.token, second.token]
    assert first.token != second.token


def test_what_is_sent_is_recorded_with_the_providers_id(app: App, clock: ManualClock) -> None:
    sent = say(app.database, account(app.database), "hello")
    run_jobs(app)
    found = row(app.database, sent)
    assert (found.state, found.sid, found.attempts) == ("sent", f"SM{sent}1", 1)
    assert found.sent_at == clock.now()


def test_a_newer_bubble_of_the_same_topic_replaces_one_not_yet_sent(app: App) -> None:
    someone, another = account(app.database), account(app.database, "+919800000002")
    say(app.database, someone, "summary 1", topic="draft:7")
    say(app.database, another, "summary of another", topic="draft:7")
    say(app.database, someone, "something else")
    say(app.database, someone, "summary 2", topic="draft:7")
    run_jobs(app)
    assert sorted(app.channel.texts) == ["something else", "summary 2", "summary of another"]
    say(app.database, someone, "summary 3", topic="draft:7")
    assert states(app.database) == ["superseded", "sent", "sent", "sent", "queued"]


def test_bubbles_without_a_topic_replace_nothing(app: App) -> None:
    someone = account(app.database)
    say(app.database, someone, "one")
    say(app.database, someone, "two")
    run_jobs(app)
    assert app.channel.texts == ["one", "two"]


def test_one_message_every_six_seconds_goes_to_the_same_person(database: Database, clock: ManualClock) -> None:
    app = App(database=database, channel=FakeChannel(pace=6))
    someone, another = account(database), account(database, "+919800000002")
    say(database, someone, "one")
    say(database, someone, "two")
    say(database, another, "for another")
    run_jobs(app)
    assert app.channel.texts == ["one", "for another"]
    clock.push(timedelta(seconds=5.9))
    run_jobs(app)
    assert len(app.channel.sent) == 2
    clock.push(timedelta(seconds=0.1))
    run_jobs(app)
    assert app.channel.texts == ["one", "for another", "two"]


def test_order_is_kept_while_the_first_one_is_refused_for_a_moment(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    app.channel.answers.extend([SlowDown(code="20429"), SlowDown(code="20429")])
    say(app.database, someone, "one")
    say(app.database, someone, "two")
    for _ in range(20):
        run_jobs(app)
        clock.push(timedelta(seconds=1))
    assert app.channel.texts == ["one", "two"]
    assert states(app.database) == ["sent", "sent"]


def test_a_wait_the_provider_names_is_kept(app: App, clock: ManualClock) -> None:
    app.channel.answers.append(SlowDown(code="20429", retry_after=timedelta(seconds=30)))
    say(app.database, account(app.database), "one")
    run_jobs(app)
    clock.push(timedelta(seconds=29))
    run_jobs(app)
    assert app.channel.texts == []
    clock.push(timedelta(seconds=1))
    run_jobs(app)
    assert app.channel.texts == ["one"]


def test_what_stayed_too_busy_for_two_hours_is_put_before_a_person(app: App, clock: ManualClock) -> None:
    sent = say(app.database, account(app.database), "one")
    app.channel.answers.extend([SlowDown(code="63018")] * 100)
    for _ in range(30):
        run_jobs(app)
        clock.push(timedelta(minutes=5))
    assert row(app.database, sent).state == "failed"
    assert [matter.reference for matter in matters(app.database)] == [f"outbound:{sent}"]


def test_what_the_provider_will_never_send_is_put_before_a_person_and_the_next_goes(app: App) -> None:
    someone = account(app.database)
    app.channel.answers.append(Refused("Content invalid", code="63005"))
    failed = say(app.database, someone, "one", inbound_id=4)
    say(app.database, someone, "two")
    run_jobs(app)
    assert states(app.database) == ["failed", "sent"]
    (matter,) = matters(app.database)
    assert (matter.kind, matter.reference, matter.account_id) == (
        MatterKind.UNSENT,
        f"outbound:{failed}",
        someone,
    )
    assert matter.facts["code"] == "63005"
    assert matter.inbound_id == 4


def test_what_was_to_go_by_a_channel_that_is_gone_is_put_before_a_person(app: App) -> None:
    outbound_id = say(app.database, account(app.database), "one")
    with app.database.transaction() as session:
        session.get_one(Outbound, outbound_id).channel = "twilio"
    run_jobs(app)
    assert (row(app.database, outbound_id).state, row(app.database, outbound_id).error) == ("failed", "no_channel")
    (matter,) = matters(app.database)
    assert matter.facts["error"] == "the channel twilio is no longer set up"
    assert app.channel.sent == []


def test_who_cannot_be_reached_is_marked_and_written_to_no_more(app: App) -> None:
    someone = account(app.database)
    app.channel.answers.append(Unreachable(code="63024"))
    say(app.database, someone, "one")
    say(app.database, someone, "two")
    run_jobs(app)
    assert app.channel.sent == []
    assert states(app.database) == ["failed", "failed"]
    with app.database.transaction() as session:
        assert session.get_one(Account, someone).unreachable_reason == "63024"
    assert [matter.reference for matter in matters(app.database)] == [f"account:{someone}"]


def test_an_account_without_any_address_is_put_before_a_person(app: App) -> None:
    someone = account(app.database)
    with app.database.transaction() as session:
        session.execute(text("DELETE FROM identities"))
    say(app.database, someone, "one")
    run_jobs(app)
    assert [matter.facts["code"] for matter in matters(app.database)] == ["no_address"]


@pytest.mark.parametrize(
    ("identities", "to"),
    [(("IN.4f8Ab2", "+919800000001"), "+919800000001"), (("IN.4f8Ab2",), "IN.4f8Ab2")],
)
def test_a_person_is_written_to_by_phone_if_known_else_by_business_scoped_id(
    app: App, identities: tuple[str, ...], to: str
) -> None:
    say(app.database, account(app.database, *identities), "hello")
    run_jobs(app)
    assert app.channel.sent[0].to == to


@pytest.mark.parametrize(("hours", "opens"), [(23.9, False), (24, True), (None, True)])
def test_outside_24_hours_a_message_may_only_open_the_conversation(
    database: Database, clock: ManualClock, hours: float | None, opens: bool
) -> None:
    app = App(database=database, channel=FakeChannel(window=timedelta(hours=24)))
    heard = clock.now() - timedelta(hours=hours) if hours else None
    say(database, account(database, last_heard_at=heard), "hello")
    run_jobs(app)
    assert app.channel.sent[0].opens_window is opens


def test_a_closed_window_without_a_template_is_put_before_a_person(app: App) -> None:
    app.channel.answers.append(WindowClosed(code="63016"))
    sent = say(app.database, account(app.database), "hello")
    run_jobs(app)
    assert (row(app.database, sent).state, row(app.database, sent).error) == ("failed", "63016")
    assert [matter.function for matter in matters(app.database)] == ["commercial"]


def test_a_held_bubble_waits_for_what_it_is_to_say_and_goes_at_once_when_told(app: App, clock: ManualClock) -> None:
    held = say(app.database, account(app.database), "Noted, will be posted", hold=timedelta(seconds=2))
    run_jobs(app)
    assert app.channel.sent == []
    clock.push(timedelta(seconds=0.3))
    with app.database.transaction() as session:
        assert release(session, held, bubble=bubble("Posted as SO-1"))
    run_jobs(app)
    assert app.channel.texts == ["Posted as SO-1"]
    clock.push(timedelta(seconds=3))
    run_jobs(app)
    assert len(app.channel.sent) == 1


def test_a_held_bubble_goes_as_it_stands_when_nothing_comes(app: App, clock: ManualClock) -> None:
    held = say(app.database, account(app.database), "Noted, will be posted", hold=timedelta(seconds=2))
    clock.push(timedelta(seconds=2))
    run_jobs(app)
    assert app.channel.texts == ["Noted, will be posted"]
    with app.database.transaction() as session:
        assert not release(session, held, bubble=bubble("Posted as SO-1"))


def test_what_is_said_behind_a_held_bubble_waits_for_it_and_no_job_waits_for_ever(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    held = say(app.database, someone, "Noted", hold=timedelta(seconds=2))
    say(app.database, someone, "two")
    run_jobs(app)
    clock.push(timedelta(seconds=1))
    run_jobs(app)
    assert app.channel.sent == []
    with app.database.transaction() as session:
        release(session, held, bubble=bubble("Posted as SO-1"))
    clock.push(timedelta(seconds=1))
    run_jobs(app)
    assert app.channel.texts == ["Posted as SO-1", "two"]
    clock.push(timedelta(seconds=5))
    run_jobs(app)
    with app.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_a_job_that_runs_twice_sends_once(app: App) -> None:
    sent = say(app.database, account(app.database), "hello")
    with app.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
                " SELECT queue_name, task_name, lock, args FROM procrastinate_jobs"
            )
        )
    assert run_jobs(app) == 2
    assert len(app.channel.sent) == 1
    assert row(app.database, sent).attempts == 1


def test_what_died_after_its_claim_is_not_sent_again_by_its_job(app: App) -> None:
    sent = say(app.database, account(app.database), "hello")
    with app.database.transaction() as session:
        session.get_one(Outbound, sent).state = "sending"
    run_jobs(app)
    assert app.channel.sent == []
    with app.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Outbound).where(Outbound.state == "sending")) == 1
