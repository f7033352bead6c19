"""The stage scenarios are played on: people with phones who send, expect and tap; a clock that is pushed.

A message nobody expected fails the scenario when it ends.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot import clock as duties
from bot.app import Munshi
from bot.channels.console import ConsoleChannel
from bot.intake import Incoming, take_in
from bot.jobs import jobs
from bot.model import Inbound, InboundState, Outbound, OutboundState
from bot.pull import pull
from erp.files.adapter import FilesErp
from erp.port import Erp
from orders.model import SalesOrder
from people.model import Identity
from routing.model import Matter
from sqlalchemy import select
from store.clock import ManualClock
from store.database import Database
from store.queue import drain

CHANNEL = "console"
_sids = count(1)


@dataclass(kw_only=True)
class Bubble:
    """What somebody received."""

    row: Outbound

    @property
    def text(self) -> str:
        return "\n".join(self.row.lines)

    @property
    def titles(self) -> list[str]:
        return [entry["title"] for entry in [*self.row.buttons, *self.row.rows]]

    @property
    def acts(self) -> list[str]:
        return [entry["payload"].split(":")[0] for entry in [*self.row.buttons, *self.row.rows]]

    def payload(self, wanted: str) -> tuple[str, str]:
        """Payload and title of the button or row whose act (`confirm`, `pick:1.0`), title or description fits."""
        for entry in [*self.row.buttons, *self.row.rows]:
            act, _, rest = entry["payload"].partition(":")
            arg = rest.partition(":")[2]
            names = {act, f"{act}:{arg}", entry["title"]}
            if wanted in names or (entry.get("description") and wanted in entry["description"]):
                return entry["payload"], entry["title"]
        raise AssertionError(f"no button {wanted!r} among {self.acts} {self.titles} of:\n{self.text}")


@dataclass(kw_only=True)
class Phone:
    """One person's phone."""

    stage: "Stage"
    number: str
    unread: list[Bubble] = field(default_factory=list)
    last: Bubble | None = None

    def sends(self, text: str = "", **more: Any) -> str:
        """Type a message; nothing is read until somebody expects something or time passes. Returns its id."""
        return self.stage.deliver(self.number, body=text, **more)

    def says(self, text: str, **more: Any) -> str:
        """Type a message and let everything run that follows from it."""
        sid = self.sends(text, **more)
        self.stage.run()
        return sid

    def taps(self, wanted: str, *, on: Bubble | None = None) -> str:
        """Tap a button or list row of the last bubble, or of an older one."""
        bubble = on or self.last
        assert bubble is not None, f"{self.number} has received nothing to tap"
        payload, title = bubble.payload(wanted)
        sid = self.sends(title, payload=payload, quoted_sid=bubble.row.sid or "")
        self.stage.run()
        return sid

    def expects(self, *patterns: str, buttons: Sequence[str] | None = None) -> Bubble:
        """The next bubble, in which every pattern (a substring, or /regex/) occurs."""
        self.stage.run()
        assert self.unread, f"{self.number} expected {patterns} and received nothing"
        bubble = self.unread.pop(0)
        for pattern in patterns:
            found = (
                re.search(pattern[1:-1], bubble.text, re.I | re.S)
                if len(pattern) > 2 and pattern[0] == pattern[-1] == "/"
                else pattern in bubble.text
            )
            assert found, f"{self.number} expected {pattern!r} in:\n{bubble.text}"
        if buttons is not None:
            assert bubble.acts == list(buttons), f"buttons {bubble.acts}, expected {list(buttons)}:\n{bubble.text}"
        self.last = bubble
        return bubble

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


@dataclass(kw_only=True)
class Stage:
    """A plant, its people, and the machine that talks with them."""

    app: Munshi
    clock: ManualClock
    phones: dict[str, Phone] = field(default_factory=dict)
    strict: bool = True
    _seen: set[str] = field(default_factory=set)

    def phone(self, number: str) -> Phone:
        """The phone with this number."""
        return self.phones.setdefault(number, Phone(stage=self, number=number))

    def deliver(self, sender: str, *, body: str = "", **more: Any) -> str:
        """Hand a message over as the provider would."""
        sid = more.pop("sid", None) or f"SM{next(_sids):032x}"
        incoming = Incoming(
            channel=CHANNEL, sid=sid, sender=sender, body=body, sent_at=more.pop("sent_at", self.clock.now()), **more
        )
        with self.app.database.transaction() as session:
            take_in(session, incoming)
        return sid

    def run(self) -> None:
        """Let every job run that is due, and hand what was sent to the phones."""
        drain(jobs, self.app)
        with self.app.database.transaction() as session:
            rows = session.scalars(
                select(Outbound)
                .where(Outbound.state.in_([OutboundState.SENT.value, OutboundState.DELIVERED.value]))
                .order_by(Outbound.sent_at, Outbound.position)
            ).all()
            for row in rows:
                if row.id not in self._seen:
                    self._seen.add(row.id)
                    self._hand_over(row)

    def _hand_over(self, row: Outbound) -> None:
        with self.app.database.transaction() as session:
            to = session.scalars(
                select(Identity.value).where(Identity.account_id == row.account_id).order_by(Identity.kind.desc())
            ).first()
        assert to is not None
        self.phone(to).unread.append(Bubble(row=row))

    def passes(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        """Time passes; the duties and jobs that fall due run."""
        self.clock.push(timedelta(seconds=seconds, minutes=minutes, hours=hours))
        self.tick()

    def until(self, moment: datetime) -> None:
        """Time passes until then."""
        self.clock.push(moment - self.clock.now())
        self.tick()

    def tick(self) -> None:
        """Every duty once, then what follows."""
        for name, (duty, _) in duties.DUTIES.items():
            if name not in ("sweep", "pull"):
                duty(self.app)
        self.run()

    def pull(self) -> None:
        """Read the ERP's files again."""
        pull(self.app)

    def orders(self) -> list[SalesOrder]:
        """Every sales order, oldest first."""
        with self.app.database.transaction() as session:
            return list(session.scalars(select(SalesOrder).order_by(SalesOrder.number)))

    def matters(self, kind: str = "") -> list[Matter]:
        """What stands open before people."""
        with self.app.database.transaction() as session:
            statement = select(Matter).where(Matter.closed_at.is_(None)).order_by(Matter.id)
            return list(session.scalars(statement.where(Matter.kind == kind) if kind else statement))

    def inbound(self, sid: str) -> Inbound:
        """A message that was sent."""
        with self.app.database.transaction() as session:
            return session.scalars(select(Inbound).where(Inbound.sid == sid)).one()

    def posted(self, folder: Path) -> dict[str, dict[str, Any]]:
        """The sales orders in the ERP's folder, by number."""
        found = sorted((folder / "out" / "sales_orders").glob("*.json"))
        return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}

    def ends(self) -> None:
        """Nobody is left with a message no one expected, no message without an outcome."""
        self.run()
        for phone in self.phones.values():
            left = [bubble.text for bubble in phone.unread]
            assert not left, f"{phone.number} was left with:\n" + "\n---\n".join(left)
        with self.app.database.transaction() as session:
            stuck = session.scalars(
                select(Inbound.id).where(Inbound.state == InboundState.STORED.value)
            ).all()
        assert not stuck, f"messages never read: {stuck}"


def compose_stage(database: Database, clock: ManualClock, folder: Path, *, settings: Any, erp: Erp | None = None) -> Stage:
    """A stage over a plant folder, its master data pulled."""
    erp = erp or FilesErp(folder, name="files", file_settles_in=timedelta())
    app = Munshi(
        settings=settings,
        database=database,
        channels={CHANNEL: ConsoleChannel()},
        erps={erp.name: erp},
    )
    stage = Stage(app=app, clock=clock)
    stage.pull()
    return stage

