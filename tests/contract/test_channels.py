"""One suite for every way in and out: what `bot/channels/port.py` says is true of each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import templates
from bot.bubbles import LIMIT_PLAIN, LIMIT_WITH_BUTTONS, Bubble, Button, Row, fits, payload
from bot.channels.cloud import CloudChannel
from bot.channels.cloud_webhook import Batch, batch
from bot.channels.console import ConsoleChannel
from bot.channels.port import (
    UNTIL_MENDED,
    Channel,
    Choice,
    Direction,
    MediaRefused,
    OutcomeUnknown,
    OutgoingMessage,
    Refused,
    SlowDown,
    WindowClosed,
)
from bot.channels.shapes import clean
from bot.channels.twilio import TwilioChannel
from bot.intake import Incoming
from bot.model import ACCEPTED_STATES
from bot.templates import Approver
from store.clock import SystemClock
from store.database import Database
from tests.faults import twilio_rules
from tests.faults.cloud_rules import Refusal as CloudRefusal
from tests.faults.cloud_stand_in import CloudStandIn
from tests.faults.cloud_stand_in import refused as cloud_refused
from tests.faults.http_server import Answer, Ask, StandInServer
from tests.faults.twilio_api import Options, message_now
from tests.faults.twilio_stand_in import TwilioStandIn
from web.webhooks import incoming_from

PERSON = "+919800000001"
ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "token", "whatsapp:+912240001234"
TWILIO_QUOTE = {"OriginalRepliedMessageSid": "SM0", "OriginalRepliedMessageSender": NUMBER}
CLOUD_QUOTE: dict[str, object] = {"context": {"from": "912240001234", "id": "SM0"}}


def cloud_text(body: str) -> dict[str, object]:
    """The part of a message that holds its text."""
    return {"type": "text", "text": {"body": body}}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the person sees of one message."""

    to: str
    text: str
    buttons: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, str], ...]


class Subject(Protocol):
    """A channel with the other side in the test's hands."""

    channel: Channel
    settings: str
    """How the names of its settings begin."""

    def seen(self, sid: str) -> Seen | None:
        """The message as it arrived; None for a channel that shows our own rows."""

    def person_writes(self, person: str) -> None:
        """Opens the window; nothing is delivered to us."""

    def break_down(self, fault: str) -> bool:
        """`busy`, `cut_before`, `cut_after` or `away`; False when that cannot happen here."""

    def answers_with(self, wrong: str) -> bool:
        """What the next message is answered with: `no_rights` or `bad_content`; False when that cannot happen here."""

    def calls_back(self, sent: OutgoingMessage) -> bool:
        """Whether the other side tells of a message whose answer was lost."""

    def heard(self, act: str) -> Incoming | None:
        """What our side takes in when somebody does something; None when nothing is delivered by webhooks."""


class ConsoleSubject:
    settings = ""

    def __init__(self) -> None:
        self.channel: Channel = ConsoleChannel()

    def seen(self, sid: str) -> Seen | None:
        return None

    def person_writes(self, person: str) -> None:
        pass

    def break_down(self, fault: str) -> bool:
        return False

    def answers_with(self, wrong: str) -> bool:
        return False

    def calls_back(self, sent: OutgoingMessage) -> bool:
        return False

    def heard(self, act: str) -> Incoming | None:
        return None


class Served:
    """A stand-in behind a server that can go away."""

    def serve(self, respond: Callable[[Ask], Answer]) -> None:
        self.instead: Answer | None = None
        self.server = StandInServer(0, lambda ask: self.instead or respond(ask))
        self.server.start()

    def goes_away(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def close(self) -> None:
        with suppress(OSError):
            self.goes_away()


class TwilioSubject(Served):
    """The real channel against the stand-in that refuses what Twilio refuses."""

    settings = "TWILIO_"

    def __init__(self, database: Database) -> None:
        options = Options(account=ACCOUNT, token=TOKEN, number=NUMBER, webhook="", callbacks=False)
        self.stand_in = TwilioStandIn(options)
        self.serve(self.stand_in.respond)
        self.channel: Channel = TwilioChannel(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=NUMBER,
            public_url="http://127.0.0.1:1",
            api_url=self.server.url,
            database=database,
            timeout=2,
        )
        self.person_writes(PERSON)

    def person_writes(self, person: str) -> None:
        bubble = twilio_rules.Bubble(body="namaste")
        record = self.stand_in.record
        record.add(message_now(record, "inbound", f"whatsapp:{person}", NUMBER, bubble, status="received"))

    def seen(self, sid: str) -> Seen | None:
        found = self.stand_in.record.get(sid)
        assert found is not None
        assert found.error_code is None, found.error_text
        return seen_as(found.to.removeprefix("whatsapp:"), found.bubble)

    def break_down(self, fault: str) -> bool:
        if fault == "away":
            self.goes_away()
        else:
            self.stand_in.chance.set({{"busy": "429"}.get(fault, fault): 1.0})
        return True

    def answers_with(self, wrong: str) -> bool:
        code, status = {"no_rights": (20003, 401), "bad_content": (21617, 400)}[wrong]
        self.instead = Answer(status=status, data={"code": code, "message": "", "more_info": "", "status": status})
        return True

    def calls_back(self, sent: OutgoingMessage) -> bool:
        since = datetime.now(UTC) - timedelta(minutes=1)
        self.stand_in.chance.set({"cut_after": 0.0})
        return [one.body for one in self.channel.listed(since, to=PERSON)] == [sent.text]

    def heard(self, act: str) -> Incoming | None:
        params = {"MessageSid": "SM1", "From": f"whatsapp:{PERSON}", "ProfileName": "Ramesh", "MessageType": "text"}
        return incoming_from(params | TWILIO_ACTS[act])


class CloudSubject(Served):
    """The real channel against the stand-in that refuses what Meta refuses."""

    settings = "CLOUD_"

    def __init__(self, database: Database) -> None:
        self.stand_in = CloudStandIn()
        self.serve(self.stand_in.respond)
        self.channel: Channel = CloudChannel(
            phone_number_id=self.stand_in.options.number,
            access_token=self.stand_in.options.token,
            api_url=self.server.url,
            database=database,
            timeout=2,
        )
        self.person_writes(PERSON)

    def person_writes(self, person: str) -> None:
        self.stand_in.people.add(person)

    def seen(self, sid: str) -> Seen | None:
        found = self.stand_in.sent[sid]
        assert found.fails_with is None, found.fails_with
        return seen_as(found.to, found.bubble)

    def break_down(self, fault: str) -> bool:
        if fault == "away":
            self.goes_away()
        else:
            self.stand_in.chance.set({{"busy": "429"}.get(fault, fault): 1.0})
        return True

    def answers_with(self, wrong: str) -> bool:
        code, status = {"no_rights": (190, 401), "bad_content": (131009, 400)}[wrong]
        self.instead = cloud_refused(CloudRefusal(code, "no", status=status))
        return True

    def calls_back(self, sent: OutgoingMessage) -> bool:
        (sid,) = self.stand_in.sent
        told = self.stand_in.payload(self.stand_in.value(statuses=[self.stand_in.status(sid, "sent")]))
        (one,) = self.brought(told).statuses
        return (one.outbound_id, one.sid, one.status) == (sent.id, sid, "sent")

    def heard(self, act: str) -> Incoming | None:
        message, contact = CLOUD_ACTS[act], self.stand_in.contact(PERSON)
        written = self.stand_in.message(PERSON, message) | {"id": "SM1"}
        if act == "without a number":
            contact = {"profile": {"name": "Ramesh"}, "user_id": "IN.4f8Ab2"}
        (one,) = self.brought(
            self.stand_in.payload(self.stand_in.value(messages=[written], contacts=[contact]))
        ).messages
        return one

    def brought(self, payload: dict[str, object]) -> Batch:
        return batch(payload, phone_number_id=self.stand_in.options.number, clock=SystemClock())


def seen_as(to: str, bubble: twilio_rules.Bubble) -> Seen:
    return Seen(
        to=to,
        text=bubble.body,
        buttons=tuple((button.id, button.title) for button in bubble.buttons),
        rows=tuple((row.id, row.title, row.description) for row in bubble.rows),
    )


@pytest.fixture(params=["console", "twilio", "cloud"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "console":
        yield ConsoleSubject()
        return
    made = {"twilio": TwilioSubject, "cloud": CloudSubject}[request.param](request.getfixturevalue("database"))
    yield made
    made.close()


def message(bubble: Bubble, *, to: str = PERSON) -> OutgoingMessage:
    """A bubble as the outgoing table hands it over."""
    return OutgoingMessage(
        id=uuid4().hex,
        to=to,
        kind=bubble.kind,
        language=bubble.language,
        lines=bubble.lines,
        buttons=tuple(
            Choice(payload=payload(act=one.act, token="t" * 12, arg=one.arg), title=one.title) for one in bubble.buttons
        ),
        rows=tuple(
            Choice(
                payload=payload(act=one.act, token="t" * 12, arg=one.arg),
                title=one.title,
                description=one.description,
            )
            for one in bubble.rows
        ),
        rows_title=bubble.rows_title,
    )


def bubble(*lines: str, **changes: object) -> Bubble:
    return Bubble(**{"kind": "summary", "language": "hi", "lines": lines, **changes})


MEANT: dict[str, tuple[str, str, str, str, bool, list[str]]] = {
    "text": ("text", "20 peti", "", "", False, []),
    "tap": ("button interactive", "Confirm", "confirm:tok", "SM0", False, []),
    "row": ("interactive", "Kutku-G", "pick:tok:1.0", "SM0", False, []),
    "quote": ("text", "wahi", "", "SM0", False, []),
    "forward": ("text", "20 peti", "", "", True, []),
    "photo": ("image", "parchi", "", "", False, ["image/jpeg"]),
    "place": ("location", "", "", "", False, []),
    "without a number": ("text", "20 peti", "", "", False, []),
}
TWILIO_ACTS: dict[str, dict[str, str]] = {
    "text": {"Body": "20 peti"},
    "tap": {"Body": "Confirm", "MessageType": "button", "ButtonPayload": "confirm:tok", **TWILIO_QUOTE},
    "row": {"Body": "Kutku-G", "MessageType": "interactive", "ListId": "pick:tok:1.0", **TWILIO_QUOTE},
    "quote": {"Body": "wahi", **TWILIO_QUOTE},
    "forward": {"Body": "20 peti", "Forwarded": "true"},
    "photo": {
        "Body": "parchi",
        "MessageType": "image",
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/1",
        "MediaContentType0": "image/jpeg",
    },
    "place": {"MessageType": "location", "Latitude": "19.07", "Longitude": "72.87"},
    "without a number": {"Body": "20 peti", "From": "whatsapp:IN.4f8Ab2"},
}
CLOUD_ACTS: dict[str, dict[str, object]] = {
    "text": cloud_text("20 peti"),
    "tap": {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "confirm:tok", "title": "Confirm"}},
        **CLOUD_QUOTE,
    },
    "row": {
        "type": "interactive",
        "interactive": {"type": "list_reply", "list_reply": {"id": "pick:tok:1.0", "title": "Kutku-G"}},
        **CLOUD_QUOTE,
    },
    "quote": cloud_text("wahi") | CLOUD_QUOTE,
    "forward": cloud_text("20 peti") | {"context": {"forwarded": True}},
    "photo": {"type": "image", "image": {"id": "77", "mime_type": "image/jpeg", "caption": "parchi"}},
    "place": {"type": "location", "location": {"latitude": 19.07, "longitude": 72.87, "name": "Gupta 12"}},
    "without a number": cloud_text("20 peti") | {"from": "", "from_user_id": "IN.4f8Ab2"},
}

THREE = tuple(
    Button(act=act, title=str(n) * 20, arg="x" * 200) for n, act in enumerate(("confirm", "change", "cancel"))
)
TEN = tuple(Row(act="pick", arg=f"{n}" * 150, title=f"{n}" * 24, description="d" * 72) for n in range(10))
AT_THE_LIMIT: dict[str, Callable[[], Bubble]] = {
    "a word": lambda: bubble("haan"),
    "plain": lambda: bubble(*["x" * 79] * 20),
    "one long line": lambda: bubble("x" * LIMIT_PLAIN),
    "three buttons": lambda: bubble(*["नौ" * 10] * 48, buttons=THREE),
    "one long line with a button": lambda: bubble("x" * LIMIT_WITH_BUTTONS, buttons=THREE[:1]),
    "sixty lines with buttons": lambda: bubble(*["1234567890123456"] * 60, buttons=THREE),
    "ten rows": lambda: bubble("Which one?", "", "👍 " * 100, rows=TEN, rows_title="Choose one of these"),
    "blank lines between": lambda: bubble("Order", "", "", "Total", buttons=THREE),
}


@pytest.mark.parametrize("made", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_what_fits_is_taken_and_arrives_as_it_was_written(subject: Subject, made: Callable[[], Bubble]) -> None:
    assert fits(made())
    sent = message(made())
    seen = subject.seen(subject.channel.send(sent))
    if seen is not None:
        assert seen.to == PERSON
        assert seen.text.split() == sent.text.split() or seen.text.replace(" ", "") == sent.text.replace(" ", "")
        assert seen.buttons == tuple((one.payload, one.title) for one in sent.buttons)
        assert seen.rows == tuple((one.payload, one.title, one.description) for one in sent.rows)


WORDS = st.text(min_size=0, max_size=300)
TITLES = st.text(alphabet="abc 👍नौ\t", min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(WORDS, min_size=1, max_size=5),
    buttons=st.lists(TITLES, max_size=4),
    rows=st.lists(st.tuples(TITLES, WORDS), max_size=11),
)
def test_no_bubble_that_fits_is_ever_refused(
    subject: Subject, lines: list[str], buttons: list[str], rows: list[tuple[str, str]]
) -> None:
    drawn = bubble(
        *lines,
        buttons=tuple(Button(act="pick", arg=str(n), title=title) for n, title in enumerate(buttons)),
        rows=tuple(Row(act="pick", arg=str(n), title=title, description=text) for n, (title, text) in enumerate(rows)),
        rows_title="Choose" if rows else "",
    )
    if fits(drawn):
        sent = message(drawn)
        seen = subject.seen(subject.channel.send(sent))
        if seen is not None and (buttons or rows):
            assert cleaned(seen.text.split("\n")) == cleaned(lines)


def cleaned(lines: Sequence[str]) -> list[str]:
    """The words, without what no bubble shows."""
    return "\n".join(clean(line) for line in lines).split()


def test_every_message_has_an_id_of_its_own(subject: Subject) -> None:
    sent = message(bubble("haan"))
    other = message(bubble("haan"))
    assert subject.channel.send(sent) != subject.channel.send(other)


@pytest.mark.parametrize("to", [PERSON, "IN.4f8Ab2"])
def test_a_person_is_written_to_by_number_or_by_business_scoped_id(subject: Subject, to: str) -> None:
    subject.person_writes(to)
    seen = subject.seen(subject.channel.send(message(bubble("haan", buttons=THREE), to=to)))
    assert seen is None or seen.to == to


def test_what_was_sent_stands_in_the_list_under_its_id_if_there_is_a_list(subject: Subject) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    sid = subject.channel.send(message(bubble("20 peti", "Total ₹4,000")))
    found = list(subject.channel.listed(since, to=PERSON))
    if found:
        (one,) = found
        assert (one.sid, one.direction, one.person) == (sid, Direction.OUTBOUND, PERSON)
        assert one.body == "20 peti\nTotal ₹4,000"
    assert list(subject.channel.listed(since, to="+919800000002")) == []
    assert list(subject.channel.listed(datetime.now(UTC) + timedelta(minutes=1))) == []


def test_what_people_wrote_stands_in_the_list_if_there_is_one(subject: Subject) -> None:
    found = list(subject.channel.listed(datetime.now(UTC) - timedelta(minutes=1)))
    if found:
        (one,) = found
        assert (one.direction, one.person, one.body) == (Direction.INBOUND, PERSON, "namaste")


@pytest.mark.parametrize("fault", ["busy", "away"])
def test_when_nothing_was_sent_it_says_so_and_may_be_asked_again(subject: Subject, fault: str) -> None:
    if subject.break_down(fault):
        with pytest.raises(SlowDown):
            subject.channel.send(message(bubble("haan")))


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_when_the_line_is_cut_it_does_not_claim_to_know(subject: Subject, fault: str) -> None:
    if subject.break_down(fault):
        with pytest.raises(OutcomeUnknown):
            subject.channel.send(message(bubble("haan")))


def test_what_became_of_a_message_whose_answer_was_lost_is_told_by_the_other_side(subject: Subject) -> None:
    if subject.break_down("cut_after"):
        sent = message(bubble("20 peti"))
        with pytest.raises(OutcomeUnknown):
            subject.channel.send(sent)
        assert subject.calls_back(sent)


def test_a_fault_of_ours_that_a_person_can_mend_lets_everything_wait(subject: Subject) -> None:
    if subject.answers_with("no_rights"):
        with pytest.raises(SlowDown) as waits:
            subject.channel.send(message(bubble("haan")))
        assert waits.value.retry_after == UNTIL_MENDED


def test_what_will_never_be_sent_is_not_tried_again(subject: Subject) -> None:
    if subject.answers_with("bad_content"):
        with pytest.raises(Refused):
            subject.channel.send(message(bubble("haan")))


def test_outside_the_window_it_says_so_before_anything_goes_out(subject: Subject) -> None:
    if subject.channel.window is not None:
        sent = message(bubble("haan"))
        closed = replace(sent, opens_window=True)
        with pytest.raises(WindowClosed):
            subject.channel.send(closed)


def test_outside_the_window_the_approved_form_says_the_beginning(subject: Subject, database: Database) -> None:
    if not isinstance(subject.channel, Approver):
        return
    templates.submit(database, subject.channel)
    assert {form.approval for form in templates.status(database, subject.channel)} == {"approved"}
    sent = replace(message(bubble("Order M26000123", "", "is\tposted")), language="hi_Latn", opens_window=True)
    seen = subject.seen(subject.channel.send(sent))
    assert seen is not None
    assert "Order M26000123 · is posted" in seen.text


@pytest.mark.parametrize("act", ["text", "tap", "row", "quote", "forward", "photo", "place", "without a number"])
def test_what_people_do_is_taken_in_the_same_by_whichever_way_it_comes(subject: Subject, act: str) -> None:
    one = subject.heard(act)
    if one is not None:
        assert one.channel == subject.channel.name
        sender = "IN.4f8Ab2" if act == "without a number" else PERSON
        assert (one.sid, one.sender, one.profile_name, one.sent_at) == ("SM1", sender, "Ramesh", None)
        kind, body, payload, quoted, forwarded, media = MEANT[act]
        assert (one.kind in kind.split(), one.body, one.payload) == (True, body, payload)
        assert (one.quoted_sid, one.forwarded, [medium["type"] for medium in one.media]) == (quoted, forwarded, media)


@pytest.mark.parametrize("url", ["https://evil.example/photo", "file:///etc/passwd", ""])
def test_attachments_are_fetched_from_nowhere_but_the_provider(subject: Subject, url: str) -> None:
    with pytest.raises(MediaRefused):
        subject.channel.fetch(url)


def test_a_channel_that_is_set_up_well_has_nothing_to_complain_of(subject: Subject) -> None:
    assert list(subject.channel.check()) == []


def test_a_channel_that_is_away_says_so_with_a_remedy(subject: Subject) -> None:
    if subject.break_down("away"):
        assert subject.settings in " ".join(subject.channel.check())


def test_what_a_channel_says_of_itself_is_plausible(subject: Subject) -> None:
    channel = subject.channel
    assert channel.name
    assert timedelta() <= channel.pace <= timedelta(minutes=1)
    assert channel.on_acceptance in ACCEPTED_STATES
