"""The stage scenarios are played on: people with phones who send, expect and tap; a clock that is pushed.

A message nobody expected fails the scenario when it ends.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock as duties
from bot import desk_waiting
from bot.app import Munshi
from bot.bubbles import LIMIT_PLAIN, LIMIT_WITH_BUTTONS, MOST_BUTTONS, MOST_ROWS, text_length
from bot.catalogue import Catalogues
from bot.channels.console import ConsoleChannel
from bot.channels.port import Channel
from bot.intake import Incoming, take_in
from bot.jobs import jobs
from bot.model import Inbound, InboundState, Outbound, OutboundState
from bot.pull import pull
from bot.settings import Settings
from erp.files.adapter import FilesErp
from erp.port import Erp
from orders.model import OrderDraft, SalesOrder
from people.model import Identity
from routing.model import Matter
from store.clock import ManualClock
from store.database import Database
from store.parked import ParkedJob
from store.queue import drain

CHANNEL = "console"
INDIA = ZoneInfo("Asia/Kolkata")
TAKEN = (OutboundState.SENT.value, OutboundState.DELIVERED.value)
NOT_EVERY_TICK = ("sweep", "pull", "tell_waiting")
"""What waits at the desk is told where a scenario is about it (`clerks_are_told`)."""
_sids = count(1)


def new_sid() -> str:
    """An id such as a provider gives."""
    return f"SM{next(_sids):032x}"


class PacedChannel(ConsoleChannel):
    """A channel that takes a message to the same person every six seconds, as WhatsApp does."""

    pace = timedelta(seconds=6)
    on_acceptance = OutboundState.SENT


@dataclass(kw_only=True)
class Bubble:
    """What somebody received."""

    row: Outbound

    @property
    def text(self) -> str:
        return "\n".join(self.row.lines)

    @property
    def entries(self) -> list[dict[str, str]]:
        """Its buttons, or the rows of its list."""
        return [*self.row.buttons, *self.row.rows]

    @property
    def titles(self) -> list[str]:
        return [entry["title"] for entry in self.entries]

    @property
    def acts(self) -> list[str]:
        return [entry["payload"].split(":")[0] for entry in self.entries]

    @property
    def choices(self) -> str:
        """What the rows of the list say."""
        return "\n".join(entry.get("description", "") for entry in self.row.rows)

    def payload(self, wanted: str) -> tuple[str, str]:
        """Payload and title of the button or row whose act (`confirm`, `pick:1.0`), title or description fits."""
        for entry in self.entries:
            act, _, rest = entry["payload"].partition(":")
            arg = rest.partition(":")[2]
            if wanted in (act, f"{act}:{arg}", entry["title"]) or wanted in entry.get("description", ""):
                return entry["payload"], entry["title"]
        raise AssertionError(f"no button {wanted!r} among {self.acts} {self.titles} of:\n{self.text}")


def requires_to_fit(bubble: Bubble) -> None:
    """What WhatsApp would refuse fails the scenario."""
    choices = [*bubble.row.buttons, *bubble.row.rows]
    assert text_length(bubble.row.lines) <= (LIMIT_WITH_BUTTONS if choices else LIMIT_PLAIN), bubble.text
    assert len(bubble.row.buttons) <= MOST_BUTTONS, bubble.titles
    assert len(bubble.row.rows) <= MOST_ROWS, bubble.titles


@dataclass(kw_only=True)
class Phone:
    """One person's phone."""

    stage: "Stage"
    number: str
    unread: list[Bubble] = field(default_factory=list)
    copies: list[Bubble] = field(default_factory=list)
    """What a rep is told of his customers' orders: it comes with nearly every order, and is read where it matters."""
    last: Bubble | None = None

    def sends(self, text: str = "", **more: Any) -> str:
        """Type a message; nothing is read until somebody expects something or time passes. Returns its id."""
        if isinstance(quoted := more.pop("quoting", None), Bubble):
            more["quoted_sid"] = quoted.row.sid
        elif quoted:
            more["quoted_sid"] = quoted
        return self.stage.deliver(self.number, body=text, **more)

    def says(self, text: str = "", **more: Any) -> str:
        """Type a message and let everything run that follows from it."""
        sid = self.sends(text, **more)
        self.stage.run()
        return sid

    def presses(self, wanted: str, *, on: Bubble | None = None) -> str:
        """Tap a button or list row of the last bubble, or of an older one; nothing is read yet."""
        bubble = on or self.last
        assert bubble is not None, f"{self.number} has received nothing to tap"
        payload, title = bubble.payload(wanted)
        return self.sends(title, payload=payload, quoted_sid=bubble.row.sid or "", kind="button")

    def taps(self, wanted: str, *, on: Bubble | None = None) -> str:
        """Tap a button or list row, and let everything run that follows."""
        sid = self.presses(wanted, on=on)
        self.stage.run()
        return sid

    def expects(self, *patterns: str, buttons: Sequence[str] | None = None, without: Sequence[str] = ()) -> Bubble:
        """The next bubble, in which every pattern (a substring, or /regex/) occurs and nothing of `without`."""
        self.stage.run()
        assert self.unread, f"{self.number} expected {patterns} and received nothing"
        bubble = self.unread.pop(0)
        requires_to_fit(bubble)
        for pattern in patterns:
            assert _occurs(pattern, bubble.text), f"{self.number} expected {pattern!r} in:\n{bubble.text}"
        for pattern in without:
            assert not _occurs(pattern, bubble.text), f"{self.number} did not expect {pattern!r} in:\n{bubble.text}"
        if buttons is not None:
            assert bubble.acts == list(buttons), f"buttons {bubble.acts}, expected {list(buttons)}:\n{bubble.text}"
        self.last = bubble
        return bubble

    def expects_copy(self, *patterns: str) -> Bubble:
        """The next copy of what this rep's customers do."""
        self.stage.run()
        assert self.copies, f"{self.number} expected a copy and received none"
        self.unread.insert(0, self.copies.pop(0))
        return self.expects(*patterns)

    def expects_no_copy(self) -> None:
        """No copy has come."""
        self.stage.run()
        assert not self.copies, self.copies[0].text

    def expects_nothing(self) -> None:
        """No bubble has come."""
        self.stage.run()
        assert not self.unread, f"{self.number} received unexpectedly:\n{self.unread[0].text}"

    def ignores(self) -> None:
        """Whatever has come does not matter here."""
        self.stage.run()
        if self.unread:
            self.last = self.unread[-1]
        self.unread.clear()

    def orders(self, text: str) -> "SalesOrder":
        """Say it, confirm the summary, hear the number: the order."""
        before = {order.number for order in self.stage.orders()}
        self.says(text)
        self.expects(buttons=["confirm", "change", "cancel"])
        self.taps("confirm")
        self.expects("✅")
        (order,) = [order for order in self.stage.orders() if order.number not in before]
        return order


def _occurs(pattern: str, text: str) -> bool:
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        return re.search(pattern[1:-1], text, re.I | re.S) is not None
    return pattern in text


@dataclass(kw_only=True)
class Stage:
    """A plant, its people, and the machine that talks with them."""

    app: Munshi
    clock: ManualClock
    phones: dict[str, Phone] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _sent_until: datetime | None = None

    def phone(self, number: str) -> Phone:
        """The phone with this number."""
        return self.phones.setdefault(number, Phone(stage=self, number=number))

    def deliver(self, sender: str, *, body: str = "", **more: Any) -> str:
        """Hand a message over as the provider would."""
        incoming = Incoming(
            channel=CHANNEL,
            sid=more.pop("sid", None) or new_sid(),
            sender=sender,
            body=body,
            sent_at=more.pop("sent_at", self.clock.now()),
            **more,
        )
        with self.session() as session:
            take_in(session, incoming)
        return incoming.sid

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction, for what a scenario does or looks up beside the chat."""
        with self.app.database.transaction() as session:
            yield session

    def run(self) -> None:
        """Let every job run that is due, and hand what was sent to the phones."""
        drain(jobs, self.app)
        with self.session() as session:
            sent = select(Outbound, Identity.value).join(Identity, Identity.account_id == Outbound.account_id)
            sent = sent.where(Outbound.state.in_(TAKEN))
            if self._sent_until is not None:
                # Time stands still between two pushes, so that the last moment may hold news.
                sent = sent.where(Outbound.sent_at >= self._sent_until)
            rows = session.execute(sent.order_by(Outbound.sent_at, Outbound.position, Identity.kind.desc())).all()
        for row, to in rows:
            self._sent_until = row.sent_at
            if row.id not in self._seen:
                self._seen.add(row.id)
                phone = self.phone(to)
                (phone.copies if row.kind == "rep_copy" else phone.unread).append(Bubble(row=row))

    def passes(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        """Time passes; the duties and jobs that fall due run."""
        self.clock.push(timedelta(seconds=seconds, minutes=minutes, hours=hours))
        self.tick()

    def until(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Time passes until the clock on the wall in India says so, today or so many days on."""
        here = self.clock.now().astimezone(INDIA)
        then = here.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
        assert then > here, "time does not run backwards"
        self.passes((then - here).total_seconds())

    def tick(self) -> None:
        """Every duty once, then what follows."""
        for name, (duty, _) in duties.DUTIES.items():
            if name not in NOT_EVERY_TICK:
                duty(self.app)
        self.run()

    def clerks_are_told(self) -> None:
        """What waits at the order desk long enough is told to its people."""
        desk_waiting.tell_waiting(self.app)
        self.run()

    def pull(self) -> None:
        """Read the ERP's files again."""
        pull(self.app)

    def through(self, channel: Channel) -> None:
        """From now on the chat goes through another channel."""
        self.app = replace(self.app, channels={CHANNEL: channel})

    def orders(self) -> list[SalesOrder]:
        """Every sales order, oldest first."""
        with self.session() as session:
            return list(session.scalars(select(SalesOrder).order_by(SalesOrder.number)))

    def drafts(self) -> list[OrderDraft]:
        """Every draft, oldest first."""
        with self.session() as session:
            return list(session.scalars(select(OrderDraft).order_by(OrderDraft.id)))

    def matters(self, kind: str = "") -> list[Matter]:
        """What stands open before people."""
        with self.session() as session:
            statement = select(Matter).where(Matter.closed_at.is_(None)).order_by(Matter.id)
            return list(session.scalars(statement.where(Matter.kind == kind) if kind else statement))

    def inbound(self, sid: str) -> Inbound:
        """A message that was sent."""
        with self.session() as session:
            return session.scalars(select(Inbound).where(Inbound.sid == sid)).one()

    def given_up(self) -> list[ParkedJob]:
        """Jobs that failed for good."""
        with self.session() as session:
            return list(session.scalars(select(ParkedJob)))

    def ends(self) -> None:
        """Nobody is left with a message no one expected, no message without an outcome."""
        self.run()
        for phone in self.phones.values():
            left = [bubble.text for bubble in phone.unread]
            assert not left, f"{phone.number} was left with:\n" + "\n---\n".join(left)
        with self.session() as session:
            stuck = session.scalars(select(Inbound.id).where(Inbound.state == InboundState.STORED.value)).all()
        assert not stuck, f"messages never read: {stuck}"


def files_erp(folder: Path) -> FilesErp:
    """A plant's folder as an ERP, whose files need not age before they are read."""
    return FilesErp(folder, name="files", file_settles_in=timedelta())


def compose_stage(
    database: Database, clock: ManualClock, *, settings: Settings, erp: Erp, catalogues: Catalogues
) -> Stage:
    """A stage over a database that holds a plant already."""
    channels: Mapping[str, Channel] = {CHANNEL: ConsoleChannel()}
    app = Munshi(settings=settings, database=database, channels=channels, erps={erp.name: erp}, catalogues=catalogues)
    return Stage(app=app, clock=clock)
