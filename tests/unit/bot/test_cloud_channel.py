"""What goes over the wire to Meta, and what its answers mean; the rest is in the contract suite."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.channels.attachments import LARGEST
from bot.channels.cloud import CloudChannel
from bot.channels.port import (
    ChannelError,
    Choice,
    MediaRefused,
    OutcomeUnknown,
    OutgoingMessage,
    Refused,
    SlowDown,
    Unreachable,
    WindowClosed,
)
from bot.channels.shapes import form_key, template_name
from bot.model import ContentShape
from store.clock import ManualClock
from store.database import Database

GRAPH = "https://graph.facebook.com/v25.0"
MESSAGES = f"{GRAPH}/106/messages"
FILE = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=77&ext=1&hash=x"
TAKEN = {"messaging_product": "whatsapp", "contacts": [{"input": "x"}], "messages": [{"id": "wamid.1"}]}


@pytest.fixture
def meta() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def nowhere(clock: ManualClock) -> Database:
    """What is said within the window needs no registry, and so no database."""
    return Database(url="postgresql://nobody@127.0.0.1:1/none", clock=clock)


def channel(database: Database, **changes: Any) -> CloudChannel:
    return CloudChannel(**{"phone_number_id": "106", "access_token": "EAAB", "database": database, **changes})


def message(**changes: object) -> OutgoingMessage:
    fixed = {"id": "abc123", "to": "+919800000001", "kind": "summary", "language": "hi_Latn"}
    return OutgoingMessage(**{**fixed, "lines": ("20 peti", "Total ₹4,000"), **changes})


def sent(meta: responses.RequestsMock, call: int = -1) -> dict[str, Any]:
    return dict(json.loads(meta.calls[call].request.body or b"{}"))


def error(code: int, *, status: int = 400, **more: Any) -> dict[str, Any]:
    said = {"message": f"(#{code})", "type": "OAuthException", "code": code, "error_data": {"details": "why"}, **more}
    return {"status": status, "json": {"error": said}}


def test_text_goes_with_our_id_and_without_a_preview(meta: responses.RequestsMock, nowhere: Database) -> None:
    meta.post(MESSAGES, json=TAKEN)
    assert channel(nowhere).send(message()) == "wamid.1"
    assert sent(meta) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+919800000001",
        "biz_opaque_callback_data": "abc123",
        "type": "text",
        "text": {"body": "20 peti\nTotal ₹4,000", "preview_url": False},
    }
    assert meta.calls[0].request.headers["Authorization"] == "Bearer EAAB"


def test_a_person_without_a_number_is_the_recipient_by_id(meta: responses.RequestsMock, nowhere: Database) -> None:
    meta.post(MESSAGES, json=TAKEN)
    channel(nowhere).send(message(to="IN.4f8Ab2"))
    assert sent(meta)["recipient"] == "IN.4f8Ab2"
    assert "to" not in sent(meta)


def test_buttons_and_rows_need_no_registry(meta: responses.RequestsMock, nowhere: Database) -> None:
    meta.post(MESSAGES, json=TAKEN)
    channel(nowhere).send(message(buttons=(Choice(payload="confirm:t", title="Confirm"),)))
    assert sent(meta)["interactive"] == {
        "type": "button",
        "body": {"text": "20 peti\nTotal ₹4,000"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "confirm:t", "title": "Confirm"}}]},
    }
    rows = (Choice(payload="pick:t:1", title="One", description="of\tmany"), Choice(payload="pick:t:2", title="Two"))
    channel(nowhere).send(message(rows=rows, rows_title="Choose"))
    assert sent(meta)["interactive"]["action"] == {
        "button": "Choose",
        "sections": [
            {"rows": [{"id": "pick:t:1", "title": "One", "description": "of many"}, {"id": "pick:t:2", "title": "Two"}]}
        ],
    }


@pytest.mark.parametrize(
    ("base", "called"),
    [
        ("http://127.0.0.1:9001", "http://127.0.0.1:9001/v25.0"),
        ("http://127.0.0.1:9001/v31.0/", "http://127.0.0.1:9001/v31.0"),
        ("https://graph.facebook.com/v26.0", "https://graph.facebook.com/v26.0"),
    ],
)
def test_another_address_or_version_serves_all_calls(
    meta: responses.RequestsMock, nowhere: Database, base: str, called: str
) -> None:
    meta.post(f"{called}/106/messages", json=TAKEN)
    assert channel(nowhere, api_url=base).send(message()) == "wamid.1"


DECISIONS: list[tuple[dict[str, Any], type[ChannelError]]] = [
    (error(131047), WindowClosed),
    (error(131026), Unreachable),
    (error(130429), SlowDown),
    (error(131056), SlowDown),
    (error(131048), SlowDown),
    (error(80007), SlowDown),
    (error(4), SlowDown),
    (error(131016, status=503), SlowDown),
    (error(131057, status=500), SlowDown),
    (error(133004, status=503), SlowDown),
    (error(190, status=401), SlowDown),
    (error(0, status=401), SlowDown),
    (error(10, status=403), SlowDown),
    (error(200, status=403), SlowDown),
    (error(131042), SlowDown),
    (error(131031, status=403), SlowDown),
    (error(368, status=403), SlowDown),
    (error(131009), Refused),
    (error(100), Refused),
    (error(131051), Refused),
    (error(132000), Refused),
    (error(100, is_transient=True), SlowDown),
    (error(131000, status=500), OutcomeUnknown),
    (error(1, status=500), OutcomeUnknown),
    (error(2, status=503), OutcomeUnknown),
    ({"status": 502, "body": "<html>Bad gateway"}, OutcomeUnknown),
    ({"status": 429, "body": ""}, SlowDown),
    ({"status": 403, "body": "Forbidden"}, SlowDown),
    ({"status": 404, "body": "Not found"}, Refused),
    ({"status": 200, "body": "<html>Welcome"}, OutcomeUnknown),
    ({"status": 200, "json": {"messages": []}}, OutcomeUnknown),
    ({"status": 302, "headers": {"Location": "https://evil.example/"}, "body": ""}, OutcomeUnknown),
    ({"body": requests.exceptions.ReadTimeout()}, OutcomeUnknown),
    ({"body": requests.exceptions.ConnectTimeout()}, SlowDown),
    ({"body": requests.exceptions.ConnectionError("reset by peer")}, OutcomeUnknown),
    (
        {"body": requests.exceptions.ConnectionError(MaxRetryError(None, "", NewConnectionError(None, "refused")))},  # type: ignore[arg-type]
        SlowDown,
    ),
]


@pytest.mark.parametrize(("answer", "decision"), DECISIONS, ids=str)
def test_every_answer_is_a_decision(
    meta: responses.RequestsMock, nowhere: Database, answer: dict[str, Any], decision: type[ChannelError]
) -> None:
    meta.post(MESSAGES, **answer)
    with pytest.raises(ChannelError) as caught:
        channel(nowhere).send(message())
    assert type(caught.value) is decision


def test_an_error_says_what_meta_says_and_waits_as_long_as_meta_says(
    meta: responses.RequestsMock, nowhere: Database
) -> None:
    meta.post(MESSAGES, **error(130429), headers={"Retry-After": "17"})
    with pytest.raises(SlowDown, match="why") as caught:
        channel(nowhere).send(message())
    assert (caught.value.code, caught.value.retry_after) == ("130429", timedelta(seconds=17))


def approve(database: Database, *kinds: str, language: str = "hi_Latn") -> None:
    with database.transaction() as session:
        for kind in kinds:
            key = form_key("cloud", template_name(kind, language))
            session.add(ContentShape(key=key, sid=f"9{len(kind)}", made_at=datetime.now(UTC), approval="approved"))


def approval(database: Database, kind: str) -> str:
    with database.transaction() as session:
        return session.get_one(ContentShape, form_key("cloud", template_name(kind, "hi_Latn"))).approval


def test_outside_the_window_the_form_of_the_kind_goes_in_metas_language(
    meta: responses.RequestsMock, database: Database
) -> None:
    approve(database, "waits", "any")
    meta.post(MESSAGES, json=TAKEN)
    channel(database).send(message(opens_window=True))
    assert sent(meta)["template"] == {
        "name": "munshi_waits_hi_latn",
        "language": {"code": "hi"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "20 peti · Total ₹4,000"}]}],
    }


@pytest.mark.parametrize(("code", "now"), [(132001, "missing"), (132015, "paused"), (132016, "disabled")])
def test_a_form_that_is_gone_or_paused_gives_way_to_the_one_for_every_kind(
    meta: responses.RequestsMock, database: Database, code: int, now: str
) -> None:
    approve(database, "waits", "any")
    meta.post(MESSAGES, **error(code, status=404))
    meta.post(MESSAGES, json=TAKEN)
    assert channel(database).send(message(opens_window=True)) == "wamid.1"
    assert sent(meta)["template"]["name"] == "munshi_any_hi_latn"
    assert approval(database, "waits") == now


def test_when_no_form_is_left_the_window_is_closed(meta: responses.RequestsMock, database: Database) -> None:
    approve(database, "any")
    meta.post(MESSAGES, **error(132015))
    with pytest.raises(WindowClosed):
        channel(database).send(message(opens_window=True))
    assert approval(database, "any") == "paused"


def test_what_twilio_approved_says_nothing_of_metas_forms(meta: responses.RequestsMock, database: Database) -> None:
    with database.transaction() as session:
        twilios = template_name("any", "hi_Latn")
        session.add(ContentShape(key=twilios, sid="HX1", made_at=datetime.now(UTC), approval="approved"))
    with pytest.raises(WindowClosed):
        channel(database).send(message(opens_window=True))


def about_file(meta: responses.RequestsMock, **changes: Any) -> None:
    about = {"url": FILE, "mime_type": "image/jpeg", "file_size": 5, "id": "77", **changes}
    meta.get(f"{GRAPH}/77", json=about)


def test_an_attachment_is_fetched_by_its_id_and_then_from_where_it_is(
    meta: responses.RequestsMock, nowhere: Database
) -> None:
    about_file(meta)
    meta.get(FILE, body=b"photo", content_type="image/jpeg")
    assert channel(nowhere).fetch("media:77").content == b"photo"
    assert "phone_number_id=106" in str(meta.calls[0].request.url)
    assert [call.request.headers["Authorization"] for call in meta.calls] == ["Bearer EAAB"] * 2


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/photo", "http://lookaside.fbsbx.com/x", "https://lookaside.fbsbx.com.evil.example/", ""],
)
def test_an_address_that_is_not_metas_gets_no_token(meta: responses.RequestsMock, nowhere: Database, url: str) -> None:
    about_file(meta, url=url)
    with pytest.raises(MediaRefused, match="foreign_host"):
        channel(nowhere).fetch("media:77")


def test_a_redirect_takes_the_token_nowhere(meta: responses.RequestsMock, nowhere: Database) -> None:
    about_file(meta)
    meta.get(FILE, status=302, headers={"Location": "https://scontent.whatsapp.net/photo"})
    meta.get("https://scontent.whatsapp.net/photo", body=b"photo")
    channel(nowhere).fetch("media:77")
    assert "Authorization" not in meta.calls[-1].request.headers


@pytest.mark.parametrize("url", ["media:", "media:../../debug_token", "media:77?fields=x", "media:७७", "77"])
def test_an_id_that_is_none_is_not_asked_for(nowhere: Database, url: str) -> None:
    with pytest.raises(MediaRefused):
        channel(nowhere).fetch(url)


def test_what_is_too_large_is_not_begun(meta: responses.RequestsMock, nowhere: Database) -> None:
    about_file(meta, file_size=LARGEST + 1)
    with pytest.raises(MediaRefused, match="too_large"):
        channel(nowhere).fetch("media:77")


def test_an_attachment_that_is_gone_is_gone_and_one_that_is_not_there_yet_is_asked_for_again(
    meta: responses.RequestsMock, nowhere: Database
) -> None:
    meta.get(f"{GRAPH}/77", **error(100))
    with pytest.raises(MediaRefused, match="gone"):
        channel(nowhere).fetch("media:77")
    for answer in (error(190, status=401), error(1, status=500), {"body": requests.exceptions.ReadTimeout()}):
        meta.replace("GET", f"{GRAPH}/77", **answer)
        with pytest.raises(SlowDown):
            channel(nowhere).fetch("media:77")


def everything_is_well(meta: responses.RequestsMock, *, ends: int = 0, apps: list[dict[str, str]]) -> None:
    scopes = [{"scope": "whatsapp_business_management", "target_ids": ["102"]}]
    meta.get(f"{GRAPH}/106", json={"id": "106"})
    meta.get(f"{GRAPH}/debug_token", json={"data": {"expires_at": ends, "granular_scopes": scopes}})
    meta.get(f"{GRAPH}/102/subscribed_apps", json={"data": apps})


def test_check_tells_of_a_webhook_that_is_not_called(meta: responses.RequestsMock, nowhere: Database) -> None:
    everything_is_well(meta, apps=[])
    (webhook,) = channel(nowhere).check()
    assert "No app is subscribed" in webhook


@pytest.mark.parametrize(("said", "ends"), [(1_800_000_000, datetime(2027, 1, 15, 8, 0, tzinfo=UTC)), (0, None)])
def test_a_token_says_when_it_ends_if_it_does(
    meta: responses.RequestsMock, nowhere: Database, said: int, ends: datetime | None
) -> None:
    everything_is_well(meta, ends=said, apps=[])
    assert channel(nowhere).access_ends_at() == ends


def test_of_a_token_that_may_not_look_at_itself_no_end_is_told(meta: responses.RequestsMock, nowhere: Database) -> None:
    meta.get(f"{GRAPH}/106", json={"id": "106"})
    meta.get(f"{GRAPH}/debug_token", **error(100))
    assert channel(nowhere).check() == []
    assert channel(nowhere).access_ends_at() is None


def test_a_template_without_an_id_counts_as_not_submitted(meta: responses.RequestsMock, nowhere: Database) -> None:
    meta.post(f"{GRAPH}/103/message_templates", json={"status": "PENDING"})
    with pytest.raises(SlowDown):
        channel(nowhere, business_account_id="103").submit_template(
            name="x", language="en", body="x {{1}} y", samples=("z",)
        )


def test_a_token_for_several_accounts_needs_to_be_told_which(meta: responses.RequestsMock, nowhere: Database) -> None:
    scopes = [{"scope": "whatsapp_business_management", "target_ids": ["102", "103"]}]
    meta.get(f"{GRAPH}/debug_token", json={"data": {"granular_scopes": scopes}})
    with pytest.raises(Refused, match="CLOUD_BUSINESS_ACCOUNT_ID"):
        channel(nowhere).submit_template(name="munshi_any_en", language="en", body="x {{1}} y", samples=("z",))
    meta.post(f"{GRAPH}/103/message_templates", json={"id": "900", "status": "PENDING"})
    told = channel(nowhere, business_account_id="103")
    assert told.submit_template(name="munshi_any_en", language="en", body="x {{1}} y", samples=("z",)) == "900"
