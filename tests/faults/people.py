"""Scripted people: they write, read what comes, check it against what they mean, tap, answer, edit."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.faults.bubbles_read import Seen
from tests.faults.plant import Firm, Plant
from tests.faults.script import Conversation, Ending, Fate, Script, Step, Talk, Wanted


class Line(Protocol):
    """The line to the stand-in: `say` sends what a person writes."""

    def say(self, data: dict[str, Any]) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How fast people react and how long they wait for an answer, in seconds."""

    think: tuple[float, float] = (0.1, 0.8)
    between_messages: tuple[float, float] = (0.02, 0.4)
    patience: float = 150.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """How one side of a conversation ended. `trouble` is empty when all went as meant."""

    conversation: int
    talk: Talk
    confirmed: bool = False
    told_number: str = ""
    taps: int = 0
    trouble: str = ""


class GaveUp(Exception):  # noqa: N818 - what a person does
    """The person lost patience; the text says what they were waiting for."""


class Person:
    """One phone. Holds its talks one after the other."""

    def __init__(self, address: str, line: Line, plant: Plant, chance: random.Random, manner: Manner) -> None:
        self.address = address
        self.inbox: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._line = line
        self._plant = plant
        self._chance = chance
        self._manner = manner
        self._firm: Firm | None = None
        self._numbers: dict[str, int] = {}
        """The number under which the summary shows an item, by its name."""
        self._taps = 0

    def hold(self, conversation: Conversation, talk: Talk) -> Held:
        self._firm, self._numbers, self._taps = conversation.firm, {}, 0
        try:
            for step in talk.steps:
                self._write(step)
                shown = self._until_shown(step.meant)
            return self._end(conversation, talk, shown)
        except GaveUp as gave_up:
            return Held(conversation=conversation.number, talk=talk, taps=self._taps, trouble=str(gave_up))

    # --- writing and tapping

    def _write(self, step: Step) -> None:
        for position, message in enumerate(step.messages):
            if position:
                self._pause(self._manner.between_messages)
            number = self._numbers.get(self._name(step.about)) if step.about else None
            self._line.say({"from": self.address, "body": message.replace("{no}", str(number))})

    def _name(self, sku: str) -> str:
        return next(goods.name for goods in (*self._plant.goods, self._plant.forbidden) if goods.sku == sku)

    def _tap(self, seen: Seen, act: str, arg: str | None = None) -> None:
        choice = seen.choice(act, arg)
        if choice is None:
            raise GaveUp(f"there was no {act!r} to tap in {seen.body!r}")
        self._pause(self._manner.think)
        self._taps += 1
        by = "list_id" if seen.rows else "button_payload"
        said = {"from": self.address, "body": choice["title"], by: choice["id"], "quoted_sid": seen.sid}
        self._line.say(said)

    def _pause(self, between: tuple[float, float]) -> None:
        time.sleep(self._chance.uniform(*between))

    # --- reading

    def _read(self, waiting_for: str, until: float) -> Seen:
        try:
            seen = self.inbox.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            raise GaveUp(f"no answer while waiting for {waiting_for}") from None
        for line in seen.lines:
            self._numbers[line.name] = line.no
        return seen

    def _until_shown(self, meant: tuple[Wanted, ...]) -> Seen:
        """Read on until a summary says exactly what is meant; answer questions on the way."""
        until = time.monotonic() + self._manner.patience
        last = ""
        while True:
            seen = self._read(f"a summary of {_in_words(meant)}; the last said {last!r}", until)
            last = seen.body
            if self._says(seen, meant):
                return seen
            self._answer_questions(seen, meant)

    def _says(self, seen: Seen, meant: tuple[Wanted, ...]) -> bool:
        """A summary whose every line is meant and whose total is the total meant; long ones show a part."""
        if seen.choice("confirm", "") is None:
            return False
        wanted = {(one.goods.name, one.quantity, one.uom) for one in meant}
        shown = {(line.name, line.quantity, line.uom) for line in seen.lines}
        return shown <= wanted and self._total(meant) in seen.amounts()

    def _total(self, meant: Iterable[Wanted]) -> Decimal:
        assert self._firm is not None
        return total_of(self._plant, self._firm, meant)

    def _answer_questions(self, seen: Seen, meant: tuple[Wanted, ...]) -> None:
        """Tap the row that says what is meant, if there is one."""
        truths = {f"{one.goods.name} – {one.quantity} {one.uom}" for one in meant}
        for row in seen.rows:
            if row["id"].startswith("pick:") and row["description"] in truths:
                self._pause(self._manner.think)
                said = {
                    "from": self.address,
                    "body": row["title"],
                    "list_id": row["id"],
                    "quoted_sid": seen.sid,
                }
                self._line.say(said)
                return

    # --- the end

    def _end(self, conversation: Conversation, talk: Talk, shown: Seen) -> Held:
        ends: Mapping[Ending, Callable[[Talk, Seen], str]] = {
            Ending.CONFIRM: self._confirm,
            Ending.CANCEL: self._cancel,
            Ending.SAME: self._same,
        }
        told = ends[talk.ending](talk, shown)
        return Held(
            conversation=conversation.number,
            talk=talk,
            confirmed=talk.ending is Ending.CONFIRM,
            told_number=told,
            taps=self._taps,
        )

    def _confirm(self, talk: Talk, shown: Seen) -> str:
        self._tap(shown, "confirm", "")
        until = time.monotonic() + self._manner.patience
        last = ""
        while True:
            seen = self._read(f"the order's number; the last said {last!r}", until)
            last = seen.body
            if talk.fate is Fate.REFUSED:
                if not seen.buttons and "office" in seen.body.lower():
                    return ""
            elif seen.posted_numbers:
                return min(seen.posted_numbers)
            if self._says(seen, talk.meant):
                self._tap(seen, "confirm", "")
            elif seen.choice("confirm", "new"):
                self._tap(seen, "confirm", "new")

    def _cancel(self, talk: Talk, shown: Seen) -> str:
        self._tap(shown, "cancel", "")
        return self._until_over(talk, "cancel")

    def _same(self, talk: Talk, shown: Seen) -> str:
        self._tap(shown, "confirm", "")
        until = time.monotonic() + self._manner.patience
        last = ""
        while True:
            seen = self._read(f"the question whether it is the same order; the last said {last!r}", until)
            last = seen.body
            if seen.choice("cancel", "same"):
                self._tap(seen, "cancel", "same")
                return self._until_over(talk, "same")
            if seen.posted_numbers:
                return min(seen.posted_numbers)
            if self._says(seen, talk.meant):
                self._tap(seen, "confirm", "")

    def _until_over(self, talk: Talk, what: str) -> str:
        """Until something plain comes back; a summary that comes again is declined again."""
        until = time.monotonic() + self._manner.patience
        while True:
            seen = self._read(f"a word on {what}", until)
            if not seen.buttons and not seen.rows and not seen.lines:
                return ""
            if seen.choice("cancel", ""):
                self._tap(seen, "cancel", "")


def total_of(plant: Plant, firm: Firm, meant: Iterable[Wanted]) -> Decimal:
    """Net total by the script's own prices."""
    prices = ((one.quantity, plant.price_of(firm, one.goods, one.quantity, one.uom)) for one in meant)
    return sum((quantity * price for quantity, price in prices), Decimal(0))


def _in_words(meant: Iterable[Wanted]) -> str:
    return ", ".join(f"{one.quantity} {one.uom} {one.goods.name}" for one in list(meant)[:4])


class Crowd:
    """All people of a script, each firm on a thread of its own; `held` grows as talks end."""

    def __init__(self, script: Script, line: Line, manner: Manner) -> None:
        self._script = script
        self.held: list[Held] = []
        self.people = {
            buyer.address: Person(
                buyer.address, line, script.plant, random.Random(f"{script.seed}:{buyer.phone}"), manner
            )
            for firm in script.plant.firms
            for buyer in firm.buyers
        }
        self._threads = [
            threading.Thread(target=self._run_firm, args=(firm,), daemon=True)
            for firm in script.plant.firms
            if script.of(firm)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Hand a bubble to whom it was sent."""
        person = self.people.get(event["to"])
        if person is not None:
            person.inbox.put(Seen.of(event))

    def _run_firm(self, firm: Firm) -> None:
        for conversation in self._script.of(firm):
            if not conversation.together:
                for talk in conversation.talks:
                    self._run_talk(conversation, talk)
                continue
            threads = [
                threading.Thread(target=self._run_talk, args=(conversation, talk), daemon=True)
                for talk in conversation.talks
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _run_talk(self, conversation: Conversation, talk: Talk) -> None:
        self.held.append(self.people[talk.buyer.address].hold(conversation, talk))
