"""The stage the checker watches: who takes part, what they do, and the record of what each saw and agreed to."""

import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, text

from bot.hear import hear
from bot.model import Inbound
from orders.approval_model import PriceRequest, RequestedLine
from orders.change_model import OrderChange
from orders.model import DraftState, OrderDraft, SalesOrder
from tests.prices.book import Library
from tests.prices.checker import Checker
from tests.prices.papers import Papers
from tests.prices.said import (
    Amended,
    Decision,
    Raised,
    Record,
    SeenLine,
    Yes,
    asked_lines,
    raised,
    released,
    seen_lines,
)
from tests.prices.wrong import Objection
from tests.scenarios.stage import Bubble, Phone, Stage

LONGEST_RAISE = timedelta(days=92)
COUNTERED = re.compile(r"asked ₹(?P<asked>[\d,.]*\d), list ₹(?P<listed>[\d,.]*\d)")
KEPT = 40
"""So many bubbles of one person are looked back on."""


class Crash(Exception):  # noqa: N818  (an accident, not an error of the product)
    """The machine dies here."""


@dataclass(kw_only=True)
class Meant:
    """A yes that was said and whose outcome is not known yet."""

    yes: Yes
    draft_id: int
    text: str


@dataclass(kw_only=True)
class Play:
    """A stage with its plant's files, and everything the checker is told."""

    stage: Stage
    plant: Path
    names: dict[str, str]
    """Of people, by phone."""
    library: Library = field(default_factory=Library)
    record: Record = field(default_factory=lambda: Record(decisions=[]))
    seen: dict[str, list[Bubble]] = field(default_factory=lambda: defaultdict(list))
    did: Counter[str] = field(default_factory=Counter)
    """How often each kind of thing has happened."""
    meant: list[Meant] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)
    """Who said what, for whoever reads of a failure."""
    last_sid: str = ""
    last_message: tuple[str, dict[str, Any]] = ("", {})

    # --- talking ---

    def says(self, who: str, words: str, **more: Any) -> None:
        """Type it, and let everything follow."""
        self._sends(who, words, **more)
        self.run()

    def taps(self, who: str, wanted: str, *, on: Bubble | None = None) -> None:
        """Tap it, and let everything follow."""
        self.presses(who, wanted, on=on)
        self.run()

    def presses(self, who: str, wanted: str, *, on: Bubble | None = None) -> None:
        """Tap it; nothing is heard yet."""
        bubble = on or self.latest(who, wanted)
        assert bubble is not None, (
            f"{who} has nothing to tap {wanted!r} on: {[one.text for one in self.seen[who]][-2:]}"
        )
        payload, title = bubble.payload(wanted)
        self._notes(who, payload.partition(":")[0], bubble)
        self._sends(who, title, payload=payload, quoted_sid=bubble.row.sid or "", kind="button")

    def agrees(self, who: str, words: str) -> None:
        """Type a yes to what was shown last."""
        if (bubble := self.newest(who)) is not None:
            act = next((act for act in ("confirm", "approve") if act in bubble.acts), "")
            self._notes(who, act, bubble)
        self.says(who, words)

    def _sends(self, who: str, words: str, **more: Any) -> None:
        self.talk.append(f"{self.names[who]}: {words}")
        self.last_sid = self.stage.deliver(who, body=words, **more)
        self.last_message = who, {"body": words, **more}

    def again(self) -> None:
        """The provider brings the last message once more."""
        who, more = self.last_message
        self.stage.deliver(who, sid=self.last_sid, **more)
        self.run()

    def heard_again(self) -> None:
        """The job of the last message runs a second time, as after a crash behind its commit."""
        with self.stage.session() as session:
            inbound_id = session.scalars(select(Inbound.id).where(Inbound.sid == self.last_sid)).one()
        hear(self.stage.app, inbound_id)
        self.run()

    def run(self) -> None:
        """Let every job run; what people receive is on their screens from then on."""
        self.stage.run()
        for number, phone in list(self.stage.phones.items()):
            for bubble in [*phone.unread, *phone.copies]:
                self.seen[number].append(bubble)
                self.talk.append(f"    → {self.names.get(number)}: {bubble.text} {bubble.titles}")
                self.did[f"heard {bubble.row.kind}"] += 1
            phone.unread.clear()
            phone.copies.clear()
            del self.seen[number][:-KEPT]
        self._settle()

    def passes(self, **time: float) -> None:
        """Time passes; duties run."""
        self.stage.passes(**time)
        self.run()

    def phone(self, who: str) -> Phone:
        return self.stage.phone(who)

    def newest(self, who: str) -> Bubble | None:
        """What stands last on somebody's screen with something to tap."""
        return next((bubble for bubble in reversed(self.seen[who]) if bubble.entries), None)

    def latest(self, who: str, act: str) -> Bubble | None:
        """The last bubble on which that can be tapped."""
        for bubble in reversed(self.seen[who]):
            arguments = {":".join(entry["payload"].split(":")[:1]) for entry in bubble.entries}
            if act.partition(":")[0] in arguments or act in bubble.titles:
                return bubble
        return None

    # --- what the checker is told ---

    def _notes(self, who: str, act: str, bubble: Bubble) -> None:
        if act == "confirm" and bubble.row.draft_id is not None:
            self._means(who, bubble, bubble.row.draft_id)
        if act == "approve" and asked_lines(bubble.text, instead={}).customer:
            self.decides(who, bubble)
        elif act == "approve" and (order := released(bubble.text)):
            self.record.released.add(order)
        elif act == "approve" and (offer := raised(bubble.text)):
            self._raises(*offer)

    def _raises(self, firm: str, order: str, limit: Decimal) -> None:
        begins = self.stage.clock.now()
        ends = begins + LONGEST_RAISE
        customer = self.library.at(begins).one("customers", "name", firm)["code"]
        self.record.raised.append(Raised(customer=customer, limit=limit, begins=begins, ends=ends))
        self.record.released.add(order)

    def _means(self, who: str, bubble: Bubble, draft_id: int) -> None:
        """A yes to what is over already is none."""
        with self.stage.session() as session:
            draft = session.get_one(OrderDraft, draft_id)
        if draft.state == DraftState.OPEN.value:
            lines = self._shown(who, bubble)
            yes = Yes(customer=draft.party_code, at=self.stage.clock.now(), by=self.names[who], lines=lines)
            self.meant.append(Meant(yes=yes, draft_id=draft_id, text=self._told(who, bubble)))

    def _shown(self, who: str, bubble: Bubble) -> tuple[SeenLine, ...]:
        """What stood on the screen when this was tapped: here, or in what was shown of the same list before."""
        older = [one for one in reversed(self.seen[who]) if one.row.draft_id == bubble.row.draft_id]
        older = older[older.index(bubble) + 1 :] if bubble in older else older
        told = [one.text for one in [bubble, *older] if seen_lines(one.text)]
        return seen_lines(*told) if told else ()

    def _told(self, who: str, bubble: Bubble) -> str:
        """All that was shown of the same list, the newest first."""
        same = [one.text for one in reversed(self.seen[who]) if one.row.draft_id == bubble.row.draft_id]
        return "\n".join([bubble.text, *same])

    def decides(self, who: str, bubble: Bubble, *, instead: dict[str, str] | None = None) -> None:
        """An approver agrees to what this bubble asks, or to other prices of it by item."""
        asked = asked_lines(bubble.text, instead=instead or {})
        assert self.record.decisions is not None
        self.record.decisions.append(
            Decision(by=self.names[who], at=self.stage.clock.now(), customer=asked.customer, lines=asked.lines)
        )

    def counters(self, who: str, bubble: Bubble) -> None:
        """An approver names the price half way between what is asked and the list, quoting what he was shown."""
        found = COUNTERED.search(bubble.text)
        asked = asked_lines(bubble.text, instead={})
        if found is None or len(asked.lines) != 1:
            return
        low, high = (Decimal(found[name].replace(",", "")) for name in ("asked", "listed"))
        price = ((low + high) / 2).quantize(Decimal(1))
        self.decides(who, bubble, instead={asked.lines[0].name: str(price)})
        self.says(who, f"{price} kar do", quoted_sid=bubble.row.sid or "")
        self.did["counter"] += 1

    def _settle(self) -> None:
        """A yes that made no order, and can make none any more, was none."""
        with self.stage.session() as session:
            waits = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))
            placed = set(session.scalars(select(SalesOrder.draft_id)))
            changes = {one.draft_id: one for one in session.scalars(select(OrderChange))}
        for one in list(self.meant):
            change = changes.get(one.draft_id)
            if one.draft_id in placed:
                self.record.yeses.append(one.yes)
                self.did["order"] += 1
            elif change is not None:
                order, revision = change.order_number, change.revision
                amended = Amended(order=order, revision=revision, at=one.yes.at, by=one.yes.by, text=one.text)
                self.record.amended.append(amended)
                self.did["change"] += 1
            if one.draft_id in placed or change is not None or not waits:
                self.meant.remove(one)

    # --- the plant ---

    def pulls(self) -> None:
        """The files have changed: the product reads them, the checker keeps a copy."""
        self.stage.clock.push(timedelta(seconds=1))
        self.stage.pull()
        assert not self.stage.matters("master_data"), [one.facts for one in self.stage.matters("master_data")]
        self.library.keep(self.stage.clock.now(), self.plant)
        self.stage.clock.push(timedelta(seconds=1))
        self.run()

    @contextmanager
    def crashes_in(self, place: str, *, after: bool = False) -> Iterator[None]:
        """Within it the next call of this function dies, before or after its work; what failed is then tried again."""
        left = [1]
        module, _, name = place.rpartition(".")
        target: Any = _imported(module)
        real = getattr(target, name)

        def dies(*args: Any, **more: Any) -> Any:
            if not left:
                return real(*args, **more)
            left.clear()
            self.did["crash"] += 1
            if after:
                real(*args, **more)
            raise Crash(place)

        with patch.object(target, name, dies):
            yield
        for _ in range(3):
            self.passes(seconds=60)

    def reached(self) -> Counter[str]:
        """What was posted and decided, by kind."""
        found: Counter[str] = Counter()
        for paper in self.papers().orders:
            found["posted"] += 1
            found["free goods"] += len(paper.free)
            found["own limit"] += sum(one["by"] == paper.data["ordered_by"] for one in paper.data["approvals"])
            found["approval used"] += sum(one["by"] != paper.data["ordered_by"] for one in paper.data["approvals"])
            cheaper = [line for line in paper.paid if line.price < line.list_price and not paper.approvals(line.no)]
            found["discount by scheme"] += len(cheaper)
        found["changed"], found["cancelled"] = len(self.papers().changes), len(self.papers().cancellations)
        with self.stage.session() as session:
            found.update(f"request {state}" for state in session.scalars(select(PriceRequest.state)))
            found.update(f"line {one}" for one in session.scalars(select(RequestedLine.decision)) if one)
            found.update(f"order {state}" for state in session.scalars(select(SalesOrder.state)))
        return found

    # --- judged ---

    def papers(self) -> Papers:
        return Papers.read(self.plant / "out")

    def objections(self) -> list[Objection]:
        """What the checker has against all that is posted so far."""
        return Checker(library=self.library, record=self.record).objections(self.papers())


def _imported(path: str) -> Any:
    """A module, or a class in one."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)
