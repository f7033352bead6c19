from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.port import Direction, Media, SlowDown
from bot.intake import Incoming, take_in
from bot.listing import take_missing
from bot.model import Inbound, InboundMedia, Outbound
from store.clock import ManualClock
from store.database import Database
from tests.unit.bot.conversing import account, app, row, run_jobs, say
from tests.unit.bot.fake_channel import App, listed

__all__ = ["app"]

MINUTES = timedelta(minutes=1)


def heard(app: App, sid: str, clock: ManualClock, *, ago: timedelta, body: str = "hello", **more: object) -> None:
    """A message of a person in the provider's list."""
    at = clock.now() - ago
    one = listed(sid, body=body, at=at, direction=Direction.INBOUND, **more)  # type: ignore[arg-type]
    app.channel.list.append(one)


def stored(database: Database) -> list[Inbound]:
    with database.transaction() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def by_webhook(database: Database, sid: str) -> None:
    with database.transaction() as session:
        take_in(session, Incoming(channel="fake", sid=sid, sender="+919800000001", payload="confirm:tok"))


def test_what_is_missing_and_older_than_three_minutes_is_taken_in(app: App, clock: ManualClock) -> None:
    heard(app, "SM1", clock, ago=3 * MINUTES, body="20 peti")
    heard(app, "SM2", clock, ago=2 * MINUTES, body="30 peti")
    assert take_missing(app) == 1
    (found,) = stored(app.database)
    assert (found.sid, found.body, found.sender, found.found_in_list) == (
        "SM1",
        "20 peti",
        "+919800000001",
        True,
    )
    assert found.sent_at == clock.now() - 3 * MINUTES
    assert found.raw == {"sid": "SM1"}


def test_what_a_webhook_brought_is_left_alone(app: App, clock: ManualClock) -> None:
    by_webhook(app.database, "SM1")
    heard(app, "SM1", clock, ago=10 * MINUTES)
    assert take_missing(app) == 0
    assert [(one.payload, one.found_in_list) for one in stored(app.database)] == [("confirm:tok", False)]


def test_missing_messages_are_taken_in_the_order_they_were_sent(app: App, clock: ManualClock) -> None:
    for number in (5, 4, 6):
        heard(app, f"SM{number}", clock, ago=number * MINUTES)
    assert take_missing(app) == 3
    assert [one.sid for one in stored(app.database)] == ["SM6", "SM5", "SM4"]


def test_twice_it_takes_nothing_more(app: App, clock: ManualClock) -> None:
    heard(app, "SM1", clock, ago=5 * MINUTES)
    assert [take_missing(app), take_missing(app)] == [1, 0]


def test_messages_that_went_out_are_not_taken_for_ones_that_came_in(app: App, clock: ManualClock) -> None:
    app.channel.list.append(listed("SM1", body="hello", at=clock.now() - 5 * MINUTES))
    assert take_missing(app) == 0


def test_attachments_of_a_missing_message_are_fetched_like_any(app: App, clock: ManualClock) -> None:
    heard(app, "SM1", clock, ago=5 * MINUTES, media=1)
    app.channel.attachments["SM1"] = [Media(url="https://api.twilio.com/1", content_type="image/jpeg")]
    take_missing(app)
    (found,) = stored(app.database)
    assert (found.kind, found.media) == ("image", [{"url": "https://api.twilio.com/1", "type": "image/jpeg"}])
    with app.database.transaction() as session:
        assert session.scalars(select(InboundMedia)).all() == []


def test_a_message_whose_attachments_are_not_named_waits_a_while_and_keeps_no_other_waiting(
    app: App, clock: ManualClock
) -> None:
    def away(sid: str) -> object:
        raise SlowDown(code="no_answer")

    app.channel.media = away  # type: ignore[assignment, method-assign]
    heard(app, "SM1", clock, ago=6 * MINUTES, media=1)
    heard(app, "SM2", clock, ago=5 * MINUTES)
    assert take_missing(app) == 1
    clock.push(10 * MINUTES)
    assert take_missing(app) == 1
    assert [one.sid for one in stored(app.database)] == ["SM2", "SM1"]


def test_a_status_that_was_never_called_back_is_learned_from_the_list(app: App, clock: ManualClock) -> None:
    outbound_id = say(app.database, account(app.database), "hello")
    run_jobs(app)
    sid = row(app.database, outbound_id).sid or ""
    app.channel.list.append(listed(sid, body="hello", at=clock.now(), status="delivered"))
    clock.push(4 * MINUTES)
    take_missing(app)
    with app.database.transaction() as session:
        assert session.get_one(Outbound, outbound_id).state == "delivered"


def test_a_new_installation_does_not_read_what_others_wrote_before_it(app: App, clock: ManualClock) -> None:
    heard(app, "SM1", clock, ago=timedelta(hours=5))
    assert take_missing(app) == 0
    by_webhook(app.database, "SM9")
    with app.database.transaction() as session:
        session.execute(update(Inbound).values(stored_at=clock.now() - timedelta(hours=3)))
    heard(app, "SM2", clock, ago=timedelta(hours=3, minutes=30))
    clock.push(timedelta(hours=1))
    assert take_missing(app) == 1


def test_after_a_long_fault_of_ours_the_whole_of_it_is_read(app: App, clock: ManualClock) -> None:
    by_webhook(app.database, "SM0")
    clock.push(timedelta(days=2))
    heard(app, "SM1", clock, ago=timedelta(hours=47))
    heard(app, "SM2", clock, ago=timedelta(hours=1))
    assert take_missing(app) == 2


def test_between_the_long_looks_back_only_the_last_hour_is_read(app: App, clock: ManualClock) -> None:
    by_webhook(app.database, "SM0")
    spans = []
    for _ in range(3):
        take_missing(app)
        spans.append(clock.now() - app.channel.asked[-1][0])
        clock.push(timedelta(minutes=31))
    assert spans[1] == timedelta(hours=1)
    assert spans[2] > timedelta(hours=1)


def test_a_list_that_cannot_be_read_is_read_in_full_the_next_time(app: App, clock: ManualClock) -> None:
    by_webhook(app.database, "SM0")
    clock.push(timedelta(hours=30))
    take_missing(app)
    read = app.channel.listed

    def away(*_: object, **__: object) -> object:
        raise SlowDown(code="no_answer")

    app.channel.listed = away  # type: ignore[assignment, method-assign]
    assert take_missing(app) == 0
    app.channel.listed = read  # type: ignore[method-assign]
    heard(app, "SM1", clock, ago=timedelta(hours=5))
    assert take_missing(app) == 1


@pytest.mark.parametrize(
    ("content_type", "kind"), [("audio/ogg", "audio"), ("application/pdf", "document"), ("", "document")]
)
def test_the_kind_is_told_by_the_attachment(app: App, clock: ManualClock, content_type: str, kind: str) -> None:
    heard(app, "SM1", clock, ago=5 * MINUTES, media=1)
    app.channel.attachments["SM1"] = [Media(url="https://api.twilio.com/1", content_type=content_type)]
    take_missing(app)
    assert stored(app.database)[0].kind == kind
