"""Meta's calls over real HTTP: the handshake, signatures over raw bytes, batches, statuses, decisions on templates."""

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from sqlalchemy import select, text
from werkzeug.serving import make_server

from bot.app import Munshi
from bot.bubbles import Bubble
from bot.model import ContentShape, Inbound, Outbound
from bot.outgoing import queue
from bot.settings import read
from people.model import Account
from store.clock import ManualClock
from store.database import Database, now
from tests.faults.cloud_stand_in import CloudStandIn, Options, signature_of
from tests.plain_files import PlainFiles
from web.app import create_app

SECRET, WORD = "the app's secret", "shared word"
PERSON = "+919800000001"
Serve = Callable[..., CloudStandIn]


@pytest.fixture
def serve(database: Database, tmp_path: Path) -> Iterator[Serve]:
    """The whole application behind a real server, and Meta beside it."""
    plant = PlainFiles.sound(tmp_path / "plant").folder
    servers = []

    def start(**settings: str) -> CloudStandIn:
        given = {
            "WHATSAPP_CHANNEL": "cloud",
            "CLOUD_PHONE_NUMBER_ID": "106540352242922",
            "CLOUD_ACCESS_TOKEN": "token",
            "CLOUD_APP_SECRET": SECRET,
            "CLOUD_VERIFY_TOKEN": WORD,
            "PUBLIC_URL": "https://orders.example.com",
            "ERP_URL": f"files:{plant}",
            "MUNSHI_VAR": str(tmp_path / "var"),
        }
        munshi = Munshi(settings=read(given | settings), database=database, channels={}, erps={})
        server = make_server("127.0.0.1", 0, create_app(munshi), threaded=True)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return CloudStandIn(
            options=Options(webhook=f"http://127.0.0.1:{server.server_port}/webhooks/cloud", secret=SECRET)
        )

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def meta(serve: Serve) -> CloudStandIn:
    return serve()


def words(body: str = "20 peti", **more: object) -> dict[str, object]:
    return {"type": "text", "text": {"body": body}, **more}


def stored(database: Database) -> list[Inbound]:
    with database.transaction() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def count_of_hearings(database: Database) -> int:
    counted = text("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'name' = 'talk.hear'")
    with database.transaction() as session:
        return int(session.scalar(counted) or 0)


def test_the_handshake_gives_the_challenge_back_to_who_knows_the_word(meta: CloudStandIn) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "<b>1158201444", "hub.verify_token": WORD}
    answer = requests.get(meta.options.webhook, params=asked, timeout=5)
    assert (answer.status_code, answer.text) == (200, "<b>1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        assert requests.get(meta.options.webhook, params=asked | wrong, timeout=5).status_code == 403
    assert requests.get(meta.options.webhook, timeout=5).status_code == 403


def test_a_signed_message_is_stored_with_its_job(meta: CloudStandIn, database: Database) -> None:
    sid = meta.says(PERSON, words())
    (found,) = stored(database)
    assert (found.channel, found.sid, found.sender, found.body) == ("cloud", sid, PERSON, "20 peti")
    assert (found.profile_name, found.simulated, count_of_hearings(database)) == ("Ramesh", False, 1)
    assert found.raw["message"]["text"] == {"body": "20 peti"}


def test_a_call_that_meta_did_not_sign_over_these_very_bytes_is_refused(meta: CloudStandIn, database: Database) -> None:
    body = json.dumps(meta.payload(meta.value(messages=[meta.message(PERSON, words())]))).encode()
    signed = signature_of(body, SECRET)
    answers = [
        meta.post(body, signature=signature_of(body, "another secret")),
        meta.post(body + b" ", signature=signed),
        meta.post(json.dumps(json.loads(body), indent=1).encode(), signature=signed),
        meta.post(body, signature=""),
        meta.post(body, signature="sha256="),
        meta.post(body, signature=signed.removeprefix("sha256=")),
        meta.post(body, signature="sha1=" + "0" * 40),
        meta.post(body, signature="sha256=caf\u00e9"),
        meta.post(b"", signature="x"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 9
    assert stored(database) == []
    assert meta.post(body, signature=signed).status_code == 200


def test_on_another_channel_every_call_is_refused(serve: Serve, database: Database) -> None:
    console = serve(WHATSAPP_CHANNEL="console", PUBLIC_URL="")
    assert console.call(console.value(messages=[console.message(PERSON, words())])).status_code == 403
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": WORD}
    assert requests.get(console.options.webhook, params=asked, timeout=5).status_code == 403
    assert stored(database) == []


def test_a_batch_brings_every_message_and_status_of_every_entry(meta: CloudStandIn, database: Database) -> None:
    outbound_id = said(database)
    first, second, third = (meta.message(f"+91980000000{n}", words(f"{n} peti")) for n in (1, 2, 3))
    status = {"id": "wamid.9", "status": "delivered", "timestamp": "1", "biz_opaque_callback_data": outbound_id}
    both = [meta.contact(PERSON), {"profile": {"name": "Suresh"}, "wa_id": "919800000002", "user_id": "IN.2"}]
    payload = meta.payload(
        meta.value(messages=[first, second], contacts=both, statuses=[status]),
        meta.value(messages=[third], contacts=[meta.contact("+919800000003", "Mohan")]),
    )
    payload["entry"][1]["changes"].append({"field": "messages", "value": meta.value(messages=[])})
    assert meta.post(json.dumps(payload).encode()).status_code == 200
    assert [(one.body, one.profile_name, one.also_known_as) for one in stored(database)] == [
        ("1 peti", "Ramesh", ""),
        ("2 peti", "Suresh", "IN.2"),
        ("3 peti", "Mohan", ""),
    ]
    assert state(database, outbound_id) == ("delivered", "wamid.9", "")


def test_a_batch_that_comes_again_changes_nothing(meta: CloudStandIn, database: Database) -> None:
    batch = meta.value(messages=[meta.message(PERSON, words()), meta.message(PERSON, words("aur 5"))])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: meta.call(batch).status_code, range(8)))
    assert answers == [200] * 8
    assert [one.body for one in stored(database)] == ["20 peti", "aur 5"]
    assert count_of_hearings(database) == 2


def test_one_message_that_is_none_does_not_keep_the_others_out(meta: CloudStandIn, database: Database) -> None:
    sound = meta.message(PERSON, words())
    broken: list[Any] = [{}, {"id": "wamid.x"}, {"from": "919800000001"}, {"id": "w" * 400, "from": "9"}, "text", None]
    assert meta.call(meta.value(messages=[*broken, sound]), {"messages": "none"}).status_code == 200
    assert [one.sid for one in stored(database)] == [sound["id"]]


def test_what_is_for_another_number_of_the_account_is_not_ours(meta: CloudStandIn, database: Database) -> None:
    value = meta.value(messages=[meta.message(PERSON, words())])
    theirs = value | {"metadata": {"display_phone_number": "1", "phone_number_id": "999"}}
    assert meta.call(theirs).status_code == 200
    assert stored(database) == []


TYPES: dict[str, tuple[dict[str, Any], tuple[str, str, list[dict[str, str]]]]] = {
    "text": ({"body": "20 peti"}, ("20 peti", "", [])),
    "image": (
        {"id": "71", "mime_type": "image/jpeg", "caption": "parchi"},
        ("parchi", "", [{"url": "media:71", "type": "image/jpeg"}]),
    ),
    "audio": (
        {"id": "72", "mime_type": "audio/ogg; codecs=opus", "voice": True},
        ("", "", [{"url": "media:72", "type": "audio/ogg"}]),
    ),
    "video": ({"id": "73", "mime_type": "video/mp4"}, ("", "", [{"url": "media:73", "type": "video/mp4"}])),
    "document": (
        {"id": "74", "mime_type": "application/pdf", "filename": "PO.pdf", "caption": "PO 77"},
        ("PO 77", "", [{"url": "media:74", "type": "application/pdf"}]),
    ),
    "sticker": ({"id": "75", "mime_type": "image/webp"}, ("", "", [{"url": "media:75", "type": "image/webp"}])),
    "location": ({"latitude": 19.07, "longitude": 72.87, "name": "Shop 12", "address": "MG Road 4"}, ("", "", [])),
    "contacts": ([{"name": {"formatted_name": "Ramesh"}, "phones": [{"phone": "1"}]}], ("", "", [])),  # type: ignore[dict-item]
    "button": ({"payload": "confirm:tok", "text": "Confirm"}, ("Confirm", "confirm:tok", [])),
    "order": (
        {
            "catalog_id": "5",
            "text": "jaldi",
            "product_items": [
                {"product_retailer_id": "KG-050", "quantity": 20, "item_price": 1.5, "currency": "INR"},
                {"product_retailer_id": "LN-MA-070", "quantity": "5", "item_price": "99", "currency": "INR"},
            ],
        },
        ("20 x KG-050\n5 x LN-MA-070\njaldi", "", []),
    ),
    "system": (
        {"body": "Ramesh changed from 1 to 2", "type": "user_changed_number"},
        ("Ramesh changed from 1 to 2", "", []),
    ),
    "unsupported": ({}, ("", "", [])),
    "newest_thing": ({"body": "never heard of"}, ("", "", [])),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_message_is_stored_as_it_is_meant(meta: CloudStandIn, database: Database, kind: str) -> None:
    content, (body, payload, media) = TYPES[kind]
    meta.says(PERSON, {"type": kind, kind: content})
    (found,) = stored(database)
    assert (found.kind, found.body, found.payload, found.media) == (kind, body, payload, media)
    assert found.raw["message"]["type"] == kind


@pytest.mark.parametrize("reply", ["button_reply", "list_reply", "nfm_reply"])
def test_a_payload_is_taken_from_the_reply_alone(meta: CloudStandIn, database: Database, reply: str) -> None:
    content = {"type": reply, reply: {"id": "pick:tok:3", "title": "Kutku-G", "description": "50 g"}}
    meta.says(PERSON, {"type": "interactive", "interactive": content, "context": {"id": "wamid.0"}})
    meta.says(PERSON, words("confirm:tok"))
    tap, typed = stored(database)
    known = reply != "nfm_reply"
    assert (tap.body, tap.payload, tap.quoted_sid) == ("Kutku-G" * known, "pick:tok:3" * known, "wamid.0")
    assert (typed.body, typed.payload) == ("confirm:tok", "")


def test_a_reaction_quotes_what_it_stands_on(meta: CloudStandIn, database: Database) -> None:
    meta.says(PERSON, {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}})
    meta.says(PERSON, {"type": "reaction", "reaction": {"message_id": "wamid.0"}})
    assert [(one.body, one.quoted_sid) for one in stored(database)] == [("👍", "wamid.0"), ("", "wamid.0")]


def test_forwarded_once_or_often_is_forwarded(meta: CloudStandIn, database: Database) -> None:
    for context in ({"forwarded": True}, {"frequently_forwarded": True}, {"forwarded": False}, {}):
        meta.says(PERSON, words(context=context))
    assert [one.forwarded for one in stored(database)] == [True, True, False, False]


def test_a_business_scoped_id_stands_beside_the_number_or_instead_of_it(meta: CloudStandIn, database: Database) -> None:
    hidden = {"profile": {"name": "Ramesh", "username": "ramesh"}, "user_id": "IN.4f8Ab2"}
    meta.says(PERSON, words(from_user_id="IN.4f8Ab2"), contact=hidden | {"wa_id": "919800000001"})
    meta.says(PERSON, words() | {"from": "", "from_user_id": "IN.4f8Ab2"}, contact=hidden)
    meta.says(PERSON, words() | {"from": ""}, contact=hidden)
    meta.says(PERSON, words() | {"from": "IN.4f8Ab2"}, contact=hidden)
    assert [(one.sender, one.also_known_as, one.profile_name) for one in stored(database)] == [
        (PERSON, "IN.4f8Ab2", "Ramesh"),
        *[("IN.4f8Ab2", "", "Ramesh")] * 3,
    ]


def test_a_message_that_was_held_up_counts_from_when_it_was_sent(
    meta: CloudStandIn, database: Database, clock: ManualClock
) -> None:
    for age in (timedelta(seconds=3), timedelta(hours=2), -timedelta(minutes=5)):
        meta.says(PERSON, words(), at=clock.now() - age)
    meta.call(meta.value(messages=[meta.message(PERSON, words()) | {"timestamp": "9" * 30}]))
    second = timedelta(seconds=1)
    assert [clock.now() - one.sent_at for one in stored(database)] == [
        timedelta(),
        timedelta(hours=2) - second,
        timedelta(),
        timedelta(),
    ]


def said(database: Database) -> str:
    """A bubble that is being sent; its id."""
    with database.transaction() as session:
        someone = Account(first_seen_at=now(session))
        session.add(someone)
        session.flush()
        bubble = Bubble(kind="reply", lines=("hello",), language="en")
        made = queue(session, account_id=someone.id, channel="cloud", bubble=bubble)
        made.state = "sending"
        return made.id


def state(database: Database, outbound_id: str) -> tuple[str, str | None, str]:
    with database.transaction() as session:
        found = session.get_one(Outbound, outbound_id)
        return found.state, found.sid, found.error


def status(status: str, outbound_id: str = "", **more: Any) -> dict[str, Any]:
    return {"id": "wamid.9", "status": status, "biz_opaque_callback_data": outbound_id, **more}


def test_statuses_in_any_order_bring_the_id_and_never_go_back(meta: CloudStandIn, database: Database) -> None:
    outbound_id = said(database)
    for told in (status("read", outbound_id), status("sent", outbound_id), status("delivered")):
        assert meta.call(meta.value(statuses=[told])).status_code == 200
    assert state(database, outbound_id) == ("read", "wamid.9", "")


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        (131056, ("queued", "131056")),
        (131000, ("queued", "131000")),
        (131047, ("queued", "131047")),
        (131042, ("queued", "131042")),
        (131026, ("failed", "131026")),
        (131049, ("failed", "131049")),
    ],
)
def test_what_failed_afterwards_is_sent_again_or_put_before_a_person(
    meta: CloudStandIn, database: Database, code: int, becomes: tuple[str, str]
) -> None:
    outbound_id = said(database)
    meta.call(meta.value(statuses=[status("sent", outbound_id)]))
    meta.call(meta.value(statuses=[status("failed", outbound_id, errors=[{"code": code, "title": "no"}])]))
    after, _, error = state(database, outbound_id)
    assert (after, error) == becomes


def test_unknown_statuses_and_fields_get_200(meta: CloudStandIn) -> None:
    odd = [status("played"), status("warning"), status("failed", errors=["x"]), {"id": 7}, {}, None]
    assert meta.call(meta.value(statuses=odd)).status_code == 200
    assert meta.call(meta.value(errors=[{"code": 130429, "title": "Rate limit hit"}])).status_code == 200
    assert meta.call({"event": "PHONE_NUMBER_ADDED"}, field="account_update").status_code == 200
    assert meta.post(b'{"object": "whatsapp_business_account"}').status_code == 200


def test_a_decision_on_a_template_is_kept_as_soon_as_it_is_called_back(meta: CloudStandIn, database: Database) -> None:
    with database.transaction() as session:
        session.add(ContentShape(key="cloud:munshi_any_en", sid="900", made_at=datetime.now(UTC), approval="received"))
        session.add(ContentShape(key="being made", sid="", made_at=datetime.now(UTC), approval=""))
    for event, kept in (("APPROVED", "approved"), ("PAUSED", "paused"), ("REINSTATED", "approved"), ("", "approved")):
        told = {"event": event, "message_template_id": 900, "message_template_name": "munshi_any_en", "reason": "NONE"}
        assert meta.call(told, field="message_template_status_update").status_code == 200
        with database.transaction() as session:
            assert session.get_one(ContentShape, "cloud:munshi_any_en").approval == kept
    assert meta.call({"event": "APPROVED", "message_template_id": 1}, field="message_template_status_update").ok


def test_a_signed_call_that_is_no_json_object_gets_a_clear_error(meta: CloudStandIn) -> None:
    for body in (b"[]", b"null", b'"text"', b"{broken", b"", b"\xff\xfe", b"[" * 60_000):
        assert meta.post(body).status_code == 400, body[:9]


def test_a_body_above_64_kilobytes_is_refused_before_anything_is_computed(meta: CloudStandIn) -> None:
    assert meta.post(b"x" * 66_000).status_code == 413
    assert meta.post(b"x" * 66_000, signature="").status_code == 413
    assert meta.call(meta.value(messages=[meta.message(PERSON, words("x" * 60_000))])).status_code == 200


def test_whatever_a_signed_call_holds_it_never_breaks(meta: CloudStandIn, database: Database) -> None:
    chance = random.Random(20261121)
    odd = ["", "\x00", "\ud83d", "नमस्ते", 7, -1, 1e300, None, True, [], {}, [[]], {"id": {"id": 1}}, "9" * 400, "१"]
    for number in range(60):
        message = meta.message(PERSON, words(f"{number} peti"))
        for name in chance.sample(["type", "text", "timestamp", "context", "image", "from_user_id", "reaction"], 3):
            message[name] = chance.choice(odd)
        contact = {"profile": chance.choice(odd), "wa_id": chance.choice(odd), "user_id": chance.choice(odd)}
        assert meta.call(meta.value(messages=[message], contacts=[contact, chance.choice(odd)])).status_code == 200
    assert meta.post(
        b'{"entry": [{"changes": [{"field": "messages", "value": {"messages": [{"id": "w1", "from": "1",'
        b' "type": "text", "text": {"body": "x"}, "n": NaN, "m": 1e999, "i": -Infinity}]}}]}]}'
    ).ok
    assert len(stored(database)) == 61
