from typing import Any

import pytest
from sqlalchemy import select, text

from bot.intake import Incoming, take_in, take_in_alone
from bot.model import Inbound
from store.clock import ManualClock
from store.database import Database
from store.queue import Queue, defer


def incoming(**changes: Any) -> Incoming:
    return Incoming(**{"channel": "twilio", "sid": "SM1", "sender": "+919800000001", "body": "haan", **changes})


def take(database: Database, one: Incoming) -> int | None:
    with database.transaction() as session:
        return take_in(session, one)


def stored(database: Database) -> list[Inbound]:
    with database.transaction() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def jobs(database: Database) -> list[tuple[str, str, dict[str, Any]]]:
    with database.transaction() as session:
        rows = session.execute(
            text("SELECT queue_name, lock, args FROM procrastinate_jobs ORDER BY queue_name DESC, id")
        )
        return [(row.queue_name, row.lock, row.args) for row in rows]


def test_a_message_is_stored_with_its_job(database: Database, clock: ManualClock) -> None:
    inbound_id = take(database, incoming())
    (found,) = stored(database)
    assert (found.id, found.state, found.sent_at, found.stored_at) == (
        inbound_id,
        "stored",
        clock.now(),
        clock.now(),
    )
    job = {"name": "talk.hear", "ids": {"inbound_id": inbound_id}}
    assert jobs(database) == [("talk", "talk:+919800000001", job)]


def test_a_job_deferred_in_the_statement_is_the_job_the_queue_would_make(database: Database) -> None:
    inbound_id = take(database, incoming()) or 0
    with database.transaction() as session:
        lock = "talk:+919800000001"
        defer(session, "talk.hear", queue=Queue.TALK, lock=lock, inbound_id=inbound_id)
        rows = session.execute(text("SELECT to_jsonb(j) - 'id' FROM procrastinate_jobs j ORDER BY id"))
        mine, queues = [row[0] for row in rows]
    assert mine == queues


def test_attachments_have_a_job_of_their_own(database: Database) -> None:
    inbound_id = take(database, incoming(media=({"url": "https://api.twilio.com/1", "type": "image/jpeg"},)))
    assert [(queue, args["name"]) for queue, _, args in jobs(database)] == [
        ("talk", "talk.hear"),
        ("send", "media.fetch"),
    ]
    assert {args["ids"]["inbound_id"] for _, _, args in jobs(database)} == {inbound_id}


@pytest.mark.parametrize("alone", [True, False])
def test_a_repeat_changes_nothing(database: Database, alone: bool) -> None:
    take(database, incoming())
    again = incoming(body="something else", payload="confirm:tok")
    assert (take_in_alone(database, again) if alone else take(database, again)) is None
    (found,) = stored(database)
    assert (found.body, found.payload) == ("haan", "")
    assert len(jobs(database)) == 1


def test_the_same_id_on_another_channel_is_another_message(database: Database) -> None:
    take(database, incoming())
    assert take(database, incoming(channel="console")) is not None


def test_what_rolls_back_was_never_taken_in(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        take_in(session, incoming())
        raise RuntimeError
    assert stored(database) == []
    assert jobs(database) == []


def test_a_webhook_that_comes_after_the_list_fills_in_the_payload_once(database: Database) -> None:
    take(database, incoming(body="Confirm", found_in_list=True))
    tap = incoming(body="Confirm", payload="confirm:tok", kind="button", quoted_sid="SM0", raw={"a": "b"})
    assert take_in_alone(database, tap) is None
    (found,) = stored(database)
    assert (found.payload, found.kind, found.quoted_sid, found.raw, found.found_in_list) == (
        "confirm:tok",
        "button",
        "SM0",
        {"a": "b"},
        False,
    )
    take(database, incoming(payload="cancel:tok"))
    assert stored(database)[0].payload == "confirm:tok"
    assert len(jobs(database)) == 1


def test_a_webhook_that_comes_after_the_message_was_handled_changes_nothing(database: Database) -> None:
    take(database, incoming(body="Confirm", found_in_list=True))
    with database.transaction() as session:
        session.scalars(select(Inbound)).one().state = "done"
    take(database, incoming(body="Confirm", payload="confirm:tok"))
    assert stored(database)[0].payload == ""


def test_the_list_never_overwrites_what_a_webhook_brought(database: Database) -> None:
    take(database, incoming(payload="confirm:tok"))
    assert take(database, incoming(found_in_list=True)) is None
    assert (stored(database)[0].payload, stored(database)[0].found_in_list) == ("confirm:tok", False)


def test_characters_postgresql_cannot_store_are_left_out_and_nothing_else(database: Database) -> None:
    odd = "a\x00b\ud83d c\\u0000 👍 \u202e"
    take(database, incoming(body=odd, profile_name=odd, raw={"k\x00": odd, "n": [odd], "l": {"m": odd}}))
    (found,) = stored(database)
    clean = "ab? c\\u0000 👍 \u202e"
    assert found.body == found.profile_name == clean
    assert found.raw == {"k": clean, "n": [clean], "l": {"m": clean}}


def test_a_sender_is_kept_exactly_as_given(database: Database) -> None:
    take(database, incoming(sender="IN.4f8Ab2", also_known_as="+919800000001"))
    (found,) = stored(database)
    assert (found.sender, found.also_known_as) == ("IN.4f8Ab2", "+919800000001")
    assert jobs(database)[0][1] == "talk:IN.4f8Ab2"
