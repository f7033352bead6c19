"""Signed calls over real HTTP: the signature is made and checked by Twilio's own validator."""

import hashlib
import http.client
import json
import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from sqlalchemy import select, text
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from bot.app import Munshi
from bot.bubbles import Bubble
from bot.intake import Incoming, take_in
from bot.model import Inbound, Outbound
from bot.outgoing import queue
from bot.settings import read
from people.model import Account
from store.database import Database, now
from tests.plain_files import PlainFiles
from web.app import create_app

TOKEN = "the account's secret"
PUBLIC = "https://orders.example.com/wa"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Calls us as Twilio does: at the public address, over a proxy that hides it."""

    address: str

    def call(
        self,
        params: Mapping[str, Any],
        *,
        path: str = "/webhooks/twilio",
        token: str = TOKEN,
        **changed: Any,
    ) -> requests.Response:
        """A signed form; `changed` is altered on the way."""
        signature = RequestValidator(token).compute_signature(PUBLIC + path, dict(params))
        return self.post({**params, **changed}, path=path, signature=signature)

    def post(
        self, body: object, *, path: str = "/webhooks/twilio", signature: str = "", kind: str = FORM
    ) -> requests.Response:
        headers = {"Content-Type": kind} | ({"X-Twilio-Signature": signature} if signature else {})
        data = urlencode(body, doseq=True) if isinstance(body, dict) else body
        return requests.post(self.address + path, data=data, headers=headers, timeout=10)  # type: ignore[arg-type]


@pytest.fixture
def serve(database: Database, tmp_path: Path) -> Iterator[Callable[..., Provider]]:
    """The whole application behind a real server."""
    plant = PlainFiles.sound(tmp_path / "plant").folder
    servers = []

    def start(**settings: str) -> Provider:
        given = {
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": "whatsapp:+912240001234",
            "PUBLIC_URL": PUBLIC,
            "ERP_URL": f"files:{plant}",
            "MUNSHI_VAR": str(tmp_path / "var"),
        }
        munshi = Munshi(settings=read(given | settings), database=database, channels={}, erps={})
        server = make_server("127.0.0.1", 0, create_app(munshi), threaded=True)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return Provider(address=f"http://127.0.0.1:{server.server_port}")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def twilio(serve: Callable[..., Provider]) -> Provider:
    return serve()


def message(sid: str = "SM1", **changes: str) -> dict[str, str]:
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": "AC1",
        "From": "whatsapp:+919800000001",
        "To": "whatsapp:+912240001234",
        "WaId": "919800000001",
        "ProfileName": "Ramesh",
        "Body": "20 peti parle g",
        "MessageType": "text",
        "NumMedia": "0",
        **changes,
    }


def stored(database: Database) -> list[Inbound]:
    with database.transaction() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def count_of_jobs(database: Database) -> int:
    with database.transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)


def test_a_signed_message_is_stored_with_its_job_and_answered_with_empty_twiml(
    twilio: Provider, database: Database
) -> None:
    answer = twilio.call(message())
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    (found,) = stored(database)
    assert (found.channel, found.sid, found.sender, found.body, found.profile_name, found.simulated) == (
        "twilio",
        "SM1",
        "+919800000001",
        "20 peti parle g",
        "Ramesh",
        False,
    )
    assert count_of_jobs(database) == 1


def test_a_call_that_twilio_did_not_sign_is_refused_and_stores_nothing(twilio: Provider, database: Database) -> None:
    elsewhere = RequestValidator(TOKEN).compute_signature("https://evil.example/webhooks/twilio", message())
    answers = [
        twilio.call(message(), token="another secret"),
        twilio.call(message(), Body="2000 peti"),
        twilio.call(message(), Extra="added"),
        twilio.post(message()),
        twilio.post(message(), signature="x"),
        twilio.post(message(), signature=elsewhere),
        twilio.post(b"\xff\xfe\x00 no form", signature="x"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 7
    assert stored(database) == []
    assert count_of_jobs(database) == 0


def test_without_a_secret_every_call_is_refused(serve: Callable[..., Provider], database: Database) -> None:
    console = serve(WHATSAPP_CHANNEL="console", PUBLIC_URL="", TWILIO_AUTH_TOKEN="")
    assert console.call(message(), token="").status_code == 403
    assert stored(database) == []


def test_the_signature_covers_the_query_string_as_it_was_sent(twilio: Provider, database: Database) -> None:
    path = "/webhooks/twilio?b=2&a=1%20x&c"
    assert twilio.call(message(), path=path).status_code == 200
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + "/webhooks/twilio", message())
    assert twilio.post(message("SM2"), path=path, signature=signature).status_code == 403
    assert len(stored(database)) == 1


def test_a_second_webhook_with_the_same_sid_changes_nothing(twilio: Provider, database: Database) -> None:
    assert twilio.call(message()).status_code == 200
    assert twilio.call(message(Body="something else")).status_code == 200
    assert [one.body for one in stored(database)] == ["20 peti parle g"]
    assert count_of_jobs(database) == 1


def test_the_same_message_at_many_threads_at_once_is_one_message(twilio: Provider, database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: twilio.call(message()).status_code, range(8)))
    assert answers == [200] * 8
    assert len(stored(database)) == 1
    assert count_of_jobs(database) == 1


TYPES: dict[str, dict[str, str]] = {
    "text": {},
    "image": {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1", "MediaContentType0": "image/jpeg"},
    "audio": {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/2", "MediaContentType0": "audio/ogg"},
    "document": {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/3", "MediaContentType0": "text/csv"},
    "sticker": {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/4", "MediaContentType0": "image/webp"},
    "location": {"Latitude": "19.07", "Longitude": "72.87", "Body": ""},
    "contacts": {"Contacts": '[{"name": "Ramesh"}]', "Body": ""},
    "order": {"Order": '{"items": []}', "Body": ""},
    "reaction": {"Body": "👍"},
    "unsupported": {"Body": "", "Whatever": "new"},
}


def test_every_type_of_message_is_stored_with_all_its_parameters(twilio: Provider, database: Database) -> None:
    for kind, params in TYPES.items():
        assert twilio.call(message(f"SM-{kind}", MessageType=kind, **params)).status_code == 200
    found = {one.kind: one for one in stored(database)}
    assert found.keys() == TYPES.keys()
    for kind, params in TYPES.items():
        assert found[kind].raw == message(f"SM-{kind}", MessageType=kind, **params)
    assert found["image"].media == [{"url": "https://api.twilio.com/1", "type": "image/jpeg"}]


def test_a_type_that_is_not_named_is_told_by_what_there_is(twilio: Provider, database: Database) -> None:
    for sid, params in (("SM1", TYPES["image"]), ("SM2", TYPES["location"]), ("SM3", {})):
        twilio.call(message(sid, MessageType="", **params))
    assert [one.kind for one in stored(database)] == ["image", "location", "text"]


def test_a_payload_is_taken_from_the_tap_alone(twilio: Provider, database: Database) -> None:
    taps = [
        ({"ButtonPayload": "confirm:tok", "ButtonText": "Confirm", "MessageType": "button"}, "confirm:tok"),
        ({"ListId": "pick:tok:3", "ListTitle": "Parle G", "MessageType": "interactive"}, "pick:tok:3"),
        ({"Body": "confirm:tok"}, ""),
        ({"Body": "Confirm", "ButtonText": "confirm:tok"}, ""),
    ]
    for number, (params, _) in enumerate(taps):
        twilio.call(message(f"SM{number}", **params))
    assert [one.payload for one in stored(database)] == [payload for _, payload in taps]


def test_a_quoted_and_forwarded_message_is_marked_so(twilio: Provider, database: Database) -> None:
    twilio.call(message(OriginalRepliedMessageSid="SM0", Forwarded="true"))
    (found,) = stored(database)
    assert (found.quoted_sid, found.forwarded) == ("SM0", True)


def test_a_business_scoped_id_is_kept_as_given_beside_the_phone(twilio: Provider, database: Database) -> None:
    identities = [
        ({"From": "whatsapp:IN.4f8Ab2", "ExternalUserId": "IN.4f8Ab2"}, ("IN.4f8Ab2", "")),
        ({"ExternalUserId": "IN.4f8Ab2"}, ("+919800000001", "IN.4f8Ab2")),
        ({"ExternalUserId": "whatsapp:IN.4f8Ab2"}, ("+919800000001", "IN.4f8Ab2")),
    ]
    for number, (params, _) in enumerate(identities):
        twilio.call(message(f"SM{number}", **params))
    assert [(one.sender, one.also_known_as) for one in stored(database)] == [kept for _, kept in identities]


def test_a_message_found_in_the_list_first_gets_its_payload_from_the_webhook(
    twilio: Provider, database: Database
) -> None:
    found = Incoming(channel="twilio", sid="SM1", sender="+919800000001", body="Confirm", found_in_list=True)
    with database.transaction() as session:
        take_in(session, found)
    assert twilio.call(message(Body="Confirm", ButtonPayload="confirm:tok")).status_code == 200
    assert [(one.payload, one.found_in_list) for one in stored(database)] == [("confirm:tok", False)]


def test_a_body_above_64_kilobytes_is_refused_before_anything_is_computed(twilio: Provider, database: Database) -> None:
    assert twilio.call(message(Body="x" * 66_000)).status_code == 413
    assert twilio.post(b"x" * 66_000).status_code == 413
    assert twilio.call(message(Body="x" * 60_000)).status_code == 200
    assert [len(one.body) for one in stored(database)] == [60_000]


def test_a_large_body_is_refused_while_it_is_still_being_sent(twilio: Provider) -> None:
    connection = http.client.HTTPConnection(urlsplit(twilio.address).netloc, timeout=5)
    connection.putrequest("POST", "/webhooks/twilio")
    connection.putheader("Content-Type", FORM)
    connection.putheader("Content-Length", "100000000")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def signed_json(body: str, **query: str) -> tuple[str, str]:
    """The path and signature of a JSON call."""
    hashed = hashlib.sha256(body.encode()).hexdigest()
    path = "/webhooks/twilio?" + urlencode({**query, "bodySHA256": hashed})
    return path, RequestValidator(TOKEN).compute_signature(PUBLIC + path, {})


def test_a_json_call_is_verified_by_the_hash_of_its_body(twilio: Provider, database: Database) -> None:
    body = json.dumps(message(Body="नमस्ते") | {"New": {"deep": [1]}}, ensure_ascii=False)
    path, signature = signed_json(body)
    json_kind = "application/json"
    sent = twilio.post(body.encode(), path=path, signature=signature, kind=json_kind)
    changed = twilio.post(body.replace("SM1", "SM2").encode(), path=path, signature=signature, kind=json_kind)
    bare = "/webhooks/twilio"
    unhashed = RequestValidator(TOKEN).compute_signature(PUBLIC + bare, {})
    without = twilio.post(body.encode(), path=bare, signature=unhashed, kind=json_kind)
    assert [sent.status_code, changed.status_code, without.status_code] == [200, 403, 403]
    (found,) = stored(database)
    assert (found.body, found.raw["New"]) == ("नमस्ते", '{"deep": [1]}')


def test_a_json_call_that_is_no_message_gets_a_clear_error(twilio: Provider) -> None:
    for body in ("[]", "null", '"text"', "{broken", ""):
        path, signature = signed_json(body)
        answer = twilio.post(body.encode(), path=path, signature=signature, kind="application/json")
        assert answer.status_code == 400, body


def test_a_call_without_an_id_or_a_sender_gets_a_clear_error(twilio: Provider, database: Database) -> None:
    lacking = [
        {"MessageSid": "", "SmsSid": ""},
        {"From": ""},
        {"MessageSid": "SM" * 500},
        {"From": "+" * 400},
    ]
    assert [twilio.call(message(**missing)).status_code for missing in lacking] == [400] * 4
    assert stored(database) == []


def test_a_browser_that_comes_by_is_told_that_this_is_not_for_it(twilio: Provider) -> None:
    assert requests.get(twilio.address + "/webhooks/twilio", timeout=5).status_code == 405


def test_whatever_a_signed_call_holds_it_is_stored_or_refused_but_never_breaks(
    twilio: Provider, database: Database
) -> None:
    chance = random.Random(20261121)
    names = [*message(), "MediaUrl0", "ListId", "ButtonPayload", "Latitude", "Forwarded", "ExternalUserId", "x\x00y"]
    values = ["", "\x00", "👍" * 300, "नमस्ते", "\u202e", "9" * 400, "-1", "²", "१", "\ud7ff", "a\r\nb", "'; --", "{}"]
    answers = []
    for number in range(150):
        params = message(f"SM{number}")
        for name in chance.sample(names, 4):
            if name not in ("MessageSid", "From"):
                params[name] = chance.choice(values)
        answers.append(twilio.call(params).status_code)
    assert answers == [200] * 150
    assert len(stored(database)) == count_of_hearings(database) == 150


def count_of_hearings(database: Database) -> int:
    counted = text("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'name' = 'talk.hear'")
    with database.transaction() as session:
        return int(session.scalar(counted) or 0)


def said(database: Database) -> str:
    """A bubble that is being sent; its id."""
    with database.transaction() as session:
        someone = Account(first_seen_at=now(session))
        session.add(someone)
        session.flush()
        bubble = Bubble(kind="reply", lines=("hello",), language="en")
        made = queue(session, account_id=someone.id, channel="twilio", bubble=bubble)
        made.state = "sending"
        return made.id


def state(database: Database, outbound_id: str) -> tuple[str, str | None]:
    with database.transaction() as session:
        found = session.get_one(Outbound, outbound_id)
        return found.state, found.sid


def test_a_signed_status_is_recorded_with_the_sid_it_brings(twilio: Provider, database: Database) -> None:
    outbound_id = said(database)
    path = f"/webhooks/twilio/status?m={outbound_id}"
    for status in ("delivered", "sent", "queued"):
        assert twilio.call({"MessageSid": "SM9", "MessageStatus": status}, path=path).status_code == 200
    assert state(database, outbound_id) == ("delivered", "SM9")


def test_a_status_that_twilio_did_not_sign_changes_nothing(twilio: Provider, database: Database) -> None:
    outbound_id = said(database)
    params = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    answers = [
        twilio.call(params, path=f"/webhooks/twilio/status?m={outbound_id}", token="another secret"),
        twilio.post(params, path=f"/webhooks/twilio/status?m={outbound_id}"),
        twilio.post(
            params,
            path=f"/webhooks/twilio/status?m={outbound_id}",
            signature=RequestValidator(TOKEN).compute_signature(PUBLIC + "/webhooks/twilio/status?m=another", params),
        ),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert state(database, outbound_id) == ("sending", None)


def test_an_unknown_status_is_accepted(twilio: Provider) -> None:
    calls = [
        {"MessageSid": "SM-unknown", "MessageStatus": "delivered"},
        {"MessageSid": "SM-unknown", "MessageStatus": "failed", "ErrorCode": "63016"},
        {"MessageSid": "SM-unknown", "MessageStatus": "teleported"},
        {"Something": "else"},
        {"MessageSid": "\x00", "MessageStatus": "sent"},
    ]
    for params in calls:
        for query in ("", "?m=unknown", "?m=%00"):
            assert twilio.call(params, path=f"/webhooks/twilio/status{query}").status_code == 200
