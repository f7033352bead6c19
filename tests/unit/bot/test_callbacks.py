from datetime import timedelta
from itertools import permutations

import pytest

from bot.model import OutboundState
from bot.outgoing import record_status
from store.clock import ManualClock
from store.database import Database
from tests.unit.bot.conversing import account, app, matters, row, run_jobs, say, states
from tests.unit.bot.fake_channel import App, FakeChannel

__all__ = ["app"]

DELIVERED = ("queued", "sent", "delivered", "read")


def tell(database: Database, sid: str, status: str, *, outbound_id: str = "", error: str = "") -> bool:
    with database.transaction() as session:
        return record_status(session, outbound_id=outbound_id, sid=sid, status=status, error=error)


def sent(app: App, *lines: str, **how: object) -> tuple[str, str]:
    """A bubble the provider took: our id and its."""
    outbound_id = say(app.database, account(app.database), *(lines or ("hello",)), **how)
    run_jobs(app)
    return outbound_id, row(app.database, outbound_id).sid or ""


def test_in_whatever_order_callbacks_come_a_state_never_goes_back(app: App) -> None:
    someone = account(app.database)
    for order in permutations(DELIVERED):
        outbound_id = say(app.database, someone, "-".join(order))
        run_jobs(app)
        sid = row(app.database, outbound_id).sid or ""
        assert all(tell(app.database, sid, status) for status in order)
        assert row(app.database, outbound_id).state == OutboundState.READ, order


def test_a_callback_brings_the_sid_of_a_message_whose_answer_never_came(app: App, clock: ManualClock) -> None:
    outbound_id = say(app.database, account(app.database), "hello")
    with app.database.transaction() as session:
        session.get_one(type(row(app.database, outbound_id)), outbound_id).state = "sending"
    assert tell(app.database, "SM1", "sent", outbound_id=outbound_id)
    found = row(app.database, outbound_id)
    assert (found.state, found.sid, found.sent_at) == ("sent", "SM1", clock.now())


def test_a_callback_quicker_than_the_answer_to_our_call_is_kept(app: App) -> None:
    outbound_id = say(app.database, account(app.database), "hello")
    send = app.channel.send

    def called_back_first(message: object) -> str:
        tell(app.database, "SM-quick", "delivered", outbound_id=outbound_id)
        send(message)  # type: ignore[arg-type]
        return "SM-quick"

    app.channel.send = called_back_first  # type: ignore[method-assign]
    run_jobs(app)
    found = row(app.database, outbound_id)
    assert (found.state, found.sid) == ("delivered", "SM-quick")


@pytest.mark.parametrize(
    "call",
    [
        {"sid": "SM-unknown", "status": "sent"},
        {"sid": "SM-unknown", "status": "failed", "outbound_id": "nobody", "error": "63016"},
    ],
)
def test_what_is_not_ours_changes_nothing(app: App, call: dict[str, str]) -> None:
    sent(app)
    assert not tell(app.database, call.pop("sid"), call.pop("status"), **call)
    assert states(app.database) == ["sent"]


def test_a_status_nobody_told_us_of_changes_nothing(app: App) -> None:
    outbound_id, sid = sent(app)
    assert not tell(app.database, sid, "teleported", outbound_id=outbound_id)
    assert states(app.database) == ["sent"]


def test_what_failed_for_good_is_put_before_a_person_once(app: App) -> None:
    outbound_id, sid = sent(app)
    for _ in range(2):
        tell(app.database, sid, "undelivered", error="63005")
    assert row(app.database, outbound_id).error == "63005"
    assert [matter.facts["code"] for matter in matters(app.database)] == ["63005"]


def test_a_failure_that_comes_after_the_delivery_is_old_news(app: App) -> None:
    outbound_id, sid = sent(app)
    tell(app.database, sid, "delivered")
    tell(app.database, sid, "failed", error="63005")
    assert row(app.database, outbound_id).state == "delivered"
    assert matters(app.database) == []


def test_what_came_too_fast_is_sent_again_in_its_place(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    first = say(app.database, someone, "one")
    run_jobs(app)
    say(app.database, someone, "two")
    sid = row(app.database, first).sid or ""
    tell(app.database, sid, "failed", outbound_id=first, error="63018")
    tell(app.database, sid, "sent", outbound_id=first)  # older news than the failure
    assert row(app.database, first).state == "queued"
    for _ in range(8):
        run_jobs(app)
        clock.push(timedelta(seconds=1))
    assert app.channel.texts == ["one", "one", "two"]
    assert states(app.database) == ["sent", "sent"]


def test_the_same_failure_called_back_twice_sends_once_more_only(app: App, clock: ManualClock) -> None:
    outbound_id, sid = sent(app, "one")
    for _ in range(3):
        tell(app.database, sid, "failed", outbound_id=outbound_id, error="131056")
    clock.push(timedelta(seconds=5))
    run_jobs(app)
    tell(app.database, sid, "failed", outbound_id=outbound_id, error="131056")
    clock.push(timedelta(seconds=60))
    run_jobs(app)
    assert app.channel.texts == ["one", "one"]


def test_what_came_too_fast_gives_way_to_something_newer_of_its_topic(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    first = say(app.database, someone, "summary 1", topic="draft:1")
    run_jobs(app)
    say(app.database, someone, "summary 2", topic="draft:1")
    run_jobs(app)
    tell(app.database, row(app.database, first).sid or "", "failed", error="63018")
    clock.push(timedelta(seconds=60))
    run_jobs(app)
    assert app.channel.texts == ["summary 1", "summary 2"]
    assert states(app.database) == ["superseded", "sent"]


def test_a_window_closed_at_the_provider_is_tried_once_more_as_a_template(
    database: Database, clock: ManualClock
) -> None:
    app = App(database=database, channel=FakeChannel(window=timedelta(hours=24)))
    outbound_id, sid = sent(app)
    tell(database, sid, "failed", outbound_id=outbound_id, error="63016")
    clock.push(timedelta(seconds=10))
    run_jobs(app)
    assert [message.opens_window for message in app.channel.sent] == [False, True]
    again = row(database, outbound_id).sid or ""
    assert again != sid
    tell(database, again, "failed", outbound_id=outbound_id, error="63016")
    assert row(database, outbound_id).state == "failed"
    assert len(matters(database)) == 1


def test_who_became_unreachable_is_marked_by_the_callback(app: App) -> None:
    outbound_id, sid = sent(app)
    tell(app.database, sid, "undelivered", outbound_id=outbound_id, error="63024")
    say_next = say(app.database, row(app.database, outbound_id).account_id, "two")
    run_jobs(app)
    assert row(app.database, say_next).error == "63024"
    assert len(app.channel.sent) == 1


def test_a_superseded_bubble_stays_so_whatever_is_called_back(app: App) -> None:
    someone = account(app.database)
    old = say(app.database, someone, "one", topic="draft:1")
    say(app.database, someone, "two", topic="draft:1")
    tell(app.database, "SM9", "sent", outbound_id=old)
    assert states(app.database) == ["superseded", "queued"]
