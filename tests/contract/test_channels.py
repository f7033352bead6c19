"""One suite for every way in and out: what `bot/channels/port.py` says is true of each."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bubbles import LIMIT_PLAIN, LIMIT_WITH_BUTTONS, Bubble, Button, Row, fits, payload
from bot.channels.console import ConsoleChannel
from bot.channels.port import (
    Channel,
    Choice,
    Direction,
    MediaRefused,
    OutcomeUnknown,
    OutgoingMessage,
    SlowDown,
    WindowClosed,
)
from bot.channels.shapes import clean
from bot.channels.twilio import TwilioChannel
from bot.model import ACCEPTED_STATES
from store.database import Database
from tests.faults import twilio_rules
from tests.faults.http_server import StandInServer
from tests.faults.twilio_api import Options, message_now
from tests.faults.twilio_stand_in import TwilioStandIn

PERSON = "+919800000001"
ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "token", "whatsapp:+912240001234"


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

    def seen(self, sid: str) -> Seen | None:
        """The message as it arrived; None for a channel that shows our own rows."""

    def break_down(self, fault: str) -> bool:
        """`busy`, `cut_before`, `cut_after` or `away`; False when that cannot happen here."""


class ConsoleSubject:
    def __init__(self) -> None:
        self.channel: Channel = ConsoleChannel()

    def seen(self, sid: str) -> Seen | None:
        return None

    def break_down(self, fault: str) -> bool:
        return False


class TwilioSubject:
    """The real channel against the stand-in that refuses what Twilio refuses."""

    def __init__(self, database: Database) -> None:
        options = Options(account=ACCOUNT, token=TOKEN, number=NUMBER, webhook="", callbacks=False)
        self.stand_in = TwilioStandIn(options)
        self.server = StandInServer(0, self.stand_in.respond)
        self.server.start()
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
        """Opens the window; nothing is delivered to us."""
        bubble = twilio_rules.Bubble(body="namaste")
        record = self.stand_in.record
        record.add(message_now(record, "inbound", f"whatsapp:{person}", NUMBER, bubble, status="received"))

    def seen(self, sid: str) -> Seen | None:
        found = self.stand_in.record.get(sid)
        assert found is not None
        assert found.error_code is None, found.error_text
        bubble = found.bubble
        return Seen(
            to=found.to.removeprefix("whatsapp:"),
            text=bubble.body,
            buttons=tuple((button.id, button.title) for button in bubble.buttons),
            rows=tuple((row.id, row.title, row.description) for row in bubble.rows),
        )

    def break_down(self, fault: str) -> bool:
        if fault == "away":
            self.server.shutdown()
            self.server.server_close()
        else:
            self.stand_in.chance.set({{"busy": "429"}.get(fault, fault): 1.0})
        return True

    def close(self) -> None:
        with suppress(OSError):
            self.server.shutdown()
            self.server.server_close()


@pytest.fixture(params=["console", "twilio"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "console":
        yield ConsoleSubject()
        return
    twilio = TwilioSubject(request.getfixturevalue("database"))
    yield twilio
    twilio.close()


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
            assert seen.text.split() == "\n".join(clean(line) for line in lines).split()


def test_every_message_has_an_id_of_its_own(subject: Subject) -> None:
    sent = message(bubble("haan"))
    other = message(bubble("haan"))
    assert subject.channel.send(sent) != subject.channel.send(other)


def test_what_was_sent_stands_in_the_list_under_its_id_if_there_is_a_list(subject: Subject) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    sid = subject.channel.send(message(bubble("20 peti", "Total ₹4,000")))
    found = list(subject.channel.listed(since, to=PERSON))
    if subject.seen(sid) is None:
        assert found == []
    else:
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


def test_the_list_tells_what_became_of_a_message_whose_answer_was_lost(subject: Subject) -> None:
    if subject.break_down("cut_after"):
        with pytest.raises(OutcomeUnknown):
            subject.channel.send(message(bubble("20 peti")))
        subject.break_down("none")
        since = datetime.now(UTC) - timedelta(minutes=1)
        assert [one.body for one in subject.channel.listed(since, to=PERSON)] == ["20 peti"]


def test_outside_the_window_it_says_so_before_anything_goes_out(subject: Subject) -> None:
    if subject.channel.window is not None:
        sent = message(bubble("haan"))
        closed = OutgoingMessage(id="1", to=PERSON, kind="reply", language="en", lines=sent.lines, opens_window=True)
        with pytest.raises(WindowClosed):
            subject.channel.send(closed)


@pytest.mark.parametrize("url", ["https://evil.example/photo", "file:///etc/passwd", ""])
def test_attachments_are_fetched_from_nowhere_but_the_provider(subject: Subject, url: str) -> None:
    with pytest.raises(MediaRefused):
        subject.channel.fetch(url)


def test_a_channel_that_is_set_up_well_has_nothing_to_complain_of(subject: Subject) -> None:
    assert list(subject.channel.check()) == []


def test_a_channel_that_is_away_says_so_with_a_remedy(subject: Subject) -> None:
    if subject.break_down("away"):
        assert "TWILIO_" in " ".join(subject.channel.check())


def test_what_a_channel_says_of_itself_is_plausible(subject: Subject) -> None:
    channel = subject.channel
    assert channel.name
    assert timedelta() <= channel.pace <= timedelta(minutes=1)
    assert channel.on_acceptance in ACCEPTED_STATES
