"""Five thousand messages of every type: each ends as a reply and an effect, or before a person; none as nothing."""

import logging
import os
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from bot import desk_drafts, take_over
from bot.bubbles import LIMIT_PLAIN, LIMIT_WITH_BUTTONS, MOST_BUTTONS, MOST_ROWS, text_length
from bot.channels.console import ConsoleChannel
from bot.channels.port import Fetched, MediaRefused, OutgoingMessage, SlowDown
from bot.claims import Overtaken
from bot.desk_drafts import Terms
from bot.dialogues.firms import ASKED_FIRM
from bot.model import Conversation, Inbound, InboundMedia, InboundState, Outbound, OutboundState
from bot.papers.derived import KIND as PAPER
from bot.sending import OPTED_OUT
from bot.settings import read
from bot.silence import TAKEN_OVER_OUTCOME
from bot.take_over import CannotSend, Reply
from bot.turn import OWED
from orders.keyed import KeyedLine
from orders.model import DraftState, OrderDraft, SalesOrder
from people.model import Account
from routing import desk_list, matters
from routing.desk_list import Filter
from routing.model import Matter, MatterKind
from store.database import now
from store.parked import ParkedJob
from tests.scenarios.fuzzed import Fuzzed, Fuzzer, Shown, goods_of, people_of
from tests.scenarios.stage import Stage
from web.app import create_app

TOKEN = "the account's secret"
PUBLIC = "https://orders.example.com/wa"
PATH = "/webhooks/twilio"
MESSAGES = int(os.environ.get("FUZZ_MESSAGES", "5000"))
PARTS = 4
SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
NOTHING = "nothing"
BEFORE_A_CLERK = "before the clerk who had taken the talk over"
CLERK = "Deepika"
RECEIVED = (OutboundState.SENT.value, OutboundState.DELIVERED.value, OutboundState.READ.value)


class Screen(ConsoleChannel):
    """Takes what WhatsApp takes, keeps what it would refuse, and shows everybody what was sent to him."""

    name = "twilio"

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.refused: list[str] = []

    def send(self, message: OutgoingMessage) -> str:
        sid = f"SMout{message.id}"
        choices = [*message.buttons, *message.rows]
        fits = (
            text_length(message.lines) <= (LIMIT_WITH_BUTTONS if choices else LIMIT_PLAIN)
            and len(message.buttons) <= MOST_BUTTONS
            and len(message.rows) <= MOST_ROWS
            and any(line.strip() for line in message.lines)
        )
        if not fits:
            self.refused.append(f"{message.kind}: {message.text[:200]!r}")
        self.shown.add(sid, message)
        return sid

    def fetch(self, url: str) -> Fetched:
        place = url.split("/")[3] if url.count("/") > 3 else ""
        if place == "unreachable":
            raise SlowDown("the provider does not answer")
        if place != "there":
            raise MediaRefused(place or "gone")
        return Fetched(content_type="image/jpeg", content=b64encode(url.encode()))


@dataclass(kw_only=True)
class Trial:
    """The stage behind its real webhook, and what was accepted there."""

    stage: Stage
    client: FlaskClient
    fuzzer: Fuzzer
    chance: random.Random
    screen: Screen
    kinds: dict[str, str] = field(default_factory=dict)
    """Of each accepted SID."""
    refused: Counter[int] = field(default_factory=Counter)
    repeats: int = 0
    sent: int = 0

    def run(self, count: int) -> None:
        """Send so many webhooks, a handful at a time, each handful handled before the next."""
        while self.sent < count:
            for _ in range(self.chance.randint(1, 12)):
                self._send()
            self.stage.clock.push(timedelta(seconds=self.chance.randint(1, 40)))
            self.stage.run()
            if self.chance.random() < 0.05:
                self.stage.tick()
                self._office_works()

    def ends(self) -> None:
        """Time enough for whatever is tried again, and for drafts to be reminded of."""
        for minutes in (1, 1, 1, 2, 5, 10, 20, 30, 120, 1):
            self.stage.passes(minutes=minutes)
        for phone in self.stage.phones.values():
            phone.unread.clear()

    def _send(self) -> None:
        person = self.fuzzer.person()
        for _ in range(self.chance.choice([1, 1, 1, 1, 2, 4])):
            one = self.fuzzer.message(person)
            if self.chance.random() < 0.01:
                one.params[self.chance.choice(["From", "MessageSid"])] = ""
            self._call(one)
            while self.chance.random() < 0.04:
                self.repeats += 1
                self._call(
                    replace(
                        one,
                        params={**one.params, "Body": self.chance.choice([one.params.get("Body", ""), "5 peti marie"])},
                    )
                )

    def _call(self, one: Fuzzed) -> None:
        self.sent += 1
        genuine = self.chance.random() > 0.01
        signature = RequestValidator(TOKEN if genuine else "another").compute_signature(PUBLIC + PATH, one.params)
        answer = self.client.post(PATH, data=one.params, headers={"X-Twilio-Signature": signature})
        if answer.status_code == 200:
            self.kinds.setdefault(one.params["MessageSid"], one.kind)
        else:
            self.refused[answer.status_code] += 1

    def _office_works(self) -> None:
        """Somebody calls those who were not understood, and dismisses a stranger."""
        with self.stage.session() as session:
            for matter in session.scalars(
                select(Matter).where(Matter.kind == MatterKind.NOT_UNDERSTOOD.value, Matter.closed_at.is_(None))
            ):
                if self.chance.random() < 0.7:
                    matters.close(session, matter.id, by="Deepika Solanki", reason="called")
            stranger = session.scalars(
                select(Account).where(
                    Account.person_id.is_(None), Account.dismissed_at.is_(None), Account.greeted_at.is_not(None)
                )
            ).first()
            if stranger is not None and self.chance.random() < 0.6:
                stranger.dismissed_at = now(session)
        self._clerk_works()

    def _clerk_works(self) -> None:
        """A clerk takes a talk over, replies, hands back what he has, and keys in what stands on his list."""
        app, chance = self.stage.app, self.chance
        with self.stage.session() as session:
            rows = desk_list.page_of(session, Filter(newest_first=True), size=20)
            mine = list(session.scalars(select(Conversation.account_id).where(Conversation.taken_over_by == CLERK)))
            about = [(row.matter.account_id, row.matter.inbound_id) for row in rows if row.matter.account_id]
        for account_id in mine:
            with suppress(CannotSend), self.stage.session() as session:
                if chance.random() < 0.7:
                    take_over.hand_back(app, session, account_id, by=CLERK)
                else:
                    said = Reply(text="Ek minute", key=f"{chance.random()}", seen=10**9)
                    take_over.reply(app, session, account_id, said, by=CLERK)
        for account_id, inbound_id in chance.sample(about, min(2, len(about))):
            assert account_id is not None
            with self.stage.session() as session:
                take_over.take_over(session, account_id, by=CLERK)
            if chance.random() < 0.5:
                self._key_in(account_id, inbound_id)

    def _key_in(self, account_id: int, inbound_id: int | None) -> None:
        app = self.stage.app
        with suppress(CannotSend, Overtaken), self.stage.session() as session:
            account = session.get_one(Account, account_id)
            for firm in desk_drafts.firms_of(app, session, account)[:1]:
                draft, matter = desk_drafts.begin(
                    app, session, account_id=account_id, party_code=firm, inbound_id=inbound_id, by=CLERK
                )
                lines = [KeyedLine(sku="KG-050", quantity=Decimal(self.chance.randint(1, 20)), uom="CASE")]
                how: dict[str, Any] = {"matter_id": matter.id, "by": CLERK}
                desk_drafts.save(app, session, draft.id, version=draft.version, lines=lines, terms=Terms(), **how)
                if self.chance.random() < 0.7:
                    desk_drafts.send_for_confirmation(app, session, draft.id, version=draft.version, seen=10**9, **how)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def trial(stage: Stage, plant: Path, tmp_path: Path, part: int) -> Trial:
    chance = random.Random(f"{SEED}/{part}")
    settings = read(
        {
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": "whatsapp:+912240001234",
            "PUBLIC_URL": PUBLIC,
            "ERP_URL": f"files:{plant}",
            "MUNSHI_VAR": str(tmp_path / "var"),
        }
    )
    shown = Shown()
    screen = Screen(shown)
    stage.app = replace(stage.app, settings=settings, channels={"twilio": screen})
    fuzzer = Fuzzer(chance, people=people_of(plant, chance), goods=goods_of(plant), shown=shown)
    return Trial(stage=stage, client=create_app(stage.app).test_client(), fuzzer=fuzzer, chance=chance, screen=screen)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_accepted_message_ends_as_a_reply_and_an_effect_or_before_a_person(
    trial: Trial, logged: list[Any], caplog: pytest.LogCaptureFixture, part: int
) -> None:
    trial.run(MESSAGES // PARTS)
    trial.ends()
    print(
        f"FUZZ_SEED={SEED}, part {part}: {trial.sent} webhooks, {trial.repeats} of them repeats, "
        f"refused {dict(trial.refused)}"
    )
    assert [one for one in logged if is_trace(one)] == []
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
    assert trial.screen.refused == []
    with trial.stage.session() as session:
        requires_each_to_be_there_once(session, trial, logged)
        requires_nothing_to_be_left(session)
        endings = Endings.of(session)
        counted = Counter(endings.of_message(one) for one in endings.inbound)
        nothing = [
            f"{trial.kinds.get(one.sid, one.kind)} {one.state} {one.outcome!r}: {one.body[:80]!r}"
            for one in endings.inbound
            if endings.of_message(one) == NOTHING
        ]
        print(*(f"  {count:5d} {ending}" for ending, count in counted.most_common()), sep="\n")
        print("  of", dict(Counter(trial.kinds.values()).most_common()))
        assert nothing == [], "\n".join(nothing)
        assert set(counted) & {BEFORE_A_CLERK}, "no message came while a clerk talked: this tried little"
        assert session.scalars(select(SalesOrder.number)).all(), "nobody ordered anything: this tried little"


def is_trace(entry: Any) -> bool:
    """Anything that went wrong, but for a provider that does not answer."""
    unreachable = entry.get("job") == "media.fetch" and entry.get("error") == SlowDown.__name__
    return not unreachable and (entry["log_level"] in ("error", "critical") or bool(entry.get("exc_info")))


def requires_each_to_be_there_once(session: Session, trial: Trial, logged: list[Any]) -> None:
    """What was accepted was stored and heard, each once however often it came; what was refused is nowhere."""
    came = Inbound.kind != PAPER  # what was read from a paper is a message beside the one that brought it
    stored = session.scalars(select(Inbound.sid).where(came)).all()
    assert sorted(stored) == sorted(trial.kinds)
    heard = Counter(entry["inbound"] for entry in logged if entry["event"] == "message_heard")
    assert set(session.scalars(select(Inbound.id).where(came))) <= set(heard)
    assert set(heard.values()) == {1}


def requires_nothing_to_be_left(session: Session) -> None:
    """No job, no bubble, no sentence and no attachment waits for anything; every open draft stands before a person."""
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    assert set(session.scalars(select(ParkedJob.name))) <= {"media.fetch"}
    # Who asked us not to write has his answers; what staff are told otherwise he finds at the desk.
    written = select(Outbound.state).where(Outbound.error != OPTED_OUT)
    assert set(session.scalars(written)) <= {*RECEIVED, OutboundState.SUPERSEDED.value}
    assert session.scalars(select(Conversation.unsaid).where(Conversation.unsaid != [])).all() == []
    assert [one for one in session.scalars(select(Conversation.pending)) if OWED in one] == []
    announced = sum(len(media) for media in session.scalars(select(Inbound.media)))
    assert session.scalar(select(func.count()).select_from(InboundMedia)) == announced
    open_ones = session.scalars(select(OrderDraft.id).where(OrderDraft.state == DraftState.OPEN.value))
    # One that a check keeps back stands there for that; it would be mockery to remind of it.
    kinds = [MatterKind.UNCONFIRMED_DRAFT.value, MatterKind.CHECK_FAILED.value]
    of_drafts = select(Matter.reference).where(Matter.kind.in_(kinds), Matter.closed_at.is_(None))
    assert {f"draft:{draft_id}" for draft_id in open_ones} <= set(session.scalars(of_drafts))


def requires_the_desk_to_show(session: Session, found: Sequence[Matter]) -> None:
    """Page by page, the desk's list holds each open matter once."""
    shown: list[int] = []
    after: desk_list.Key | None = None
    while rows := desk_list.page_of(session, Filter(), after=after, size=50):
        shown += [row.matter.id for row in rows]
        after = rows[-1].key
    assert sorted(shown) == sorted(matter.id for matter in found if matter.closed_at is None)


@dataclass(kw_only=True)
class Endings:
    """What the tables say became of each message."""

    inbound: Sequence[Inbound]
    replied: set[int]
    put_before_a_person: set[int]
    matters: Sequence[Matter]
    dismissed: set[int]

    @classmethod
    def of(cls, session: Session) -> "Endings":
        bubbles = session.scalars(select(Outbound).order_by(Outbound.position)).all()
        last_of_topic = {(one.account_id, one.topic): one.position for one in bubbles if one.state in RECEIVED}
        # What was put to an approver and not sent yet goes on in a list of several, which has another topic.
        received = {
            one.inbound_id
            for one in bubbles
            if one.state in RECEIVED or (one.topic and last_of_topic.get((one.account_id, one.topic), 0) > one.position)
        }
        found = session.scalars(select(Matter)).all()
        requires_the_desk_to_show(session, found)
        return cls(
            inbound=session.scalars(select(Inbound).order_by(Inbound.id)).all(),
            replied={inbound_id for inbound_id in received if inbound_id},
            put_before_a_person={matter.inbound_id for matter in found if matter.inbound_id},
            matters=found,
            dismissed=set(session.scalars(select(Account.id).where(Account.dismissed_at.is_not(None)))),
        )

    def of_message(self, one: Inbound) -> str:
        """How it ended, in words."""
        if one.state == InboundState.PARKED.value:
            return self._of_kept(one)
        if one.id in self.replied and one.outcome:
            return f"a reply, and {one.outcome}"
        if one.id in self.put_before_a_person:
            return "before a person"
        if one.outcome == TAKEN_OVER_OUTCOME:
            return BEFORE_A_CLERK if self._stands(one, MatterKind.UNANSWERED) else NOTHING
        if one.outcome == "quiet" and self._stands(one, MatterKind.NOT_UNDERSTOOD):
            return "quiet, until the person who was told to call has done so"
        if one.outcome and self._answered_with_the_next(one):
            return f"answered with the next message, and {one.outcome}"
        return NOTHING

    def _of_kept(self, one: Inbound) -> str:
        if one.outcome == ASKED_FIRM:
            return "kept until its firm is told, which was asked" if self._asked(one) else NOTHING
        if one.id in self.replied:
            return f"kept for its unknown sender, a reply, and {one.outcome}"
        if self._stands(one, MatterKind.UNKNOWN_SENDER):
            return "kept for its unknown sender, who stands before a person"
        return "kept for a sender who was dismissed" if one.account_id in self.dismissed else NOTHING

    def _asked(self, one: Inbound) -> bool:
        return one.id in self.replied or self._answered_with_the_next(one)

    def _stands(self, one: Inbound, kind: MatterKind) -> bool:
        """Whether its sender stood before a person when it was heard."""
        heard = one.done_at or one.stored_at
        return any(
            matter.kind == kind.value
            and matter.account_id == one.account_id
            and matter.opened_at <= heard + timedelta(minutes=1)
            and (matter.closed_at is None or matter.closed_at >= heard)
            for matter in self.matters
        )

    def _answered_with_the_next(self, one: Inbound) -> bool:
        """Somebody wrote again before we answered: then the last message of that moment answers for all."""
        later = [
            other
            for other in self.inbound
            if other.sender == one.sender and other.id > one.id and other.stored_at <= (one.done_at or one.stored_at)
        ]
        return any(self.of_message(other) != NOTHING for other in later[:1])
