"""The stand-in for Twilio, seen through Twilio's own client and validator."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.faults.http_server import StandInServer
from tests.faults.twilio_api import Options
from tests.faults.twilio_stand_in import TwilioStandIn

ACCOUNT, TOKEN = "AC" + "0" * 32, "token"
US, RAVI = "whatsapp:+14155550100", "whatsapp:+919000010101"


class Receiver:
    """What our web would be: keeps every call with its signature's verdict, and answers 200."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), True))
                good = RequestValidator(TOKEN).validate(
                    receiver.url + self.path, form, self.headers["X-Twilio-Signature"]
                )
                receiver.calls.append({"path": self.path, "form": form, "good": good})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        until = time.monotonic() + 5
        while len(self.calls) < count and time.monotonic() < until:
            time.sleep(0.005)
        assert len(self.calls) >= count
        return self.calls


@pytest.fixture
def us() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


class World:
    """One stand-in on a port, and the few calls the tests make."""

    def __init__(self, receiver: Receiver, tmp_path: Path, **options: Any) -> None:
        self.clock = tmp_path / "clock"
        given = {"account": ACCOUNT, "token": TOKEN, "number": US, "clock": self.clock, **options}
        self.stand_in = TwilioStandIn(Options(webhook=f"{receiver.url}/webhooks/twilio", **given))
        self.server = StandInServer(0, self.stand_in.respond)
        self.server.start()
        self.http = requests.Session()
        self.http.auth = (ACCOUNT, TOKEN)
        self.messages = f"{self.server.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def heard_from(self, who: str = RAVI) -> None:
        self.say({"from": who, "body": "namaste", "copies": 0})

    def say(self, data: dict[str, Any]) -> str:
        answer = self.http.post(f"{self.server.url}/stand-in/say", json=data)
        return str(answer.json()["sid"])

    def send(self, **form: str) -> requests.Response:
        return self.http.post(self.messages, data={"To": RAVI, "From": US, **form})

    def content(self, types: dict[str, Any], **more: Any) -> requests.Response:
        body = {"friendly_name": "x", "language": "en", "types": types, **more}
        return self.http.post(f"{self.server.url}/v1/Content", json=body)

    def feed(self, *kinds: str, after: int = 0) -> list[dict[str, Any]]:
        query = {"after": str(after), "kinds": ",".join(kinds)}
        events = self.http.get(f"{self.server.url}/stand-in/feed", params=query).json()["events"]
        return list(events)

    def faults(self, **faults: Any) -> None:
        self.http.post(f"{self.server.url}/stand-in/faults", json=faults)

    def close(self) -> None:
        self.http.close()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def world(us: Receiver, tmp_path: Path) -> Iterator[World]:
    made = World(us, tmp_path)
    yield made
    made.close()


def code_of(response: requests.Response) -> int:
    assert response.status_code == 400
    return int(response.json()["code"])


def quick_reply(body: str = "Hello {{1}}!", buttons: int = 3, title: str = "Go") -> dict[str, Any]:
    actions = [{"id": f"go:{n}", "title": f"{title}{n}"} for n in range(buttons)]
    return {"twilio/quick-reply": {"body": body, "actions": actions}}


def list_picker(rows: int = 2, title: str = "Row", description: str = "About") -> dict[str, Any]:
    items = [{"id": f"pick:{n}", "item": f"{title}{n}", "description": description} for n in range(rows)]
    return {"twilio/list-picker": {"body": "Which one?", "button": "Choose", "items": items}}


def test_a_wrong_password_is_refused(world: World) -> None:
    answer = requests.post(world.messages, data={"To": RAVI}, auth=(ACCOUNT, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "919000010101", "Body": "x"}, 21211),
        ({"From": "", "Body": "x"}, 21603),
        ({"From": "whatsapp:+15550000000", "Body": "x"}, 63007),
        ({"Body": "x" * 1601}, 21617),
        ({}, 21619),
        ({"Body": "x", "ContentVariables": "{}"}, 35127),
        ({"ContentVariables": "{}"}, 21654),
        ({"ContentSid": "HX123"}, 21655),
        ({"ContentSid": "HX" + "a" * 32}, 21655),
        ({"Body": "x", "StatusCallback": "/status"}, 21609),
    ],
)
def test_a_bad_message_is_refused_with_its_code(world: World, form: dict[str, str], code: int) -> None:
    world.heard_from()
    assert code_of(world.send(**form)) == code
    assert [event["code"] for event in world.feed("refused")] == [code]


@pytest.mark.parametrize("value", ["", "   ", "two\nlines", "a\ttab", "far      away", None, 5])
def test_a_variable_that_is_empty_or_broken_is_refused_with_21656(world: World, value: object) -> None:
    world.heard_from()
    sid = world.content(quick_reply(), variables={"1": "Ravi"}).json()["sid"]
    assert code_of(world.send(ContentSid=sid, ContentVariables=json.dumps({"1": value}))) == 21656


def test_a_variable_without_value_and_sample_is_refused_with_21656(world: World) -> None:
    world.heard_from()
    sid = world.content(quick_reply()).json()["sid"]
    assert code_of(world.send(ContentSid=sid)) == 21656


def test_a_template_is_rendered_with_its_buttons(world: World) -> None:
    world.heard_from()
    types = {
        "twilio/quick-reply": {
            "body": "Hello {{1}}!",
            "actions": [
                {"id": "confirm:{{2}}", "title": "Confirm"},
                {"id": "cancel:{{2}}", "title": "Cancel"},
            ],
        }
    }
    sid = world.content(types, variables={"1": "Ravi", "2": "tok"}).json()["sid"]
    answer = world.send(ContentSid=sid, ContentVariables=json.dumps({"1": "Asha", "2": "t1"}))
    assert answer.status_code == 201
    (seen,) = world.feed("message")
    assert seen["body"] == "Hello Asha!"
    assert seen["buttons"] == [
        {"id": "confirm:t1", "title": "Confirm"},
        {"id": "cancel:t1", "title": "Cancel"},
    ]


@pytest.mark.parametrize(
    "types",
    [
        quick_reply(buttons=0),
        quick_reply(buttons=11),
        quick_reply(title="A title that is much too long"),
        list_picker(rows=0),
        list_picker(rows=11),
        list_picker(title="A row title that is far too long"),
        list_picker(description="d" * 73),
    ],
)
def test_content_that_whatsapp_could_never_show_is_refused_at_once(world: World, types: dict[str, Any]) -> None:
    assert world.content(types).status_code == 400


def test_more_than_a_hundred_variables_are_refused(world: World) -> None:
    answer = world.content(quick_reply(), variables={str(n): "x" for n in range(101)})
    assert code_of(answer) == 92002


def failure_of(world: World, us: Receiver, **form: str) -> str:
    """The code with which a message fails after Twilio has taken it."""
    callback = f"{us.url}/webhooks/twilio/status?m=1"
    assert world.send(StatusCallback=callback, **form).status_code == 201
    failed = [call["form"] for call in us.wait_for(2) if call["form"].get("MessageStatus") == "failed"]
    assert world.feed("message") == []
    return str(failed[0]["ErrorCode"])


def test_free_text_outside_the_window_is_taken_and_fails_with_63016(world: World, us: Receiver) -> None:
    assert failure_of(world, us, Body="hello?") == "63016"


def test_the_window_closes_a_day_after_the_person_last_wrote(world: World, us: Receiver) -> None:
    world.heard_from()
    world.clock.write_text(str(timedelta(hours=24, minutes=1).total_seconds()))
    assert failure_of(world, us, Body="hello?") == "63016"


def test_an_approved_template_opens_the_conversation(world: World) -> None:
    sid = world.content(quick_reply(), variables={"1": "Ravi"}).json()["sid"]
    approval = f"{world.server.url}/v1/Content/{sid}/ApprovalRequests"
    asked = world.http.post(f"{approval}/whatsapp", json={"name": "hello", "category": "UTILITY"})
    assert (asked.status_code, asked.json()["status"]) == (201, "received")
    assert world.http.get(approval).json()["whatsapp"]["status"] == "approved"
    world.send(ContentSid=sid, ContentVariables='{"1": "Asha"}')
    assert [event["body"] for event in world.feed("message")] == ["Hello Asha!"]


@pytest.mark.parametrize("body", ["{{1}} is here.", "Here is {{1}}", "Take {{1}} {{2}} now."])
def test_a_template_with_a_variable_at_its_edge_or_beside_another_is_rejected(world: World, body: str) -> None:
    sid = world.content(quick_reply(body), variables={"1": "a", "2": "b"}).json()["sid"]
    approval = f"{world.server.url}/v1/Content/{sid}/ApprovalRequests"
    world.http.post(f"{approval}/whatsapp", json={"name": "hello", "category": "UTILITY"})
    assert world.http.get(approval).json()["whatsapp"]["status"] == "rejected"


def test_more_than_1024_characters_with_buttons_fail_with_63021(world: World, us: Receiver) -> None:
    world.heard_from()
    sid = world.content(quick_reply("x" * 1000 + " {{1}}!"), variables={"1": "Ravi"}).json()["sid"]
    assert failure_of(world, us, ContentSid=sid, ContentVariables=json.dumps({"1": "y" * 30})) == "63021"


def test_a_fourth_button_fails_with_63005_unless_the_template_is_approved(world: World, us: Receiver) -> None:
    world.heard_from()
    sid = world.content(quick_reply(buttons=4), variables={"1": "Ravi"}).json()["sid"]
    assert failure_of(world, us, ContentSid=sid) == "63005"


def test_a_title_that_grew_too_long_through_a_variable_fails_with_63005(world: World, us: Receiver) -> None:
    world.heard_from()
    sid = world.content(list_picker(title="{{1}} "), variables={"1": "Bada"}).json()["sid"]
    assert failure_of(world, us, ContentSid=sid, ContentVariables=json.dumps({"1": "b" * 30})) == "63005"


def test_statuses_come_signed_and_may_come_out_of_order(world: World, us: Receiver) -> None:
    world.heard_from()
    world.faults(callbacks_out_of_order=1)
    sid = world.send(Body="hello", StatusCallback=f"{us.url}/webhooks/twilio/status?m=17").json()["sid"]
    calls = us.wait_for(4)
    assert [call["form"]["MessageStatus"] for call in calls] == ["read", "delivered", "sent", "queued"]
    assert {call["path"] for call in calls} == {"/webhooks/twilio/status?m=17"}
    assert all(call["good"] and call["form"]["MessageSid"] == sid for call in calls)


def test_what_a_person_says_comes_twice_with_a_good_signature(world: World, us: Receiver) -> None:
    world.faults(webhooks_together=1)
    sid = world.say({"from": RAVI, "body": "5 peti मैगी"})
    first, second = us.wait_for(2)
    assert first == second
    assert first["good"]
    form = first["form"]
    assert (form["MessageSid"], form["Body"], form["WaId"]) == (sid, "5 peti मैगी", "919000010101")


def test_a_tap_carries_its_payload_and_what_it_answers(world: World, us: Receiver) -> None:
    world.say({"from": RAVI, "body": "Confirm", "button_payload": "confirm:t", "quoted_sid": "SM1", "copies": 1})
    world.say({"from": RAVI, "body": "Bada", "list_id": "pick:t:1", "copies": 1})
    forms = [call["form"] for call in us.wait_for(2)]
    taps = {form.get("ButtonPayload") or form.get("ListId"): form for form in forms}
    assert taps["confirm:t"]["OriginalRepliedMessageSid"] == "SM1"
    assert taps["pick:t:1"]["ListTitle"] == "Bada"


def test_a_webhook_that_nobody_answers_is_not_tried_again_but_stands_in_the_list(world: World) -> None:
    world.faults(webhook="http://127.0.0.1:9/nobody")
    sid = world.say({"from": RAVI, "body": "5 peti", "copies": 1})
    until = time.monotonic() + 5
    while not world.feed("webhook") and time.monotonic() < until:
        time.sleep(0.005)
    assert [event["answer"] for event in world.feed("webhook")] == [0]
    listed = world.http.get(world.messages, params={"From": RAVI, "To": US}).json()["messages"]
    assert [(row["sid"], row["body"], row["direction"]) for row in listed] == [(sid, "5 peti", "inbound")]


def test_the_list_is_paged_newest_first_and_kept_to_dates(world: World) -> None:
    for number in range(5):
        world.say({"from": RAVI, "body": str(number), "copies": 0})
    bodies: list[str] = []
    address: str | None = f"{world.messages}?PageSize=2"
    while address:
        page = world.http.get(address).json()
        bodies += [row["body"] for row in page["messages"]]
        following = page["next_page_uri"]
        address = following and f"{world.server.url}{following}"
    assert bodies == ["4", "3", "2", "1", "0"]
    later = world.http.get(world.messages, params={"DateSent>": "2999-01-01T00:00:00Z"}).json()
    assert later["messages"] == []


def test_a_429_says_how_long_to_wait_and_sends_nothing(world: World) -> None:
    world.heard_from()
    world.faults(**{"429": 1, "retry_after": 3})
    answer = world.send(Body="hello")
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "3", 20429)
    assert world.feed("message") == []


def test_a_line_cut_after_sending_leaves_the_message_sent(world: World) -> None:
    world.heard_from()
    world.faults(cut_after=1)
    with pytest.raises(requests.ConnectionError):
        world.send(Body="hello")
    assert [event["body"] for event in world.feed("message")] == ["hello"]


def test_a_request_cut_off_by_its_sender_is_no_request(world: World) -> None:
    host, port = world.server.server_address[:2]
    with socket.create_connection((str(host), port)) as line:
        head = f"POST {world.messages.partition(str(port))[2]} HTTP/1.1\r\nContent-Length: 50\r\n\r\n"
        line.sendall(head.encode() + b"To=whatsapp")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1000) == b""
    assert world.feed("refused") == []


def test_a_second_message_within_six_seconds_is_counted(world: World) -> None:
    world.heard_from()
    world.send(Body="one")
    world.send(Body="two")
    world.clock.write_text("7")
    world.send(Body="three")
    assert [event["too_soon"] for event in world.feed("message")] == [False, True, False]
    assert world.http.get(f"{world.server.url}/stand-in/counts").json()["paced_too_fast"] == 1


def test_a_second_message_within_six_seconds_can_be_refused(us: Receiver, tmp_path: Path) -> None:
    world = World(us, tmp_path, refuse_pace=True)
    world.heard_from()
    world.send(Body="one")
    world.send(Body="two")
    assert [event["code"] for event in world.feed("failed")] == [63018]
    world.close()


def test_it_takes_a_hundred_messages_a_second_through_one_line(world: World) -> None:
    world.heard_from()
    started = time.monotonic()
    for _ in range(200):
        assert world.send(Body="hello").status_code == 201
    rate = 200 / (time.monotonic() - started)
    assert len(world.feed("message")) == 200
    assert rate > 100, f"{rate:.0f} a second"
