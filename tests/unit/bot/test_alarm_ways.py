"""Alarms as they leave the house: over HTTP and SMTP, to servers that really listen."""

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.alarm_ways import MailWay, NotTold, Telling, WebWay, ways

BEGAN = Telling(key="erp:main", text="the ERP main does not answer", over=False, source="https://m.example.com")
OVER = Telling(key="erp:main", text="the ERP main does not answer", over=True, source="https://m.example.com")


@dataclass
class Hook:
    url: str
    status: int = 200
    seen: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.seen.append((body, dict(self.headers)))
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    hook.url = f"http://127.0.0.1:{server.server_port}/hook/secret"
    yield hook
    server.shutdown()
    server.server_close()


def test_a_web_address_gets_a_text_that_every_chat_takes_and_the_facts_in_headers(hook: Hook) -> None:
    way = WebWay(url=hook.url)
    way.tell(BEGAN)
    way.tell(OVER)
    (first, headers), (second, after) = hook.seen
    assert first == {"text": "Alarm: the ERP main does not answer (https://m.example.com)"}
    assert second["text"].startswith("Over: ")
    assert (headers["X-Munshi-Alarm"], headers["X-Munshi-State"]) == ("erp:main", "began")
    assert after["X-Munshi-State"] == "over"


def test_what_is_refused_or_not_there_was_not_told_and_no_secret_is_repeated(hook: Hook) -> None:
    hook.status = 500
    with pytest.raises(NotTold, match="ALERT_URL answered 500"):
        WebWay(url=hook.url).tell(BEGAN)
    with pytest.raises(NotTold) as caught:
        WebWay(url="http://127.0.0.1:1/secret").tell(BEGAN)
    assert "secret" not in str(caught.value)


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server of the plainest kind."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.recipients: list[str] = []
        self.refuses = False
        super().__init__(("127.0.0.1", 0), Talk)


class Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.say("220 mail.example.com")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split()[0]
            if word == "DATA":
                self.say("354 go on")
                self.server.mails.append(self.text())
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            elif word == "RCPT" and self.server.refuses:
                self.say("550 no such mailbox it@example.com")
            elif word in ("EHLO", "HELO", "MAIL", "RCPT", "RSET"):
                self.server.recipients += [line] if word == "RCPT" else []
                self.say("250 fine")
            else:
                self.say("502 not here")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def text(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    server = Mailbox()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_mail_says_what_is_wrong_to_everybody_named(mailbox: Mailbox) -> None:
    port = mailbox.server_address[1]
    MailWay.from_url(f"smtp://127.0.0.1:{port}?from=munshi@example.com&to=it@example.com,plant@example.com").tell(BEGAN)
    (mail,) = mailbox.mails
    assert "Subject: Munshi: Alarm: the ERP main does not answer" in mail
    assert "Message-ID: <" in mail
    assert [line.split("<")[1].rstrip(">") for line in mailbox.recipients] == ["it@example.com", "plant@example.com"]


def test_a_mail_server_that_refuses_or_is_not_there_was_not_told(mailbox: Mailbox) -> None:
    mailbox.refuses = True
    with pytest.raises(NotTold) as caught:
        MailWay.from_url(f"smtp://127.0.0.1:{mailbox.server_address[1]}?to=it@example.com").tell(BEGAN)
    assert "it@example.com" not in str(caught.value)
    with pytest.raises(NotTold):
        MailWay.from_url("smtp://127.0.0.1:1?to=it@example.com").tell(BEGAN)


def test_a_password_is_never_given_in_the_clear(mailbox: Mailbox) -> None:
    with pytest.raises(NotTold):
        MailWay.from_url(f"smtp://me:secret@127.0.0.1:{mailbox.server_address[1]}?to=it@example.com").tell(BEGAN)
    assert mailbox.mails == []


def test_the_address_of_a_mail_server_is_read_with_its_defaults() -> None:
    way = MailWay.from_url("smtps://a%40firm.in:p%2Fw@mail.firm.in?to=it@firm.in")
    assert (way.port, way.encrypted, way.user, way.password, way.sender) == (465, True, "a@firm.in", "p/w", "a@firm.in")
    assert MailWay.from_url("smtp://mail.firm.in?to=it@firm.in").port == 587


@pytest.mark.parametrize(
    "url", ["mail.firm.in", "http://mail.firm.in?to=a@b.in", "smtp://mail.firm.in", "smtp://h:x?to=a@b"]
)
def test_what_is_no_address_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        MailWay.from_url(url)


def test_only_what_is_set_up_is_a_way() -> None:
    assert ways(alert_url="", smtp_url="") == {}
    assert list(ways(alert_url="https://h", smtp_url="smtp://m?to=a@b.in")) == ["web", "mail"]
