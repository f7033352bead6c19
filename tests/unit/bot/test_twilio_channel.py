import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from responses import matchers
from sqlalchemy import select
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.channels.port import (
    ChannelError,
    Choice,
    Direction,
    OutcomeUnknown,
    OutgoingMessage,
    Refused,
    SlowDown,
    Unreachable,
    WindowClosed,
)
from bot.channels.twilio import TwilioChannel
from bot.model import ContentShape
from store.clock import ManualClock
from store.database import Database

ACCOUNT = "AC" + "0" * 32
API = "https://api.twilio.com"
MESSAGES = f"{API}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CONTENT = "https://content.twilio.com/v1/Content"
SID = "SM" + "1" * 32


@pytest.fixture
def twilio() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def channel(database: Database, **changes: str) -> TwilioChannel:
    return TwilioChannel(
        **{
            "account_sid": ACCOUNT,
            "auth_token": "token",
            "sender": "whatsapp:+912240001234",
            "public_url": "https://orders.example.com/",
            "database": database,
            **changes,
        }
    )


@pytest.fixture
def nowhere(clock: ManualClock) -> Database:
    """Plain text needs no registry, and so no database."""
    return Database(url="postgresql://nobody@127.0.0.1:1/none", clock=clock)


def message(**changes: object) -> OutgoingMessage:
    fixed = {"id": "abc123", "to": "+919800000001", "kind": "summary", "language": "en"}
    return OutgoingMessage(**{**fixed, "lines": ("20 peti", "Total ₹4,000"), **changes})


def with_buttons(**changes: object) -> OutgoingMessage:
    confirm = (Choice(payload="confirm:tok", title="Confirm"), Choice(payload="cancel:tok", title="Cancel"))
    return message(**{"buttons": confirm, **changes})


def taken(twilio: responses.RequestsMock, **changes: Any) -> None:
    answer = {} if "body" in changes else {"json": {"sid": SID, "status": "queued"}}
    twilio.post(MESSAGES, **{"status": 201, **answer, **changes})


def content_registry(twilio: responses.RequestsMock, *known: dict[str, str]) -> list[dict[str, Any]]:
    """The provider's own registry; what it is asked to make."""
    made: list[dict[str, Any]] = []

    def create(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        made.append(json.loads(request.body or ""))
        return 201, {}, json.dumps({"sid": f"HX{len(made):032x}", "friendly_name": made[-1]["friendly_name"]})

    twilio.add_callback(responses.POST, CONTENT, callback=create)
    page = {"contents": list(known), "meta": {"key": "contents", "next_page_url": None}}
    twilio.get(CONTENT, json=page)
    return made


def form(twilio: responses.RequestsMock, call: int = -1) -> dict[str, str]:
    body = twilio.calls[call].request.body
    text = body.decode() if isinstance(body, bytes) else str(body)
    return {key: values[0] for key, values in parse_qs(text, keep_blank_values=True).items()}


def test_plain_text_goes_as_body_with_our_id_in_the_callback(twilio: responses.RequestsMock, nowhere: Database) -> None:
    taken(twilio)
    assert channel(nowhere).send(message()) == SID
    assert form(twilio) == {
        "To": "whatsapp:+919800000001",
        "From": "whatsapp:+912240001234",
        "Body": "20 peti\nTotal ₹4,000",
        "StatusCallback": "https://orders.example.com/webhooks/twilio/status?m=abc123",
    }


def test_a_person_without_a_number_is_written_to_by_the_business_scoped_id(
    twilio: responses.RequestsMock, nowhere: Database
) -> None:
    taken(twilio)
    channel(nowhere).send(message(to="IN.4f8Ab2"))
    assert form(twilio)["To"] == "whatsapp:IN.4f8Ab2"


def test_another_base_address_serves_all_of_twilios_hosts(twilio: responses.RequestsMock, database: Database) -> None:
    base = "http://127.0.0.1:9001"
    page = {"contents": [], "meta": {"key": "contents", "next_page_url": None}}
    twilio.get(f"{base}/v1/Content", json=page)
    twilio.post(f"{base}/v1/Content", status=201, json={"sid": "HX" + "2" * 32})
    twilio.post(f"{base}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", status=201, json={"sid": SID})
    assert channel(database, api_url=base).send(with_buttons()) == SID


def test_buttons_go_as_a_content_template_and_never_with_a_body(
    twilio: responses.RequestsMock, database: Database
) -> None:
    made = content_registry(twilio)
    taken(twilio)
    channel(database).send(with_buttons())
    sent = form(twilio)
    assert "Body" not in sent
    assert sent["ContentSid"] == "HX" + "0" * 31 + "1"
    assert json.loads(sent["ContentVariables"]) == {
        "1": "20 peti",
        "2": "Total ₹4,000",
        "3": "confirm:tok",
        "4": "cancel:tok",
    }
    assert made[0]["types"]["twilio/quick-reply"]["body"] == "{{1}}\n{{2}}"


def test_a_shape_is_made_once_and_remembered_by_every_process(
    twilio: responses.RequestsMock, database: Database
) -> None:
    made = content_registry(twilio)
    taken(twilio)
    first = channel(database)
    first.send(with_buttons())
    first.send(with_buttons(lines=("30 peti", "Total ₹6,000")))
    channel(database).send(with_buttons())
    assert len(made) == 1


def test_a_shape_the_provider_has_already_is_found_there(twilio: responses.RequestsMock, database: Database) -> None:
    made = content_registry(twilio)
    taken(twilio)
    channel(database).send(with_buttons())
    name = made[0]["friendly_name"]
    with database.transaction() as session:
        session.delete(session.get_one(ContentShape, name))
    twilio.reset()
    again = content_registry(twilio, {"sid": "HX" + "9" * 32, "friendly_name": name})
    taken(twilio)
    channel(database).send(with_buttons())
    assert again == []
    assert form(twilio)["ContentSid"] == "HX" + "9" * 32


def test_a_shape_that_another_process_is_making_is_waited_for(
    twilio: responses.RequestsMock, database: Database, clock: ManualClock
) -> None:
    content_registry(twilio)
    taken(twilio)
    channel(database).send(with_buttons())
    with database.transaction() as session:
        shape = session.scalars(select(ContentShape)).one()
        shape.sid, shape.made_at = "", clock.now()
    with pytest.raises(SlowDown) as wait:
        channel(database).send(with_buttons())
    assert wait.value.retry_after is not None
    clock.push(timedelta(seconds=61))
    assert channel(database).send(with_buttons()) == SID


def test_two_processes_at_once_make_a_shape_once(twilio: responses.RequestsMock, database: Database) -> None:
    made = content_registry(twilio)
    taken(twilio)
    start = Barrier(4)
    outcomes: list[str] = []

    def send() -> None:
        one = channel(database)
        start.wait()
        try:
            outcomes.append(one.send(with_buttons()))
        except SlowDown:
            outcomes.append("waits")

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert SID in outcomes
    assert set(outcomes) <= {SID, "waits"}


def test_a_shape_that_could_not_be_made_is_tried_again_and_nothing_was_sent(
    twilio: responses.RequestsMock, database: Database
) -> None:
    page = {"contents": [], "meta": {"key": "contents", "next_page_url": None}}
    twilio.get(CONTENT, json=page)
    twilio.post(CONTENT, status=500, json={"code": 20500, "message": "Internal", "status": 500})
    one = channel(database)
    with pytest.raises(SlowDown):
        one.send(with_buttons())
    twilio.reset()
    content_registry(twilio)
    taken(twilio)
    assert one.send(with_buttons()) == SID


def test_a_shape_that_is_gone_at_the_provider_is_made_again(twilio: responses.RequestsMock, database: Database) -> None:
    made = content_registry(twilio)
    error = {"code": 21655, "message": "The ContentSid is Invalid", "status": 400}
    twilio.post(MESSAGES, status=400, json=error)
    one = channel(database)
    with pytest.raises(SlowDown):
        one.send(with_buttons())
    twilio.replace(responses.POST, MESSAGES, status=201, json={"sid": SID})
    assert one.send(with_buttons()) == SID
    assert len(made) == 2


def test_outside_the_window_nothing_is_sent_without_an_approved_template(
    twilio: responses.RequestsMock, database: Database
) -> None:
    with pytest.raises(WindowClosed) as closed:
        channel(database).send(message(opens_window=True))
    assert closed.value.code == "63016"
    assert len(twilio.calls) == 0


def test_outside_the_window_the_approved_template_of_the_kind_goes(
    twilio: responses.RequestsMock, database: Database, clock: ManualClock
) -> None:
    with database.transaction() as session:
        session.add(ContentShape(key="munshi_waits_en", sid="HX" + "7" * 32, made_at=clock.now(), approval="approved"))
    taken(twilio)
    channel(database).send(with_buttons(opens_window=True))
    sent = form(twilio)
    assert sent["ContentSid"] == "HX" + "7" * 32
    assert json.loads(sent["ContentVariables"]) == {"1": "20 peti · Total ₹4,000"}


DECISIONS = {
    (400, 63016): WindowClosed,
    (400, 63018): SlowDown,
    (429, 20429): SlowDown,
    (400, 131056): SlowDown,
    (400, 130429): SlowDown,
    (400, 30001): SlowDown,
    (400, 63024): Unreachable,
    (400, 63014): Unreachable,
    (400, 21610): Unreachable,
    (400, 131026): Unreachable,
    (400, 21617): Refused,
    (400, 21656): Refused,
    (401, 20003): SlowDown,
    (500, 20500): OutcomeUnknown,
    (503, 20503): OutcomeUnknown,
}


@pytest.mark.parametrize(("answer", "decision"), DECISIONS.items())
def test_an_error_code_becomes_a_decision(
    answer: tuple[int, int], decision: type[ChannelError], twilio: responses.RequestsMock, nowhere: Database
) -> None:
    status, code = answer
    taken(twilio, status=status, json={"code": code, "message": "No", "status": status})
    with pytest.raises(ChannelError) as error:
        channel(nowhere).send(message())
    assert type(error.value) is decision
    assert error.value.code == str(code)


def test_a_wait_that_twilio_names_is_kept(twilio: responses.RequestsMock, nowhere: Database) -> None:
    too_many = {"code": 20429, "message": "Too Many Requests", "status": 429}
    taken(twilio, status=429, json=too_many, headers={"Retry-After": "7"})
    with pytest.raises(SlowDown) as wait:
        channel(nowhere).send(message())
    assert wait.value.retry_after == timedelta(seconds=7)


def refused_connection() -> requests.ConnectionError:
    pool: Any = None
    return requests.ConnectionError(MaxRetryError(pool, "/", NewConnectionError(pool, "refused")))


@pytest.mark.parametrize("fault", [requests.ConnectTimeout(), refused_connection()])
def test_what_never_left_may_be_sent_again(fault: Exception, twilio: responses.RequestsMock, nowhere: Database) -> None:
    taken(twilio, body=fault)
    with pytest.raises(SlowDown):
        channel(nowhere).send(message())


@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("Connection aborted.", ConnectionResetError())},
        {"body": "<html>"},
        {"json": {}},
        {"json": []},
    ],
    ids=["no answer", "cut line", "no JSON", "no SID", "a list"],
)
def test_what_may_have_left_is_looked_up_before_it_is_sent_again(
    answer: dict[str, Any], twilio: responses.RequestsMock, nowhere: Database
) -> None:
    taken(twilio, **answer)
    with pytest.raises(OutcomeUnknown):
        channel(nowhere).send(message())


def test_every_call_has_a_time_out(twilio: responses.RequestsMock, nowhere: Database) -> None:
    waits = matchers.request_kwargs_matcher({"timeout": 10.0})
    taken(twilio, match=[waits])
    channel(nowhere).send(message())


def test_neither_text_nor_number_is_logged(
    twilio: responses.RequestsMock, nowhere: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    taken(twilio)
    channel(nowhere).send(message())
    assert "9800000001" not in caplog.text
    assert "peti" not in caplog.text


def as_listed(number: int, *, when: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "sid": f"SM{number:032x}",
        "direction": "inbound",
        "from": "whatsapp:+919800000001",
        "to": "whatsapp:+912240001234",
        "body": f"message {number}",
        "status": "received",
        "num_media": "0",
        "error_code": None,
        "date_sent": when.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "date_created": when.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        **changes,
    }


NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_the_list_is_read_page_by_page_from_a_moment_on_and_of_this_sender_alone(
    twilio: responses.RequestsMock, nowhere: Database
) -> None:
    second = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize=500&Page=1&PageToken=PASM1"
    pages = [
        [
            as_listed(4, when=NOON, direction="outbound-api", status="delivered")
            | {"from": "whatsapp:+912240001234", "to": "whatsapp:IN.4f8Ab2"},
            as_listed(3, when=NOON - timedelta(minutes=1), to="+912240001234"),
        ],
        [
            as_listed(2, when=NOON - timedelta(minutes=2), num_media="1"),
            as_listed(1, when=NOON - timedelta(hours=3)),
        ],
    ]
    first_query = matchers.query_param_matcher({"PageSize": "500", "DateSent>": "2026-11-21T11:00:00Z"})
    twilio.get(MESSAGES, json={"messages": pages[0], "next_page_uri": second}, match=[first_query])
    second_query = matchers.query_param_matcher({"PageSize": "500", "Page": "1", "PageToken": "PASM1"})
    twilio.get(MESSAGES, json={"messages": pages[1], "next_page_uri": None}, match=[second_query])

    found = list(channel(nowhere).listed(NOON - timedelta(hours=1)))

    assert [(one.direction, one.person, one.body, one.media) for one in found] == [
        (Direction.OUTBOUND, "IN.4f8Ab2", "message 4", 0),
        (Direction.INBOUND, "+919800000001", "message 2", 1),
    ]
    assert found[0].at == NOON
    assert found[0].status == "delivered"
    assert json.dumps(found[0].raw)


def test_the_list_can_be_asked_for_one_recipient(twilio: responses.RequestsMock, nowhere: Database) -> None:
    only = matchers.query_param_matcher({"To": "whatsapp:+919800000001"}, strict_match=False)
    twilio.get(MESSAGES, json={"messages": [], "next_page_uri": None}, match=[only])
    assert list(channel(nowhere).listed(NOON, to="+919800000001")) == []


def test_a_list_that_does_not_answer_is_asked_later(twilio: responses.RequestsMock, nowhere: Database) -> None:
    twilio.get(MESSAGES, body=requests.ReadTimeout())
    with pytest.raises(SlowDown):
        list(channel(nowhere).listed(NOON))


def test_the_attachments_of_a_listed_message_are_named(twilio: responses.RequestsMock, nowhere: Database) -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media"
    one = {"sid": "ME1", "content_type": "image/jpeg", "uri": f"{path}/ME1.json"}
    twilio.get(f"{API}{path}.json", json={"media_list": [one], "next_page_uri": None})
    (found,) = channel(nowhere).media(SID)
    assert (found.url, found.content_type) == (f"{API}{path}/ME1", "image/jpeg")


def test_check_says_what_to_do_when_twilio_does_not_let_us_in(
    twilio: responses.RequestsMock, nowhere: Database
) -> None:
    twilio.get(MESSAGES, status=401, json={"code": 20003, "message": "Authenticate", "status": 401})
    (problem,) = channel(nowhere).check()
    assert re.search("TWILIO_AUTH_TOKEN", problem)
