"""Buyers who write what the corpora hold, tap what they are shown, and never twice within six seconds."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from bench.house import House
from bench.plant import Bench, Buyer

REST = 7.0
"""Nobody writes again sooner, in seconds; the platform allows us one message to a person every six."""
PATIENCE = 15.0
TAPS = 0.6
"""How often somebody who is shown a summary taps its first button next; else they go on writing."""
OUR_NUMBER = re.compile(r"\bM\d{8}\b")
TALKERS = 60
"""Threads that write: a slow webhook must not hold back the next message."""


@dataclass(kw_only=True, slots=True)
class Asked:
    """One message on its way: when our webhook had answered 200, and when the first reply arrived."""

    sid: str
    tap: bool
    due: float
    accepted: float | None = None
    replied: float | None = None
    number: str = ""
    """Our number of the order that the reply tells, for a tap that confirmed."""

    @property
    def latency(self) -> float | None:
        if self.accepted is None or self.replied is None:
            return None
        return max(self.replied - self.accepted, 0.0)


@dataclass(kw_only=True, slots=True)
class Writer:
    """One phone."""

    buyer: Buyer
    texts: Iterator[str]
    wrote: float = -REST
    waiting: Asked | None = None
    shown: Mapping[str, Any] | None = None
    """The last bubble with buttons."""

    @property
    def address(self) -> str:
        return f"whatsapp:{self.buyer.phone}"


@dataclass(kw_only=True, slots=True)
class Traffic:
    """What came of so many seconds at a rate. `late` counts messages that could not be written in time."""

    rate: float
    seconds: float
    asked: list[Asked] = field(default_factory=list)
    late: int = 0
    refused: int = 0

    @property
    def latencies(self) -> list[float]:
        return [latency for one in self.asked if (latency := one.latency) is not None]

    @property
    def of_taps(self) -> list[float]:
        return [latency for one in self.asked if one.tap and (latency := one.latency) is not None]

    @property
    def unanswered(self) -> int:
        return sum(one.replied is None for one in self.asked)


class Crowd:
    """All phones of a bench; `drive` lets them write at a rate."""

    def __init__(self, house: House, bench: Bench, *, seed: int = 1) -> None:
        self._house = house
        self._chance = random.Random(seed)
        self._writers = {
            writer.address: writer
            for buyer in bench.buyers
            for writer in [Writer(buyer=buyer, texts=self._shuffled(bench.messages[buyer.plant]))]
        }
        self._next = 0
        self._lock = threading.Lock()

    def _shuffled(self, texts: Sequence[str]) -> Iterator[str]:
        return iter(self._chance.sample(texts, len(texts)))

    def drive(self, *, rate: float, seconds: float, people: int) -> Traffic:
        """Messages at even distances, each from whoever of so many people has rested longest."""
        traffic = Traffic(rate=rate, seconds=seconds)
        resting = deque(self._chance.sample(sorted(self._writers), people))
        stop = threading.Event()
        ear = threading.Thread(target=self._listen, args=(traffic, stop), daemon=True)
        ear.start()
        talkers = _Talkers(TALKERS)
        started = time.monotonic()
        for count in range(int(rate * seconds)):
            due = started + count / rate
            time.sleep(max(due - time.monotonic(), 0))
            writer = self._next_rested(resting)
            if writer is None:
                traffic.late += 1
                continue
            talkers.do(self._writing(writer, traffic, due))
            resting.append(writer.address)
        self._wait_for_replies(traffic)
        stop.set()
        ear.join()
        talkers.stop()
        return traffic

    def _next_rested(self, resting: deque[str]) -> Writer | None:
        """Who has rested and is not waiting for us; who never got an answer is left out for good."""
        for _ in range(len(resting)):
            writer = self._writers[resting.popleft()]
            now = time.monotonic()
            if writer.waiting is not None and now - writer.wrote > PATIENCE:
                continue
            if writer.waiting is None and now - writer.wrote >= REST:
                return writer
            resting.append(writer.address)
        return None

    def _writing(self, writer: Writer, traffic: Traffic, due: float) -> Callable[[requests.Session], None]:
        data, tap = self._what_next(writer)
        asked = Asked(sid="", tap=tap, due=due)
        writer.wrote, writer.waiting, writer.shown = time.monotonic(), asked, None
        traffic.asked.append(asked)

        def write(session: requests.Session) -> None:
            sid = self._house.say({"from": writer.address, **data}, session)
            with self._lock:
                asked.sid = sid

        return write

    def _what_next(self, writer: Writer) -> tuple[dict[str, str], bool]:
        shown = writer.shown
        if shown is not None and self._chance.random() < TAPS:
            choices = [*shown["buttons"], *shown["rows"]]
            agree = next((one for one in choices if one["id"].startswith("confirm:")), None)
            if agree is not None:
                by = "list_id" if shown["rows"] else "button_payload"
                return {"body": agree["title"], by: agree["id"], "quoted_sid": shown["sid"]}, True
        return {"body": next(writer.texts, "kal 5 peti bhej dena")}, False

    def _listen(self, traffic: Traffic, stop: threading.Event) -> None:
        accepted: dict[str, float] = {}
        with requests.Session() as session:
            while not stop.is_set():
                events, self._next = self._house.feed(self._next, 0.2, session)
                for event in events:
                    if event["kind"] == "webhook":
                        if event["answer"] == requests.codes.ok:
                            accepted[event["sid"]] = event["at"]
                    elif event["kind"] == "message":
                        self._hear(event)
                    else:
                        traffic.refused += 1
        with self._lock:
            for asked in traffic.asked:
                asked.accepted = accepted.get(asked.sid)

    def _hear(self, event: Mapping[str, Any]) -> None:
        writer = self._writers.get(event["to"])
        if writer is None:
            return
        if event["buttons"] or event["rows"]:
            writer.shown = event
        asked, number = writer.waiting, OUR_NUMBER.search(event["body"])
        # The number of an order confirmed before may arrive in between; that answers nothing.
        if asked is None or (number and not asked.tap and not event["buttons"] and not event["rows"]):
            return
        asked.replied, asked.number = event["arrived"], number[0] if number else ""
        writer.waiting = None

    def _wait_for_replies(self, traffic: Traffic) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and traffic.unanswered:
            time.sleep(0.2)


class _Talkers:
    """Threads, each with a connection of its own to the stand-in."""

    def __init__(self, count: int) -> None:
        self._waiting: deque[Callable[[requests.Session], None] | None] = deque()
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def do(self, call: Callable[[requests.Session], None] | None) -> None:
        with self._changed:
            self._waiting.append(call)
            self._changed.notify()

    def stop(self) -> None:
        for _ in self._threads:
            self.do(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with requests.Session() as session:
            while True:
                with self._changed:
                    while not self._waiting:
                        self._changed.wait()
                    call = self._waiting.popleft()
                if call is None:
                    return
                call(session)
